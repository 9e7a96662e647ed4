"""Commands for staff accounts."""

import sys

import click

from intake.accounts.passwords import WeakPassword
from intake.accounts.staff import EmailTaken, EmailUnusable, NameMissing, add_staff
from intake.cli import database, fail
from intake.clock import now


@click.group("staff")
def staff_group() -> None:
    """Staff accounts."""


@staff_group.command("add")
@click.argument("email")
@click.option("--name", prompt=True, help="The person's name.")
def staff_add(email: str, name: str) -> None:
    """Create an account. Asks for the password; reads it from standard input in a script."""
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        with database().begin() as session:
            add_staff(session, email=email, name=name, password=password, at=now())
    except WeakPassword as error:
        fail(f"choose another password: {error}")
    except (EmailTaken, EmailUnusable, NameMissing) as error:
        fail(str(error) or type(error).__name__)
    click.echo("Added.")
