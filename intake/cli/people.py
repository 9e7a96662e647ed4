"""Commands for staff accounts."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import click
from sqlalchemy.orm import Session

from intake.accounts.history import AccountEvent, history_of
from intake.accounts.managing import (
    LastAdministrator,
    OwnAccount,
    all_staff,
    change_access,
    disable,
    enable,
    reset_factors,
)
from intake.accounts.model import Role, Staff
from intake.accounts.passwords import WeakPassword
from intake.accounts.staff import (
    EmailTaken,
    EmailUnusable,
    NameMissing,
    RoleMissing,
    SchoolsMissing,
    StaffUnknown,
    add_staff,
    find_staff,
)
from intake.accounts.trainings import InTheFuture, record_training, trainings
from intake.cli import database, fail, settings, show
from intake.clock import local_date, now
from intake.consents.ledger import SYSTEM
from intake.roster.schools import SchoolUnknown, named_school
from intake.staffing.inviting import AlreadyIn, invite, invite_again
from intake.staffing.letters import letter_subscriber

_Command = Callable[..., None]
_UNKNOWN = "there is no account with this email: `intake staff list` shows them"


def _with_access(command: _Command) -> _Command:
    """The options that say what an account may do."""
    roles = click.option(
        "--role",
        "roles",
        multiple=True,
        required=True,
        type=click.Choice([role.value for role in Role]),
        help="What the person is here for; more than once for more roles.",
    )
    schools = click.option(
        "--school",
        "schools",
        multiple=True,
        help="Id or name of a school whose students the account may see; without it: every school.",
    )
    return roles(schools(command))


@click.group("staff")
def staff_group() -> None:
    """Staff accounts."""


@staff_group.command("add")
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name.")
@_with_access
def staff_add(email: str, name: str, roles: tuple[str, ...], schools: tuple[str, ...]) -> None:
    """Create an account. Asks for the password; reads it from standard input in a script.

    For the first administrator; others are better invited.
    """
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    with _changing() as session:
        add_staff(
            session,
            email=email,
            name=name,
            password=password,
            roles=[Role(role) for role in roles],
            schools=_school_ids(session, schools),
            at=now(),
        )
    click.echo("Added.")


@staff_group.command("invite")
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name.")
@click.option("--show-link", is_flag=True, help="Print the link too: whoever has it gets in.")
@_with_access
def staff_invite(
    email: str, name: str, show_link: bool, roles: tuple[str, ...], schools: tuple[str, ...]
) -> None:
    """Create an account and email its owner a link, which works once, for 7 days."""
    with _changing() as session:
        _, link = invite(
            session,
            settings(),
            email=email,
            name=name,
            roles=[Role(role) for role in roles],
            schools=_school_ids(session, schools),
            by=SYSTEM,
            at=now(),
        )
    click.echo(f"Invited. {link}" if show_link else "Invited.")


@staff_group.command("invite-again")
@click.argument("email")
@click.option("--show-link", is_flag=True, help="Print the link too: whoever has it gets in.")
def staff_invite_again(email: str, show_link: bool) -> None:
    """Email one more link to somebody who has not come yet."""
    with _changing() as session:
        link = invite_again(session, settings(), find_staff(session, email), by=SYSTEM, at=now())
    click.echo(f"Invited. {link}" if show_link else "Invited.")


@staff_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def staff_list(as_json: bool) -> None:
    """List every account: roles, schools, last sign-in, last training."""
    with database().read() as session:
        trained = trainings(session)
        rows = [_row(staff) | {"trained_on": _day(trained, staff)} for staff in all_staff(session)]
    lines = [
        f"{row['email']:32} {row['state']:8} in {(row['signed_in_at'] or 'never')[:16]:16} "
        f"trained {row['trained_on'] or 'never':10} {' '.join(row['roles'])}"
        for row in rows
    ]
    show(rows, as_json=as_json, text="\n".join(lines) or "There is no account.")


@staff_group.command("history")
@click.argument("email", required=False)
@click.option("--last", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True)
def staff_history(email: str | None, last: int, as_json: bool) -> None:
    """Who did what to which account, who signed in or could not; newest first, times in UTC."""
    with database().read() as session:
        emails = {staff.id: staff.email for staff in all_staff(session)}
        try:
            only = find_staff(session, email).id if email else None
        except StaffUnknown:
            fail(_UNKNOWN)
        rows = [_event(event, emails) for event in history_of(session, only, limit=last)]
    lines = [
        f"{row['at'][:19]}Z  {row['event']:20} {row['account'] or 'no account':32} "
        f"by {row['by']}  {json.dumps(row['data'])}"
        for row in rows
    ]
    show(rows, as_json=as_json, text="\n".join(lines) or "Nothing is on record.")


@staff_group.command("roles")
@click.argument("email")
@_with_access
def staff_roles(email: str, roles: tuple[str, ...], schools: tuple[str, ...]) -> None:
    """Give an account these roles and schools, instead of those it has."""
    with _changing() as session:
        change_access(
            session,
            find_staff(session, email),
            roles=[Role(role) for role in roles],
            schools=_school_ids(session, schools),
            by=SYSTEM,
            at=now(),
        )
    click.echo("Changed.")


@staff_group.command("disable")
@click.argument("email")
def staff_disable(email: str) -> None:
    """Close an account and end its sessions; nothing of it is deleted."""
    _act(email, partial(disable, by=SYSTEM, at=now()), "Disabled.")


@staff_group.command("enable")
@click.argument("email")
def staff_enable(email: str) -> None:
    """Open an account again, with the roles that it had."""
    _act(email, partial(enable, by=SYSTEM, at=now()), "Enabled.")


@staff_group.command("trained")
@click.argument("email")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
def staff_trained(email: str, day: datetime) -> None:
    """Record the day (YYYY-MM-DD) of somebody's privacy training."""
    at = now()
    today = local_date(at, settings().time_zone)
    train = partial(record_training, completed_on=day.date(), today=today, by=SYSTEM, at=at)
    _act(email, train, "Recorded.")


