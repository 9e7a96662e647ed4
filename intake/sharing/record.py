"""A consent as a record shaped by ISO/IEC TS 27560:2023, in terms of the W3C DPV, as JSON-LD.

Plain JSON for who wants that; the context, sent along, makes it linked data without a download.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from intake.consents.model import Consent
from intake.roster.model import Student

SCHEMA_VERSION = "ISO/IEC TS 27560:2023"
LAW = "34 CFR 99.30"

_OWN = "urn:promisepartnership:consent:"
CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "@vocab": _OWN,
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": "dct:identifier",
    "record_id": "dct:identifier",
    "schema_version": "dct:conformsTo",
    "language": "dct:language",
    "status": {"@id": "dpv:hasConsentStatus", "@type": "@id"},
    "legal_basis": {"@id": "dpv:hasLegalBasis", "@type": "@id"},
    "subject": "dpv:hasDataSubject",
    "signer": "dpv:isIndicatedBy",
    "signed_at": {"@id": "dpv:isIndicatedAtTime", "@type": "xsd:dateTime"},
    "valid_until": {"@id": "dct:valid", "@type": "xsd:date"},
    "elements": {"@id": "dpv:hasPersonalData", "@type": "@vocab", "@container": "@set"},
    "purposes": {"@id": "dpv:hasPurpose", "@type": "@vocab", "@container": "@set"},
    "recipients": {"@id": "dpv:hasRecipient", "@type": "@vocab", "@container": "@set"},
    "notice": "dpv:hasNotice",
    "birth_date": {"@type": "xsd:date"},
    "revoked_at": {"@type": "xsd:dateTime"},
    "ended_at": {"@type": "xsd:dateTime"},
    "suspended_at": {"@type": "xsd:dateTime"},
}


class ConsentStatus(StrEnum):
    """DPV's words for where a consent stands."""

    GIVEN = "dpv:ConsentGiven"
    WITHDRAWN = "dpv:ConsentWithdrawn"
    UNKNOWN = "dpv:ConsentUnknown"
    """It may have been taken back; a person is looking."""
    EXPIRED = "dpv:ConsentExpired"
    INVALIDATED = "dpv:ConsentInvalidated"
    """No longer counts: a newer signature stands in its place, or rights passed on at 18."""


def consent_record(consent: Consent, status: ConsentStatus) -> dict[str, Any]:
    """The record without its ``subject``: what was agreed, by whom and until when."""
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{consent.id}",
        "@type": "dpv:ConsentRecord",
        "schema_version": SCHEMA_VERSION,
        "record_id": consent.id,
        "status": status.value,
        "legal_basis": "dpv:ExplicitlyExpressedConsent",
        "law": LAW,
        "signer": {
            "relationship": consent.relationship_kind.value,
            "assurance": consent.assurance.value,
            "channel": consent.channel.value,
        },
        "elements": consent.elements,
        "purposes": consent.purposes,
        "recipients": consent.partner_classes,
        "notice": {
            "@type": "dpv:ConsentNotice",
            "document": consent.document,
            "version": consent.version,
            "language": consent.language,
            "text_sha256": consent.text_sha256,
        },
        "signed_at": timestamp(consent.signed_at),
        "valid_until": consent.valid_until.isoformat(),
        "document_sha256": consent.document_sha256,
    }


def identified_subject(student: Student) -> dict[str, Any]:
    """Who the student is, for a destination that may know."""
    return {
        **known_subject(student),
        "name": student.name,
        "birth_date": student.birth_date.isoformat(),
        "school": {
            "id": student.school_id,
            "external_id": student.school.external_id,
            "name": student.school.name,
        },
    }


def known_subject(student: Student) -> dict[str, Any]:
    """The student by ids alone, once consent has ended: names are not disclosed again."""
    return {
        "@id": f"urn:uuid:{student.id}",
        "@type": "dpv:DataSubject",
        "id": student.id,
        "external_id": student.external_id,
    }


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC, with a Z."""
    return moment.isoformat().replace("+00:00", "Z")
