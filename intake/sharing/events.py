"""What sharing systems are told, and how: CloudEvents 1.0 in JSON around a consent record.

Only what puts a consent in force, or ends or suspends one that was in force, is published. Waiting
signatures, refusals and staff's looking are nobody else's business.
"""

import json
from collections.abc import Callable, Mapping
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


Data = dict[str, Any]
"""The ``data`` of an event: a consent record and what else is told."""

DataOf = Callable[[LedgerEvent, Consent, Student], Data]
"""What makes it, from the entry that tells, its consent, and the student."""


def given(_event: LedgerEvent, consent: Consent, student: Student) -> Data:
    """A consent is in force, the first time or after a hold: for who may know the student."""
    return {
        **consent_record(consent, ConsentStatus.GIVEN),
        "subject": identified_subject(student),
    }


def narrowed(event: LedgerEvent, consent: Consent, student: Student) -> Data:
    """What is left, for who knows the consent as it was before."""
    return {
        **given(event, consent, student),
        "revocation": _revocation(event),
        "required_action": "stop_sharing_part",
    }


def narrowed_while_held(event: LedgerEvent, consent: Consent, student: Student) -> Data:
    """The same while a paper holds the consent: what is left is known, and not shared yet."""
    return {
        **_by_ids(consent, ConsentStatus.UNKNOWN, student),
        "revocation": _revocation(event),
        "required_action": "stop_sharing",
    }


def revoked(event: LedgerEvent, consent: Consent, student: Student) -> Data:
    """The student's identity is to be hidden; by ids alone."""
    return {
        **_by_ids(consent, ConsentStatus.WITHDRAWN, student),
        "revocation": _revocation(event),
        "required_action": "hide_identity",
    }


def ended(event: LedgerEvent, consent: Consent, student: Student) -> Data:
    """A consent is over; by ids alone."""
    return {
        **_by_ids(consent, ENDINGS[event.kind], student),
        "ending": {"ended_at": timestamp(event.at), "reason": event.kind.value},
        "required_action": "stop_sharing",
    }


def suspended(event: LedgerEvent, consent: Consent, student: Student) -> Data:
    """A consent may have been taken back; by ids alone, and not what was found."""
    return {
        **_by_ids(consent, ConsentStatus.UNKNOWN, student),
        "suspension": {"suspended_at": timestamp(event.at)},
        "required_action": "stop_sharing",
    }


DATA_OF: Mapping[PublishedType, DataOf] = {
    PublishedType.GIVEN: given,
    PublishedType.REVOKED: revoked,
    PublishedType.ENDED: ended,
    PublishedType.SUSPENDED: suspended,
    PublishedType.RESUMED: given,
}
"""What each kind says, where nobody asks for something else."""


def _by_ids(consent: Consent, status: ConsentStatus, student: Student) -> Data:
    return {**consent_record(consent, status), "subject": known_subject(student)}


def _revocation(event: LedgerEvent) -> dict[str, Any]:
    return {
        "id": event.revocation_id,
        "revoked_at": timestamp(event.at),
        "reason": event.values()["basis"],
    }


def cloud_event(
    kind: PublishedType,
    event: LedgerEvent,
    consent: Consent,
    data: Data,
    *,
    source: str,
    sequence: int,
) -> str:
    """The body: an envelope around the data."""
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


def with_sequence(body: str, sequence: int) -> str:
    """The same event at a later place in the order."""
    values = {**json.loads(body), "sequence": f"{sequence:020d}"}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
