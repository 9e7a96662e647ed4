"""What ``intake config`` prints: every setting with its default and its meaning."""

from dataclasses import dataclass

from intake.staff_settings import STAFF_SETTINGS


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """What ``intake config`` prints of a setting."""

    name: str
    required: bool
    default: str
    meaning: str


SETTINGS: tuple[SettingDoc, ...] = (
    SettingDoc("INTAKE_DATABASE_URL", True, "", "sqlite:////path/intake.db or postgresql+psycopg://…"),
    SettingDoc("INTAKE_STORAGE_URL", True, "", "where sealed documents are kept: file:///path, s3://bucket/prefix, …"),
    SettingDoc("INTAKE_SECRET_KEYS", True, "", "id:base64 of 32 random bytes, comma-separated; the first encrypts, the last indexes (make one with `intake config new-key`)"),
    SettingDoc("INTAKE_BASE_URL", True, "", "the address families type, such as https://waivers.example.org"),
    SettingDoc("INTAKE_SEAL_KEY_FILE", True, "", "PEM private key (RSA >= 2048 or P-256) that seals documents"),
    SettingDoc("INTAKE_SEAL_CERTIFICATE_FILE", True, "", "PEM certificate of that key"),
    SettingDoc("INTAKE_CONSENT_END_DATE", True, "", "YYYY-MM-DD: the latest day until which a consent signed now is valid"),
    SettingDoc("INTAKE_PARTNERSHIP", True, "", "the partnership's name, as families read it"),
    SettingDoc("INTAKE_PARTNERSHIP_PHONE", True, "", "phone number for questions"),
    SettingDoc("INTAKE_PARTNERSHIP_EMAIL", True, "", "email address for questions"),
    SettingDoc("INTAKE_TIME_ZONE", False, "America/Denver", "the schools' IANA time zone"),
    SettingDoc("INTAKE_PHONE_REGION", False, "US", "country of phone numbers typed without a country code"),
    SettingDoc("INTAKE_REVOCATION_DEADLINE_DAYS", False, "2", "working days until a sharing system must have hidden an identity (days off: `intake calendar`)"),
    SettingDoc("INTAKE_COORDINATOR_EMAILS", False, "the partnership's email", "who is written to about overdue revocations and partners that lapse; addresses separated by commas"),
    SettingDoc("INTAKE_SCAN_FOLDER", False, "", "a folder into which a scanner writes; the worker takes in what it finds there"),
    SettingDoc("INTAKE_SCAN_RETENTION_DAYS", False, "365", "days after filing until original scans and page pictures are destroyed"),
    SettingDoc("INTAKE_ACCESS_RECORD_DAYS", False, "2190", "days for which it is kept who of staff looked at whose data (at least 365)"),
    SettingDoc("INTAKE_PARTNER_REMINDER_DAYS", False, "60,30,7", "days before the end of a partner's agreement, training or assignment on which coordinators and the partner are reminded; on the last day they always are"),
    SettingDoc("INTAKE_GOVERNANCE_EMAILS", False, "the partnership's email", "who is written to about suspected violations, such as the governance committee; addresses separated by commas"),
    SettingDoc("INTAKE_QUESTION_ANSWER_DAYS", False, "2", "working days until a family's question shall be answered; then coordinators are reminded"),
    SettingDoc("INTAKE_QUESTION_RETENTION_DAYS", False, "365", "days after a question was closed until its words and contact are destroyed"),
    SettingDoc("INTAKE_VIOLATION_DAYS", False, "10", "working days until a suspected violation shall be settled; then the governance addresses are reminded"),
    SettingDoc("INTAKE_KIOSK_IDLE_MINUTES", False, "5", "minutes without a touch after which a tablet that was handed to a family is cleared, from 1 to 30"),
    SettingDoc("INTAKE_TRUSTED_PROXIES", False, "0", "how many proxies in front set X-Forwarded-For"),
    *(SettingDoc(name, False, default, meaning) for name, default, meaning in STAFF_SETTINGS),
    SettingDoc("TWILIO_ACCOUNT_SID", False, "", "SMS account; without it no SMS is sent and codes go by email"),
    SettingDoc("TWILIO_AUTH_TOKEN", False, "", "its token"),
    SettingDoc("TWILIO_FROM", False, "", "the sending number (+1…) or messaging service (MG…)"),
    SettingDoc("TWILIO_API_URL", False, "", "another address for Twilio's REST API (tests)"),
    SettingDoc("INTAKE_SMS_PRICE", False, "0.0083", "what one segment of an SMS costs in your Twilio account's currency, for estimates"),
    SettingDoc("INTAKE_QUIET_HOURS", False, "20:00-08:00", "school's time in which no campaign message or reminder is sent; `none`: all day long"),
    SettingDoc("INTAKE_QUIET_DAYS", False, "sun", "days on which none is sent (mon,tue,…); `none`: every day"),
    SettingDoc("INTAKE_CAMPAIGN_LIMITS", False, "2,5", "how many campaign messages one phone or email gets at most in 24 hours, and in 7 days"),
    SettingDoc("INTAKE_REPLY_RETENTION_DAYS", False, "180", "days after which a reply to a text message is destroyed, once somebody was done with it"),
    SettingDoc("SMTP_URL", False, "", "smtp://user:password@host:587 (STARTTLS) or smtps://…"),
    SettingDoc("INTAKE_EMAIL_FROM", False, "the partnership's email", "sender address of emails"),
    SettingDoc("INTAKE_DEMO", False, "", "1 for a demonstration with sample data; never in production"),
)  # fmt: skip
