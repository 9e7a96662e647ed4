"""Commands for the school's roster: importing it, and finding self-typed students in it."""

import sys
from pathlib import Path
from typing import Any

import click

from intake.cli import database, fail, settings, show
from intake.cli.counting import counted
from intake.clock import now
from intake.matching.importing import Options, Result, import_and_link
from intake.matching.indexing import index_names
from intake.matching.linking import link_certain
from intake.roster.oneroster.csv_text import ENCODINGS
from intake.roster.oneroster.importing import ImportRunning
from intake.roster.oneroster.report import Mode, Outcome, Problem, RosterRefused, problems_json

_ROWS_REJECTED = 1
_MODES = {Mode.FULL: "everybody (full)", Mode.DELTA: "what changed (delta)"}
_MOST_SHOWN = 20


@click.group("roster")
def roster_group() -> None:
    """The school's roster: schools, students, guardians and their contacts."""


@roster_group.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@click.option(
    "--full", "mode", flag_value=Mode.FULL.value,
    help="It is everybody: who is not in it has left. Default: as its manifest says.",
)  # fmt: skip
@click.option("--delta", "mode", flag_value=Mode.DELTA.value, help="It is what changed.")
@click.option(
    "--encoding", type=click.Choice(ENCODINGS),
    help="Of files that are not UTF-8 or UTF-16; never guessed.",
)  # fmt: skip
@click.option("--many-leave", is_flag=True, help="It is true that so many students leave.")
@click.option("--json", "as_json", is_flag=True)
def roster_import(
    path: Path, dry_run: bool, mode: str | None, encoding: str | None, many_leave: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Import OneRoster 1.1 or 1.2 CSV, a zip or a folder, all or nothing.

    Students who leave stay on record with the day; nobody is deleted. Exits 1 when rows were left
    out, 2 when nothing was changed.
    """
    options = Options(Mode(mode) if mode else None, encoding, many_leave)
    found, chosen = database(), settings()
    try:
        with _Progress() as progress:
            result = import_and_link(
                found, chosen, path, options, at=now(), apply=not dry_run, tell=progress.tell
            )
    except RosterRefused as error:
        if as_json:
            show({"refused": problems_json(error.problems)}, as_json=True, text="")
        fail(_refusal(error.problems))
    except ImportRunning as error:
        fail(str(error))
    facts: dict[str, Any] = {"dry_run": dry_run, **result.report.as_json()}
    if result.linked is not None:
        facts["linked"] = result.linked.linked
        facts["waiting_for_a_person"] = result.linked.waiting
    show(facts, as_json=as_json, text=_text(result, dry_run=dry_run))
    if result.report.rejected_count:
        sys.exit(_ROWS_REJECTED)


@roster_group.command("link")
@click.option("--json", "as_json", is_flag=True)
def roster_link(as_json: bool) -> None:
    """Find the students whom families typed on the roster; link those who are certain."""
    linked = link_certain(database(), settings(), at=now())
    show(
        {"linked": linked.linked, "waiting_for_a_person": linked.waiting},
        as_json=as_json,
        text=_linked(linked.linked, linked.waiting),
    )


@roster_group.command("index")
@click.option("--json", "as_json", is_flag=True)
def roster_index(as_json: bool) -> None:
    """Let students who are on record be found by how their names sound; once, after an upgrade."""
    with _Progress() as progress:
        students = index_names(database(), progress.tell)
    show({"students": students}, as_json=as_json, text=f"Indexed {counted(students, 'student')}.")


class _Progress:
    """A bar on the error stream, so that ``--json`` stays JSON; none where nobody watches."""

    def __init__(self) -> None:
        self._bar: Any = click.progressbar(
            length=1, label="students", file=sys.stderr, show_pos=True,
            hidden=not sys.stderr.isatty(),
        )  # fmt: skip
        self._seen = 0

    def __enter__(self) -> "_Progress":
        self._bar.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.render_finish()

    def tell(self, done: int, total: int) -> None:
        """So many of so many are done."""
        self._bar.length = max(total, 1)
        self._bar.update(done - self._seen)
        self._seen = done


def _text(result: Result, *, dry_run: bool) -> str:
    report = result.report
    begin = "Dry run, nothing was changed. It would be" if dry_run else "Imported"
    lines = [f"{begin}: OneRoster {report.version}, {_MODES[report.mode]}."]
    lines += [f"  {file}: read as {encoding}" for file, encoding in report.encodings.items()]
    lines.append("Students: " + ", ".join(f"{report.students[one]} {one}" for one in Outcome))
    schools = (Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED)
    lines.append("Schools:  " + ", ".join(f"{report.schools[one]} {one}" for one in schools))
    lines.append(
        f"Guardians: {counted(report.with_guardian, 'student has', 'students have')} one on"
        f" record, {report.without_guardian} none"
    )
    rows = counted(report.rejected_count, "row was left out", "rows were left out")
    things = counted(report.note_count, "thing was left out", "things were left out")
    lines += _listed(rows, report.rejected_count, report.rejected)
    lines += _listed(f"{things} of rows that count", report.note_count, report.notes)
    if result.linked is not None:
        lines.append(_linked(result.linked.linked, result.linked.waiting))
    return "\n".join(lines)


def _refusal(problems: list[Problem]) -> str:
    if len(problems) == 1:
        return f"nothing was imported: {problems[0]}"
    lines = [f"nothing was imported, for {len(problems)} reasons:"]
    return "\n".join([*lines, *(f"  {one}" for one in problems)])


def _listed(what: str, count: int, problems: list[Problem]) -> list[str]:
    if not count:
        return []
    ordered = sorted(problems, key=lambda one: (one.file, one.line))
    lines = [f"{what}:", *(f"  {one}" for one in ordered[:_MOST_SHOWN])]
    if count > _MOST_SHOWN:
        lines.append(f"  … and {count - _MOST_SHOWN} more (--json lists {len(problems)})")
    return lines


def _linked(linked: int, waiting: int) -> str:
    return (
        f"Students whom families typed: {linked} found on the roster, "
        f"{counted(waiting, 'waits', 'wait')} for a person (/desk/matching)."
    )
