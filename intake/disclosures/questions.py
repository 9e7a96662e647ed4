"""What is asked, and what is answered."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from intake.consents.decide import Reason
from intake.partners.conditions import PartnerReason, Recipient


class AskedReason(StrEnum):
    """What is wrong with the question, or keeps an answer from being used."""

    STUDENT_UNKNOWN = "student_unknown"
    """No student has this id, or not one that this client may ask about."""
    STUDENT_LEFT = "student_left"
    """The school's roster has them no longer: a consent lasts as long as the services."""
    ELEMENT_UNKNOWN = "element_unknown"
    PURPOSE_UNKNOWN = "purpose_unknown"
    PURPOSE_NOT_COVERED = "purpose_not_covered"
    ELEMENT_NOT_FOR_PURPOSE = "element_not_for_purpose"
    """The waiver that was signed names the element for another purpose (34 CFR 99.30(b))."""
    AT_UNUSABLE = "at_unusable"
    """``at`` is ahead of our clock, before any consent, or not now although it is to be recorded:
    one of the two clocks is wrong."""
    NOT_RECORDED = "not_recorded"
    """The key's earlier call was denied this element, so no record covers it: use a new key."""


CLOCKS_APART = timedelta(minutes=5)
"""How far a client's clock may be from ours."""
_EARLIEST = 2000
"""No consent is older than this year."""

DenyReason = AskedReason | PartnerReason | Reason


@dataclass(frozen=True, slots=True)
class Question:
    """May this person be told these elements of this student, in this role, for this purpose?

    ``at``: as of an earlier moment; none, or one a little ahead, means now.
    ``record_key``: record the disclosure of what is permitted (34 CFR 99.32), once for this key.
    """

    student_id: str
    partner_id: str
    person_id: str
    role: str
    purpose: str
    elements: tuple[str, ...]
    at: datetime | None = None
    record_key: str | None = None

    def moment(self, now: datetime) -> datetime:
        """As of when it is decided: what is disclosed and recorded, is disclosed now."""
        if self.at is None or self.record_key or not self.is_timely(now):
            return now
        return min(self.at, now)

    def is_timely(self, now: datetime) -> bool:
        """Whether it can be decided for ``at``: nobody knows what is ahead, and what is recorded is
        disclosed now."""
        if self.at is None:
            return True
        if self.at.year < _EARLIEST or self.at > now + CLOCKS_APART:
            return False
        return not self.record_key or self.at >= now - CLOCKS_APART

    @property
    def recipient(self) -> Recipient:
        """Who would be told."""
        return Recipient(self.partner_id, self.person_id, self.role, self.purpose)

    @property
    def sha256(self) -> str:
        """The same for the same disclosure, whatever its elements' order."""
        content = [
            self.student_id, self.partner_id, self.person_id, self.role, self.purpose,
            sorted(set(self.elements)),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ElementDecision:
    """Permit or deny for one element; a denial has every reason, a permit none."""

    element: str
    reasons: tuple[DenyReason, ...]

    @property
    def permit(self) -> bool:
        """Whether it may be disclosed."""
        return not self.reasons


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to one question."""

    question: Question
    elements: tuple[ElementDecision, ...]
    consent_id: str | None
    waiver_version: str | None
    at: datetime
    disclosure_id: str | None = None
    """The record that was written, or that the key had written before."""

    @property
    def permitted(self) -> tuple[str, ...]:
        """The elements that may be disclosed."""
        return tuple(one.element for one in self.elements if one.permit)

    def recorded_as(self, disclosure_id: str, elements: Sequence[str]) -> "Answered":
        """With its record; what the record does not name is not permitted."""
        known = set(elements)
        return replace(
            self,
            disclosure_id=disclosure_id,
            elements=tuple(
                replace(one, reasons=(AskedReason.NOT_RECORDED,))
                if one.permit and one.element not in known
                else one
                for one in self.elements
            ),
        )
