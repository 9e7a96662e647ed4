"""The command line: ``intake COMMAND``. Errors are one line that names the fix."""

import json
import os
import sys
from typing import Any, NoReturn

import click

from intake.config import Settings, SettingsError, settings_from
from intake.installation import Installation, open_installation


class Failure(click.ClickException):
    """One clear line, exit status 1."""


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
    """Everything connected, or one line that says what to fix."""
    try:
        return open_installation(settings())
    except SettingsError as error:
        fail(str(error))


def show(value: Any, *, as_json: bool, text: str) -> None:
    """Print a result for people, or as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1) if as_json else text)


def main() -> None:
    """The console script."""
    from intake.cli.commands import intake  # noqa: PLC0415  (errors in it get one line too)

    try:
        intake(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        click.echo(f"intake: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
