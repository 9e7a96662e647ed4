"""The page of a revocation's case, and what staff do there."""

import re
from datetime import timedelta
from io import BytesIO

from sqlalchemy import select

from intake.consents.ledger import LedgerEvent
from intake.consents.model import Revocation
from intake.consents.states import EventKind
from intake.sharing.model import Publication, PublicationState
from tests.web.desk.cases import confirm, revoke, tell
from tests.web.desk.conftest import Desk, csrf_token

PDF = b"%PDF-1.7 it is hidden"


def _page(desk: Desk, revocation: Revocation) -> str:
    return desk.browser.get(f"/desk/revocations/{revocation.id}").text


def _post(desk: Desk, revocation: Revocation, path: str, /, **values: object):  # type: ignore[no-untyped-def]
    address = f"/desk/revocations/{revocation.id}"
    token = csrf_token(desk.browser.get(address))
    return desk.browser.post(f"{address}/{path}", data={"csrf_token": token, **values})


def test_a_case_goes_from_told_to_closed_by_a_coordinators_hand(signed_in: Desk) -> None:
    revocation = revoke(signed_in, ago=timedelta(days=10))
    tell(signed_in, revocation, "clienttrack", delivered=True)
    page = _page(signed_in, revocation)
    assert "Overdue" in page
    assert "told; not confirmed yet" in page
    assert "Tell the family" not in page

    done = _post(
        signed_in, revocation, "confirm", destination="clienttrack",
        reason="Seen on their screen", reference="T-12", file=(BytesIO(PDF), "letter.pdf"),
    )  # fmt: skip
    assert done.status_code == 303
    page = _page(signed_in, revocation)
    assert "by staff, with evidence" in page
    assert "Seen on their screen" in page
    assert "staff: <bdi>Rosa</bdi>" in page
    assert "Confirm with evidence" not in page

    saved = re.search(r'href="([^"]+/evidence/[^"]+)"', page)
    assert saved is not None
    file = signed_in.browser.get(saved[1])
    assert (file.data, file.mimetype) == (PDF, "application/pdf")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert signed_in.browser.get(saved[1][:-36] + revocation.id).status_code == 404

    assert _post(signed_in, revocation, "told", how="by_letter").status_code == 303
    page = _page(signed_in, revocation)
    assert "What you can do" not in page
    assert "By letter" in page
    assert "Case closed" in page
    assert "No revocation is open" in signed_in.browser.get("/desk/revocations").text


def test_confirming_needs_a_reason_and_a_file_that_is_one(signed_in: Desk) -> None:
    revocation = revoke(signed_in)
    tell(signed_in, revocation, "clienttrack", delivered=True)
    refused = _post(signed_in, revocation, "confirm", destination="clienttrack", reason="  ")
    assert refused.status_code == 422
    assert "Say how you know" in refused.text
    refused = _post(
        signed_in, revocation, "confirm", destination="clienttrack", reason="seen",
        file=(BytesIO(b"MZ"), "letter.pdf"),
    )  # fmt: skip
    assert refused.status_code == 422
    assert "Choose a PDF" in refused.text
    assert 'value="seen"' in refused.text
    assert _post(signed_in, revocation, "confirm", destination="x", reason="y").status_code == 422
    long = _post(signed_in, revocation, "confirm", destination="clienttrack", reason="y" * 201)
    assert "at most 200" in long.text
    assert "not confirmed yet" in _page(signed_in, revocation)


def test_two_who_confirm_at_once_confirm_once(signed_in: Desk) -> None:
    revocation = revoke(signed_in)
    for destination in ("clienttrack", "other"):
        tell(signed_in, revocation, destination, delivered=True)
    token = csrf_token(signed_in.browser.get(f"/desk/revocations/{revocation.id}"))
    values = {"csrf_token": token, "destination": "clienttrack", "reason": "seen"}
    address = f"/desk/revocations/{revocation.id}/confirm"
    assert signed_in.browser.post(address, data=values).status_code == 303
    assert signed_in.browser.post(address, data=values).status_code == 422
    with signed_in.database.read() as session:
        query = select(LedgerEvent).where(LedgerEvent.kind == EventKind.IDENTITY_HIDDEN)
        assert len(session.scalars(query).all()) == 1


