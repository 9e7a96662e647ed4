"""The list of waivers, and one waiver."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from intake.clock import now
from intake.consents.ledger import LedgerEvent
from intake.consents.states import ActorKind, EventKind
from intake.documents.model import SealedDocument
from intake.sharing.events import PublishedType
from intake.sharing.model import Destination, Publication, PublicationState
from tests.web.desk.conftest import Desk


def test_the_list_shows_each_waiver_newest_first(signed_in: Desk) -> None:
    signed_in.sign(signed_in.enrol("Paw Wah"), ago=timedelta(hours=2))
    signed_in.sign(signed_in.enrol("علي كريم"), signer="كريم", language="ar", granted=False)
    page = signed_in.browser.get("/desk/waivers").text
    assert page.index("علي كريم") < page.index("Paw Wah")
    assert '<bdi lang="und" dir="auto">علي كريم</bdi>' in page
    assert '<bdi lang="ar" dir="rtl">العربية</bdi>' in page
    assert "Granite Park Junior High" in page
    assert "Yes, in force" in page
    assert "Code to a contact on the school&#39;s record" in page


def test_names_are_never_markup(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("<b>Bo</b> & Co"), signer='"><script>x')
    for path in ("/desk/waivers", f"/desk/waivers/{consent.id}"):
        page = signed_in.browser.get(path).text
        assert "<b>Bo" not in page
        assert "<script>" not in page


def test_the_list_narrows_to_what_waits_for_staff(signed_in: Desk) -> None:
    signed_in.sign(signed_in.enrol("Paw Wah"))
    signed_in.sign(signed_in.type_student("Ali Karimi"), known=False)
    signed_in.sign(signed_in.type_student("Sita Thapa"), known=False, granted=False)
    assert "Waiting for you: 2" in signed_in.browser.get("/desk/waivers").text
    waiting = signed_in.browser.get("/desk/waivers?show=waiting").text
    assert "Paw Wah" not in waiting
    assert "Yes, waiting for you" in waiting
    assert "No, waiting for you" in waiting
    in_force = signed_in.browser.get("/desk/waivers?show=active").text
    assert "Paw Wah" in in_force
    assert "Ali Karimi" not in in_force


@pytest.mark.parametrize("typed", ["paw", "WAH p", "စောထူး", "စော", "Naw"])
def test_searching_in_any_script_finds_the_waiver_and_hides_the_name_in_the_address(
    signed_in: Desk, typed: str
) -> None:
    student = signed_in.enrol("Paw Wah")
    consent = signed_in.sign(student, signer="စောထူး", known=False)
    signed_in.post(
        f"/desk/waivers/{consent.id}/confirm",
        {"method": "knows_the_person"},
        shown_at=f"/desk/waivers/{consent.id}",
    )
    signed_in.sign(signed_in.enrol("Somebody Else"))
    if typed == "Naw":
        assert "No waiver here" in _searched(signed_in, typed)
        return
    page = _searched(signed_in, typed)
    assert "Paw Wah" in page
    assert "Somebody Else" not in page


def test_a_receipt_code_read_out_on_the_phone_finds_its_waiver(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Paw Wah"))
    signed_in.sign(signed_in.enrol("Somebody Else"))
    page = _searched(signed_in, consent.receipt_code.lower().replace("-", " "))
    assert "Paw Wah" in page
    assert "Somebody Else" not in page


def test_a_search_with_a_forged_or_foreign_token_shows_everything(signed_in: Desk) -> None:
    signed_in.sign(signed_in.enrol("Paw Wah"))
    for forged in ("x", "AAAA", "%00", "é" * 300, "dGVzdAAxMjM"):
        answer = signed_in.browser.get("/desk/waivers", query_string={"search": forged})
        assert answer.status_code == 200
        assert "Paw Wah" in answer.text


def test_a_search_that_is_too_long_or_forged_is_refused(signed_in: Desk) -> None:
    answer = signed_in.post("/desk/search", {"text": "a" * 101}, shown_at="/desk/")
    assert answer.status_code == 422
    assert signed_in.browser.post("/desk/search", data={"text": "a"}).status_code == 400


def test_paging_shows_every_waiver_once(signed_in: Desk) -> None:
    student = signed_in.enrol("Paw Wah")
    same_moment = timedelta(hours=3)
    made = {
        signed_in.sign(student, ago=same_moment + timedelta(minutes=n // 2)).id for n in range(60)
    }
    seen: list[str] = []
    path: str | None = "/desk/waivers"
    while path:
        page = signed_in.browser.get(path).text
        seen += re.findall(r'/desk/waivers/([0-9a-f-]{36})"', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older.group(1).replace("&amp;", "&") if older else None
    assert len(seen) == 60
    assert set(seen) == made


@pytest.mark.parametrize(
    "query", ["after=x", "after=2026-01-01_x", "show=nonsense", "after=2026-01-01T00:00:00Z_"]
)
def test_nonsense_in_the_address_is_no_error(signed_in: Desk, query: str) -> None:
    assert signed_in.browser.get(f"/desk/waivers?{query}").status_code == 200


def test_a_waiver_shows_its_facts_events_and_publications(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Paw Wah"))
    _publish(signed_in, consent.id, consent.student_id)
    page = signed_in.browser.get(f"/desk/waivers/{consent.id}").text
    for fact in (
        "Paw Wah",
        "Naw Mu",
        "May 4, 2019",
        "+18015550142",
        consent.receipt_code,
        consent.text_sha256,
        consent.document_sha256,
        "Jun 30, 2027",
        f"/desk/waivers/{consent.id}/document.pdf",
        "In force",
        "clienttrack",
        "Consent given",
        "HTTP 500",
    ):
        assert fact in page, fact
    assert "Confirm who signed" not in page


def test_looking_at_a_waiver_and_its_document_is_written_down(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Paw Wah"))
    signed_in.browser.get(f"/desk/waivers/{consent.id}")
    pdf = signed_in.browser.get(f"/desk/waivers/{consent.id}/document.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"].startswith("inline;")
    with signed_in.database.read() as session:
        views = session.scalars(
            select(LedgerEvent)
            .where(LedgerEvent.kind == EventKind.VIEWED)
            .order_by(LedgerEvent.sequence)
        ).all()
    assert [view.values()["what"] for view in views] == ["waiver", "document"]
    assert {(view.actor_kind, view.actor_id) for view in views} == {
        (ActorKind.STAFF, signed_in.staff.id)
    }
    page = signed_in.browser.get(f"/desk/waivers/{consent.id}").text
    assert "Looked at" in page
    assert "<bdi>Rosa</bdi>" in page


@pytest.mark.parametrize("path", ["waivers/{}", "waivers/{}/document.pdf"])
def test_what_does_not_exist_is_said_so(signed_in: Desk, path: str) -> None:
    nobody = "7d4f0e1a-4b3e-4d1c-9a53-0d0d6c0f8a11"
    answer = signed_in.browser.get("/desk/" + path.format(nobody))
    assert answer.status_code == 404
    assert "nothing at this address" in answer.text


def test_a_damaged_document_is_never_shown(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Paw Wah"))
    with signed_in.database.begin() as session:
        document = session.get_one(SealedDocument, consent.document_sha256)
        document.storage_path = "sealed/00/gone.pdf.aes"
    answer = signed_in.browser.get(f"/desk/waivers/{consent.id}/document.pdf")
    assert answer.status_code == 500
    assert "not what was sealed" in answer.text


def _searched(desk: Desk, typed: str) -> str:
    answer = desk.post("/desk/search", {"text": typed, "show": "all"}, shown_at="/desk/")
    assert answer.status_code == 303
    sealed = parse_qs(urlsplit(answer.headers["Location"]).query)
    # Whole values: in a sealed one three letters of a name can come up by chance.
    assert not any(typed.lower() == value.lower() for values in sealed.values() for value in values)
    page = desk.browser.get(answer.headers["Location"])
    assert page.status_code == 200
    return page.text


def _publish(desk: Desk, consent_id: str, student_id: str) -> None:
    with desk.database.begin() as session:
        session.add(
            Destination(
                id="clienttrack",
                kind="webhook",
                url="https://share.example",
                secret="whsec_x",
                active=True,
                created_at=now(),
            )
        )
        session.flush()
        session.add(
            Publication(
                event_id="e",
                destination_id="clienttrack",
                sequence=1,
                student_id=student_id,
                consent_id=consent_id,
                type=PublishedType.GIVEN,
                body="{}",
                state=PublicationState.PENDING,
                attempts=3,
                next_attempt_at=now(),
                error="HTTP 500",
            )
        )
