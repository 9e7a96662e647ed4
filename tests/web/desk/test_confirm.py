"""Settling who signed."""

from datetime import date, timedelta

from sqlalchemy import select

from intake.accounts.model import Role
from intake.clock import now
from intake.consents.confirm import reject_signer
from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent
from intake.consents.states import ConsentState, EventKind
from intake.roster.search import search_students
from tests.web.desk.conftest import Desk
from tests.web.desk.test_access import has_only


def _page(consent: Consent) -> str:
    return f"/desk/waivers/{consent.id}"


def test_confirming_a_matched_students_signer_puts_the_waiver_in_force(signed_in: Desk) -> None:
    student = signed_in.enrol("Paw Wah")
    consent = signed_in.sign(student, signer="စောထူး", known=False)
    assert "Which student is it?" not in signed_in.browser.get(_page(consent)).text
    answer = signed_in.post(
        _page(consent) + "/confirm",
        {"method": "called_number_on_record"},
        shown_at=_page(consent),
    )
    assert answer.status_code == 303
    assert signed_in.consent(consent.id).state is ConsentState.ACTIVE
    page = signed_in.browser.get(_page(consent)).text
    assert "I called them at a number" in page
    assert "Could not confirm" not in page
    with signed_in.database.read() as session:
        event = session.scalars(
            select(LedgerEvent).where(LedgerEvent.kind == EventKind.ACTIVATED)
        ).one()
        assert event.actor_id == signed_in.staff.id
        assert search_students(session, "စောထူး", 5) == [student.id]


def test_a_typed_student_is_chosen_from_likely_ones_of_the_roster(signed_in: Desk) -> None:
    student = signed_in.enrol("Paw Wah Htoo")
    consent = signed_in.sign(signed_in.type_student("ဖောဝါထူး"), known=False)
    page = signed_in.browser.get(_page(consent)).text
    assert "Paw Wah Htoo" in page
    assert "same date of birth" in page
    answer = signed_in.post(
        _page(consent) + "/confirm",
        {"method": "saw_identity_document", "student": student.id},
        shown_at=_page(consent),
    )
    assert answer.status_code == 303
    confirmed = signed_in.consent(consent.id)
    assert confirmed.student_id == student.id
    assert confirmed.state is ConsentState.ACTIVE
    with signed_in.database.read() as session:
        assert student.id in search_students(session, "ဖောဝါ", 5)


def test_method_and_student_must_be_chosen_and_what_was_chosen_stays(signed_in: Desk) -> None:
    student = signed_in.enrol("Paw Wah Htoo")
    consent = signed_in.sign(signed_in.type_student("Paw Wah"), known=False)
    answer = signed_in.post(
        _page(consent) + "/confirm", {"method": "knows_the_person"}, shown_at=_page(consent)
    )
    assert answer.status_code == 422
    assert "Choose which student it is." in answer.text
    answer = signed_in.post(
        _page(consent) + "/confirm", {"student": student.id}, shown_at=_page(consent)
    )
    assert "Choose how you know who signed." in answer.text
    assert f'value="{student.id}" checked' in answer.text
    assert signed_in.consent(consent.id).unsettled


def test_a_student_who_was_not_offered_can_not_be_chosen(signed_in: Desk) -> None:
    stranger = signed_in.enrol("Nobody Alike", date(2019, 9, 9))
    consent = signed_in.sign(signed_in.type_student("Paw Wah"), known=False)
    answer = signed_in.post(
        _page(consent) + "/confirm",
        {"method": "knows_the_person", "student": stranger.id},
        shown_at=_page(consent),
    )
    assert answer.status_code == 422
    assert signed_in.consent(consent.id).unsettled


def test_the_student_can_be_looked_for_under_another_name(signed_in: Desk) -> None:
    student = signed_in.enrol("Nobody Alike", date(2019, 9, 9))
    consent = signed_in.sign(signed_in.type_student("Paw Wah"), known=False)
    found = signed_in.post(_page(consent) + "/search", {"text": "alike"}, shown_at=_page(consent))
    assert found.status_code == 303
    location = found.headers["Location"].partition("#")[0]
    assert "alike" not in location
    page = signed_in.browser.get(location).text
    assert student.id in page
    sealed = location.partition("?")[2]
    answer = signed_in.post(
        f"{_page(consent)}/confirm?{sealed}",
        {"method": "knows_the_person", "student": student.id},
        shown_at=location,
    )
    assert answer.status_code == 303
    assert signed_in.consent(consent.id).student_id == student.id


def test_could_not_confirm_leaves_the_answer_without_effect(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.type_student("Paw Wah"), known=False)
    answer = signed_in.post(_page(consent) + "/reject", {}, shown_at=_page(consent))
    assert answer.status_code == 303
    assert signed_in.consent(consent.id).state is ConsentState.EXPIRED
    assert "could not be confirmed" in signed_in.browser.get(_page(consent)).text


