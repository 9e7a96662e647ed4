"""What the sealed record of a paper says: how it was read, by whom it was settled, and hashes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from forms.choices import Relationship
from forms.document import DocumentText
from intake.config import Settings
from intake.consents.states import Assurance, Channel
from intake.documents.approvals import SOURCE_LANGUAGE, ApprovedBy
from intake.evidence import Act, PersonFacts, Words, record_json, utc
from intake.paper.papers import Given
from intake.paper.words import question_asked
from pdf.content import Answer
from pdf.paper_record import PagePicture, PaperRecord
from translations import mark, translate

SIGNED_ON_PAPER = mark("Signed on paper")
"""Stands for a signer whose handwriting nobody typed."""
_WHO_SIGNED = {
    Relationship.PARENT: mark("Parent or guardian; the paper does not say which"),
    Relationship.GUARDIAN: mark("Parent or guardian; the paper does not say which"),
    Relationship.ELIGIBLE_STUDENT: mark("Student, 18 or older"),
}


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """One scanned page: from which file, and what the reader saw."""

    original_sha256: str
    number: int
    findings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """One paper about which nothing is open any more."""

    id: str
    """Of the consent or revocation that it becomes."""
    paper_id: str
    waiver_id: str | None
    at: datetime
    receipt_code: str
    student_id: str
    student_name: str
    birth_date: date
    school: str
    relationship: Relationship
    signer_name: str | None
    """As a person typed it; None where nobody did: handwriting is not read by machine."""
    granted: bool | None
    """None for a revocation."""
    text: DocumentText
    english_title: str
    approval: ApprovedBy | None
    scans: Sequence[ScanFacts]
    answers: Sequence[Given]
    staff: dict[str, str]
    """Names of the staff who are named by id."""
    taken_in_by: str | None

    @property
    def signer(self) -> str:
        """The name under which the signer is recorded."""
        return self.signer_name or translate(SIGNED_ON_PAPER, self.text.language)


def paper_record(settings: Settings, facts: PaperFacts, pictures: Sequence[bytes]) -> PaperRecord:
    """Ready to be set."""
    text, words = facts.text, Words(facts.text.language)
    record = _record(settings, facts)
    sha256 = hashlib.sha256(record).hexdigest()
    draft = text.language != SOURCE_LANGUAGE and facts.approval is None
    # TRANSLATORS: read aloud in place of a scanned page; keep {page} and {pages}
    alternative = words.translated(mark("Page {page} of {pages} of the signed paper, as scanned"))
    shown = [
        PagePicture(
            data,
            alternative.replace("{page}", str(i)).replace("{pages}", str(len(pictures))),
        )
        for i, data in enumerate(pictures, 1)
    ]
    notice = mark("This translation is a draft. The English text is attached.")
    return PaperRecord(
        title=text.title,
        english_title=facts.english_title,
        language=text.language,
        pictures=shown,
        parts=(
            (words.row(mark("Answers")), _answers(words, facts)),
            (words.row(mark("How this paper was read")), _readings(words, facts)),
            (words.row(mark("How this was signed")), _evidence(settings, words, facts, sha256)),
        ),
        receipt_code=facts.receipt_code,
        record=record,
        record_sha256=sha256,
        text_sha256=text.sha256,
        page_label=words.translated(mark("Page {page} of {pages}")),
        draft_notice=words.translated(notice) if draft else None,
        created_at=facts.at,
    )


def _answers(words: Words, facts: PaperFacts) -> list[Answer]:
    rows = [
        words.row(mark("Student"), facts.student_name),
        words.row(mark("Date of birth"), words.day(facts.birth_date)),
        words.row(mark("School"), facts.school),
        words.row(mark("Signed by"), facts.signer),
        words.row(mark("Who signed"), words.translated(_WHO_SIGNED[facts.relationship])),
    ]
    if facts.granted is not None:
        said = mark("Yes: share the information") if facts.granted else mark("No: do not share")
        rows.append(words.row(mark("Answer"), words.translated(said)))
    return rows


def _readings(words: Words, facts: PaperFacts) -> list[Answer]:
    """What the machine saw, in the words of its own record; and what people said."""
    rows = []
    for scan in facts.scans:
        label = mark("Read by machine")
        rows.append(words.row(label, _seen(scan)))
    for sha256 in dict.fromkeys(scan.original_sha256 for scan in facts.scans):
        rows.append(words.row(mark("SHA-256 of the original scan"), sha256))
    for given in facts.answers:
        who = facts.staff.get(given.staff_id, given.staff_id)
        value = f"{question_asked(given.question)} {given.answer} ({who}, {utc(given.at)})"
        rows.append(words.row(mark("Answered by staff"), value))
    if facts.taken_in_by is not None:
        who = facts.staff.get(facts.taken_in_by, facts.taken_in_by)
        rows.append(words.row(mark("Scanned by"), who))
    if facts.waiver_id is not None:
        rows.append(words.row(mark("Number of the paper"), facts.waiver_id))
    return rows


def _seen(scan: ScanFacts) -> str:
    found = scan.findings
    parts = [
        f"page {found['waiver_page']} of {found['waiver_pages']}" if found["waiver_page"] else "?",
        *(f"{name}: {value}" for name, value in found["choices"].items()),
        *(f"{name}: {found[name]}" for name in ("signature", "date", "witness") if found[name]),
        *found["reasons"],
    ]
    return "; ".join(parts)


def _evidence(
    settings: Settings, words: Words, facts: PaperFacts, record_sha256: str
) -> list[Answer]:
    local = facts.at.astimezone(settings.time_zone)
    text = facts.text
    rows = [
        words.row(mark("Receipt code"), facts.receipt_code),
        words.row(mark("Filed (UTC)"), utc(facts.at)),
        words.row(
            mark("Filed (school time)"), f"{local:%Y-%m-%d %H:%M:%S %Z} ({settings.time_zone.key})"
        ),
        words.row(
            mark("Date of the signature"),
            words.translated(mark("Written by hand; see the scan. It was not read by machine.")),
        ),
        words.row(mark("Where"), words.translated(mark("On paper"))),
        words.row(mark("Document"), f"{text.name} {text.version} ({text.language})"),
        words.row(mark("SHA-256 of the text"), text.sha256),
    ]
    if facts.approval is not None:
        by = facts.approval
        value = f"{by.name}, {by.qualification}, {utc(by.at)}"
        rows.append(words.row(mark("Translation checked by"), value))
    rows.append(words.row(mark("SHA-256 of the attached record"), record_sha256))
    rows.append(words.row(mark("Record number"), facts.id))
    return rows


def _record(settings: Settings, facts: PaperFacts) -> bytes:
    is_waiver = facts.granted is not None
    act = Act(
        id=facts.id,
        at=facts.at,
        receipt_code=facts.receipt_code,
        channel=Channel.PAPER,
        assurance=Assurance.PAPER if is_waiver else None,
        contact=None,
        verified_at=None,
        approval=facts.approval,
    )
    people = PersonFacts(
        student_name=facts.student_name,
        birth_date=facts.birth_date,
        school=facts.school,
        signer_name=facts.signer,
        relationship=facts.relationship,
    )
    more: dict[str, Any] = {
        "paper": {
            "id": facts.paper_id,
            "printed_id": facts.waiver_id,
            "signer_name_read": facts.signer_name is not None,
            "pages": [
                {"original_sha256": s.original_sha256, "page": s.number, "findings": s.findings}
                for s in facts.scans
            ],
            "answers": [given.as_json() for given in facts.answers],
            "taken_in_by": facts.taken_in_by,
        }
    }
    if is_waiver:
        more |= {
            "granted": facts.granted,
            "elements": list(facts.text.element_ids),
            "purposes": list(facts.text.purpose_ids),
            "partner_classes": list(facts.text.partner_class_ids),
            "valid_until": settings.consent_end_date.isoformat(),
        }
    kind = "consent" if is_waiver else "revocation"
    return record_json(kind, facts.text, act, people, student_id=facts.student_id, **more)
