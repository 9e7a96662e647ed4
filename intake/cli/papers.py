"""Commands for documents and PDFs."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from forms.check import check, check_words, untranslated
from forms.document import DocumentError, UnknownDocument, documents, load
from forms.xliff import XliffRefused, as_toml, from_xliff, to_xliff
from intake.cli import fail, show
from intake.config import Settings, SettingsError, settings_from
from intake.documents.texts import READING
from intake.paper.blank import blank_waiver, printed_document
from intake.paper.comparison import printed_comparison
from pdf.fonts import FontsMissing
from pdf.plain import render_text
from pdf.verify import verify
from translations import UnknownLanguage, language, languages

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group("forms")
def forms_group() -> None:
    """Legal documents: languages, completeness, hashes."""


@forms_group.command("list")
@click.option("--json", "as_json", is_flag=True)
def forms_list(as_json: bool) -> None:
    """Every document, its version, and the languages in which it is complete."""
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
                        "state": "draft" if document.is_draft(code) else "ready",
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
                f"  {entry['code']:8} {found.english_name:14} {entry['state']:6} {entry['sha256']}"
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
    """Find holes, wrong placeholders, wrong letters and digits in every document."""
    newest = [load(name) for name in documents()]
    found = [problem for document in newest for problem in check(document) + untranslated(document)]
    texts = [str(problem) for problem in found]
    show(
        {"ok": not found, "problems": texts}, as_json=as_json, text="\n".join(texts) or "All well."
    )
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
        click.echo(f"Not offered yet: {len(missing)} places have no translation.")


@click.group("pdf")
def pdf_group() -> None:
    """PDFs: print, set any text, verify."""


@pdf_group.command("waiver")
@click.option("--language", "code", required=True, help="Language code, such as ksw.")
@click.option("--student-name", default="", help="Printed on the waiver; blank if left out.")
@click.option("--school", default="", help="Printed on the waiver; blank if left out.")
@click.option("--out", required=True, type=_OUT)
def pdf_waiver(code: str, student_name: str, school: str, out: Path) -> None:
    """A waiver to print and sign on paper."""
    _print(
        out,
        code,
        lambda settings: blank_waiver(settings, code, student_name=student_name, school=school),
    )


@pdf_group.command("document")
@click.argument("name", type=click.Choice(READING))
@click.option("--language", "code", required=True, help="Language code, such as ksw.")
@click.option("--out", required=True, type=_OUT)
def pdf_document(name: str, code: str, out: Path) -> None:
    """A document that is only read, to print or to hand out."""
    _print(out, code, lambda settings: printed_document(settings, name, code))


def _print(out: Path, code: str, make: Callable[[Settings], bytes]) -> None:
    """Write a document that names the partnership, or say in one line why not."""
    try:
        found = settings_from(os.environ)
    except SettingsError as error:
        fail(f"{error} (it names the partnership; `intake config` lists every setting)")
    try:
        language(code)
        out.write_bytes(make(found))
    except UnknownLanguage:
        fail(f"no language {code!r}; one of: {', '.join(languages())}")
    except DocumentError as error:
        fail(f"the document is not complete in {code!r}: {error}")
    except FontsMissing as error:
        fail(str(error))
    except OSError as error:
        fail(f"can't write {out}: {error.strerror}")
    click.echo(f"Wrote {out}")


@pdf_group.command("text")
@click.option("--language", "code", required=True)
@click.option("--in", "source", required=True, type=_FILE)
@click.option("--out", required=True, type=_OUT)
def pdf_text(code: str, source: Path, out: Path) -> None:
    """Any plain text (UTF-8) through the layout engine."""
    try:
        text = source.read_text("utf-8")
        out.write_bytes(render_text(text, language(code).code))
    except UnicodeDecodeError:
        fail(f"{source} is not UTF-8 text")
    except UnknownLanguage:
        fail(f"no language {code!r}; one of: {', '.join(languages())}")
    except FontsMissing as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    click.echo(f"Wrote {out}")


@pdf_group.command("verify")
@click.argument("file", type=_FILE)
@click.option("--certificate", type=_FILE, multiple=True, help="PEM that the seal must come from.")
@click.option("--json", "as_json", is_flag=True)
def pdf_verify(file: Path, certificate: tuple[Path, ...], as_json: bool) -> None:
    """Check seal, hashes and attached record; exit 1 when anything is wrong."""
    report = verify(file.read_bytes(), trusted=[path.read_bytes() for path in certificate])
    good = report.sealed and report.intact and report.covers_whole_file and report.record_matches
    good = good and (report.trusted or not certificate)
    facts = {
        "ok": good,
        "sealed": report.sealed,
        "intact": report.intact,
        "covers_whole_file": report.covers_whole_file,
        "trusted": report.trusted,
        "signer": report.signer,
        "signed_at": report.signed_at.isoformat() if report.signed_at else None,
        "record_matches": report.record_matches,
        "record": report.record,
        "problems": list(report.problems),
    }
    lines = ["Intact." if good else "NOT INTACT."]
    lines += [f"  {name}: {json.dumps(value)}" for name, value in facts.items()
              if name not in {"ok", "record", "problems"}]  # fmt: skip
    lines += [f"  problem: {problem}" for problem in report.problems]
    show(facts, as_json=as_json, text="\n".join(lines))
    if not good:
        sys.exit(1)
