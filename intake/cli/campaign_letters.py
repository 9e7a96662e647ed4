"""The command that writes a campaign's letters: a file for each class."""

import re
from pathlib import Path
from typing import Any

import click

from intake.accounts.staff import access_of
from intake.campaigns.control import is_covered
from intake.campaigns.letters import MOST_LETTERS, Group, NothingToPrint, groups, print_letters
from intake.cli import database, fail, settings, show
from intake.cli.campaigns import (
    AS_JSON,
    AS_STAFF,
    group_facts,
    known_campaign,
    runner,
    unknown_campaign,
)
from intake.cli.named import school_named
from intake.clock import now


@click.command("letters")
@click.argument("id")
@click.option(
    "--folder", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Where the PDFs are written, one for each class.",
)  # fmt: skip
@click.option("--school", help="Only this school's: id or name.")
@click.option("--again", is_flag=True, help="Those printed before without an answer, too.")
@AS_STAFF
@AS_JSON
def campaigns_letters(
    id: str, folder: Path, school: str | None, again: bool, email: str, as_json: bool
) -> None:
    """Write the letters that wait to be printed, a file for each class, as they are handed out.

    Files are numbered by school, teacher and class; of a class with more than 100 letters several.
    """
    found, own = database(), settings()
    with found.read() as session:
        campaign = known_campaign(session, id)
        staff = runner(session, email)
        scope = access_of(staff).schools
        if not is_covered(campaign, scope):
            fail(unknown_campaign(id))
        school_id = school_named(session, school) if school else None
        classes = [
            group
            for group in groups(session, campaign, scope)
            if school_id in (None, group.school_id)
        ]
    folder.mkdir(parents=True, exist_ok=True)
    written: list[dict[str, Any]] = []
    for group in classes:
        for _ in range(_files(group, again=again)):
            try:
                pdf = print_letters(
                    found, own, id, school_id=group.school_id, class_id=group.class_id,
                    scope=scope, staff_id=staff.id, at=now(), again=again,
                )  # fmt: skip
            except NothingToPrint:
                break
            file = folder / f"{len(written) + 1:04}-{_file_name(group)}.pdf"
            file.write_bytes(pdf)
            written.append({"file": str(file), **group_facts(group)})
    lines = [row["file"] for row in written]
    show(written, as_json=as_json, text="\n".join(lines) or "There is nothing to print.")


def _files(group: Group, *, again: bool) -> int:
    letters = group.to_print + (group.printed if again else 0)
    return -(-letters // MOST_LETTERS)


def _file_name(group: Group) -> str:
    """Readable in a list of files, and nothing a path could be made of."""
    words = re.sub(r"[^\w]+", "-", f"{group.school} {group.title or 'no class'}").strip("-")
    return words[:80]
