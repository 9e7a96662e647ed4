"""Which ways of sending an installation has."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from forms.choices import ContactKind
from intake.config import Settings, SettingsError, settings_from
from intake.messages.configured import (
    available_kinds,
    contact_limits,
    quiet_hours,
    transports_from,
)
from intake.messages.demo_outbox import DemoOutbox
from intake.messages.limits import ContactLimits
from intake.messages.model import MessageKind
from intake.messages.smtp_email import SmtpEmail
from intake.messages.twilio_sms import TwilioSms

ENVIRON = {
    "INTAKE_DATABASE_URL": "sqlite:////nowhere/intake.db",
    "INTAKE_STORAGE_URL": "file:///nowhere",
    "INTAKE_SECRET_KEYS": "k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "INTAKE_BASE_URL": "https://waivers.example.org",
    "INTAKE_SEAL_KEY_FILE": "key.pem",
    "INTAKE_SEAL_CERTIFICATE_FILE": "certificate.pem",
    "INTAKE_CONSENT_END_DATE": "2030-06-30",
    "INTAKE_PARTNERSHIP": "Promise Partnership",
    "INTAKE_PARTNERSHIP_PHONE": "+18015550100",
    "INTAKE_PARTNERSHIP_EMAIL": "office@example.org",
    "TWILIO_ACCOUNT_SID": "AC0",
    "TWILIO_AUTH_TOKEN": "secret",
    "TWILIO_FROM": "+15005550006",
    "SMTP_URL": "smtps://user:password@mail.example.org",
}


@pytest.fixture
def settings() -> Settings:
    """An installation with SMS and email."""
    return settings_from(ENVIRON)


def test_both_ways_are_offered_when_both_are_set_up(settings: Settings) -> None:
    transports = transports_from(settings)
    assert isinstance(transports[MessageKind.SMS], TwilioSms)
    assert isinstance(transports[MessageKind.EMAIL], SmtpEmail)
    assert available_kinds(settings) == (ContactKind.PHONE, ContactKind.EMAIL)


def test_a_way_that_is_not_set_up_is_not_offered(settings: Settings) -> None:
    email_only = replace(settings, twilio=None)
    assert set(transports_from(email_only)) == {MessageKind.EMAIL}
    assert available_kinds(email_only) == (ContactKind.EMAIL,)
    neither = replace(email_only, smtp_url=None)
    assert transports_from(neither) == {}
    assert available_kinds(neither) == ()


def test_a_demonstration_never_sends_anything_out(settings: Settings) -> None:
    demo = replace(settings, demo=True)
    assert all(isinstance(t, DemoOutbox) for t in transports_from(demo).values())
    assert available_kinds(demo) == (ContactKind.PHONE, ContactKind.EMAIL)


def test_an_unusable_email_server_stops_the_start(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="SMTP_URL"):
        transports_from(replace(settings, smtp_url="mail.example.org"))


def test_when_and_how_often_campaigns_may_write(settings: Settings) -> None:
    assert quiet_hours(settings).stored == "America/Denver 20:00-08:00 sun"
    assert contact_limits(settings) == ContactLimits(per_day=2, per_week=5)
    other = settings_from(
        ENVIRON
        | {
            "INTAKE_QUIET_HOURS": "none",
            "INTAKE_QUIET_DAYS": "Fri, sat",
            "INTAKE_CAMPAIGN_LIMITS": "1, 3",
            "INTAKE_SMS_PRICE": "0.05",
            "INTAKE_TIME_ZONE": "Asia/Kathmandu",
        }
    )
    assert quiet_hours(other).stored == "Asia/Kathmandu 00:00-00:00 fri sat"
    assert contact_limits(other) == ContactLimits(1, 3)
    assert str(other.sms_price) == "0.05"
    assert not quiet_hours(replace(settings, demo=True)).is_quiet(datetime.now(UTC))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTAKE_QUIET_HOURS", "8pm-8am"),
        ("INTAKE_QUIET_HOURS", "20:00-25:00"),
        ("INTAKE_QUIET_HOURS", "20:00+00:00-08:00"),
        ("INTAKE_QUIET_DAYS", "sunday"),
        ("INTAKE_QUIET_DAYS", "mon,tue,wed,thu,fri,sat,sun"),
        ("INTAKE_CAMPAIGN_LIMITS", "2"),
        ("INTAKE_CAMPAIGN_LIMITS", "0,5"),
        ("INTAKE_SMS_PRICE", "-1"),
        ("INTAKE_SMS_PRICE", "1e3"),
        ("INTAKE_REPLY_RETENTION_DAYS", "half a year"),
    ],
)
def test_an_unusable_one_stops_the_start_and_names_itself(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        settings_from(ENVIRON | {name: value})


def test_twilio_is_told_where_to_report_only_where_it_can_reach_us(settings: Settings) -> None:
    local = replace(settings, base_url="http://127.0.0.1:8000")
    addresses = []
    for one in (settings, local):
        transport = transports_from(one)[MessageKind.SMS]
        assert isinstance(transport, TwilioSms)
        addresses.append(transport.status_url)
    assert addresses == ["https://waivers.example.org/webhooks/twilio/status", None]
