"""What goes into a signed PDF: plain values, already worded in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forms.document import DocumentText


@dataclass(frozen=True, slots=True)
class Answer:
    """One labelled fact. ``english`` is the label in English; equal to ``label`` in English."""

    label: str
    english: str
    value: str
    """As the person typed it, or a fact already formatted; any script, drawn as it is."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of a pen: points (x, y) in the pad's pixels, y downwards."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class DrawnSignature:
    """A signature (or a mark) drawn on a pad of ``width`` x ``height`` pixels."""

    strokes: tuple[Stroke, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Signature:
    """How somebody signed: drawn, or a typed name, or a mark with a witness."""

    heading: Answer
    """What this is ("Signature", label in two languages) and, as value, the signer's name."""
    drawn: DrawnSignature | None
    typed: str | None
    witness: Answer | None
    """Label and the witness's name, where the signer made a mark."""
    alternative_text: str
    """Says in the document's language what a reader who can't see the drawing must know."""


@dataclass(frozen=True, slots=True)
class SignedContent:
    """Everything that a signed waiver, decline or revocation letter shows."""

    text: DocumentText
    """The filled text in the signer's language."""
    english: DocumentText
    """The filled text in English (the same object when the signer's language is English)."""
    sections: tuple[str, ...]
    """Which sections of the text are printed, in this order; both languages alike."""
    statement_ids: tuple[str, ...]
    """Ids of the blocks that were answered or signed; printed after the sections."""
    answers_heading: Answer
    """Headings carry an empty value."""
    answers: Sequence[Answer]
    signature: Signature | None
    """None for a decline."""
    evidence_heading: Answer
    evidence: Sequence[Answer]
    """How the signer was authenticated, times (UTC and school time), hashes, receipt code."""
    receipt_code: str
    record: bytes
    """The machine-readable consent record (JSON), attached as ``consent-record.json``."""
    record_sha256: str
    page_label: str
    """Footer with ``{page}`` and ``{pages}``, in the document's language."""
    draft_notice: str | None
    """Said on every page where the translation is not approved."""
    created_at: datetime
    """UTC; the PDF's creation date and its seal's time."""
