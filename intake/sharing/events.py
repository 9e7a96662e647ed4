"""What sharing systems are told, and how: CloudEvents 1.0 in JSON around a consent record.

Only what puts a consent in force, or ends or suspends one that was in force, is published. Waiting
signatures, refusals and staff's looking are nobody else's business.
"""

import json
from enum import StrEnum
from typing import Any

from intake.consents.ledger import LedgerEvent
from intake.consents.model import Consent
from intake.consents.states import EventKind
from intake.roster.model import Student
from intake.sharing.record import (
    ConsentStatus,
    consent_record,
    identified_subject,
    known_subject,
    timestamp,
)


class PublishedType(StrEnum):
    """The CloudEvents ``type`` of what we publish."""

    GIVEN = "org.promisepartnership.consent.given"
    """In force from now on, with exactly this; carries who the student is. A later one for the
    same consent takes its place: a part was taken back."""
    REVOKED = "org.promisepartnership.consent.revoked"
    """Taken back: hide the student's identity and confirm it."""
    ENDED = "org.promisepartnership.consent.ended"
    """No longer in force, without a revocation: stop sharing."""
    SUSPENDED = "org.promisepartnership.consent.suspended"
    """A paper may take it back: stop sharing until the next event of this consent."""
    RESUMED = "org.promisepartnership.consent.resumed"
    """In force again, or for the first time, after a hold; says all that ``given`` says."""


GRANTS = (PublishedType.GIVEN, PublishedType.RESUMED)
"""What tells who the student is. No other event does, and none of these follows an ending."""

ENDINGS = {
    EventKind.EXPIRED: ConsentStatus.EXPIRED,
    EventKind.SUPERSEDED: ConsentStatus.INVALIDATED,
    EventKind.RIGHTS_TRANSFERRED: ConsentStatus.INVALIDATED,
}
"""Ledger entries that are published as ``ended``, where ``given`` was published before."""


def given_event(
    event: LedgerEvent, consent: Consent, student: Student, *, source: str, sequence: int
) -> str:
    """The body that says a consent is in force."""
    record = consent_record(consent, ConsentStatus.GIVEN)
    data = {**record, "subject": identified_subject(student)}
    return _cloud_event(PublishedType.GIVEN, event, consent, data, source=source, sequence=sequence)


def narrowed_event(
    event: LedgerEvent, consent: Consent, student: Student, *, source: str, sequence: int
) -> str:
    """The body that says what is left, for who knows the consent as it was before."""
    data = {
        **consent_record(consent, ConsentStatus.GIVEN),
        "subject": identified_subject(student),
        "revocation": _revocation(event),
        "required_action": "stop_sharing_part",
    }
    return _cloud_event(PublishedType.GIVEN, event, consent, data, source=source, sequence=sequence)


def narrowed_while_held_event(
    event: LedgerEvent, consent: Consent, student: Student, *, source: str, sequence: int
) -> str:
    """The same while a paper holds the consent: what is left is known, and not shared yet."""
    data = {
        **consent_record(consent, ConsentStatus.UNKNOWN),
        "subject": known_subject(student),
        "revocation": _revocation(event),
        "required_action": "stop_sharing",
    }
    return _cloud_event(
        PublishedType.SUSPENDED, event, consent, data, source=source, sequence=sequence
    )


def revoked_event(
    event: LedgerEvent, consent: Consent, student: Student, *, source: str, sequence: int
) -> str:
    """The body that asks to hide the student's identity, by ids alone."""
    data = {
        **consent_record(consent, ConsentStatus.WITHDRAWN),
        "subject": known_subject(student),
        "revocation": _revocation(event),
        "required_action": "hide_identity",
    }
    return _cloud_event(
        PublishedType.REVOKED, event, consent, data, source=source, sequence=sequence
    )


def ended_event(
    event: LedgerEvent, consent: Consent, student: Student, *, source: str, sequence: int
) -> str:
    """The body that says a consent is over, by ids alone."""
    data = {
        **consent_record(consent, ENDINGS[event.kind]),
        "subject": known_subject(student),
        "ending": {"ended_at": timestamp(event.at), "reason": event.kind.value},
        "required_action": "stop_sharing",
    }
    return _cloud_event(PublishedType.ENDED, event, consent, data, source=source, sequence=sequence)


def _revocation(event: LedgerEvent) -> dict[str, Any]:
    return {
        "id": event.revocation_id,
        "revoked_at": timestamp(event.at),
        "reason": event.values()["basis"],
    }


def suspended_event(
    event: LedgerEvent, consent: Consent, student: Student, *, source: str, sequence: int
) -> str:
    """The body that says a consent may have been taken back, by ids alone; not what was found."""
    data = {
        **consent_record(consent, ConsentStatus.UNKNOWN),
        "subject": known_subject(student),
        "suspension": {"suspended_at": timestamp(event.at)},
        "required_action": "stop_sharing",
    }
    return _cloud_event(
        PublishedType.SUSPENDED, event, consent, data, source=source, sequence=sequence
    )


def resumed_event(
    event: LedgerEvent, consent: Consent, student: Student, *, source: str, sequence: int
) -> str:
    """The body that says a consent is in force after a hold, for who may know the student."""
    record = consent_record(consent, ConsentStatus.GIVEN)
    data = {**record, "subject": identified_subject(student)}
    return _cloud_event(
        PublishedType.RESUMED, event, consent, data, source=source, sequence=sequence
    )


def with_sequence(body: str, sequence: int) -> str:
    """The same event at a later place in the order."""
    values = {**json.loads(body), "sequence": f"{sequence:020d}"}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _cloud_event(
    kind: PublishedType,
    event: LedgerEvent,
    consent: Consent,
    data: dict[str, Any],
    *,
    source: str,
    sequence: int,
) -> str:
    envelope = {
        "specversion": "1.0",
        "id": event.id,
        "source": source,
        "type": kind.value,
        "subject": consent.id,
        "time": timestamp(event.at),
        "datacontenttype": "application/json",
        "partitionkey": data["subject"]["id"],
        # The sequence extension is compared as text, so all have the same length.
        "sequence": f"{sequence:020d}",
        "data": data,
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
