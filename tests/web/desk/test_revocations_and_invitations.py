"""Open revocations, and links handed out at the desk."""

import re
from datetime import timedelta

from werkzeug.test import TestResponse

from intake.clock import now
from intake.consents.invitations import open_invitation
from intake.consents.model import Revocation
from tests.web.desk.cases import confirm, revoke, tell
from tests.web.desk.conftest import Desk


def test_an_open_revocation_shows_its_deadline_and_each_sharing_system(signed_in: Desk) -> None:
    revocation = revoke(signed_in, ago=timedelta(days=10))
    tell(signed_in, revocation, "clienttrack", delivered=True)
    tell(signed_in, revocation, "other", delivered=False)
    page = signed_in.browser.get("/desk/revocations").text
    assert "Paw Wah" in page
    assert "Overdue" in page
    assert "not confirmed yet" in page
    assert "not reached yet" in page
    confirm(signed_in, revocation, "clienttrack")
    assert "by the sharing system" in signed_in.browser.get("/desk/revocations").text


def test_a_closed_case_leaves_the_list_and_stays_on_the_waiver(signed_in: Desk) -> None:
    revocation = revoke(signed_in)
    tell(signed_in, revocation, "clienttrack", delivered=True)
    confirm(signed_in, revocation, "clienttrack")
    with signed_in.database.begin() as session:
        session.get_one(Revocation, revocation.id).completed_at = now()
    assert "a person must tell them" in signed_in.browser.get("/desk/revocations").text
    with signed_in.database.begin() as session:
        session.get_one(Revocation, revocation.id).closed_at = now()
    assert "No revocation is open" in signed_in.browser.get("/desk/revocations").text
    with signed_in.database.read() as session:
        consent_id = session.get_one(Revocation, revocation.id).consents[0].id
    page = signed_in.browser.get(f"/desk/waivers/{consent_id}").text
    assert "Complete since" in page
    assert "A later answer was no" in page
    assert "Revocation recorded" in page


def test_the_oldest_open_revocation_comes_first_and_paging_shows_each_once(
    signed_in: Desk,
) -> None:
    for number in range(27):
        revoke(signed_in, name=f"Child {chr(97 + number % 26)}x", ago=timedelta(hours=100 - number))
    first = signed_in.browser.get("/desk/revocations").text
    newer = re.search(r'rel="next" href="([^"]+)"', first)
    assert newer is not None
    second = signed_in.browser.get(newer.group(1).replace("&amp;", "&")).text
    names = re.findall(r"Child \w+", first + second)
    assert len(names) == 27
    assert names[0] == "Child ax"


def test_the_letter_of_a_revocation_opens(signed_in: Desk) -> None:
    revocation = revoke(signed_in)
    answer = signed_in.browser.get(f"/desk/revocations/{revocation.id}/document.pdf")
    assert answer.mimetype == "application/pdf"


def test_a_link_is_made_for_a_found_student_and_opens_in_the_chosen_language(
    signed_in: Desk,
) -> None:
    student = signed_in.enrol("Paw Wah")
    answer = _invite(signed_in, student.id, "en")
    assert answer.status_code == 200
    link = re.search(r'value="(https://[^"]+)"', answer.text)
    assert link is not None
    assert link.group(1).startswith("https://waivers.example.org/en/")
    assert "<svg" in answer.text
    assert "style=" not in answer.text
    token = link.group(1).rpartition("/")[2]
    with signed_in.database.read() as session:
        invitation = open_invitation(session, token, at=now())
    assert invitation.student_id == student.id
    assert invitation.language == "en"


def test_a_link_without_a_language_opens_at_the_choice(signed_in: Desk) -> None:
    student = signed_in.enrol("Paw Wah")
    answer = _invite(signed_in, student.id, "")
    link = re.search(r'value="(https://[^"]+)"', answer.text)
    assert link is not None
    token = link.group(1).rpartition("/")[2]
    with signed_in.database.read() as session:
        assert open_invitation(session, token, at=now()).language is None


def test_a_link_needs_a_student_that_was_found_and_a_language_that_is_offered(
    signed_in: Desk,
) -> None:
    student, other = signed_in.enrol("Paw Wah"), signed_in.enrol("Somebody Else")
    assert _invite(signed_in, "", "en").status_code == 422
    assert _invite(signed_in, other.id, "en").status_code == 422
    assert _invite(signed_in, student.id, "tlh").status_code == 422


def test_a_typed_student_can_not_be_invited(signed_in: Desk) -> None:
    signed_in.type_student("Paw Wah")
    location = signed_in.post(
        "/desk/invitations/search", {"text": "paw"}, shown_at="/desk/invitations/new"
    ).headers["Location"]
    assert "No student of the roster" in signed_in.browser.get(location).text


def _invite(desk: Desk, student_id: str, language: str) -> TestResponse:
    found = desk.post("/desk/invitations/search", {"text": "paw"}, shown_at="/desk/invitations/new")
    location = found.headers["Location"]
    assert "paw" not in location
    return desk.post(location, {"student": student_id, "language": language}, shown_at=location)
