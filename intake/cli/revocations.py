"""Commands for revocations: which are open, where each stands, confirming for a destination."""

from pathlib import Path
from typing import Any

import click

from intake.cli import database, fail, installation, show
from intake.cli.named import school_named, staff_named
from intake.clock import now
from intake.consents.ledger import Actor
from intake.consents.states import ActorKind
from intake.revocations.actions import (
    CaseClosed,
    Evidence,
    NoSuchOwner,
    NotHiddenYet,
    ReasonMissing,
    assign,
    confirm_with_evidence,
    tell_family,
)
from intake.revocations.cases import Case, CaseUnknown, find_case, latest_cases, open_cases
from intake.revocations.evidence import EvidenceRefused, recording
from intake.revocations.history import HistoryEntry, history
from intake.revocations.model import EVERY_SCHOOL, ToldHow
from intake.revocations.owners import set_usual_owner, usual_owners
from intake.sharing.confirmations import AlreadyConfirmed, NeverTold
from intake.web.app import connect_subscribers

_AS = click.option("--as", "email", required=True, help="Who says so: a staff account's email.")
_JSON = click.option("--json", "as_json", is_flag=True)


@click.group("revocations")
def revocations_group() -> None:
    """Revocations, until the identity is hidden everywhere and the family knows it."""


@revocations_group.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only cases that are not closed.")
@_JSON
def revocations_list(only_open: bool, as_json: bool) -> None:
    """List cases, at most 1000: open ones oldest first, all newest first.

    Names nobody: students are shown by their ids.
    """
    at = now()
    with database().read() as session:
        cases = open_cases(session) if only_open else latest_cases(session)
        rows = [_row(case) | {"overdue": case.is_overdue(at)} for case in cases]
    lines = [
        f"{row['id']}  {row['stage']:7}  due {row['due_at'][:16]}Z"
        f"{'  OVERDUE' if row['overdue'] else ''}  {_destinations(row)}"
        for row in rows
    ]
    show(rows, as_json=as_json, text="\n".join(lines) or "No revocation is open.")


@revocations_group.command("show")
@click.argument("id")
@_JSON
def revocations_show(id: str, as_json: bool) -> None:
    """One case and everything that the ledger says of it."""
    with database().read() as session:
        try:
            case = find_case(session, id)
        except CaseUnknown:
            fail(_unknown(id))
        entries = [_entry(entry) for entry in history(session, case.revocation)]
    facts = _row(case) | {"overdue": case.is_overdue(now()), "history": entries}
    lines = [
        f"{facts['id']}  {facts['stage']}  signed {facts['signed_at'][:16]}Z  "
        f"due {facts['due_at'][:16]}Z{'  OVERDUE' if facts['overdue'] else ''}",
        f"destinations: {_destinations(facts)}",
        f"family: {facts['family']['state']}",
        *(
            "  ".join([entry["at"][:16] + "Z", entry["kind"], entry["by"], *entry["said"].values()])
            for entry in entries
        ),
    ]
    show(facts, as_json=as_json, text="\n".join(lines))


@revocations_group.command("confirm")
@click.argument("id")
@click.option("--destination", required=True, help="Where the identity is hidden.")
@click.option("--reason", required=True, help="How you know; stays on the ledger for good.")
@click.option("--reference", default="", help="A ticket's number, a letter's date.")
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A PDF, PNG or JPEG that shows it.",
)  # fmt: skip
@_AS
def revocations_confirm(
    id: str, destination: str, reason: str, reference: str, file: Path | None, email: str
) -> None:
    """Say for a destination that the identity is hidden there, with what shows it."""
    found, at = installation(), now()
    connect_subscribers(found)
    content = file.read_bytes() if file is not None else b""
    if file is not None and not content:
        fail(f"{file} is empty")
    evidence = Evidence(reason, reference)
    try:
        with recording(found.database, found.storage, content, evidence, at=at) as (session, whole):
            staff = staff_named(session, email)
            confirm_with_evidence(session, id, destination, whole, staff_id=staff.id, at=at)
    except CaseUnknown:
        fail(_unknown(id))
    except NeverTold:
        fail(f"{destination} was not told of this revocation: `intake revocations show {id}`")
    except AlreadyConfirmed:
        fail(f"{destination} is confirmed already")
    except ReasonMissing as error:
        fail(str(error))
    except EvidenceRefused:
        fail(f"{file} is no PDF, PNG or JPEG of at most 10 MB")
    click.echo("Confirmed.")


