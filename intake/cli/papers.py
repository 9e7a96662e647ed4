"""Commands for PDFs."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from forms.document import DocumentError, load
from intake.cli import fail, show
from intake.config import Settings, SettingsError, settings_from
from intake.documents.approvals import SOURCE_LANGUAGE, is_approved
from intake.documents.texts import READING, WAIVER
from intake.installation import open_database
from intake.paper.blank import blank_waiver, printed_document
from pdf.fonts import FontsMissing
from pdf.plain import render_text
from pdf.verify import verify
from translations import UnknownLanguage, language, languages

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


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
        lambda settings: blank_waiver(
            settings,
            code,
            draft=_is_draft(settings, WAIVER, code),
            student_name=student_name,
            school=school,
        ),
    )


@pdf_group.command("document")
@click.argument("name", type=click.Choice(READING))
@click.option("--language", "code", required=True, help="Language code, such as ksw.")
@click.option("--out", required=True, type=_OUT)
def pdf_document(name: str, code: str, out: Path) -> None:
    """A document that is only read, to print or to hand out."""
    _print(
        out,
        code,
        lambda settings: printed_document(
            settings, name, code, draft=_is_draft(settings, name, code)
        ),
    )


def _is_draft(settings: Settings, document: str, code: str) -> bool:
    """Whether nobody has approved this language, as far as the database can be asked."""
    try:
        with open_database(settings).read() as session:
            return not is_approved(session, load(document), code)
    except SQLAlchemyError:
        return code != SOURCE_LANGUAGE


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
