"""Commands that run the product: demo, serve, worker, db, config."""

import base64
import os
import secrets
import shlex
import signal
import sys
from pathlib import Path

import click
from sqlalchemy import delete, false, select

from intake.cli import fail, installation, settings, show
from intake.config import SettingsError
from intake.db.engine import Database
from intake.db.limits import Attempt
from intake.documents.releases import changed_after_signing
from intake.installation import open_database
from intake.messages.configured import transports_from
from intake.roster.model import Student
from intake.schema import schema_problems, upgrade
from intake.setting_docs import SETTINGS
from intake.web.app import connect_subscribers
from intake.worker import Worker

PORT = click.IntRange(1, 65535)
SOME = click.IntRange(1, 256)


@click.command()
@click.option("--port", default=8000, show_default=True, type=PORT, help="Port of the pages.")
@click.option(
    "--sharing-port",
    default=8001,
    show_default=True,
    type=PORT,
    help="Port of the sharing system.",
)
@click.option(
    "--folder",
    default=".demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the demonstration keeps its data; remove it to begin anew.",
)
@click.option(
    "--settings",
    "only_settings",
    is_flag=True,
    help="Only print the demonstration's settings, for a shell to read.",
)
def demo(port: int, sharing_port: int, folder: Path, only_settings: bool) -> None:
    """Serve a sample partnership on this machine, with worker and sharing system."""
    from intake.demo.run import DemoFailed, demo_settings, run_demo  # noqa: PLC0415

    if only_settings:
        for name, value in demo_settings(folder.resolve(), port=port).items():
            click.echo(f"export {name}={shlex.quote(value)}")
        return
    try:
        run_demo(folder.resolve(), port=port, sharing_port=sharing_port)
    except DemoFailed as error:
        fail(str(error))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=PORT)
@click.option(
    "--workers", default=2, show_default=True, type=SOME, help="Processes; about one a core."
)
@click.option("--threads", default=8, show_default=True, type=SOME, help="Threads of each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages with gunicorn; put a TLS proxy in front."""
    from intake.web.server import Server  # noqa: PLC0415

    found = installation()
    _check_start(found.database)
    found.database.dispose()
    Server(settings(), host=host, port=port, workers=workers, threads=threads).run()


@click.command()
def worker() -> None:
    """Send messages, publish consents, follow the calendar; run as many as you like."""
    found = installation()
    _check_start(found.database)
    try:
        transports = transports_from(found.settings)
    except SettingsError as error:
        fail(str(error))
    connect_subscribers(found)
    running = Worker(found, transports)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: running.stop())
    running.run()


@click.group("db")
def db_group() -> None:
    """The database's schema."""


@db_group.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema."""
    upgrade(open_database(settings()))
    click.echo("The database is up to date.")


@db_group.command("check")
@click.option("--json", "as_json", is_flag=True)
def db_check(as_json: bool) -> None:
    """Say whether the database has the schema that this version needs."""
    problems = schema_problems(open_database(settings()))
    text = "\n".join(problems) or "The database is up to date."
    show({"ok": not problems, "problems": problems}, as_json=as_json, text=text)
    if problems:
        sys.exit(1)


def _check_start(database: Database) -> None:
    """Find a wrong key or a read-only database at the start, not on a family's last page."""
    with database.begin() as session:
        session.scalars(select(Student.name).limit(1)).first()
        session.execute(delete(Attempt).where(false()))  # a write that changes nothing
        changed = changed_after_signing(session)
    if changed:
        fail(str(changed[0]))


@click.group("config", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def config_group(context: click.Context, as_json: bool) -> None:
    """List every setting, what it means, and whether it is set."""
    if context.invoked_subcommand is not None:
        return
    rows = [
        {
            "name": doc.name,
            "required": doc.required,
            "set": bool(os.environ.get(doc.name, "").strip()),
            "default": doc.default,
            "meaning": doc.meaning,
        }
        for doc in SETTINGS
    ]
    lines = [
        f"{'*' if row['required'] else ' '} {row['name']:32} "
        f"{'set' if row['set'] else '-':4} {row['meaning']}"
        + (f" (default: {row['default']})" if row["default"] else "")
        for row in rows
    ]
    show(rows, as_json=as_json, text="\n".join([*lines, "", "* must be set"]))


@config_group.command("new-key")
def new_key() -> None:
    """Make a key for INTAKE_SECRET_KEYS."""
    click.echo(f"k{secrets.token_hex(2)}:{base64.b64encode(secrets.token_bytes(32)).decode()}")
