"""The callback, and those who try to forge it."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from intake.clock import now as real_now
from intake.consents.ledger import LedgerEvent, check_chain
from intake.consents.model import Revocation
from intake.consents.states import ActorKind, EventKind
from intake.db.engine import Database
from intake.sharing.confirmations import publications_of
from intake.sharing.destinations import add_destination
from intake.sharing.model import Confirmation, Publication
from intake.sharing.standard_webhooks import new_secret, sign
from tests.sharing.builders import Withdrawal, add_student, grant, withdraw
from tests.sharing.conftest import SECRET, intake_api

OTHER_SECRET = new_secret()


@pytest.fixture
def client(sharing: Database, now: datetime) -> FlaskClient:
    """The callback's application; destinations ``east`` and ``west`` have received a grant."""
    with sharing.begin() as session:
        for name, secret in (("east", SECRET), ("west", OTHER_SECRET)):
            url = f"https://{name}.example.org/hook"
            add_destination(session, name, "webhook", url, secret, at=now)
    return intake_api(sharing).test_client()


@pytest.fixture
def withdrawal(client: FlaskClient, sharing: Database, now: datetime) -> Withdrawal:
    """A revocation that both destinations have been sent."""
    with sharing.begin() as session:
        student = add_student(session, at=now)
        consent = grant(session, student, at=now)
        session.execute(update(Publication).values(attempts=1))
        withdrawal = withdraw(session, student.id, [consent], at=now)
        session.execute(update(Publication).values(attempts=1))
    return withdrawal


def notice(withdrawal: Withdrawal, destination: object = "east", **changed: object) -> bytes:
    values = {
        "destination": destination,
        "revocation": withdrawal.revocation.id,
        "event": withdrawal.events[0].id,
        "state": "identity_hidden",
    }
    return json.dumps(values | changed).encode()


def send(
    client: FlaskClient,
    body: bytes,
    *,
    secret: str = SECRET,
    webhook_id: str = "hidden-1",
    at: datetime | None = None,
    content_type: str = "application/json",
) -> TestResponse:
    signed = sign([secret], webhook_id, body, at=at or real_now())
    headers = {"content-type": content_type, **signed.as_dict()}
    return client.post("/api/v1/confirmations", data=body, headers=headers)


def problem(response: TestResponse) -> int:
    """The status of a well-formed problem."""
    assert response.content_type == "application/problem+json"
    values = json.loads(response.data)
    assert values["status"] == response.status_code
    assert values["title"]
    assert values["detail"]
    return response.status_code


def ledger_of(database: Database) -> list[tuple[EventKind, ActorKind, str | None]]:
    with database.read() as session:
        events = session.scalars(select(LedgerEvent).order_by(LedgerEvent.sequence))
        return [(event.kind, event.actor_kind, event.actor_id) for event in events]


def test_the_last_confirmation_completes_the_revocation(
    client: FlaskClient, sharing: Database, withdrawal: Withdrawal
) -> None:
    assert send(client, notice(withdrawal)).status_code == 200
    with sharing.read() as session:
        assert session.get_one(Revocation, withdrawal.revocation.id).completed_at is None

    answer = send(client, notice(withdrawal, "west"), secret=OTHER_SECRET)
    assert (answer.status_code, answer.json) == (
        200,
        {"revocation": withdrawal.revocation.id, "state": "identity_hidden"},
    )
    with sharing.read() as session:
        assert session.get_one(Revocation, withdrawal.revocation.id).completed_at is not None
        assert len(publications_of(session, withdrawal.events[0].consent_id or "")) == 4
        assert list(check_chain(session)) == []
    assert ledger_of(sharing)[-3:] == [
        (EventKind.IDENTITY_HIDDEN, ActorKind.DESTINATION, "east"),
        (EventKind.IDENTITY_HIDDEN, ActorKind.DESTINATION, "west"),
        (EventKind.REVOCATION_COMPLETED, ActorKind.SYSTEM, None),
    ]


def test_saying_it_again_changes_nothing(
    client: FlaskClient, sharing: Database, withdrawal: Withdrawal
) -> None:
    send(client, notice(withdrawal))
    before = ledger_of(sharing)
    for webhook_id in ("hidden-1", "hidden-2"):
        assert send(client, notice(withdrawal), webhook_id=webhook_id).status_code == 200
    assert ledger_of(sharing) == before
    with sharing.read() as session:
        [confirmation] = session.scalars(select(Confirmation)).all()
        assert confirmation.webhook_id == "hidden-1"


Forgery = Callable[[FlaskClient, Withdrawal], TestResponse]

FORGERIES: dict[str, Forgery] = {
    "another destination's secret": lambda client, w: send(client, notice(w), secret=OTHER_SECRET),
    "unknown destination": lambda client, w: send(client, notice(w, "nowhere")),
    "old": lambda client, w: send(client, notice(w), at=real_now() - timedelta(minutes=6)),
    "unsigned": lambda client, w: client.post(
        "/api/v1/confirmations", data=notice(w), content_type="application/json"
    ),
    "body exchanged": lambda client, w: client.post(
        "/api/v1/confirmations",
        data=notice(w),
        content_type="application/json",
        headers=sign([SECRET], "hidden-1", notice(w, event="other"), at=real_now()).as_dict(),
    ),
}


def test_a_forged_confirmation_is_refused(
    client: FlaskClient, sharing: Database, withdrawal: Withdrawal
) -> None:
    before = ledger_of(sharing)
    for name, forgery in FORGERIES.items():
        assert problem(forgery(client, withdrawal)) == 401, name
    assert ledger_of(sharing) == before


def test_what_does_not_fit_our_records_is_refused(
    client: FlaskClient, sharing: Database, withdrawal: Withdrawal
) -> None:
    assert problem(send(client, notice(withdrawal, revocation="none"))) == 404
    assert problem(send(client, notice(withdrawal, event="none"))) == 409
    with sharing.begin() as session:
        session.execute(update(Publication).values(attempts=0))
    assert problem(send(client, notice(withdrawal))) == 409
    with sharing.read() as session:
        revocation = session.get_one(Revocation, withdrawal.revocation.id)
        assert revocation.completed_at is None


def test_what_is_not_a_confirmation_is_refused(client: FlaskClient, withdrawal: Withdrawal) -> None:
    malformed = [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 5000,
        notice(withdrawal, state="hidden"),
        notice(withdrawal, destination=""),
        notice(withdrawal, destination=7),
        notice(withdrawal, revocation=None),
        notice(withdrawal, revocation="a" * 65),
        notice(withdrawal, event="a\x00b"),
        notice(withdrawal, event="\ud800"),
    ]
    for body in malformed:
        assert problem(send(client, body)) == 400, body
    assert problem(send(client, b" " * 9000)) == 413
    assert problem(send(client, notice(withdrawal), content_type="text/plain")) == 415


def test_a_part_is_no_answer_where_everything_was_taken_back(
    client: FlaskClient, withdrawal: Withdrawal
) -> None:
    answer = send(client, notice(withdrawal, state="part_withdrawn"))
    assert answer.status_code == 409
    assert "identity_hidden" in answer.get_json()["detail"]