def test_a_refusal_that_could_not_be_confirmed_says_so(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.type_student("Paw Wah"), known=False, granted=False)
    signed_in.post(_page(consent) + "/reject", {}, shown_at=_page(consent))
    assert "No, without effect" in signed_in.browser.get("/desk/waivers").text


def test_what_a_colleague_has_settled_meanwhile_is_told(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Paw Wah"), known=False)
    form = {"method": "knows_the_person"}
    shown_at = _page(signed_in.sign(signed_in.enrol("Other"), known=False))
    with signed_in.database.begin() as session:
        reject_signer(session, consent.id, staff_id="colleague", at=now())
    for action in ("confirm", "reject"):
        answer = signed_in.post(f"{_page(consent)}/{action}", form, shown_at=shown_at)
        assert answer.status_code == 409
        assert "settled this waiver already" in answer.text


def test_a_yes_can_not_come_into_force_after_a_later_no(signed_in: Desk) -> None:
    student = signed_in.enrol("Paw Wah")
    waiting = signed_in.sign(student, known=False, ago=timedelta(hours=2))
    with signed_in.database.begin() as session:
        session.get_one(Consent, waiting.id).student_id = student.id
    signed_in.sign(student, granted=False, ago=timedelta(hours=1))
    if signed_in.consent(waiting.id).unsettled:
        answer = signed_in.post(
            _page(waiting) + "/confirm",
            {"method": "knows_the_person"},
            shown_at=_page(waiting),
        )
        assert answer.status_code == 409
        assert "a new signature is needed" in answer.text
    assert signed_in.consent(waiting.id).state is not ConsentState.ACTIVE


def test_a_yes_for_a_typed_student_stays_out_of_force_after_the_rosters_no(
    signed_in: Desk,
) -> None:
    student = signed_in.enrol("Paw Wah Htoo")
    waiting = signed_in.sign(signed_in.type_student("Paw Wah"), known=False, ago=timedelta(hours=2))
    signed_in.sign(student, granted=False, ago=timedelta(hours=1))
    answer = signed_in.post(
        _page(waiting) + "/confirm",
        {"method": "knows_the_person", "student": student.id},
        shown_at=_page(waiting),
    )
    assert answer.status_code == 409
    assert "a new signature is needed" in answer.text
    assert signed_in.consent(waiting.id).unsettled


def test_a_parent_can_not_be_confirmed_for_a_student_of_eighteen(signed_in: Desk) -> None:
    grown = signed_in.enrol("Paw Wah Htoo", date(2005, 1, 1))
    consent = signed_in.sign(signed_in.type_student("Paw Wah"), known=False)
    answer = signed_in.post(
        _page(consent) + "/confirm",
        {"method": "knows_the_person", "student": grown.id},
        shown_at=_page(consent),
    )
    assert answer.status_code == 409
    assert "may not sign for this student" in answer.text
    assert signed_in.consent(consent.id).unsettled


def test_who_only_reads_is_not_asked_who_signed(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Paw Wah"), known=False)
    assert "Confirm who signed" in signed_in.browser.get(_page(consent)).text
    has_only(signed_in, Role.AUDITOR)
    signed_in.post("/desk/reason", {"reason": "yearly check"}, shown_at="/desk/reason")
    page = signed_in.browser.get(_page(consent)).text
    assert "Paw Wah" in page
    assert "Confirm who signed" not in page


def test_settling_needs_the_pages_token(signed_in: Desk) -> None:
    consent = signed_in.sign(signed_in.enrol("Paw Wah"), known=False)
    for action in ("confirm", "reject"):
        answer = signed_in.browser.post(
            f"{_page(consent)}/{action}", data={"method": "knows_the_person"}
        )
        assert answer.status_code == 400
    assert signed_in.consent(consent.id).unsettled


def test_a_refused_form_shows_the_waiver_and_so_counts_as_looking(signed_in: Desk) -> None:
    shown_at = _page(signed_in.sign(signed_in.enrol("Other"), known=False))
    consent = signed_in.sign(signed_in.enrol("Paw Wah"), known=False)
    signed_in.post(_page(consent) + "/confirm", {}, shown_at=shown_at)
    with signed_in.database.read() as session:
        query = select(LedgerEvent.kind).where(LedgerEvent.consent_id == consent.id)
        assert EventKind.VIEWED in session.scalars(query).all()


def test_settling_a_waiver_that_does_not_exist_is_said_so(signed_in: Desk) -> None:
    shown_at = _page(signed_in.sign(signed_in.enrol("Other"), known=False))
    nothing = "/desk/waivers/7d4f0e1a-4b3e-4d1c-9a53-0d0d6c0f8a11"
    for action in ("confirm", "reject"):
        assert signed_in.post(f"{nothing}/{action}", {}, shown_at=shown_at).status_code == 404
