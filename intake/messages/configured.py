"""Which ways of sending this installation has."""

from collections.abc import Mapping
from datetime import time

from forms.choices import ContactKind
from intake.config import Settings, TwilioSettings
from intake.messages.demo_outbox import DemoOutbox
from intake.messages.limits import ContactLimits
from intake.messages.model import MessageKind
from intake.messages.quiet import QuietHours
from intake.messages.smtp_email import SmtpEmail
from intake.messages.transport import Transport
from intake.messages.twilio_sms import TwilioSms


def transports_from(settings: Settings) -> Mapping[MessageKind, Transport]:
    """The transports that are set up; a kind without settings is absent, its messages wait.

    Raises SettingsError when SMTP_URL or INTAKE_EMAIL_FROM can't be used.
    """
    if settings.demo:
        outbox = DemoOutbox()
        return {MessageKind.SMS: outbox, MessageKind.EMAIL: outbox}
    transports: dict[MessageKind, Transport] = {}
    if settings.twilio:
        transports[MessageKind.SMS] = TwilioSms(
            settings.twilio, status_url=_status_url(settings, settings.twilio)
        )
    if settings.smtp_url:
        transports[MessageKind.EMAIL] = SmtpEmail(
            settings.smtp_url,
            sender=settings.email_from,
            sender_name=settings.partnership,
            base_url=settings.base_url,
        )
    return transports


def _status_url(settings: Settings, twilio: TwilioSettings) -> str | None:
    """Twilio refuses a message whose status it can't tell (21609): a local address is for tests."""
    if settings.https or twilio.api_url:
        return f"{settings.base_url}/webhooks/twilio/status"
    return None


def available_kinds(settings: Settings) -> tuple[ContactKind, ...]:
    """The contacts that a code can reach here, phone first: what the page offers."""
    kinds = []
    if settings.demo or settings.twilio:
        kinds.append(ContactKind.PHONE)
    if settings.demo or settings.smtp_url:
        kinds.append(ContactKind.EMAIL)
    return tuple(kinds)


def quiet_hours(settings: Settings) -> QuietHours:
    """When campaigns, reminders and whatever nobody has just asked for wait.

    Never in a demonstration: its messages go to a page, and it may be shown at any hour.
    """
    if settings.demo:
        return QuietHours(settings.time_zone, time(0), time(0))
    begins, ends = settings.quiet_hours
    return QuietHours(settings.time_zone, begins, ends, settings.quiet_days)


def contact_limits(settings: Settings) -> ContactLimits:
    """How many messages of campaigns one contact gets."""
    return ContactLimits(*settings.campaign_limits)
