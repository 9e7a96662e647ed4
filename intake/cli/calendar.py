"""Commands for the days on which schools are closed."""

from datetime import datetime
from pathlib import Path

import click

from intake.calendar.closed import (
    InvalidCalendar,
    closed_from,
    import_closed_days,
    open_again,
)
from intake.cli import database, fail, settings, show
from intake.cli.counting import counted
from intake.clock import local_date, now


@click.group("calendar")
def calendar_group() -> None:
    """Days off: on them no deadline runs, and nobody is reminded."""


@calendar_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def calendar_import(file: Path, as_json: bool) -> None:
    """Add the closed days of a CSV file: day,last_day,name,school.

    last_day and school may be left out or empty: one day, every school. The same file again
    changes nothing. Deadlines of revocations that are recorded already stay.
    """
    try:
        text = file.read_text("utf-8-sig")
        with database().begin() as session:
            changed = import_closed_days(session, text)
    except UnicodeDecodeError:
        fail(f"{file} is not UTF-8 text")
    except InvalidCalendar as error:
        fail(f"{file}: {error}")
    show({"changed": changed}, as_json=as_json, text=f"{counted(changed, 'day')} added or renamed.")


@calendar_group.command("list")
@click.option("--all", "all_days", is_flag=True, help="Also days that are over.")
@click.option("--json", "as_json", is_flag=True)
def calendar_list(all_days: bool, as_json: bool) -> None:
    """List the closed days from today on, beside Saturdays and Sundays."""
    today = local_date(now(), settings().time_zone)
    with database().read() as session:
        rows = [
            {
                "day": one.day.isoformat(),
                "name": one.name,
                "school": one.scope or None,
                "school_name": school.name if school else None,
            }
            for one, school in closed_from(session, first=today.min if all_days else today)
        ]
    lines = [f"{row['day']}  {row['school_name'] or 'every school'}  {row['name']}" for row in rows]
    show(rows, as_json=as_json, text="\n".join(lines) or "No closed day is known.")


@calendar_group.command("remove")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--school", default="", help="Only there: our id, the roster's, or the exact name.")
def calendar_remove(day: datetime, school: str) -> None:
    """Take a day off the list: the schools are open on it after all."""
    try:
        with database().begin() as session:
            was_closed = open_again(session, day.date(), school=school)
    except InvalidCalendar as error:
        fail(str(error))
    if not was_closed:
        fail(f"{day:%Y-%m-%d} is not on the list: `intake calendar list --all` shows it")
    click.echo("Removed.")
