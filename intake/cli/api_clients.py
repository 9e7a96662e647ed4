"""Commands for the sharing systems that use the API: scopes, reach, secrets, lookups."""

import json
from datetime import timedelta

import click
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from intake.accounts.api_clients import CALLS, ApiScope, InvalidApiClient, Reach
from intake.accounts.api_tokens import ApiClientUnknown, add_client, revoke_client, rotate_token
from intake.accounts.model import ApiClient, TokenKind
from intake.cli import database, fail, show
from intake.cli.named import school_named, staff_named
from intake.clock import now
from intake.lookups.identifiers import IdentifierTaken, NotLookedUp, link_by_staff
from intake.lookups.model import StudentLookup
from intake.roster.model import Student
from intake.sharing.model import Destination


@click.group("api-clients")
def api_clients_group() -> None:
    """Sharing systems that use the API: what they may do, and their secrets."""


@api_clients_group.command("add")
@click.argument("name")
@click.option(
    "--scope", "scopes", required=True, multiple=True,
    type=click.Choice([scope.value for scope in ApiScope]), help="May be repeated.",
)  # fmt: skip
@click.option(
    "--school",
    "schools",
    multiple=True,
    help="A school: our id, the roster's, or the exact name; or --all-schools.",
)
@click.option("--partner", "partners", multiple=True, help="A partner's id; or --all-partners.")
@click.option(
    "--destination", "destinations", multiple=True,
    help="A destination whose feed it reads and for which it confirms; or --all-destinations.",
)  # fmt: skip
@click.option("--all-schools", is_flag=True, help="It may ask about every student.")
@click.option("--all-partners", is_flag=True, help="It may ask for every partner.")
@click.option("--all-destinations", is_flag=True, help="It may read and confirm for every one.")
@click.option(
    "--calls-per-minute", type=click.IntRange(1, 100_000), help=f"Default: {CALLS.count}."
)
@click.option("--oauth", is_flag=True, help="Print a secret for /api/v1/token, not a token.")
@click.option("--json", "as_json", is_flag=True)
def add(
    name: str, scopes: tuple[str, ...], schools: tuple[str, ...], partners: tuple[str, ...],
    destinations: tuple[str, ...], all_schools: bool, all_partners: bool, all_destinations: bool,
    calls_per_minute: int | None, oauth: bool, as_json: bool,
) -> None:  # fmt: skip
    """Register a client and print its token (or secret), which is shown this once."""
    kind = TokenKind.SECRET if oauth else TokenKind.STATIC
    with database().begin() as session:
        reach = Reach(
            None if all_schools else frozenset(school_named(session, one) for one in schools),
            None if all_partners else frozenset(partners),
            None
            if all_destinations
            else frozenset(_destination(session, one) for one in destinations),
        )
        try:
            token = add_client(
                session, name, scopes=map(ApiScope, scopes), reach=reach, at=now(), kind=kind,
                calls_per_minute=calls_per_minute,
            )  # fmt: skip
        except InvalidApiClient as error:
            fail(str(error))
    _show_secret(name, kind, token, as_json=as_json)


@api_clients_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_clients(as_json: bool) -> None:
    """Every client, its scopes and its reach; never a token."""
    with database().read() as session:
        rows = [
            {
                "id": one.id, "scopes": one.scopes, "schools": one.schools,
                "partners": one.partners, "destinations": one.destinations,
                "calls_per_minute": one.calls_per_minute, "revoked": one.revoked_at is not None,
            }
            for one in session.scalars(select(ApiClient).order_by(ApiClient.id))
        ]  # fmt: skip
    show(rows, as_json=as_json, text="\n".join(map(json.dumps, rows)) or "There is no client.")


@api_clients_group.command("rotate")
@click.argument("name")
@click.option(
    "--grace-hours", default=24, show_default=True, type=click.IntRange(0, 720),
    help="How long older ones still count.",
)  # fmt: skip
@click.option("--oauth", is_flag=True, help="The secret for /api/v1/token, not the token.")
@click.option("--json", "as_json", is_flag=True)
def rotate(name: str, grace_hours: int, oauth: bool, as_json: bool) -> None:
    """Print a new token (or secret); older ones end after a while."""
    kind = TokenKind.SECRET if oauth else TokenKind.STATIC
    grace = timedelta(hours=grace_hours)
    try:
        with database().begin() as session:
            token = rotate_token(session, name, at=now(), grace=grace, kind=kind)
    except ApiClientUnknown as error:
        fail(str(error))
    _show_secret(name, kind, token, as_json=as_json)


@api_clients_group.command("revoke")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True)
def revoke(name: str, as_json: bool) -> None:
    """End a client: none of its tokens and secrets counts from now on."""
    try:
        with database().begin() as session:
            revoke_client(session, name, at=now())
    except ApiClientUnknown as error:
        fail(str(error))
    show({"id": name, "revoked": True}, as_json=as_json, text="Revoked.")


@api_clients_group.command("link")
@click.argument("name")
@click.argument("student")
@click.option("--identifier", prompt=True, help="Asked for when left out: it stays out of history.")
@click.option("--by", "email", required=True, help="The email of the staff member who compared.")
@click.option("--json", "as_json", is_flag=True)
def link(name: str, student: str, identifier: str, email: str, as_json: bool) -> None:
    """Let a client's own identifier stand for STUDENT (our id, or the id in the roster).

    For a student whom the client's lookup could not find for certain: somebody has looked at both
    records.
    """
    identifier = identifier.strip()
    if not 0 < len(identifier) <= 60 or not identifier.isascii() or " " in identifier:
        fail("an identifier is 1 to 60 ASCII letters without spaces")
    with database().begin() as session:
        student_id = session.scalars(
            select(Student.id).where(or_(Student.id == student, Student.external_id == student))
        ).first()
        try:
            is_new = link_by_staff(
                session,
                name,
                student_id or "",
                identifier,
                by=staff_named(session, email).id,
                at=now(),
            )
        except NotLookedUp:
            fail("there is no such client, or no such student")
        except IdentifierTaken:
            fail(
                "the identifier stands for another student, or the student has another one: the "
                "client must remove that first"
            )
    facts = {"client": name, "student": student_id, "is_new": is_new}
    show(facts, as_json=as_json, text="Linked." if is_new else "It was linked already.")


@api_clients_group.command("lookups")
@click.argument("name")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True)
def lookups(name: str, limit: int, as_json: bool) -> None:
    """The client's lookups, the newest first: when, by what, and which student was told."""
    query = (
        select(StudentLookup)
        .where(StudentLookup.client_id == name)
        .order_by(StudentLookup.at.desc(), StudentLookup.id)
        .limit(limit)
    )
    with database().read() as session:
        rows = [
            {
                "at": one.at.isoformat(), "by": one.by.value, "match": one.match.value,
                "student": one.student_id,
            }
            for one in session.scalars(query)
        ]  # fmt: skip
    lines = [f"{one['at']}  {one['by']:11}  {one['match']:9}  {one['student']}" for one in rows]
    show(rows, as_json=as_json, text="\n".join(lines) or "There was no lookup.")


def _destination(session: Session, named: str) -> str:
    if session.get(Destination, named) is None:
        fail(f"there is no destination {named}: `intake destinations list` shows them")
    return named


def _show_secret(name: str, kind: TokenKind, token: str, *, as_json: bool) -> None:
    member = "client_secret" if kind is TokenKind.SECRET else "token"
    show({"id": name, member: token}, as_json=as_json, text=token)
