"""Printing at the desk: blank papers, papers for students, each on record."""

from datetime import date
from io import BytesIO

import numpy as np
import pypdfium2 as pdfium
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from intake.clock import now
from intake.paper.model import PrintedPaper
from intake.roster.model import Student
from intake.roster.students import add_student
from pdf.scan.page import read_page
from tests.web.desk.conftest import Desk, csrf_token

PAGE = "/desk/papers"
WHAT = {"document": "ferpa_waiver", "size": "L", "language": "en"}


def printed(desk: Desk) -> list[PrintedPaper]:
    with desk.database.read() as session:
        return list(session.scalars(select(PrintedPaper)))


def enrol(desk: Desk, name: str, language: str | None = None) -> Student:
    with desk.database.begin() as session:
        return add_student(
            session, school=desk.school, name=name, birth_date=date(2016, 4, 12), at=now(),
            language=language,
        )  # fmt: skip


def test_blank_papers_have_an_id_each_that_is_on_record(signed_in: Desk) -> None:
    answer = signed_in.post(f"{PAGE}/blank", {**WHAT, "copies": "2"}, shown_at=PAGE)

    assert answer.mimetype == "application/pdf"
    papers = printed(signed_in)
    assert len({paper.waiver_id for paper in papers}) == 2
    assert {(p.language, p.document, p.student_id) for p in papers} == {
        ("en", "ferpa_waiver", None)
    }
    assert {paper.printed_by for paper in papers} == {signed_in.staff.id}


def test_a_printed_page_is_recognised_when_it_comes_back(signed_in: Desk) -> None:
    answer = signed_in.post(
        f"{PAGE}/blank", {**WHAT, "document": "revocation", "copies": "1"}, shown_at=PAGE
    )

    page = pdfium.PdfDocument(answer.data)[0].render(scale=200 / 72, grayscale=True)
    code = read_page(np.asarray(page.to_pil())).code
    [paper] = printed(signed_in)
    assert code is not None
    assert (code.waiver_id, code.pages) == (paper.waiver_id, paper.pages)
    assert (code.document, code.version) == (paper.document, paper.version)


def test_a_class_list_is_one_file_each_in_the_familys_language(signed_in: Desk) -> None:
    students = [enrol(signed_in, "Emma Johnson"), enrol(signed_in, "يوسف الحسن", "ar")]
    enrol(signed_in, "Not Ticked", "so")
    shown_at = f"{PAGE}?school={signed_in.school.id}"
    token = csrf_token(signed_in.browser.get(shown_at))
    answer = signed_in.browser.post(
        f"{PAGE}/students",
        data={**WHAT, "csrf_token": token, "students": [student.id for student in students]},
    )

    by_student = {paper.student_id: paper for paper in printed(signed_in)}
    assert {id_: paper.language for id_, paper in by_student.items()} == {
        students[0].id: "en",
        students[1].id: "ar",
    }
    pages = PdfReader(BytesIO(answer.data)).pages
    # Each begins on the front of a sheet.
    first = by_student[students[0].id].pages
    assert len(pages) == first + first % 2 + by_student[students[1].id].pages
    assert "Emma Johnson" in "".join(page.extract_text() for page in pages[:first])


def test_a_school_lists_all_its_students_ticked(signed_in: Desk) -> None:
    enrol(signed_in, "Emma Johnson")
    signed_in.type_student("Typed By A Family")
    page = signed_in.browser.get(f"{PAGE}?school={signed_in.school.id}").text

    assert "Emma Johnson" in page
    assert page.count(" checked") == 1 + 4  # and the choices of both forms
    assert "Typed By A Family" not in page


def test_a_list_of_names_ticks_who_is_clearly_meant(signed_in: Desk) -> None:
    enrol(signed_in, "Emma Johnson")
    twice = [enrol(signed_in, "Ali Hassan"), enrol(signed_in, "Ali Hassan Omar")]
    page = signed_in.post(
        f"{PAGE}/names", {"names": "emma johnson\n\nAli Hassan\nNobody Here\n"}, shown_at=PAGE
    ).text

    assert page.count('name="students"') == 3
    assert page.count('" checked>\n        <label for="student-') == 1
    assert "Nobody Here" in page
    assert page.count("Typed:") == len(twice)


def test_a_search_finds_students_and_keeps_the_name_out_of_the_address(signed_in: Desk) -> None:
    enrol(signed_in, "Emma Johnson")
    answer = signed_in.post(f"{PAGE}/search", {"text": "johnson"}, shown_at=PAGE)

    assert "johnson" not in answer.headers["Location"].lower()
    assert "Emma Johnson" in signed_in.browser.get(answer.headers["Location"]).text


def test_nothing_is_printed_for_nobody_and_the_list_stays(signed_in: Desk) -> None:
    student = enrol(signed_in, "Emma Johnson")
    answer = signed_in.post(f"{PAGE}/students", {**WHAT, "listed": student.id}, shown_at=PAGE)

    assert answer.status_code == 422
    assert "Tick at least one student." in answer.text
    assert "Emma Johnson" in answer.text
    assert printed(signed_in) == []


@pytest.mark.parametrize(
    "wrong",
    [{"copies": "0"}, {"copies": "101"}, {"copies": "x"}, {"language": "xx"}, {"document": "x"},
     {"size": "A3"}],
)  # fmt: skip
def test_what_cannot_be_printed_is_refused(signed_in: Desk, wrong: dict[str, str]) -> None:
    answer = signed_in.post(f"{PAGE}/blank", {**WHAT, "copies": "1", **wrong}, shown_at=PAGE)

    assert answer.status_code == 422
    assert printed(signed_in) == []
