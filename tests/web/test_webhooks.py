"""Twilio's calls: signed ones are believed, forged and repeated ones change nothing."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from intake.clock import now
from intake.config import Settings
from intake.db.engine import Database
from intake.documents.store import Storage
from intake.installation import Installation
from intake.messages.model import (
    ContactStop,
    InboundMessage,
    MessageKind,
    MessageState,
    OutgoingMessage,
)
from intake.messages.queue import notify
from intake.messages.sender import send_due
from intake.messages.twilio_sms import TwilioSms
from intake.messages.wording import receipt_wording
from intake.web.app import create_app
from tests.conftest import RING
from tests.fakes.twilio_api import Call, FakeTwilio, fake_twilio, signed_call, status_call
from tests.messages.conftest import PHONE
from tests.messages.replying import BASE_URL, settings, without_twilio
from tests.paper.tray import sealer

STATUS = f"{BASE_URL}/webhooks/twilio/status"
INBOUND = f"{BASE_URL}/webhooks/twilio/inbound"


@dataclass
class Site:
    """The product, and Twilio."""

    database: Database
    browser: FlaskClient

    def takes(self, call: Call) -> TestResponse:
        return self.browser.post(call.target, data=call.form, headers=call.headers)

    def messages(self) -> list[OutgoingMessage]:
        with self.database.read() as session:
            return list(session.scalars(select(OutgoingMessage)))

    def rows(self) -> int:
        """How much there is that a reply could have brought."""
        with self.database.read() as session:
            found = [session.scalars(select(kind)).all() for kind in (InboundMessage, ContactStop)]
        return sum(len(rows) for rows in found)


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with fake_twilio() as fake:
        yield fake


@pytest.fixture
def site(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Site]:
    found = _site(tmp_path, migrated_sqlite, settings())
    yield found
    found.database.dispose()


def _site(folder: Path, empty: Path, with_settings: Settings) -> Site:
    file = shutil.copy(empty, folder / "intake.db")
    database = Database(f"sqlite:///{file}", RING)
    storage = Storage(f"file://{folder / 'store'}")
    app = create_app(Installation(with_settings, database, storage, sealer(), b""))
    return Site(database, app.test_client())


def sent(site: Site, twilio: FakeTwilio) -> str:
    """A message that Twilio has taken; its status address as Twilio got it."""
    wording = receipt_wording(MessageKind.SMS, "en", partnership="P", link="https://x.test/")
    with site.database.begin() as session:
        notify(session, PHONE, wording, language="en", at=now(), campaign_id="c", is_once=True)
    account = replace(settings().twilio, api_url=twilio.url)  # type: ignore[type-var]
    transport = TwilioSms(account, status_url=STATUS)
    assert send_due(site.database, {MessageKind.SMS: transport}, at=now()) == 1
    return twilio.delivered[-1]["StatusCallback"]


def reply(body: str, sid: str = "SM1", **more: str) -> Call:
    return signed_call(INBOUND, {"MessageSid": sid, "From": PHONE.value, "Body": body, **more})


def test_a_signed_status_is_believed_at_the_address_that_was_sent(
    site: Site, twilio: FakeTwilio
) -> None:
    address = sent(site, twilio)
    call = status_call(address, twilio.sids[0], "delivered")
    assert site.takes(call).status_code == 204
    assert site.takes(call).status_code == 204
    assert [message.state for message in site.messages()] == [MessageState.DELIVERED]


@pytest.mark.parametrize("how", ["token", "none", "field", "query", "address", "account"])
def test_a_forged_status_is_refused_and_changes_nothing(
    site: Site, twilio: FakeTwilio, how: str
) -> None:
    address = sent(site, twilio)
    call = status_call(address, twilio.sids[0], "undelivered", 30005)
    forged = {
        "token": status_call(address, twilio.sids[0], "undelivered", 30005, token="b" * 32),
        "none": replace(call, headers={}),
        "field": replace(call, form={**call.form, "ErrorCode": "30006"}),
        "query": replace(call, url=f"{call.url}&more=1"),
        "address": status_call("https://evil.example/webhooks/twilio/status", "SM1", "sent"),
        "account": signed_call(address, {**call.form, "AccountSid": "AC" + "9" * 32}),
    }[how]
    assert site.takes(forged).status_code == 403
    assert [message.state for message in site.messages()] == [MessageState.SENT]


def test_behind_a_proxy_the_public_address_counts(site: Site, twilio: FakeTwilio) -> None:
    address = sent(site, twilio)
    call = status_call(address, twilio.sids[0], "sent")
    headers = {**call.headers, "Host": "10.0.0.7:8000", "X-Forwarded-Host": "evil.example"}
    assert site.takes(replace(call, headers=headers)).status_code == 204


def test_what_is_not_ours_is_answered_all_the_same(site: Site) -> None:
    assert site.takes(status_call(STATUS, "SM" + "0" * 32, "delivered")).status_code == 204
    odd = signed_call(STATUS, {"MessageSid": "SM1", "ErrorCode": "٣", "MessageStatus": "x"})
    assert site.takes(odd).status_code == 204
    assert site.takes(signed_call(STATUS, {})).status_code == 400


def test_a_reply_is_answered_as_twiml_and_repeated_without_effect(site: Site) -> None:
    answer = site.takes(reply("arrêtez"))
    assert answer.content_type.startswith("text/xml")
    assert answer.text.count("<Message>") == answer.text.count("START") == 1
    assert site.takes(reply("arrêtez")).text == answer.text
    assert site.rows() == 2


def test_nothing_is_said_after_twilio_has_answered(site: Site) -> None:
    answer = site.takes(reply("STOP", OptOutType="STOP"))
    assert answer.text.endswith("<Response />")
    assert site.rows() == 2


def test_a_forged_reply_stops_nobody(site: Site) -> None:
    call = reply("stop")
    assert site.takes(replace(call, form={**call.form, "From": "+18015559999"})).status_code == 403
    assert site.rows() == 0


def test_without_an_account_there_is_nothing_to_call(tmp_path: Path, migrated_sqlite: Path) -> None:
    site = _site(tmp_path, migrated_sqlite, without_twilio())
    assert site.takes(reply("stop")).status_code == 404
    site.database.dispose()
