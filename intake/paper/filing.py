"""From a paper that nothing is open about to a consent, a decline or a revocation.

As with signing online, composing, sealing and storing happen outside of the transaction; it then
records everything or nothing. The paper's own id stands where online the signing session's does,
so that a paper is filed once, however often that is tried.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.calendar.deadline import revocation_due
from intake.clock import local_date
from intake.config import Settings
from intake.consents import ledger
from intake.consents.answer import SignedText, Signer, WaiverAnswer, record_answer
from intake.consents.holds import lift_holds
from intake.consents.revoke import RevocationLetter, revocable, revoke
from intake.consents.states import Assurance, Channel, EventKind
from intake.documents.model import DocumentKind
from intake.documents.store import StoredDocument, register
from intake.installation import Installation
from intake.paper.evidence import paper_record
from intake.paper.model import OutcomeReason, PageOutcome, PaperState, ScanFile, ScannedPaper
from intake.paper.papers import actor_of, assess, given_answers, items_of, pages_of
from intake.paper.prepare import Prepared, prepare
from intake.paper.questions import Verdict
from intake.roster.identity import current_id
from pdf.paper_record import compose_paper

_log = logging.getLogger(__name__)
_TRY_AGAIN = timedelta(minutes=10)

_OUTCOMES = {
    PaperState.FILED: PageOutcome.FILED,
    PaperState.REJECTED: PageOutcome.REJECTED,
    PaperState.BLANK: PageOutcome.BLANK,
}


@dataclass(frozen=True, slots=True)
class _Made:
    """What a paper has become."""

    reason: OutcomeReason
    consent_id: str | None = None
    revocation_id: str | None = None


def settle(installation: Installation, paper_id: str, *, at: datetime) -> PaperState:
    """File, or close, a paper about which nothing is open; the state it is in then.

    Nothing happens to a paper that waits for a person, or that is settled. Where something has
    changed since it was judged, it goes back to a person instead.
    """
    with installation.database.begin() as session:
        paper = locked(session, paper_id)
        verdict = _judged_ready(session, installation.settings, paper, at=at)
        if verdict is None:
            return paper.state
        prepared = prepare(session, installation, paper, verdict, at=at)
    stored = _seal(installation, prepared)
    filed = False
    try:
        with installation.database.begin() as session:
            paper = locked(session, paper_id)
            if _judged_ready(session, installation.settings, paper, at=at) != verdict:
                return paper.state
            filed = _record(session, installation.settings, paper, prepared, stored)
            return paper.state
    finally:
        if not filed:
            installation.storage.discard(stored)


def settle_or_postpone(installation: Installation, paper_id: str, *, at: datetime) -> None:
    """Settle a paper; where that fails the others go on, and it is tried again later.

    Whatever takes permission back denies meanwhile.
    """
    try:
        settle(installation, paper_id, at=at)
    except Exception as error:
        # The type only: an error's text can hold what somebody wrote.
        _log.error("paper %s could not be filed (%s); trying again", paper_id, type(error).__name__)
        with installation.database.begin() as session:
            paper = locked(session, paper_id)
            if paper.state is PaperState.READY:
                paper.settle_after = at + _TRY_AGAIN


def locked(session: Session, paper_id: str) -> ScannedPaper:
    """The paper, for this transaction alone.

    The ledger's head comes first, always: so nobody waits for somebody who waits for them.
    """
    ledger.hold(session)
    query = (
        select(ScannedPaper)
        .where(ScannedPaper.id == paper_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).one()


def _judged_ready(
    session: Session, settings: Settings, paper: ScannedPaper, *, at: datetime
) -> Verdict | None:
    """The verdict on a paper that is to be filed with a document; all others are done here."""
    if paper.state is not PaperState.READY:
        return None
    verdict = assess(session, settings, paper, at=at)
    if verdict.question is not None:
        return None
    if verdict.state is not PaperState.READY:
        reason = verdict.reason or OutcomeReason.UNREADABLE
        _close(session, paper, verdict.state, _Made(reason), at=at)
        return None
    if verdict.is_revocation and not revocable(session, paper.student_id or ""):
        made = _Made(OutcomeReason.NOTHING_TO_REVOKE)
        _close(session, paper, PaperState.FILED, made, at=at)
        return None
    return verdict


def _seal(installation: Installation, prepared: Prepared) -> StoredDocument:
    facts = prepared.facts
    made = compose_paper(paper_record(installation.settings, facts, prepared.pictures))
    if made.missing:  # for the operator: the letters alone name nobody
        _log.warning("no font has %s: drawn as boxes in a sealed document", made.missing_names)
    pdf = installation.sealer.seal(made.pdf, at=facts.at, reason=facts.english_title)
    return installation.storage.put(installation.database.keyring, pdf)


def _record(
    session: Session,
    settings: Settings,
    paper: ScannedPaper,
    prepared: Prepared,
    stored: StoredDocument,
) -> bool:
    """Whether the document now belongs to a record."""
    facts = prepared.facts
    # Joined with the school's record while the paper was being sealed.
    current = current_id(session, facts.student_id)
    due_at = revocation_due(session, settings, current, at=facts.at)
    if facts.granted is None:
        letter = _letter(settings, prepared, stored, due_at)
        revocation = revoke(session, replace(letter, student_id=current))
        is_new = revocation.id == facts.id
        made = _Made(OutcomeReason.REVOCATION, revocation_id=revocation.id)
        kind = DocumentKind.REVOCATION
    else:
        answer = replace(_answer(settings, prepared, stored), student_id=current)
        consent = record_answer(session, answer, due_at=due_at)
        is_new = consent.id == facts.id
        reason = OutcomeReason.CONSENT if facts.granted else OutcomeReason.DECLINE
        made = _Made(reason, consent_id=consent.id)
        kind = DocumentKind.WAIVER if facts.granted else DocumentKind.DECLINE
    if is_new:
        register(session, stored, kind, at=facts.at)
    _close(session, paper, PaperState.FILED, made, at=facts.at)
    return is_new


def _answer(settings: Settings, prepared: Prepared, stored: StoredDocument) -> WaiverAnswer:
    facts, text = prepared.facts, prepared.facts.text
    return WaiverAnswer(
        id=facts.id,
        student_id=facts.student_id,
        birth_date=facts.birth_date,
        signer=Signer(facts.signer, facts.relationship, Assurance.PAPER, None),
        text=SignedText.of(text),
        granted=bool(facts.granted),
        channel=Channel.PAPER,
        signed_at=facts.at,
        signed_on=local_date(facts.at, settings.time_zone),
        valid_until=settings.consent_end_date,
        receipt_code=facts.receipt_code,
        document_sha256=stored.sha256,
        signing_id=facts.paper_id,
        invitation_id=None,
    )


def _letter(
    settings: Settings, prepared: Prepared, stored: StoredDocument, due_at: datetime
) -> RevocationLetter:
    facts, text = prepared.facts, prepared.facts.text
    return RevocationLetter(
        id=facts.id,
        student_id=facts.student_id,
        signer_name=facts.signer,
        relationship=facts.relationship,
        contact=None,
        version=text.version,
        language=text.language,
        text_sha256=text.sha256,
        channel=Channel.PAPER,
        signed_at=facts.at,
        signed_on=local_date(facts.at, settings.time_zone),
        due_at=due_at,
        receipt_code=facts.receipt_code,
        document_sha256=stored.sha256,
        signing_id=facts.paper_id,
    )


def _close(
    session: Session, paper: ScannedPaper, state: PaperState, made: _Made, *, at: datetime
) -> None:
    """Write down a paper's end, and on the ledger who said what about it."""
    given = given_answers(items_of(session, paper))
    actor = actor_of(given[-1].staff_id if given else None)
    lift_holds(session, paper.id, actor=actor, at=at)
    paper.state, paper.reason, paper.settled_at = state, made.reason, at
    paper.consent_id, paper.revocation_id = made.consent_id, made.revocation_id
    pages = pages_of(session, paper)
    for page in pages:
        if page.reason is OutcomeReason.PHOTOCOPY:
            continue
        page.outcome, page.reason = _OUTCOMES[state], made.reason
        page.consent_id, page.revocation_id = made.consent_id, made.revocation_id
    if paper.student_id is None:
        return  # the ledger tells of students; this one's is not known
    ledger.record(
        session,
        EventKind.PAPER_SETTLED,
        at=at,
        actor=actor,
        student_id=paper.student_id,
        consent_id=made.consent_id,
        revocation_id=made.revocation_id,
        data={
            "paper": paper.id,
            "printed": paper.waiver_id,
            "outcome": state.value,
            "reason": made.reason.value,
            "scans": _originals(session, {page.file_id for page in pages}),
            "answers": [answer.as_json() for answer in given],
        },
    )


def _originals(session: Session, files: set[str]) -> list[str]:
    query = select(ScanFile.sha256).where(ScanFile.id.in_(files)).order_by(ScanFile.sha256)
    return list(session.scalars(query))