def test_the_family_is_not_told_before_it_is_hidden_and_not_without_a_way(
    signed_in: Desk,
) -> None:
    revocation = revoke(signed_in)
    tell(signed_in, revocation, "clienttrack", delivered=True)
    early = _post(signed_in, revocation, "told", how="in_person")
    assert early.status_code == 409
    assert "not hidden everywhere yet" in early.text
    assert _post(signed_in, revocation, "told").status_code == 422
    _post(signed_in, revocation, "confirm", destination="clienttrack", reason="seen")
    no_reason = _post(signed_in, revocation, "told", how="cannot")
    assert no_reason.status_code == 422
    assert "Say why the family" in no_reason.text
    assert _post(signed_in, revocation, "told", how="cannot", note="moved").status_code == 303


def test_a_case_is_taken_over_and_given_away(signed_in: Desk) -> None:
    revocation = revoke(signed_in)
    tell(signed_in, revocation, "clienttrack", delivered=True)
    assert "Nobody yet" in signed_in.browser.get("/desk/revocations").text
    assert _post(signed_in, revocation, "take").status_code == 303
    assert "<bdi>Rosa</bdi>" in signed_in.browser.get("/desk/revocations").text
    assert "Take it over" not in _page(signed_in, revocation)
    assert _post(signed_in, revocation, "assign", owner="nobody").status_code == 422
    assert _post(signed_in, revocation, "assign", owner=signed_in.staff.id).status_code == 303


def test_a_dead_letter_is_sent_again_or_given_up_with_a_reason(signed_in: Desk) -> None:
    revocation = revoke(signed_in)
    tell(signed_in, revocation, "clienttrack", delivered=False)
    with signed_in.database.begin() as session:
        letter = session.scalars(select(Publication)).one()
        letter.state, letter.error = PublicationState.DEAD, "410 Gone"
    page = _page(signed_in, revocation)
    assert "Message refused by" in page
    assert "410 Gone" in page
    action = f"dead-letters/{letter.id}"
    assert _post(signed_in, revocation, action, action="replay", reason="").status_code == 422
    other = revoke(signed_in, name="Somebody Else")
    stray = _post(signed_in, other, action, action="replay", reason="x")
    assert stray.status_code == 409
    done = _post(signed_in, revocation, action, action="replay", reason="their server is back")
    assert done.status_code == 303
    assert "their server is back" in _page(signed_in, revocation)
    assert _post(signed_in, revocation, action, action="settle", reason="x").status_code == 409


def test_looking_at_a_case_is_written_down_and_what_is_not_there_is_not_found(
    signed_in: Desk,
) -> None:
    revocation = revoke(signed_in)
    assert "Looked at" not in _page(signed_in, revocation)
    assert "Looked at" in _page(signed_in, revocation)
    nowhere = "/desk/revocations/00000000-0000-4000-8000-000000000000"
    assert signed_in.browser.get(nowhere).status_code == 404
    token = csrf_token(signed_in.browser.get("/desk/revocations/new"))
    for action in ("confirm", "assign", "take", "told"):
        answer = signed_in.browser.post(f"{nowhere}/{action}", data={"csrf_token": token})
        assert answer.status_code == 404


def test_a_confirmed_destination_shows_whose_word_it_is(signed_in: Desk) -> None:
    revocation = revoke(signed_in)
    tell(signed_in, revocation, "clienttrack", delivered=True)
    confirm(signed_in, revocation, "clienttrack")
    assert "by the sharing system" in _page(signed_in, revocation)
