"""All settings, typed, from the environment. A missing or weak one stops the start with the fix."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from intake.config_values import SettingsError as SettingsError  # noqa: PLC0414  (for others)
from intake.config_values import hours, pair, price, week_days
from intake.setting_docs import SETTINGS
from intake.staff_settings import (
    OidcSettings,
    StaffRules,
    oidc_settings,
    staff_rules,
)

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One master key of the ring: a short id that is stored beside what it encrypted."""

    id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TwilioSettings:
    """The SMS account. ``api_url`` differs from Twilio's own only in tests."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    api_url: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation is told from outside. ``intake config`` lists every name."""

    database_url: str = field(repr=False)
    storage_url: str
    secret_keys: tuple[SecretKey, ...] = field(repr=False)
    base_url: str
    seal_key_file: Path
    seal_certificate_file: Path
    time_zone: ZoneInfo
    partnership: str
    partnership_phone: str
    partnership_email: str
    consent_end_date: date
    phone_region: str
    twilio: TwilioSettings | None
    smtp_url: str | None = field(repr=False)
    email_from: str
    revocation_deadline_days: int
    trusted_proxies: int
    demo: bool
    """Demonstration: messages go to a page on screen, the sample data is loaded."""
    scan_folder: Path | None = None
    """Where a scanner drops its files; the worker takes them in."""
    scan_retention_days: int = 365
    access_record_days: int = 2190
    """How long it is known who of staff looked at whose data: six years."""
    coordinator_emails: tuple[str, ...] = ()
    """Who is written to when a revocation is overdue or nobody's, or a partner lapses."""
    partner_reminder_days: tuple[int, ...] = (60, 30, 7)
    """How many days before an agreement, a training or an assignment ends somebody is reminded."""
    staff: StaffRules = field(default_factory=StaffRules)
    oidc: OidcSettings | None = None
    """Staff's single sign-on, where there is one."""
    sms_price: Decimal = Decimal("0.0083")
    """What one segment of an SMS costs, for estimates."""
    quiet_hours: tuple[time, time] = (time(20), time(8))
    quiet_days: frozenset[int] = frozenset({6})
    """Of the week, 0 is Monday."""
    campaign_limits: tuple[int, int] = (2, 5)
    """Messages of campaigns to one contact: a day, a week."""
    reply_days: int = 180
    """How long a reply to a text message is kept after somebody was done with it."""
    governance_emails: tuple[str, ...] = ()
    """Who is written to about suspected violations."""
    question_answer_days: int = 2
    """Working days until a family shall have an answer."""
    question_retention_days: int = 365
    """Days after its end until what a family wrote, and who they are, is destroyed."""
    violation_days: int = 10
    """Working days until a suspected violation shall be settled."""
    kiosk_idle_minutes: int = 5
    """After so long without a touch, a tablet in a family's hands forgets the family."""

    @property
    def https(self) -> bool:
        """Whether families reach the system over TLS; then cookies are Secure and HSTS is sent."""
        return urlsplit(self.base_url).scheme == "https"


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Read and check every setting.

    Raises SettingsError naming the first setting that is missing or unusable, and the fix.
    """

    def required(name: str) -> str:
        value = environ.get(name, "").strip()
        if not value:
            raise SettingsError(f"{name} is not set: {_meaning(name)}")
        return value

    def optional(name: str, default: str = "") -> str:
        return environ.get(name, "").strip() or default

    staff, oidc = _staff(optional, optional("INTAKE_BASE_URL"))
    return Settings(
        database_url=_database_url(required("INTAKE_DATABASE_URL")),
        storage_url=required("INTAKE_STORAGE_URL"),
        secret_keys=_secret_keys(required("INTAKE_SECRET_KEYS")),
        base_url=_base_url(required("INTAKE_BASE_URL")),
        seal_key_file=Path(required("INTAKE_SEAL_KEY_FILE")),
        seal_certificate_file=Path(required("INTAKE_SEAL_CERTIFICATE_FILE")),
        time_zone=_zone(optional("INTAKE_TIME_ZONE", "America/Denver")),
        partnership=required("INTAKE_PARTNERSHIP"),
        partnership_phone=required("INTAKE_PARTNERSHIP_PHONE"),
        partnership_email=required("INTAKE_PARTNERSHIP_EMAIL"),
        consent_end_date=_date("INTAKE_CONSENT_END_DATE", required("INTAKE_CONSENT_END_DATE")),
        phone_region=optional("INTAKE_PHONE_REGION", "US").upper(),
        twilio=_twilio(optional),
        smtp_url=optional("SMTP_URL") or None,
        email_from=optional("INTAKE_EMAIL_FROM", required("INTAKE_PARTNERSHIP_EMAIL")),
        revocation_deadline_days=_whole(optional, "INTAKE_REVOCATION_DEADLINE_DAYS", 2),
        trusted_proxies=_whole(optional, "INTAKE_TRUSTED_PROXIES", 0),
        demo=optional("INTAKE_DEMO") == "1",
        scan_folder=_folder(optional, "INTAKE_SCAN_FOLDER"),
        scan_retention_days=_whole(optional, "INTAKE_SCAN_RETENTION_DAYS", 365),
        access_record_days=_at_least(optional, "INTAKE_ACCESS_RECORD_DAYS", 2190, least=365),
        coordinator_emails=_addresses(
            optional, "INTAKE_COORDINATOR_EMAILS", required("INTAKE_PARTNERSHIP_EMAIL")
        ),
        partner_reminder_days=_days(optional, "INTAKE_PARTNER_REMINDER_DAYS", "60,30,7"),
        staff=staff,
        oidc=oidc,
        sms_price=price("INTAKE_SMS_PRICE", optional("INTAKE_SMS_PRICE", "0.0083")),
        quiet_hours=hours("INTAKE_QUIET_HOURS", optional("INTAKE_QUIET_HOURS", "20:00-08:00")),
        quiet_days=week_days("INTAKE_QUIET_DAYS", optional("INTAKE_QUIET_DAYS", "sun")),
        campaign_limits=pair("INTAKE_CAMPAIGN_LIMITS", optional("INTAKE_CAMPAIGN_LIMITS", "2,5")),
        reply_days=_whole(optional, "INTAKE_REPLY_RETENTION_DAYS", 180),
        governance_emails=_addresses(
            optional, "INTAKE_GOVERNANCE_EMAILS", required("INTAKE_PARTNERSHIP_EMAIL")
        ),
        question_answer_days=_whole(optional, "INTAKE_QUESTION_ANSWER_DAYS", 2),
        question_retention_days=_whole(optional, "INTAKE_QUESTION_RETENTION_DAYS", 365),
        violation_days=_whole(optional, "INTAKE_VIOLATION_DAYS", 10),
        kiosk_idle_minutes=_minutes(optional, "INTAKE_KIOSK_IDLE_MINUTES", 5),
    )


def _meaning(name: str) -> str:
    return next(doc.meaning for doc in SETTINGS if doc.name == name)


def _database_url(value: str) -> str:
    # Never shown: it can hold a password.
    if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingsError(f"INTAKE_DATABASE_URL must be {_meaning('INTAKE_DATABASE_URL')}")
    try:
        make_url(value)
    except (ArgumentError, ValueError):
        raise SettingsError(
            "INTAKE_DATABASE_URL is not a database's address; it must be "
            f"{_meaning('INTAKE_DATABASE_URL')}"
        ) from None
    return value


def _secret_keys(value: str) -> tuple[SecretKey, ...]:
    name = "INTAKE_SECRET_KEYS"
    keys = []
    for entry in value.split(","):
        key_id, colon, encoded = entry.strip().partition(":")
        if not colon or not key_id:
            raise SettingsError(f"{name} must be id:base64[,id:base64…]: {_meaning(name)}")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise SettingsError(f"{name}: key {key_id!r} is not base64: {_meaning(name)}") from None
        if len(key) != KEY_BYTES or len(set(key)) < 8:
            raise SettingsError(
                f"{name}: key {key_id!r} is not {KEY_BYTES} random bytes: {_meaning(name)}"
            )
        keys.append(SecretKey(key_id, key))
    if len({key.id for key in keys}) != len(keys):
        raise SettingsError(f"{name}: two keys have the same id; give each its own")
    return tuple(keys)


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise SettingsError("INTAKE_BASE_URL must be http(s)://host[:port] without a path")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SettingsError("INTAKE_BASE_URL must be https:// except on this machine itself")
    return value.rstrip("/")


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(
            f"INTAKE_TIME_ZONE: no such zone {value!r}; e.g. America/Denver"
        ) from None


def _date(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise SettingsError(f"{name} must be YYYY-MM-DD, not {value!r}") from None


def _whole(optional: "_Optional", name: str, default: int) -> int:
    value = optional(name, str(default))
    if not value.isascii() or not value.isdigit():
        raise SettingsError(f"{name} must be a whole number, not {value!r}")
    return int(value)


def _at_least(optional: "_Optional", name: str, default: int, *, least: int) -> int:
    value = _whole(optional, name, default)
    if value < least:
        raise SettingsError(f"{name} must be {least} or more, not {value}")
    return value


def _minutes(optional: "_Optional", name: str, default: int) -> int:
    minutes = _whole(optional, name, default)
    if not 1 <= minutes <= 30:
        raise SettingsError(f"{name} must be from 1 to 30, not {minutes}")
    return minutes


def _addresses(optional: "_Optional", name: str, default: str) -> tuple[str, ...]:
    if not optional(name):
        return (default,)
    addresses = tuple(part.strip() for part in optional(name).split(",") if part.strip())
    for address in addresses:
        local, at_sign, domain = address.rpartition("@")
        if not at_sign or not local or not domain or " " in address:
            raise SettingsError(f"{name} must be addresses like name@example.org, with commas")
    return addresses


def _days(optional: "_Optional", name: str, default: str) -> tuple[int, ...]:
    """Numbers of days, the largest first."""
    words = [word.strip() for word in optional(name, default).split(",")]
    if not all(word.isascii() and word.isdigit() and len(word) <= 3 for word in words):
        raise SettingsError(f"{name} must be numbers of days, such as {default}")
    return tuple(sorted({int(word) for word in words}, reverse=True))


def _folder(optional: "_Optional", name: str) -> Path | None:
    value = optional(name)
    if not value:
        return None
    if not Path(value).is_dir():
        raise SettingsError(f"{name}: {value!r} is not a folder")
    return Path(value)


class _Optional(Protocol):
    """The signature of ``optional`` above, for the type checker."""

    def __call__(self, name: str, default: str = "") -> str: ...


def _staff(optional: "_Optional", base_url: str) -> tuple[StaffRules, OidcSettings | None]:
    # Without TLS the address is this machine's own: see _base_url.
    is_local_demo = optional("INTAKE_DEMO") == "1" and urlsplit(base_url).scheme == "http"
    try:
        return staff_rules(optional, is_local_demo=is_local_demo), oidc_settings(optional)
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _twilio(optional: "_Optional") -> TwilioSettings | None:
    sid = optional("TWILIO_ACCOUNT_SID")
    if not sid:
        return None
    token, sender = optional("TWILIO_AUTH_TOKEN"), optional("TWILIO_FROM")
    if not token or not sender:
        raise SettingsError("TWILIO_ACCOUNT_SID needs TWILIO_AUTH_TOKEN and TWILIO_FROM too")
    return TwilioSettings(sid, token, sender, optional("TWILIO_API_URL") or None)
