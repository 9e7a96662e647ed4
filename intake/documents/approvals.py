"""Approval of a translation by a named, qualified person, for exactly the words they read.

An approval names the text by its hash: when a word changes, no approval fits any more, and the
language is a draft again without anybody having to remember it. Approvals are never deleted; one
that is withdrawn stays, with who withdrew it and why. They are no entries of the ledger: that is
the record of consents, each about a student, and an approval is about none. What was signed under
an approval carries its facts in the sealed document itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.document import Document, IncompleteLanguage, UnknownDocument, documents, load
from forms.text import clean, has_letter
from intake.documents.in_force import current
from intake.documents.model import TextApproval
from translations import languages

SOURCE_LANGUAGE = "en"
"""The language the documents are written in: there is nothing to compare it with."""
_LONGEST = 500


class ApprovalState(StrEnum):
    """How far the words of a language can be trusted."""

    MISSING = "missing"
    """Not every word is there."""
    DRAFT = "draft"
    """Whole, and approved by nobody."""
    VOID = "void"
    """It was approved, and the words have changed since."""
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    SOURCE = "source"
    """The English that the translations say."""


class TextChanged(Exception):
    """The words are no longer those that were read."""


class ApprovalRefused(ValueError):
    """Who approves, or by what right, is missing; the message says which."""


class ApprovalUnknown(LookupError):
    """There is no such approval, or it is withdrawn."""


@dataclass(frozen=True, slots=True)
class TextState:
    """One document in one language."""

    document: Document
    language: str
    state: ApprovalState
    approval: TextApproval | None
    """The newest one, whatever has become of it."""


def approve_text(
    session: Session,
    document: Document,
    language: str,
    *,
    sha256: str,
    approver: str,
    qualification: str,
    at: datetime,
    by: str | None = None,
    note: str = "",
) -> TextApproval:
    """Record that ``approver`` has read these words, known by their hash, and approves them.

    ``qualification`` is what they state ("certified interpreter, Karen"); ``by`` the staff account
    that records it. Raises TextChanged, ApprovalRefused, IncompleteLanguage.
    """
    if document.text(language).sha256 != sha256:
        raise TextChanged
    person, right = clean(approver)[:_LONGEST], clean(qualification)[:_LONGEST]
    if not has_letter(person):
        raise ApprovalRefused("the name of the person who approves is missing")
    if not has_letter(right):
        raise ApprovalRefused("the qualification of the person who approves is missing")
    approval = TextApproval(
        document=document.name,
        version=document.version,
        language=language,
        text_sha256=sha256,
        approver=person,
        qualification=right,
        note=clean(note)[:_LONGEST],
        approved_at=at,
        approved_by=by,
    )
    session.add(approval)
    session.flush()
    return approval


def withdraw_approval(
    session: Session, approval_id: str, *, reason: str, by: str | None, at: datetime
) -> TextApproval:
    """Take an approval back: an error was found. Raises ApprovalUnknown, ApprovalRefused."""
    why = clean(reason)[:_LONGEST]
    if not has_letter(why):
        raise ApprovalRefused("the reason is missing")
    approval = session.get(TextApproval, approval_id)
    if approval is None or approval.withdrawn_at is not None:
        raise ApprovalUnknown
    approval.withdrawn_at, approval.withdrawn_by, approval.withdrawal_reason = at, by, why
    return approval


def approval_of(session: Session, document: Document, language: str) -> TextApproval | None:
    """The approval of the words as they are now; None for a draft."""
    state = text_state(session, document, language)
    return state.approval if state.state is ApprovalState.APPROVED else None


@dataclass(frozen=True, slots=True)
class ApprovedBy:
    """Who approved the words that somebody signs, for the sealed document."""

    name: str
    qualification: str
    at: datetime


def approved_by(session: Session, document: Document, language: str) -> ApprovedBy | None:
    """Who approved the words as they are now; None for a draft, and for the source."""
    found = approval_of(session, document, language)
    if found is None:
        return None
    return ApprovedBy(found.approver, found.qualification, found.approved_at)


def is_approved(session: Session, document: Document, language: str) -> bool:
    """Whether families may sign these words; the source language needs no approval."""
    if language == SOURCE_LANGUAGE:
        return True
    return approval_of(session, document, language) is not None


def text_state(session: Session, document: Document, language: str) -> TextState:
    """How the words of a language stand."""
    newest = session.scalars(
        select(TextApproval)
        .where(
            TextApproval.document == document.name,
            TextApproval.version == document.version,
            TextApproval.language == language,
        )
        .order_by(TextApproval.approved_at.desc(), TextApproval.id)
        .limit(1)
    ).first()
    return TextState(document, language, _state(document, language, newest), newest)


def all_states(session: Session) -> Iterator[TextState]:
    """Every document in every registered language: in the version that is in force, which families
    sign, and in the newest, which is being prepared."""
    for name in documents():
        for document in _versions_at_work(name):
            for language in languages():
                yield text_state(session, document, language)


def _versions_at_work(name: str) -> list[Document]:
    newest = load(name)
    try:
        found = current(name)
    except UnknownDocument:
        return [newest]
    return [found] if found.version == newest.version else [found, newest]


def _state(document: Document, language: str, newest: TextApproval | None) -> ApprovalState:
    try:
        sha256 = document.text(language).sha256
    except IncompleteLanguage:
        return ApprovalState.MISSING
    if newest is not None and newest.withdrawn_at is not None:
        return ApprovalState.WITHDRAWN
    if newest is not None and newest.text_sha256 != sha256:
        return ApprovalState.VOID
    if newest is not None:
        return ApprovalState.APPROVED
    return ApprovalState.SOURCE if language == SOURCE_LANGUAGE else ApprovalState.DRAFT
