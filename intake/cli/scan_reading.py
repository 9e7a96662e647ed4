"""``intake scan read``: what the reader sees on paper; needs no database."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from intake.cli import fail
from pdf.scan.apart import FileRefused, PageResult, read_files
from pdf.scan.limits import Refusal
from pdf.scan.sentences import SENTENCES
from pdf.scan.work import WorkedPage, read_only, read_with_overlay


@click.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per page, a line each.")
@click.option(
    "--overlay",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for a picture of each page with what was seen on it.",
)
@click.option("--processes", type=click.IntRange(1, 64), help="As many as there are cores.")
def scan_read(
    files: tuple[Path, ...], as_json: bool, overlay: Path | None, processes: int | None
) -> None:
    """Read scans of paper waivers (PDF, TIFF, JPEG, PNG, HEIC) and say what is on each page.

    Exit 1 when a file or a page could not be read; the others are read all the same.
    """
    if overlay is not None:
        try:
            overlay.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            fail(f"can't make {overlay}: {error.strerror}")
    refused = False
    for found in _pages(files, overlay, processes):
        refused |= "message" in found
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else _sentence(found))
    if refused:
        sys.exit(1)


def _pages(
    files: tuple[Path, ...], overlay: Path | None, processes: int | None
) -> Iterator[dict[str, Any]]:
    work = read_only if overlay is None else read_with_overlay
    results: Iterator[PageResult[WorkedPage] | FileRefused] = read_files(
        files, work=work, processes=processes
    )
    for found in results:
        name = str(files[found.file])
        if isinstance(found, FileRefused):
            yield _refused(name, None, found.refusal)
        elif found.result is None:
            yield _refused(name, found.page, found.refusal or Refusal.CRASHED)
        else:
            page = {"file": name, "page": found.page, **found.result.findings.as_json()}
            if overlay is not None:
                page["overlay"] = str(_save(overlay, found, found.result.picture))
            yield page


def _save(folder: Path, found: PageResult[WorkedPage], picture: bytes) -> Path:
    """Named by the file's place in the command, so that no file's name leads elsewhere."""
    file = folder / f"{found.file + 1:03}-{found.page:04}.jpg"
    try:
        file.write_bytes(picture)
    except OSError as error:
        fail(f"can't write {file}: {error.strerror}")
    return file


def _refused(name: str, page: int | None, refusal: Refusal) -> dict[str, Any]:
    return {
        "file": name,
        "page": page,
        "kind": "unknown",
        "document": None,
        "version": None,
        "language": None,
        "waiver_page": None,
        "waiver_pages": None,
        "waiver_id": None,
        "rotation": 0,
        "choices": {},
        "signature": None,
        "date": None,
        "witness": None,
        "review": True,
        "reasons": [refusal.value],
        "confidence": 0.0,
        "boxes": {},
        "message": SENTENCES[refusal],
    }


def _sentence(found: dict[str, Any]) -> str:
    """One line for a terminal."""
    where = f"{found['file']}:{found['page']}" if found["page"] else found["file"]
    if "message" in found:
        return f"{where}: {found['message']}"
    parts = [found["kind"]]
    if found["waiver_id"]:
        parts.append(
            f"{found['language']} page {found['waiver_page']} of {found['waiver_pages']}, "
            f"{found['waiver_id']}"
        )
    if found["choices"]:
        parts.append(f"answer {found['choices']['consent']}")
    parts += [f"{name} {found[name]}" for name in ("signature", "date") if found[name]]
    if found["review"]:
        parts.append(f"REVIEW: {', '.join(found['reasons'])}")
    return f"{where}: {'; '.join(parts)}"