@revocations_group.command("assign")
@click.argument("id")
@click.option("--to", required=True, help="A staff account's email.")
@_AS
def revocations_assign(id: str, to: str, email: str) -> None:
    """Give a case to a member of staff."""
    try:
        with database().begin() as session:
            by = Actor(ActorKind.STAFF, staff_named(session, email).id)
            assign(session, id, staff_named(session, to).id, by=by, at=now())
    except CaseUnknown:
        fail(_unknown(id))
    except CaseClosed:
        fail("this case is closed")
    except NoSuchOwner:
        fail(f"{to} may not see this student, or the account is disabled: see `intake staff list`")
    click.echo("Assigned.")


@revocations_group.command("told")
@click.argument("id")
@click.option(
    "--how", required=True,
    type=click.Choice([how.value for how in ToldHow if how is not ToldHow.MESSAGE]),
)  # fmt: skip
@click.option("--note", default="", help="If they can't be told: why. Names nobody.")
@_AS
def revocations_told(id: str, how: str, note: str, email: str) -> None:
    """Write down that the family was told, or can't be; this closes the case."""
    try:
        with database().begin() as session:
            staff = staff_named(session, email)
            tell_family(session, id, ToldHow(how), note=note, staff_id=staff.id, at=now())
    except CaseUnknown:
        fail(_unknown(id))
    except CaseClosed:
        fail("this case is closed")
    except NotHiddenYet:
        fail("the identity is not hidden everywhere yet: tell the family when it is")
    except ReasonMissing as error:
        fail(str(error))
    click.echo("Closed.")


@revocations_group.command("owners")
@_JSON
def revocations_owners(as_json: bool) -> None:
    """List who owns the new cases of which school."""
    with database().read() as session:
        rows = [
            {"school": school.id if school else None, "name": school.name if school else None,
             "owner": staff.email}
            for school, staff in usual_owners(session)
        ]  # fmt: skip
    lines = [f"{row['owner']}  {row['name'] or 'every other school'}" for row in rows]
    show(rows, as_json=as_json, text="\n".join(lines) or "No owner: coordinators are written to.")


@revocations_group.command("set-owner")
@click.argument("email")
@click.option("--school", help="Only there: our id, the roster's, or the exact name.")
def revocations_set_owner(email: str, school: str | None) -> None:
    """Let a member of staff own the cases of a school, or of all that have no other owner."""
    with database().begin() as session:
        scope = school_named(session, school) if school else EVERY_SCHOOL
        set_usual_owner(session, staff_named(session, email), school_id=scope)
    click.echo("Set.")


def _unknown(id: str) -> str:
    return f"there is no revocation {id}: `intake revocations list` shows them"


def _row(case: Case) -> dict[str, Any]:
    revocation, family = case.revocation, case.family
    return {
        "id": case.id,
        "student": revocation.student_id,
        "school": case.student.school_id,
        "stage": case.stage.value,
        "signed_at": revocation.signed_at.isoformat(),
        "due_at": revocation.due_at.isoformat(),
        "completed_at": _time(revocation.completed_at),
        "closed_at": _time(revocation.closed_at),
        "owner": case.owner_id,
        "destinations": [
            {
                "id": one.destination_id,
                "state": one.state.value,
                "sent_at": _time(one.sent_at),
                "confirmed_at": _time(one.confirmed_at),
                "confirmed_by": one.confirmed_by.value if one.confirmed_by else None,
                "error": one.error,
                "dead_letters": list(one.dead_letters),
            }
            for one in case.destinations
        ],
        "family": {
            "state": family.state.value,
            "how": family.how.value if family.how else None,
            "at": _time(family.at),
            "by": family.by,
        },
    }


def _time(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _destinations(row: dict[str, Any]) -> str:
    return ", ".join(f"{one['id']} {one['state']}" for one in row["destinations"]) or "none"


def _entry(entry: HistoryEntry) -> dict[str, Any]:
    said = {
        "destination": entry.destination,
        "owner": entry.owner,
        "method": entry.method.value if entry.method else "",
        "how": entry.how.value if entry.how else "",
        "reason": entry.reason,
        "reference": entry.reference,
        "evidence": entry.evidence,
    }
    return {
        "entry": entry.sequence,
        "at": entry.at.isoformat(),
        "kind": entry.kind.value,
        "by": f"{entry.actor_kind.value} {entry.actor}".strip(),
        "said": {name: text for name, text in said.items() if text},
    }
