"""What a sealed document says: answers, signature, how the signer was known, hashes, record.

The words are the signer's language's; English stands beside each label.
"""

import hashlib
from dataclasses import asdict

from forms.choices import ContactKind, SignatureMethod
from forms.document import DocumentText
from forms.family import RELATIONSHIP_LABELS
from intake.config import Settings
from intake.consents.answer import WaiverAnswer
from intake.consents.narrow import Part
from intake.documents.approvals import SOURCE_LANGUAGE
from intake.documents.texts import part_labels
from intake.evidence.facts import Act, GivenSignature, PersonFacts
from intake.evidence.record import record_json, translation_state, utc
from intake.evidence.words import (
    ASSURANCES,
    CHANNELS,
    METHODS,
    Words,
    witnessed_rows,
)
from pdf.content import Answer, DrawnSignature, Signature, SignedContent, Stroke
from translations import mark

_WAIVER_SECTIONS = ("about", "sharing", "contact", "esign")
_REVOCATION_SECTIONS = ("about", "contact")


def waiver_content(
    settings: Settings,
    text: DocumentText,
    english: DocumentText,
    act: Act,
    people: PersonFacts,
    *,
    answer: WaiverAnswer,
    signature: GivenSignature | None,
) -> SignedContent:
    """A waiver with its answer, ready to be set."""
    decision = mark("Yes: share the information") if answer.granted else mark("No: do not share")
    record = record_json(
        "consent",
        text,
        act,
        people,
        student_id=answer.student_id,
        granted=answer.granted,
        elements=list(answer.text.elements),
        purposes=list(answer.text.purposes),
        partner_classes=list(answer.text.partner_classes),
        valid_until=answer.valid_until.isoformat(),
    )
    words = Words(text.language)
    answers = [*_people(words, people), words.row(mark("Answer"), words.translated(decision))]
    statement = "consent_statement" if answer.granted else "decline_statement"
    return _content(
        settings, text, english, act, words, answers, signature, record,
        sections=_WAIVER_SECTIONS, statement=statement,
    )  # fmt: skip


def revocation_content(
    settings: Settings,
    text: DocumentText,
    english: DocumentText,
    act: Act,
    people: PersonFacts,
    *,
    student_id: str,
    signature: GivenSignature | None,
    part: Part | None = None,
) -> SignedContent:
    """A revocation letter, ready to be set; ``part``: what it takes back, where not everything.

    Without a signature: a letter in the family's own words, of which staff tell.
    """
    taken = {} if part is None else {"taken_back": asdict(part)}
    record = record_json("revocation", text, act, people, student_id=student_id, **taken)
    words = Words(text.language)
    answers = [*_people(words, people), *_taken_back(words, part or Part())]
    return _content(
        settings, text, english, act, words, answers, signature, record,
        sections=_REVOCATION_SECTIONS,
        statement="revocation_statement" if signature is not None else None,
    )  # fmt: skip


def _taken_back(words: "Words", part: Part) -> list[Answer]:
    labels = part_labels(part, words.language)
    lists = (
        (mark("No longer shared"), labels.elements),
        (mark("No longer shared with"), labels.partner_classes),
    )
    return [words.row(label, one) for label, found in lists for one in found]


def _people(words: Words, people: PersonFacts) -> list[Answer]:
    return [
        words.row(mark("Student"), people.student_name),
        words.row(mark("Date of birth"), words.day(people.birth_date)),
        words.row(mark("School"), people.school),
        words.row(mark("Signed by"), people.signer_name),
        words.row(mark("Who signed"), words.translated(RELATIONSHIP_LABELS[people.relationship])),
    ]


def _content(
    settings: Settings,
    text: DocumentText,
    english: DocumentText,
    act: Act,
    words: Words,
    answers: list[Answer],
    signature: GivenSignature | None,
    record: bytes,
    *,
    sections: tuple[str, ...],
    statement: str | None,
) -> SignedContent:
    sha256 = hashlib.sha256(record).hexdigest()
    draft = translation_state(text, act)["state"] == "draft"
    notice = mark("This translation is a draft. The English text is attached.")
    return SignedContent(
        text=text,
        english=english if text.language != "en" else text,
        sections=sections,
        statement_ids=(statement,) if statement else (),
        answers_heading=words.row(mark("Answers")),
        answers=answers,
        signature=_signature(words, signature) if signature else None,
        evidence_heading=words.row(mark("How this was signed")),
        evidence=_evidence(settings, words, text, english, act, signature, sha256),
        receipt_code=act.receipt_code,
        record=record,
        record_sha256=sha256,
        # TRANSLATORS: the foot of each page of a PDF; keep {page} and {pages}
        page_label=words.translated(mark("Page {page} of {pages}")),
        draft_notice=words.translated(notice) if draft else None,
        created_at=act.at,
    )


def _signature(words: Words, given: GivenSignature) -> Signature:
    drawn = None
    if given.drawn is not None:
        strokes = tuple(Stroke(tuple(points)) for points in given.drawn.strokes)
        drawn = DrawnSignature(strokes, given.drawn.width, given.drawn.height)
    # TRANSLATORS: read aloud in place of the drawn signature
    alternative = words.translated(mark("Signature of %(name)s")) % {"name": given.name}
    return Signature(
        heading=words.row(mark("Signature"), given.name),
        drawn=drawn,
        typed=given.name if given.method is SignatureMethod.TYPED else None,
        witness=words.row(mark("Witness"), given.witness) if given.witness else None,
        alternative_text=alternative,
    )


def _evidence(
    settings: Settings,
    words: Words,
    text: DocumentText,
    english: DocumentText,
    act: Act,
    signature: GivenSignature | None,
    record_sha256: str,
) -> list[Answer]:
    local = act.at.astimezone(settings.time_zone)
    rows = [
        words.row(mark("Receipt code"), act.receipt_code),
        words.row(mark("Signed (UTC)"), utc(act.at)),
        words.row(
            mark("Signed (school time)"), f"{local:%Y-%m-%d %H:%M:%S %Z} ({settings.time_zone.key})"
        ),
        words.row(mark("Where"), words.translated(CHANNELS[act.channel])),
        *witnessed_rows(words, act.witnessed),
    ]
    if signature is not None:
        rows.append(words.row(mark("Way of signing"), words.translated(METHODS[signature.method])))
    if act.assurance is not None:
        rows.append(
            words.row(mark("Who signed, checked by"), words.translated(ASSURANCES[act.assurance]))
        )
    if act.contact is not None and act.verified_at is not None:
        by_phone = act.contact.kind is ContactKind.PHONE
        label = mark("Code sent to phone") if by_phone else mark("Code sent to email")
        rows.append(words.row(label, act.contact.masked))
        rows.append(words.row(mark("Code entered (UTC)"), utc(act.verified_at)))
    rows += [
        words.row(mark("Document"), f"{text.name} {text.version} ({text.language})"),
        words.row(mark("SHA-256 of the text"), text.sha256),
    ]
    if text.language != SOURCE_LANGUAGE:
        rows.append(words.row(mark("SHA-256 of the English text"), english.sha256))
    if act.approval is not None:
        checked = f"{act.approval.name}, {act.approval.qualification}, {utc(act.approval.at)}"
        rows.append(words.row(mark("Translation checked by"), checked))
    rows.append(words.row(mark("SHA-256 of the attached record"), record_sha256))
    rows.append(words.row(mark("Record number"), act.id))
    return rows
