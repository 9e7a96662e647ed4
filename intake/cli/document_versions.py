"""Commands for versions of documents: which is in force, and publishing one."""

from datetime import date
from typing import Any

import click

from forms.document import UnknownDocument, documents, load, versions
from intake.cli import database, fail, settings, show
from intake.cli.counting import counted
from intake.cli.named import staff_named
from intake.clock import local_date, now
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.documents.releases import (
    InForce,
    Refusal,
    ReleaseRefused,
    publish,
    published_texts,
    versions_in_force,
)

_REFUSALS = {
    Refusal.NOT_WHOLE: "its English is not complete: `intake forms check` names what is missing",
    Refusal.IN_THE_PAST: "its first day is over: choose today or a later day with --from",
    Refusal.OLDER: "a newer version is published already",
    Refusal.NOTHING_NEW: "it is published, and nothing has changed since",
    Refusal.SIGNED: "people have signed texts that were changed ({languages}): put the files back "
    "as they were, and make a new version for the change",
}


@click.group("documents")
def documents_group() -> None:
    """Versions of the legal documents: drafts, and what families are offered."""


@documents_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def documents_list(as_json: bool) -> None:
    """Every document's versions, oldest first, and which is in force today."""
    today = local_date(now(), settings().time_zone)
    with database().read() as session:
        in_force, published = versions_in_force(session, today), published_texts(session)
    rows = [
        _row(name, version, published.get((name, version)), in_force.get(name), today)
        for name in documents()
        for version in versions(name)
    ]
    lines = [
        f"{row['document']:20} {row['version']:8} {row['state']:11} "
        f"{'from ' + row['from'] if row['from'] else '':16} "
        f"{counted(len(row['texts']), 'language')}"
        for row in rows
    ]
    show(rows, as_json=as_json, text="\n".join(lines))


@documents_group.command("publish")
@click.argument("document", type=click.Choice(documents()))
@click.option("--version", help="The newest unless given.")
@click.option(
    "--from", "day", type=click.DateTime(["%Y-%m-%d"]), help="First day; today unless given."
)
@click.option("--note", default="", help="Stays on the record for good.")
@click.option("--by", "email", required=True, help="Who publishes: a staff account's email.")
def documents_publish(document: str, version: str | None, day: Any, note: str, email: str) -> None:
    """Offer a version to families from a day on, in every language that is complete."""
    at = now()
    today = local_date(at, settings().time_zone)
    first: date = day.date() if day else today
    try:
        found = load(document, version)
        with database().begin() as session:
            by = Actor(ActorKind.STAFF, staff_named(session, email).id)
            publish(session, found, in_force_from=first, today=today, by=by, at=at, note=note)
    except UnknownDocument as error:
        fail(str(error))
    except ReleaseRefused as refused:
        why = _REFUSALS[refused.reason].format(languages=", ".join(refused.languages))
        fail(f"{document} {found.version}: {why}")
    click.echo(f"Published: {document} {found.version}, in force from {first.isoformat()}")


def _row(
    name: str, version: str, told: InForce | None, current: InForce | None, today: date
) -> dict[str, Any]:
    state = "draft"
    if told is not None and told.since > today:
        state = "scheduled"
    elif told is not None:
        is_current = current is not None and current.version == version
        state = "in force" if is_current else "superseded"
    return {
        "document": name,
        "version": version,
        "state": state,
        "from": told.since.isoformat() if told else None,
        "texts": dict(told.texts) if told else {},
    }
