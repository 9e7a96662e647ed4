"""Commands for the documents' words: listed, checked, sent to translators, approved."""

import os
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from forms.check import check, check_words, untranslated
from forms.document import DocumentError, UnknownDocument, documents, load
from forms.xliff import XliffRefused, as_toml, from_xliff, to_xliff
from intake.cli import database, fail, show
from intake.cli.counting import counted
from intake.clock import now
from intake.config import SettingsError, settings_from
from intake.documents.approvals import (
    SOURCE_LANGUAGE,
    ApprovalRefused,
    ApprovalState,
    all_states,
    approve_text,
)
from intake.documents.releases import changed_after_signing
from intake.installation import open_database
from intake.paper.comparison import printed_comparison
from pdf.fonts import FontsMissing
from translations import UnknownLanguage, languages

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group("forms")
def forms_group() -> None:
    """Legal documents: languages, completeness, hashes."""


@forms_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def forms_list(as_json: bool) -> None:
    """Every document, its version, the languages in which it is complete, and who approved them."""
    states = _states()
    rows: list[dict[str, Any]] = []
    for name in documents():
        document = load(name)
        rows.append(
            {
                "document": name,
                "version": document.version,
                "languages": [
                    {
                        "code": code,
                        "state": states.get((name, code), _unasked(code)),
                        "sha256": document.text(code).sha256,
                    }
                    for code in document.complete_languages()
                ],
            }
        )
    lines = []
    for row in rows:
        lines.append(f"{row['document']} {row['version']}")
        for entry in row["languages"]:
            found = languages()[entry["code"]]
            lines.append(
                f"  {entry['code']:8} {found.english_name:14} {entry['state']:9} {entry['sha256']}"
            )
    show(rows, as_json=as_json, text="\n".join(lines))


@forms_group.command("show")
@click.argument("document")
@click.option("--language", "code", default="en", show_default=True)
def forms_show(document: str, code: str) -> None:
    """The words of a document in one language, its placeholders unfilled."""
    try:
        text = load(document).text(code)
    except (UnknownDocument, DocumentError) as error:
        fail(str(error))
    click.echo(f"{text.title}\n")
    for block in text.blocks:
        for group in text.element_groups if not block.text else ():
            labels = ", ".join(element.label for element in group.elements)
            click.echo(f"- {labels}: {group.purpose}")
        click.echo(f"{block.text}\n" if block.text else "")


@forms_group.command("check")
@click.option("--json", "as_json", is_flag=True)
def forms_check(as_json: bool) -> None:
    """Find holes, wrong placeholders, wrong letters and digits in every document.

    Fails for what is wrong, and for a text that was changed after somebody signed it (where the
    database can be asked). A language in which nobody has written a document is only named: it
    isn't offered.
    """
    newest = [load(name) for name in documents()]
    found = [str(problem) for document in newest for problem in check(document)]
    found += _changed_after_signing()
    unwritten = [str(problem) for document in newest for problem in untranslated(document)]
    result = {"ok": not found, "problems": found, "not_written": unwritten}
    lines = [*found, *unwritten, "" if found else "What is there is well."]
    show(result, as_json=as_json, text="\n".join(filter(None, lines)))
    if found:
        sys.exit(1)


@forms_group.command("export")
@click.argument("document", type=click.Choice(documents()))
@click.option("--language", "code", required=True, help="Language code, such as ksw.")
@click.option("--out", required=True, type=_OUT)
def forms_export(document: str, code: str, out: Path) -> None:
    """A document with what there is of its translation, for a translator's tool (XLIFF 2.1)."""
    try:
        out.write_bytes(to_xliff(load(document), code))
    except DocumentError as error:
        fail(str(error))
    except OSError as error:
        fail(f"can't write {out}: {error.strerror}")
    click.echo(f"Wrote {out}")


@forms_group.command("compare")
@click.argument("document", type=click.Choice(documents()))
@click.option("--language", "code", required=True, help="Language code, such as ksw.")
@click.option("--out", required=True, type=_OUT)
def forms_compare(document: str, code: str, out: Path) -> None:
    """A translation beside its English in two columns, to be checked by hand (PDF)."""
    try:
        out.write_bytes(printed_comparison(load(document), code))
    except UnknownLanguage:
        fail(f"no language {code!r}; one of: {', '.join(languages())}")
    except (DocumentError, FontsMissing) as error:
        fail(str(error))
    except OSError as error:
        fail(f"can't write {out}: {error.strerror}")
    click.echo(f"Wrote {out}")


@forms_group.command("import")
@click.argument("file", type=_FILE)
def forms_import(file: Path) -> None:
    """Take a translation back (XLIFF 2): checked first, then written beside the document."""
    try:
        imported = from_xliff(file.read_bytes())
    except (XliffRefused, UnknownDocument, DocumentError) as error:
        fail(f"{file}: {error}")
    words, missing = imported.words.by_place, set(imported.missing)
    problems = [
        f"{file}: {place} {message}"
        for place, message in check_words(imported.document, imported.language, words)
        if place not in missing
    ]
    if problems:
        fail("\n".join([*problems, "nothing was written"]))
    path = imported.document.path(imported.language)
    try:
        path.write_text(as_toml(imported), "utf-8")
    except OSError as error:
        fail(f"can't write {path}: {error.strerror}")
    click.echo(f"Wrote {path}")
    if missing:
        places = counted(len(missing), "place has", "places have")
        click.echo(f"Not offered yet: {places} no translation.")


@forms_group.command("approve")
@click.argument("document", type=click.Choice(documents()))
@click.option("--language", "code", required=True, help="Language code, such as ksw.")
@click.option("--name", required=True, help="Who has read every block and approves it.")
@click.option("--qualification", required=True, help='Such as "certified interpreter, Karen".')
@click.option("--note", default="")
@click.option("--version", help="Such as 2026-1. Default: the newest, published or not.")
def forms_approve(
    document: str, code: str, name: str, qualification: str, note: str, version: str | None
) -> None:
    """Record that a named, qualified person approves a document in a language, as it is now."""
    try:
        found = load(document, version)
        sha256 = found.text(code).sha256
        with database().begin() as session:
            approve_text(
                session, found, code, sha256=sha256, approver=name, qualification=qualification,
                note=note, at=now(),
            )  # fmt: skip
    except (ApprovalRefused, DocumentError, UnknownDocument) as error:
        fail(str(error))
    click.echo(f"Approved: {document} {found.version} in {code}, text {sha256}")


def _states() -> dict[tuple[str, str], str]:
    """How each text stands; empty where no database can be asked."""
    try:
        with open_database(settings_from(os.environ)).read() as session:
            # Of two versions the newest comes last, and is the one that is listed.
            return {(s.document.name, s.language): s.state.value for s in all_states(session)}
    except (SettingsError, SQLAlchemyError):
        return {}


def _changed_after_signing() -> list[str]:
    """Texts that people have signed and somebody has changed; none where nobody can be asked."""
    try:
        with open_database(settings_from(os.environ)).read() as session:
            return [str(changed) for changed in changed_after_signing(session)]
    except (SettingsError, SQLAlchemyError):
        return []


def _unasked(code: str) -> str:
    return ApprovalState.SOURCE if code == SOURCE_LANGUAGE else ApprovalState.DRAFT
