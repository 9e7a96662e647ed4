"""Which ways of sending an installation has."""

from dataclasses import replace

import pytest

from forms.choices import ContactKind
from intake.config import Settings, SettingsError, settings_from
from intake.messages.configured import available_kinds, transports_from
from intake.messages.demo_outbox import DemoOutbox
from intake.messages.model import MessageKind
from intake.messages.smtp_email import SmtpEmail
from intake.messages.twilio_sms import TwilioSms


@pytest.fixture
def settings() -> Settings:
    """An installation with SMS and email."""
    return settings_from(
        {
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
    )


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