@staff_group.command("reset-second-step")
@click.argument("email")
def staff_reset(email: str) -> None:
    """Take away app, passkeys and recovery codes; they are set up anew at the next sign-in."""
    _act(email, partial(reset_factors, by=SYSTEM, at=now()), "Reset.")


def _act(email: str, act: Callable[[Session, Staff], object], done: str) -> None:
    """Do something to one account, or say why not."""
    with _changing() as session:
        act(session, find_staff(session, email))
    click.echo(done)


@contextmanager
def _changing() -> Iterator[Session]:
    """A transaction; what can't be done is one line that names the fix."""
    found = database()
    found.account_subscribers.append(letter_subscriber(settings()))
    try:
        with found.begin() as session:
            yield session
    except WeakPassword as error:
        fail(f"choose another password: {error}")
    except SchoolsMissing:
        fail("a front desk sees its own schools only: name them with --school")
    except LastAdministrator:
        fail("this is the last administrator: give somebody else the role first")
    except StaffUnknown:
        fail(_UNKNOWN)
    except AlreadyIn:
        fail("the account is in use or disabled: no invitation is needed")
    except (
        SchoolUnknown, EmailTaken, EmailUnusable, NameMissing, RoleMissing, OwnAccount, InTheFuture
    ) as error:  # fmt: skip
        fail(str(error))


def _school_ids(session: Session, named: tuple[str, ...]) -> list[str] | None:
    return [named_school(session, one).id for one in named] or None


def _row(staff: Staff) -> dict[str, Any]:
    state = "open" if staff.is_in_use else "invited"
    return {
        "id": staff.id,
        "email": staff.email,
        "name": staff.name,
        "state": "disabled" if staff.disabled_at else state,
        "roles": staff.roles,
        "schools": staff.schools,
        "signed_in_at": staff.signed_in_at.isoformat() if staff.signed_in_at else None,
    }


def _event(event: AccountEvent, emails: Mapping[str, str]) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "event": event.kind.value,
        "account": emails.get(event.staff_id or ""),
        "by": emails.get(event.actor_id or "", event.actor_kind.value),
        "data": event.values(),
    }


def _day(trained: dict[str, Any], staff: Staff) -> str | None:
    return trained[staff.id].isoformat() if staff.id in trained else None
