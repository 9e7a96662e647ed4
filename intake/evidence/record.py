"""The record that a sealed document carries for machines."""

import json
from datetime import UTC, datetime
from typing import Any

from forms.document import DocumentText
from intake.documents.approvals import SOURCE_LANGUAGE
from intake.evidence.facts import Act, PersonFacts
from intake.evidence.words import witnessed_json


def record_json(
    kind: str,
    text: DocumentText,
    act: Act,
    people: PersonFacts,
    *,
    student_id: str,
    **more: Any,
) -> bytes:
    """The machine-readable record that is attached to a sealed document."""
    record = {
        "type": kind,
        "id": act.id,
        "receipt_code": act.receipt_code,
        "student": {
            "id": student_id,
            "name": people.student_name,
            "birth_date": people.birth_date.isoformat(),
            "school": people.school,
        },
        "signer": {
            "name": people.signer_name,
            "relationship": people.relationship.value,
            "assurance": act.assurance.value if act.assurance else None,
            "contact": act.contact.masked if act.contact else None,
            "code_entered_at": act.verified_at.isoformat() if act.verified_at else None,
        },
        "notice": {
            "document": text.name,
            "version": text.version,
            "language": text.language,
            "text_sha256": text.sha256,
            "translation": translation_state(text, act),
        },
        "channel": act.channel.value,
        **witnessed_json(act.witnessed),
        "signed_at": act.at.astimezone(UTC).isoformat(),
        **more,
    }
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True).encode()


def translation_state(text: DocumentText, act: Act) -> dict[str, str]:
    """Whether what was signed is the source, a draft, or approved, and by whom."""
    if text.language == SOURCE_LANGUAGE:
        return {"state": "source"}
    if act.approval is None:
        return {"state": "draft"}
    return {
        "state": "approved",
        "approver": act.approval.name,
        "qualification": act.approval.qualification,
        "approved_at": act.approval.at.astimezone(UTC).isoformat(),
    }


def utc(moment: datetime) -> str:
    """A moment as evidence writes it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
