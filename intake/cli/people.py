"""Commands for staff accounts."""

import sys

import click

from intake.accounts.model import Role
from intake.accounts.passwords import WeakPassword
from intake.accounts.staff import (
    EmailTaken,
    EmailUnusable,
    NameMissing,
    RoleMissing,
    SchoolsMissing,
    add_staff,
)
from intake.cli import database, fail
from intake.clock import now
from intake.roster.schools import SchoolUnknown, named_school


@click.group("staff")
def staff_group() -> None:
    """Staff accounts."""


@staff_group.command("add")
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What the person is here for; more than once for more roles.",
)
@click.option(
    "--school",
    "schools",
    multiple=True,
    help="Id or name of a school whose students the account may see; without it: every school.",
)
def staff_add(email: str, name: str, roles: tuple[str, ...], schools: tuple[str, ...]) -> None:
    """Create an account. Asks for the password; reads it from standard input in a script."""
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        with database().begin() as session:
            add_staff(
                session,
                email=email,
                name=name,
                password=password,
                roles=[Role(role) for role in roles],
                schools=[named_school(session, school).id for school in schools] or None,
                at=now(),
            )
    except WeakPassword as error:
        fail(f"choose another password: {error}")
    except SchoolUnknown as error:
        fail(str(error))
    except SchoolsMissing:
        fail("a front desk sees its own schools only: name them with --school")
    except (EmailTaken, EmailUnusable, NameMissing, RoleMissing) as error:
        fail(str(error) or type(error).__name__)
    click.echo("Added.")
