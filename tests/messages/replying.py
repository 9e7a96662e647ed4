"""Settings of an installation that texts, for tests of replies and webhooks."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from intake.config import Settings, TwilioSettings
from tests.conftest import ZONE
from tests.fakes.twilio_api import ACCOUNT_SID, AUTH_TOKEN
from tests.messages.conftest import SENDER

BASE_URL = "https://waivers.example.org"


def settings() -> Settings:
    """As an operator would set it."""
    return Settings(
        database_url="",
        storage_url="",
        secret_keys=(),
        base_url=BASE_URL,
        seal_key_file=Path(),
        seal_certificate_file=Path(),
        time_zone=ZONE,
        partnership="Promise Partnership",
        partnership_phone="+18015550100",
        partnership_email="help@example.org",
        consent_end_date=date(2027, 6, 30),
        phone_region="US",
        twilio=TwilioSettings(ACCOUNT_SID, AUTH_TOKEN, SENDER, None),
        smtp_url=None,
        email_from="help@example.org",
        revocation_deadline_days=2,
        trusted_proxies=0,
        demo=False,
        coordinator_emails=("coordinator@example.org",),
    )


def without_twilio() -> Settings:
    """An installation without an SMS account."""
    return replace(settings(), twilio=None)
