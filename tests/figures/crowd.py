"""Many students at once, as rows: to sign each waiver would take longer than to count it."""

import itertools
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from forms.choices import Relationship
from intake.consents.model import Consent, Invitation, Revocation
from intake.consents.states import Assurance, Channel, ConsentState, RevocationBasis
from intake.db.base import new_id
from intake.db.engine import Database
from intake.figures.answers import Standing
from intake.roster.model import School, Student, StudentSource

Crowd = Mapping[tuple[str, str | None, Standing], int]
"""How many students of a school, by its name, with a language, stand where."""

_STATES = {
    Standing.CONSENTED: ConsentState.ACTIVE,
    Standing.DECLINED: ConsentState.DECLINED,
    Standing.REVOKED: ConsentState.REVOKED,
    Standing.UNCONFIRMED: ConsentState.PENDING_VERIFICATION,
}
_numbers = itertools.count()


def add_crowd(database: Database, crowd: Crowd, *, at: datetime) -> dict[str, str]:
    """Students who signed the day before ``at``; the schools' ids by name."""
    students: list[dict[str, Any]] = []
    invitations: list[dict[str, Any]] = []
    revocations: list[dict[str, Any]] = []
    consents: list[dict[str, Any]] = []
    with database.begin() as session:
        schools: dict[str, str] = {
            name: id for id, name in session.execute(select(School.id, School.name))
        }
        for name in {name for name, _, _ in crowd} - schools.keys():
            schools[name] = new_id()
            session.add(School(id=schools[name], name=name))
        session.flush()
        for (school, language, standing), count in crowd.items():
            for _ in range(count):
                row = student_row(schools[school], language, at)
                students.append(row)
                if standing is not Standing.NOT_ASKED:
                    invitations.append(_invitation(row["id"], at))
                if standing in _STATES:
                    revocation_id = None
                    if standing is Standing.REVOKED:
                        revocations.append(_revocation(row["id"], at))
                        revocation_id = revocations[-1]["id"]
                    consents.append(
                        consent_row(row["id"], _STATES[standing], at, revocation_id=revocation_id)
                    )
        for model, rows in (
            (Student, students),
            (Invitation, invitations),
            (Revocation, revocations),
            (Consent, consents),
        ):
            if rows:
                session.execute(insert(model), rows)
    return schools


def student_row(school_id: str, language: str | None, at: datetime) -> dict[str, Any]:
    """One student on the roster."""
    number = next(_numbers)
    return {
        "id": new_id(),
        "school_id": school_id,
        "name": "Emma Johnson",
        "birth_date": date(2015, 4, 12),
        "match_key": f"{number:064d}",
        "external_id": f"S-{number}",
        "source": StudentSource.ROSTER,
        "language": language,
        "left_on": None,
        "merged_into_id": None,
        "created_at": at,
    }


def consent_row(
    student_id: str,
    state: ConsentState,
    at: datetime,
    *,
    revocation_id: str | None = None,
    valid_until: date = date(2099, 6, 30),
) -> dict[str, Any]:
    """An answer of the day before ``at``."""
    number = next(_numbers)
    return {
        "id": new_id(),
        "student_id": student_id,
        "document": "ferpa_waiver",
        "version": "2026-1",
        "language": "en",
        "text_sha256": "a" * 64,
        "elements": [],
        "purposes": [],
        "partner_classes": [],
        "granted": state is not ConsentState.DECLINED,
        "state": state,
        "assurance": Assurance.ON_RECORD_CONTACT,
        "unsettled": state is ConsentState.PENDING_VERIFICATION,
        "channel": Channel.ONLINE,
        "relationship_kind": Relationship.PARENT,
        "signer_name": "Sarah Johnson",
        "signed_at": at - timedelta(days=1),
        "valid_until": valid_until,
        "rights_transfer_on": date(2033, 4, 12),
        "receipt_key": f"{number:064d}",
        "receipt_code": "code",
        "document_sha256": "b" * 64,
        "revocation_id": revocation_id,
    }


def _invitation(student_id: str, at: datetime) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "id": new_id(),
        "token_key": f"{number:064d}",
        "student_id": student_id,
        "created_at": at,
        "expires_at": at,
    }


def _revocation(student_id: str, at: datetime) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "id": new_id(),
        "student_id": student_id,
        "basis": RevocationBasis.LETTER,
        "version": "2026-1",
        "language": "en",
        "text_sha256": "a" * 64,
        "channel": Channel.ONLINE,
        "relationship_kind": Relationship.PARENT,
        "signer_name": "Sarah Johnson",
        "signed_at": at,
        "due_at": at + timedelta(days=2),
        "receipt_key": f"r{number:063d}",
        "receipt_code": "code",
    }
