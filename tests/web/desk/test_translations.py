"""The coordinator's pages: how translations stand, approving, withdrawing, recordings."""

import re
from io import BytesIO

import pytest

from forms.document import load
from intake.documents.approvals import ApprovalState, text_state
from intake.documents.interpreters import ask_for_interpreter, open_requests
from tests.web.desk.conftest import Desk

PAGE = "/coordinator/translations/ferpa_waiver/2026-1/ksw"


def state(desk: Desk) -> ApprovalState:
    with desk.context.database.read() as session:
        return text_state(session, load("ferpa_waiver"), "ksw").state


def token(desk: Desk, page: str = PAGE) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', desk.browser.get(page).text)
    assert found is not None
    return found[1]


def approve(desk: Desk, **values: str) -> int:
    sent = {
        "csrf_token": token(desk),
        "sha256": load("ferpa_waiver").text("ksw").sha256,
        "approver": "Naw Mu",
        "qualification": "certified interpreter, Karen",
        "has_read": "y",
        **values,
    }
    return desk.browser.post(PAGE, data=sent).status_code


@pytest.mark.parametrize(
    "path", ["/coordinator/translations", PAGE, "/desk/interpreters", f"{PAGE}/recordings"]
)
def test_nobody_comes_in_without_signing_in(desk: Desk, path: str) -> None:
    response = desk.browser.post(path) if path.endswith("recordings") else desk.browser.get(path)
    assert response.status_code == 303
    assert "/desk/sign-in" in response.headers["Location"]


def test_every_text_is_listed_with_its_state(signed_in: Desk) -> None:
    page = signed_in.browser.get("/coordinator/translations").text
    assert page.count("Draft, not approved") > 5
    assert page.count("English source") == 5


def test_a_translation_is_read_beside_its_english_block_by_block(signed_in: Desk) -> None:
    page = signed_in.browser.get(PAGE).text
    for language in ("en", "ksw"):
        text = load("ferpa_waiver").text(language)
        assert text.block("voluntary").text in page
        assert text.element_groups[0].elements[0].label in page
    assert "Signing is a free choice; yes and no are both possible." in page


def test_a_named_person_approves_and_withdraws(signed_in: Desk) -> None:
    assert approve(signed_in) == 303
    assert state(signed_in) is ApprovalState.APPROVED
    page = signed_in.browser.get(PAGE).text
    assert "certified interpreter, Karen" in page
    action = re.search(r'action="([^"]+/withdraw/[^"]+)"', page)
    assert action is not None
    signed_in.browser.post(
        action[1], data={"csrf_token": token(signed_in), "reason": "A wrong word"}
    )
    assert state(signed_in) is ApprovalState.WITHDRAWN
    assert "A wrong word" in signed_in.browser.get(PAGE).text


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"approver": ""}, 422),
        ({"qualification": " "}, 422),
        ({"has_read": ""}, 422),
        ({"sha256": "0" * 64}, 409),
        ({"csrf_token": "forged"}, 400),
    ],
)
def test_an_incomplete_or_outdated_approval_is_refused(
    signed_in: Desk, values: dict[str, str], status: int
) -> None:
    assert approve(signed_in, **values) == status
    assert state(signed_in) is ApprovalState.DRAFT


@pytest.mark.parametrize(
    "path", ["ferpa_waiver/2026-1/tlh", "ferpa_waiver/2020-1/ksw", "nothing/2026-1/ksw"]
)
def test_there_is_no_page_for_what_is_not_registered(signed_in: Desk, path: str) -> None:
    assert signed_in.browser.get(f"/coordinator/translations/{path}").status_code == 404


def test_a_recording_is_added_heard_and_confirmed(signed_in: Desk) -> None:
    audio = b"OggS" + bytes(300 * 1024)
    added = signed_in.browser.post(
        f"{PAGE}/recordings",
        data={
            "csrf_token": token(signed_in),
            "block": "voluntary",
            "reader": "Naw Mu",
            "audio": (BytesIO(audio), "voluntary.ogg"),
        },
    )
    assert added.status_code == 303
    page = signed_in.browser.get(PAGE).text
    assert "waits for a second person" in page
    heard = re.search(r'src="(/coordinator/recordings/[^"]+)"', page)
    assert heard is not None
    assert signed_in.browser.get(heard[1]).data == audio
    confirm = re.search(r'action="([^"]+/confirm)"', page)
    assert confirm is not None
    signed_in.browser.post(confirm[1], data={"csrf_token": token(signed_in)})
    assert "Recorded and confirmed" in signed_in.browser.get(PAGE).text


def test_what_is_no_recording_is_refused_kindly(signed_in: Desk) -> None:
    signed_in.browser.post(
        f"{PAGE}/recordings",
        data={
            "csrf_token": token(signed_in),
            "block": "voluntary",
            "reader": "Naw Mu",
            "audio": (BytesIO(b"<html>"), "voluntary.ogg"),
        },
    )
    page = signed_in.browser.get(PAGE).text
    assert "no recording that phones can play" in page
    assert "<audio" not in page


def test_the_desk_calls_a_family_that_asked_for_an_interpreter(signed_in: Desk) -> None:
    with signed_in.context.database.begin() as session:
        ask_for_interpreter(
            session, language="ksw", contact="801-555-0145", wish="after 6", address="::1",
            at=signed_in.staff.created_at,
        )  # fmt: skip
    page = signed_in.browser.get("/desk/interpreters").text
    assert "801-555-0145" in page
    action = re.search(r'action="(/desk/interpreters/[^"]+)"', page)
    assert action is not None
    signed_in.browser.post(action[1], data={"csrf_token": token(signed_in, "/desk/interpreters")})
    with signed_in.context.database.read() as session:
        assert open_requests(session) == []
    assert "Nobody is waiting." in signed_in.browser.get("/desk/interpreters").text
