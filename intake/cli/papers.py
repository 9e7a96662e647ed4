"""Commands for PDFs."""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from forms.document import DocumentError
from intake.cli import fail, show
from intake.clock import now
from intake.config import Settings, SettingsError, settings_from
from intake.documents.approvals import SOURCE_LANGUAGE, is_approved
from intake.documents.in_force import current, versions_of
from intake.documents.releases import releases
from intake.documents.texts import READING
from intake.installation import open_database
from intake.paper.printing import printed_document
from intake.setting_docs import SETTINGS
from pdf.document import Rendered
from pdf.fonts import FontsMissing
from pdf.plain import compose_text
from pdf.verify import verify
from translations import UnknownLanguage, language, languages

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.group("pdf")
def pdf_group() -> None:
    """PDFs: print, set any text, verify."""


@pdf_group.command("document")
@click.argument("name", type=click.Choice(READING))
@click.option("--language", "code", required=True, help="Language code, such as ksw.")
@click.option("--out", required=True, type=_OUT)
@click.option("--json", "as_json", is_flag=True)
def pdf_document(name: str, code: str, out: Path, as_json: bool) -> None:
    """A document that is only read, to print or to hand out."""
    print_pdf(
        out,
        code,
        as_json,
        lambda settings: printed_document(
            settings, name, code, draft=is_draft(settings, name, code)
        ),
    )


def is_draft(settings: Settings, document: str, code: str) -> bool:
    """Whether nobody has approved this language, as far as the database can be asked."""
    try:
        database = open_database(settings)
        with versions_of(database, settings.time_zone), database.read() as session:
            return not is_approved(session, current(document), code)
    except SQLAlchemyError:
        return code != SOURCE_LANGUAGE


def print_pdf(
    out: Path,
    code: str,
    as_json: bool,
    make: Callable[[Settings], Rendered],
    **more: object,
) -> None:
    """Write a document that names the partnership, or say in one line why not."""
    found = _partnership()
    try:
        language(code)
        with _versions(found):
            made = make(found)
    except DocumentError as error:
        fail(f"the document is not complete in {code!r}: {error}")
    except (UnknownLanguage, FontsMissing) as error:
        _fail_to_set(error, code)
    _write(out, made, as_json, more)


def _versions(asked: Settings) -> AbstractContextManager[None]:
    """The installation's documents, as far as its database can be asked; else the tree's."""
    database = open_database(asked)
    try:
        with database.read() as session:
            releases(session)
    except SQLAlchemyError:
        return nullcontext()
    return versions_of(database, asked.time_zone)


def _partnership() -> Settings:
    """Whose document it is; where no setting of ours is given, a specimen's."""
    try:
        return settings_from(os.environ)
    except SettingsError as error:
        if any(setting.name in os.environ for setting in SETTINGS):
            fail(f"{error} (it names the partnership; `intake config` lists every setting)")
    from intake.demo.run import demo_environ  # noqa: PLC0415  (much that printing doesn't need)

    click.echo(
        "intake: no INTAKE_… setting is given: a specimen, with the demonstration's partnership",
        err=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        return settings_from(demo_environ(Path(folder), port=8000, at=now()))


def _write(
    out: Path, made: Rendered, as_json: bool, more: Mapping[str, object] | None = None
) -> None:
    """The file, and what is wrong with it: exit 1 where a letter had to be drawn as a box."""
    try:
        out.write_bytes(made.pdf)
    except OSError as error:
        fail(f"can't write {out}: {error.strerror}")
    facts = {
        "file": str(out),
        "pages": made.pages,
        "missing": made.missing_names.split(", "),
        **(more or {}),
    }
    if not made.missing:
        facts["missing"] = []
    show(facts, as_json=as_json, text=f"Wrote {out}")
    if made.missing:
        click.echo(
            f"intake: no font has {made.missing_names}: drawn as boxes with these numbers",
            err=True,
        )
        sys.exit(1)


def check_language(code: str) -> None:
    """Fails where there is no such language, and names those that there are."""
    try:
        language(code)
    except UnknownLanguage as error:
        _fail_to_set(error, code)


def _fail_to_set(error: Exception, code: str) -> NoReturn:
    if isinstance(error, UnknownLanguage):
        fail(f"no language {code!r}; one of: {', '.join(languages())}")
    fail(str(error))


@pdf_group.command("text")
@click.option("--language", "code", required=True, help="Language code, such as ksw.")
@click.option("--in", "source", required=True, type=_FILE, help="Plain text in UTF-8.")
@click.option("--out", required=True, type=_OUT)
@click.option("--json", "as_json", is_flag=True)
def pdf_text(code: str, source: Path, out: Path, as_json: bool) -> None:
    """Any plain text (UTF-8) through the layout engine.

    Exit 1 when no font has a letter: it is drawn as a box with its number, and named.
    """
    try:
        made = compose_text(source.read_text("utf-8-sig"), language(code).code)
    except UnicodeDecodeError:
        fail(f"{source} is not UTF-8 text")
    except (UnknownLanguage, FontsMissing) as error:
        _fail_to_set(error, code)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    _write(out, made, as_json)


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
