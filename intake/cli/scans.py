"""Commands for scanned paper."""

import sys
from pathlib import Path
from typing import Any

import click

from intake.cli import installation, show
from intake.cli.counting import counted
from intake.clock import now
from intake.installation import Installation
from intake.paper.batches import Progress, add_file, open_batch, process
from intake.paper.model import BatchSource
from intake.paper.reader import read_apart
from intake.paper.summary import FileSummary, Summary, summary
from intake.paper.words import OUTCOMES, REASONS
from intake.web.app import connect_subscribers

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("scan")
def scan_group() -> None:
    """Signed paper."""


@scan_group.command("import")
@click.argument("files", type=_FILE, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True)
def scan_import(files: tuple[Path, ...], as_json: bool) -> None:
    """Read scanned waivers and file what is certain; the rest waits at the desk.

    Exit status 1 where a file could not be read.
    """
    found = installation()
    connect_subscribers(found)
    with found.database.begin() as session:
        batch_id = open_batch(session, source=BatchSource.COMMAND, created_by=None, at=now()).id
    for file in files:
        with file.open("rb") as content:
            add_file(found, batch_id, file.name, content, at=now())
    _process(found, batch_id, is_shown=not as_json and sys.stderr.isatty())
    with found.database.read() as session:
        told = summary(session, batch_id)
    show(_as_json(told), as_json=as_json, text=_table(told))
    if any(file.refusal is not None for file in told.files):
        sys.exit(1)


def _process(found: Installation, batch_id: str, *, is_shown: bool) -> None:
    if not is_shown:
        process(found, batch_id, read_apart, at=now())
        return

    def tell(progress: Progress) -> None:
        doing = "filing" if progress.sorted else "reading"
        click.echo(
            f"\r{doing}: {counted(progress.pages, 'page')}, {progress.files_read} of "
            f"{counted(progress.files, 'file')}",
            nl=False,
            err=True,
        )

    process(found, batch_id, read_apart, at=now(), progress=tell)
    click.echo(err=True)


def _as_json(told: Summary) -> dict[str, Any]:
    return {
        "batch": told.batch_id,
        "state": told.state.value,
        "pages": told.pages,
        "filed": told.filed,
        "review": told.review,
        "blank": told.blank,
        "rejected": told.rejected,
        "outcomes": _outcomes(told),
        "files": [_file_json(file) for file in told.files],
    }


def _file_json(file: FileSummary) -> dict[str, Any]:
    return {
        "name": file.name,
        "pages": file.pages,
        "refusal": file.refusal,
        "taken_in_before": file.same_as is not None,
    }


def _outcomes(told: Summary) -> list[dict[str, Any]]:
    return [
        {"outcome": outcome.value, "reason": reason.value, "pages": number}
        for (outcome, reason), number in sorted(told.counts.items(), key=str)
        if outcome is not None and reason is not None
    ]


def _table(told: Summary) -> str:
    lines = [f"{told.pages:6}  pages"]
    for outcome, label in OUTCOMES.items():
        total = sum(n for (found, _), n in told.counts.items() if found is outcome)
        lines.append(f"{total:6}  {label}")
        lines += [
            f"{number:14}  {REASONS[reason]}"
            for (found, reason), number in sorted(told.counts.items(), key=str)
            if found is outcome and reason is not None
        ]
    for file in told.files:
        if file.refusal is not None:
            lines.append(f"{file.name}: could not be read ({file.refusal})")
        if file.same_as is not None:
            lines.append(f"{file.name}: was taken in before")
    return "\n".join(lines)
