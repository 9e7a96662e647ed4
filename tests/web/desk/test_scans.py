"""Scans at the desk: bringing files, watching them being read, and what became of each page."""

from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import select

from intake.consents.ledger import LedgerEvent
from intake.consents.states import EventKind
from intake.documents.kept import read_kept
from intake.documents.model import KeptObject
from intake.paper.batches import close_batch
from intake.paper.model import ScanBatch, ScanFile, ScannedPaper, ScanPage
from intake.paper.outcomes import BatchState
from intake.web.desk import upload_routes
from tests.conftest import RING
from tests.paper.tray import BLANK, FOREIGN, letter, scan, yes
from tests.web.desk.conftest import Desk, csrf_token
from tests.web.desk.stack import doubtful, settle, tray_of

PAGE = "/desk/scans"


def files(desk: Desk) -> list[ScanFile]:
    with desk.database.read() as session:
        return list(session.scalars(select(ScanFile).order_by(ScanFile.position)))


def batch(desk: Desk) -> ScanBatch:
    with desk.database.read() as session:
        return session.scalars(select(ScanBatch)).one()


def original(desk: Desk, file: ScanFile) -> bytes:
    with desk.database.read() as session:
        kept = session.get_one(KeptObject, file.original_id)
        return b"".join(read_kept(desk.context.storage, RING, kept))


def token_header(desk: Desk) -> dict[str, str]:
    return {"X-CSRF-Token": csrf_token(desk.browser.get(PAGE))}


def test_a_form_brings_files_that_are_kept_as_they_are(signed_in: Desk) -> None:
    sent = {
        "csrf_token": csrf_token(signed_in.browser.get(PAGE)),
        "files": [(BytesIO(b"one" * 400_000), "stack.pdf"), (BytesIO(b"two"), "../a/b.tif")],
    }
    answer = signed_in.browser.post(PAGE, data=sent, content_type="multipart/form-data")

    assert answer.headers["Location"] == f"{PAGE}/{batch(signed_in).id}"
    one, two = files(signed_in)
    assert (one.name, two.name) == ("stack.pdf", "b.tif")
    assert original(signed_in, one) == b"one" * 400_000
    assert batch(signed_in).state is BatchState.READING
    assert batch(signed_in).created_by == signed_in.staff.id
    assert "Waiting for its turn." in signed_in.browser.get(answer.headers["Location"]).text


def test_a_form_without_files_says_what_to_do(signed_in: Desk) -> None:
    answer = signed_in.post(PAGE, {}, shown_at=PAGE)

    assert answer.status_code == 422
    assert "Choose the files first" in answer.text


def test_the_script_sends_file_by_file_and_then_lets_them_be_read(signed_in: Desk) -> None:
    http, header = signed_in.browser, token_header(signed_in)
    address = http.post(f"{PAGE}/begin", headers=header).get_json()["address"]
    named = {**header, "X-File-Name": "%D8%B5%D9%81.pdf"}
    assert http.post(f"{address}/files", data=b"%PDF", headers=named).get_json() == {
        "taken_in_before": False
    }
    assert http.post(f"{address}/files", data=b"%PDF", headers=named).get_json() == {
        "taken_in_before": True
    }
    assert "Not sent completely" in http.get(address).text
    signed_in.post(f"{address}/read", {}, shown_at=address)

    assert batch(signed_in).state is BatchState.READING
    assert files(signed_in)[0].name == "صف.pdf"
    late = http.post(f"{address}/files", data=b"late", headers=named)
    assert (late.status_code, "problem" in late.get_json()) == (409, True)


