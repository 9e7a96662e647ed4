"""A worker of its own, to be killed: a campaign's part of the worker's jobs, again and again."""

import sys
import time
from datetime import datetime, timedelta

from intake.campaigns.following import follow_up
from intake.campaigns.model import Campaign, CampaignState
from intake.campaigns.planning import plan_due
from intake.campaigns.sending import send_due as let_go
from intake.config import TwilioSettings
from intake.db.engine import Database
from intake.messages.model import MessageKind
from intake.messages.sender import send_due
from intake.messages.twilio_sms import TwilioSms
from intake.worker import IN_FLIGHT
from tests.campaigns.conftest import settings_of_tests
from tests.conftest import NOW, RING
from tests.fakes.twilio_api import ACCOUNT_SID, AUTH_TOKEN


def work(
    database: Database, transport: TwilioSms, *, at: datetime, until_done: str | None = None
) -> None:
    """Do a worker's rounds, its clock at ``at``, until the campaign is done (or for ever)."""
    settings, began = settings_of_tests(), time.monotonic()
    while True:
        moment = at + timedelta(seconds=time.monotonic() - began)
        plan_due(database, settings, at=moment)
        let_go(database, settings, at=moment)
        send_due(
            database, {MessageKind.SMS: transport}, at=moment, limit=200,
            in_flight=IN_FLIGHT[MessageKind.SMS],
        )  # fmt: skip
        if until_done is None:
            continue
        follow_up(database, settings, at=moment)
        with database.read() as session:
            if session.get_one(Campaign, until_done).state is CampaignState.FINISHED:
                return


if __name__ == "__main__":
    twilio = TwilioSettings(ACCOUNT_SID, AUTH_TOKEN, "+15005550006", sys.argv[2])
    work(Database(sys.argv[1], RING), TwilioSms(twilio), at=NOW)
