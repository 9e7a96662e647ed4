"""Commands that print papers to sign by hand."""

import csv
from dataclasses import replace
from pathlib import Path

import click

from intake.cli import fail
from intake.cli.papers import check_language, is_draft, pdf_group, print_pdf
from intake.config import Settings
from intake.documents.texts import REVOCATION, WAIVER
from intake.paper.printing import PaperOrder, printed_papers
from pdf.document import Rendered
from pdf.sheet.code import SheetDocument
from pdf.sheet.geometry import PaperSize

__all__ = ["pdf_group"]

_OUT = click.Path(dir_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SIZES = {"letter": PaperSize.LETTER, "a4": PaperSize.A4}
_COLUMNS = ("student_name", "birth_date", "school", "language")
_size = click.option("--size", type=click.Choice(list(_SIZES)), default="letter", show_default=True)
_json = click.option("--json", "as_json", is_flag=True)


@pdf_group.command("waiver")
@click.option("--language", "code", default="en", show_default=True, help="Such as ksw.")
@click.option(
    "--student-name", "names", multiple=True, help="Printed on the waiver; again for another one."
)
@click.option("--school", default="", help="Printed on each waiver; blank if left out.")
@click.option(
    "--class-list",
    type=_FILE,
    help=f"CSV with the columns {', '.join(_COLUMNS)}: one waiver each, in its language.",
)
@_size
@click.option("--out", required=True, type=_OUT)
@_json
def pdf_waiver(
    code: str,
    names: tuple[str, ...],
    school: str,
    class_list: Path | None,
    size: str,
    out: Path,
    as_json: bool,
) -> None:
    """A waiver to print and sign on paper: blank, for a student, or for a class in one file."""
    orders = [PaperOrder(code, student_name=name, school=school) for name in names or ("",)]
    if class_list is not None:
        if names:
            fail("give --student-name or --class-list, not both")
        orders = _class(class_list, code, school)
    _print(orders, WAIVER, _SIZES[size], out, as_json=as_json)


@pdf_group.command("revocation")
@click.option("--language", "code", default="en", show_default=True, help="Such as ksw.")
@click.option("--student-name", default="", help="Printed on it; blank if left out.")
@_size
@click.option("--out", required=True, type=_OUT)
@_json
def pdf_revocation(code: str, student_name: str, size: str, out: Path, as_json: bool) -> None:
    """A letter that takes permission back, to print and sign on paper."""
    order = PaperOrder(code, document=SheetDocument.REVOCATION, student_name=student_name)
    _print([order], REVOCATION, _SIZES[size], out, as_json=as_json)


def _class(file: Path, code: str, school: str) -> list[PaperOrder]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if "student_name" not in (rows.fieldnames or ()):
                fail(f"{file} must begin with a line of column names: {', '.join(_COLUMNS)}")
            orders = [
                PaperOrder(
                    (row.get("language") or code).strip(),
                    student_name=(row["student_name"] or "").strip(),
                    birth_date=(row.get("birth_date") or "").strip(),
                    school=(row.get("school") or school).strip(),
                )
                for row in rows
            ]
    except UnicodeDecodeError:
        fail(f"{file} is not UTF-8 text")
    except csv.Error as error:
        fail(f"{file}: {error}")
    if not orders:
        fail(f"{file} names no student")
    return orders


def _print(
    orders: list[PaperOrder], document: str, size: PaperSize, out: Path, *, as_json: bool
) -> None:
    def make(settings: Settings) -> Rendered:
        drafts = {order.language: False for order in orders}
        drafts = {language: is_draft(settings, document, language) for language in drafts}
        checked = [replace(order, draft=drafts[order.language]) for order in orders]
        return printed_papers(settings, checked, size=size)

    ids = [order.waiver_id for order in orders]
    for code in dict.fromkeys(order.language for order in orders):
        check_language(code)
    print_pdf(out, orders[0].language, as_json, make, waiver_ids=ids)