def test_a_file_that_is_too_large_is_refused_in_plain_words(
    signed_in: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_routes, "LARGEST_FILE", 100)
    monkeypatch.setattr(upload_routes, "LARGEST_FORM", 100)
    http, header = signed_in.browser, token_header(signed_in)
    address = http.post(f"{PAGE}/begin", headers=header).get_json()["address"]

    answer = http.post(f"{address}/files", data=b"x" * 101, headers=header)
    assert answer.status_code == 413
    assert "too large" in answer.get_json()["problem"]
    sent = {"csrf_token": header["X-CSRF-Token"], "files": (BytesIO(b"x" * 101), "a.pdf")}
    answer = http.post(PAGE, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 413
    assert "Send them one by one" in answer.text
    assert files(signed_in) == []


NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("path", ["/begin", f"/{NOWHERE}/files", f"/{NOWHERE}/read", ""])
def test_nothing_is_taken_in_without_the_pages_token(signed_in: Desk, path: str) -> None:
    assert signed_in.browser.post(f"{PAGE}{path}", data=b"%PDF").status_code == 400
    with signed_in.database.read() as session:
        assert session.scalars(select(ScanBatch)).all() == []


@pytest.mark.parametrize("path", ["", "/progress.json"])
def test_an_unknown_batch_is_not_found(signed_in: Desk, path: str) -> None:
    assert signed_in.browser.get(f"{PAGE}/{uuid4()}{path}").status_code == 404


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(signed_in: Desk) -> None:
    batch_id = tray_of(signed_in).batch(scan([BLANK]))
    with signed_in.database.begin() as session:
        close_batch(session, batch_id)
    with signed_in.browser.session_transaction() as kept:
        seen = kept["desk_seen"] = kept["desk_seen"] - 60
    address = f"{PAGE}/{batch_id}"
    assert (
        f"{address}/progress.json?by=itself" in signed_in.browser.get(f"{address}?by=itself").text
    )
    answer = signed_in.browser.get(f"{address}/progress.json?by=itself").get_json()

    assert (answer["done"], answer["pages"], answer["files"]) == (False, 0, 1)
    with signed_in.browser.session_transaction() as kept:
        assert kept["desk_seen"] == seen
    signed_in.browser.get(address)
    with signed_in.browser.session_transaction() as kept:
        assert kept["desk_seen"] > seen


def test_every_page_of_a_batch_is_accounted_for(signed_in: Desk) -> None:
    tray = tray_of(signed_in)
    emma, ali = tray.student(), tray.student("Ali Hassan")
    batch_id = tray.batch(
        scan([*yes(tray.printed(emma)), BLANK, *doubtful(tray.printed(ali)), FOREIGN]),
        scan([{"refused": "encrypted"}]),
    )
    tray.process(batch_id)
    tray.process(tray.batch(scan([{"refused": "encrypted"}])))
    address = f"{PAGE}/{batch_id}"
    page = signed_in.browser.get(address).text

    for number, word in (("7", "In"), ("2", "Filed"), ("2", "Waits for a person"), ("1", "Blank"),
                         ("2", "Not filed")):  # fmt: skip
        assert f"<strong>{number}</strong> <span>{word}</span>" in page
    assert "This file is locked with a password" in page
    assert "Which answer is marked?" in page
    assert "From another programme" in page
    [consent] = tray.consents()
    assert f"/desk/waivers/{consent.id}" in page
    assert "Ali Hassan" not in signed_in.browser.get(f"{address}?show=filed").text
    listed = signed_in.browser.get(PAGE).text
    assert address in listed


def test_a_file_that_came_before_leads_to_what_became_of_it(signed_in: Desk) -> None:
    tray = tray_of(signed_in)
    content = scan([letter(tray.letter_for(tray.student()))])
    first, second = tray.batch(content), tray.batch(content)
    tray.process(first)
    tray.process(second)
    page = signed_in.browser.get(f"{PAGE}/{second}").text

    assert "taken in before" in page
    assert f'href="{PAGE}/{first}"' in page


def test_looking_at_a_page_is_written_down(signed_in: Desk) -> None:
    tray = tray_of(signed_in)
    student = tray.student()
    tray.take_in(*yes(tray.printed(student)), FOREIGN)
    with signed_in.database.read() as session:
        pages = list(session.scalars(select(ScanPage).order_by(ScanPage.number)))
    answer = signed_in.browser.get(f"{PAGE}/pages/{pages[0].id}/picture")

    assert answer.mimetype == "image/png"
    assert answer.headers["Cache-Control"] == "no-store"
    # Of a page that is nobody's there is no student to write it down for.
    assert signed_in.browser.get(f"{PAGE}/pages/{pages[2].id}/picture").status_code == 200
    assert signed_in.browser.get(f"{PAGE}/pages/{uuid4()}/picture").status_code == 404
    with signed_in.database.read() as session:
        [seen] = session.scalars(select(LedgerEvent).where(LedgerEvent.kind == EventKind.VIEWED))
    assert (seen.student_id, seen.actor_id) == (student, signed_in.staff.id)
    assert seen.values() == {"what": "scan", "page": pages[0].id}


def test_an_answered_paper_shows_as_filed_once_it_is(signed_in: Desk) -> None:
    tray = tray_of(signed_in)
    tray.take_in(*doubtful(tray.printed(tray.student())))
    tray.answer_next("yes")
    settle(tray)
    with signed_in.database.read() as session:
        paper = session.scalars(select(ScannedPaper)).one()
    page = signed_in.browser.get(f"{PAGE}/{paper.batch_id}").text

    assert f"/desk/waivers/{paper.consent_id}" in page
    assert "Answer what is open" not in page
