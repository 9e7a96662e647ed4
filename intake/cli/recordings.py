"""Commands for recordings of the documents."""

from pathlib import Path

import click

from forms.document import DocumentError, UnknownDocument, documents
from intake.cli import database, fail, installation, settings, show
from intake.clock import now
from intake.documents.recordings import RecordingRefused, add_recording, recording_states
from intake.documents.texts import shown_text
from translations import languages

_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("recordings")
def recordings_group() -> None:
    """Documents read aloud: a file for each block, by a person."""


@recordings_group.command("add")
@click.argument("files", type=_FILES, nargs=-1, required=True)
@click.option("--document", required=True, type=click.Choice(documents()))
@click.option("--language", "code", required=True, type=click.Choice(list(languages())))
@click.option("--reader", required=True, help="The name of the person who reads.")
def recordings_add(files: tuple[Path, ...], document: str, code: str, reader: str) -> None:
    """Add recordings, each named after its block: voluntary.mp3, purpose.ogg, …"""
    found = installation()
    try:
        text = shown_text(found.settings, document, code)
        with found.database.begin() as session:
            for path in files:
                add_recording(
                    session, found.storage, text, path.stem, path.read_bytes(),
                    reader=reader, at=now(),
                )  # fmt: skip
    except RecordingRefused as error:
        fail(f"{path.name}: {error}; nothing was added")
    except (DocumentError, UnknownDocument) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    click.echo(f"Added: {len(files)}. A second person listens and confirms them.")


@recordings_group.command("list")
@click.option("--document", required=True, type=click.Choice(documents()))
@click.option("--language", "code", required=True, type=click.Choice(list(languages())))
@click.option("--json", "as_json", is_flag=True)
def recordings_list(document: str, code: str, as_json: bool) -> None:
    """Every block of a document: missing, stale, unconfirmed or confirmed."""
    try:
        text = shown_text(settings(), document, code)
    except DocumentError as error:
        fail(str(error))
    with database().read() as session:
        rows = [
            {
                "block": entry.block.id,
                "state": entry.state.value,
                "reader": entry.recording.reader if entry.recording else None,
            }
            for entry in recording_states(session, text)
        ]
    show(rows, as_json=as_json, text="\n".join(f"{r['state']:12} {r['block']}" for r in rows))
