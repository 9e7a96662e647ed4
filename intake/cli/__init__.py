"""The command line: ``intake COMMAND``. Errors are one line that names the fix.

Exit status: 0 all is well; 1 a check found something wrong (altered, incomplete, not up to date);
2 the command could not do its work.
"""

import json
import os
import sys
from typing import Any, NoReturn

import click

from intake.cli.trouble import KNOWN, explained
from intake.config import Settings, SettingsError, settings_from
from intake.db.engine import Database
from intake.documents.in_force import versions_of
from intake.installation import Installation, open_database, open_installation
from intake.schema import behind


class Failure(click.ClickException):
    """One clear line; the command could not do its work."""

    exit_code = 2


def fail(message: str) -> NoReturn:
    """Stop with one line."""
    raise Failure(message)


def settings() -> Settings:
    """The settings of the environment, or one line that says which to fix."""
    try:
        return settings_from(os.environ)
    except SettingsError as error:
        fail(f"{error} (`intake config` lists every setting)")


def installation() -> Installation:
    """Everything connected and the schema current, or one line that says what to fix."""
    found = settings()
    _need_schema(open_database(found))
    try:
        opened = open_installation(found)
    except SettingsError as error:
        fail(str(error))
    except OSError as error:
        fail(f"INTAKE_STORAGE_URL: {explained(error)}")
    except ValueError:
        fail("INTAKE_STORAGE_URL is not a store's address: file:///path, s3://bucket/prefix, …")
    _mean_versions_of(opened.database, found)
    return opened


def database() -> Database:
    """Only the database, its schema current, for commands that need no more."""
    asked = settings()
    found = open_database(asked)
    _need_schema(found)
    _mean_versions_of(found, asked)
    return found


def _mean_versions_of(found: Database, asked: Settings) -> None:
    """Until the command ends, documents are those that the installation has in force."""
    context = click.get_current_context(silent=True)
    if context is not None:
        context.find_root().with_resource(versions_of(found, asked.time_zone))


def _need_schema(database: Database) -> None:
    problem = behind(database)
    if problem is not None:
        fail(problem)


def show(value: Any, *, as_json: bool, text: str) -> None:
    """Print a result for people, or as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1) if as_json else text)


def main() -> None:
    """The console script."""
    from intake.cli.commands import intake  # noqa: PLC0415  (errors in it get one line too)

    try:
        intake(prog_name="intake", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"intake: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
    except KNOWN as error:
        click.echo(f"intake: {explained(error)}", err=True)
        sys.exit(Failure.exit_code)
