"""Commands for publications: dead letters, and telling a destination of what is in force."""

import sys
from typing import Any

import click
from sqlalchemy.orm import Session

from intake import clock
from intake.cli import database, fail, installation, settings, show
from intake.cli.counting import counted
from intake.cli.named import staff_named
from intake.clock import now
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.db.engine import Database
from intake.sharing.backfill import DestinationUnknown, Progress
from intake.sharing.backfill import backfill as backfilled
from intake.sharing.dead_letters import (
    ConsentHasEnded,
    NotADeadLetter,
    ReasonMissing,
    dead_letters,
    replay,
    settle_letter,
)
from intake.sharing.model import Publication
from intake.web.app import connect_subscribers

_REASON = click.option("--reason", required=True, help="Stays on the ledger for good; no names.")
_BY = click.option("--by", "email", required=True, help="Who decides: a staff account's email.")


@click.group("publish")
def publish_group() -> None:
    """What sharing systems were told, or could not be told."""


@publish_group.group("dead-letters")
def dead_letters_group() -> None:
    """Events that a sharing system refuses for good; a person decides about each."""


@dead_letters_group.command("list")
@click.option("--destination", help="Only this one's.")
@click.option("--json", "as_json", is_flag=True)
def dead_letters_list(destination: str | None, as_json: bool) -> None:
    """List them in the ledger's order, at most 1000. Exit 1 when there are any."""
    with database().read() as session:
        rows = [_row(one) for one in dead_letters(session, destination_id=destination)]
    lines = [
        f"{row['id']}  {row['destination']}  {row['type']}  student {row['student']}  "
        f"{counted(row['attempts'], 'attempt')}: {row['error']}"
        for row in rows
    ]
    show(rows, as_json=as_json, text="\n".join(lines) or "No dead letters.")
    if rows:
        sys.exit(1)


@dead_letters_group.command("replay")
@click.argument("ids", nargs=-1)
@click.option("--all-of", "destination", help="Every dead letter of this destination.")
@_REASON
@_BY
def dead_letters_replay(
    ids: tuple[str, ...], destination: str | None, reason: str, email: str
) -> None:
    """Send dead letters on their way again. A grant whose consent has ended is left alone."""
    if bool(ids) == (destination is not None):
        fail("name dead letters by their ids, or --all-of a destination")
    found = _installed()
    if destination is not None:
        with found.read() as session:
            ids = tuple(one.id for one in dead_letters(session, destination_id=destination))
    at, zone, sent = now(), settings().time_zone, 0
    for id in ids:
        try:
            with found.begin() as session:
                replay(
                    session,
                    id,
                    reason=reason,
                    by=_actor(session, email),
                    at=at,
                    today=clock.local_date(at, zone),
                )
            sent += 1
        except NotADeadLetter:
            click.echo(f"{id}: no dead letter (any more)", err=True)
        except ConsentHasEnded:
            click.echo(f"{id}: the consent has ended, or is on hold; settle it", err=True)
        except ReasonMissing as error:
            fail(str(error))
    click.echo(f"On the way again: {sent} of {len(ids)}.")
    if sent < len(ids):
        sys.exit(1)


@dead_letters_group.command("settle")
@click.argument("id")
@_REASON
@_BY
def dead_letters_settle(id: str, reason: str, email: str) -> None:
    """Give a dead letter up. A revocation still waits for its confirmation."""
    try:
        with _installed().begin() as session:
            settle_letter(session, id, reason=reason, by=_actor(session, email), at=now())
    except NotADeadLetter:
        fail(f"{id} is no dead letter (any more)")
    except ReasonMissing as error:
        fail(str(error))
    click.echo("Settled.")


@publish_group.command("backfill")
@click.argument("destination")
@click.option("--json", "as_json", is_flag=True)
def backfill(destination: str, as_json: bool) -> None:
    """Tell a destination of every consent in force that it was not told of.

    Can be stopped and run again at any time: nothing is sent twice.
    """
    found = installation()
    connect_subscribers(found)
    today = clock.local_date(now(), found.settings.time_zone)
    last = Progress(0, 0, 0)
    try:
        for last in backfilled(
            found.database, destination, today=today, at=now(), source=found.settings.base_url
        ):
            click.echo(f"\r{last.looked_at} of {last.of} looked at", nl=False, err=True)
    except DestinationUnknown:
        fail(f"there is no active destination {destination}")
    click.echo("", err=True)
    result = {"destination": destination, "looked_at": last.looked_at, "added": last.added}
    added = counted(last.added, "consent on its way", "consents on their way")
    show(result, as_json=as_json, text=f"{added} to {destination}.")


def _installed() -> Database:
    """The database with the ledger's subscribers."""
    found = installation()
    connect_subscribers(found)
    return found.database


def _actor(session: Session, email: str) -> Actor:
    return Actor(ActorKind.STAFF, staff_named(session, email).id)


def _row(letter: Publication) -> dict[str, Any]:
    return {
        "id": letter.id,
        "destination": letter.destination_id,
        "type": letter.type.rpartition(".")[2],
        "event": letter.event_id,
        "student": letter.student_id,
        "consent": letter.consent_id,
        "revocation": letter.revocation_id,
        "attempts": letter.attempts,
        "error": letter.error,
    }
