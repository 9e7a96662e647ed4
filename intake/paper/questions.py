"""What is still open about a paper, and what answers mean. Pure: no database, no clock.

The order is that of the questions below: the next one is the first that the reading and the
answers so far leave open. When none is left the paper is filed or rejected.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from intake.paper.grouping import Reading
from intake.paper.outcomes import OutcomeReason, PaperState, Question
from pdf.scan.findings import Choice, Presence

YES, NO, WAIT = "yes", "no", "wait"

CHOICES: Mapping[Question, tuple[str, ...]] = {
    Question.IS_IT_A_REVOCATION: (YES, NO, "unreadable"),
    Question.WHAT_IS_THIS: ("waiver", "revocation", "text_page", "blank", "foreign", "unreadable"),
    Question.MISSING_PAGES: ("file", WAIT, "reject"),
    Question.WHICH_CHOICE: (YES, NO, "neither", "unreadable"),
    Question.IS_IT_SIGNED: (YES, NO),
    Question.IS_IT_DATED: (YES, NO),
    Question.WHO_IS_IT: ("student", WAIT, "nobody"),
    Question.WHO_SIGNED: ("student", "parent"),
    Question.UNKNOWN_VERSION: (WAIT, "reject"),
    Question.NOT_APPROVED: (WAIT, "reject"),
    Question.SIGNED_LATER: ("later", "earlier"),
    Question.SAME_STUDENT_TWICE: ("counts", "does_not_count"),
}
"""The answers to each question, in the order in which they are shown."""

_REJECTIONS: Mapping[tuple[Question, str], OutcomeReason] = {
    (Question.IS_IT_A_REVOCATION, "unreadable"): OutcomeReason.UNREADABLE,
    (Question.WHAT_IS_THIS, "text_page"): OutcomeReason.TEXT_ONLY,
    (Question.WHAT_IS_THIS, "foreign"): OutcomeReason.FOREIGN,
    (Question.WHAT_IS_THIS, "unreadable"): OutcomeReason.UNREADABLE,
    (Question.MISSING_PAGES, "reject"): OutcomeReason.PAGES_MISSING,
    (Question.WHICH_CHOICE, "neither"): OutcomeReason.NO_ANSWER,
    (Question.WHICH_CHOICE, "unreadable"): OutcomeReason.UNREADABLE,
    (Question.IS_IT_SIGNED, NO): OutcomeReason.NOT_SIGNED,
    (Question.IS_IT_DATED, NO): OutcomeReason.NOT_DATED,
    (Question.WHO_IS_IT, "nobody"): OutcomeReason.NOBODY_KNOWN,
    (Question.WHO_SIGNED, "parent"): OutcomeReason.NOT_ENTITLED,
    (Question.UNKNOWN_VERSION, "reject"): OutcomeReason.UNKNOWN_VERSION,
    (Question.NOT_APPROVED, "reject"): OutcomeReason.NOT_APPROVED,
    (Question.SIGNED_LATER, "earlier"): OutcomeReason.REVOKED_SINCE,
    (Question.SAME_STUDENT_TWICE, "does_not_count"): OutcomeReason.OTHER_COUNTS,
}
"""Answers that end a paper's way."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the database knows about a paper at this moment."""

    student_known: bool
    is_adult: bool = False
    text_known: bool = True
    """The version that was signed is on file, in this language."""
    may_be_signed: bool = True
    """Its translation is approved, or this is a demonstration."""
    is_denied: bool = False
    """A revocation or a refusal is on record, or came in the same batch."""
    differs: bool = False
    """Another paper of this student in the same batch, or the same paper as it was filed before,
    says something else."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A question, or what the paper is; ``granted`` is None for a revocation."""

    question: Question | None
    state: PaperState
    reason: OutcomeReason | None
    is_revocation: bool
    granted: bool | None


Answers = Mapping[Question, str]


def known_choice(reading: Reading, answers: Answers) -> Choice | None:
    """The answer on a waiver as far as it is certain; a person's word comes first."""
    said = answers.get(Question.WHICH_CHOICE)
    if said in (YES, NO):
        return Choice.YES if said == YES else Choice.NO
    return reading.choice


def judge(reading: Reading, answers: Answers, situation: Situation) -> Verdict:
    """The next question, or the end of the paper's way."""
    reading = _as_identified(reading, answers)
    choice = known_choice(reading, answers)
    granted = {Choice.YES: True, Choice.NO: False}.get(choice) if choice else None
    if reading.is_revocation:
        granted = None
    for said in answers.items():
        if said in _REJECTIONS:
            reason = _REJECTIONS[said]
            return Verdict(None, PaperState.REJECTED, reason, reading.is_revocation, granted)
    if answers.get(Question.WHAT_IS_THIS) == "blank":
        return Verdict(None, PaperState.BLANK, OutcomeReason.EMPTY, False, None)
    still_open = _open_of_revocation if reading.is_revocation else _open_of_waiver
    question = next(still_open(reading, answers, situation), None)
    if question is not None:
        return Verdict(
            question, PaperState.REVIEW, OutcomeReason.QUESTION, reading.is_revocation, granted
        )
    reason = OutcomeReason.CONSENT if granted else OutcomeReason.DECLINE
    if reading.is_revocation:
        reason = OutcomeReason.REVOCATION
    return Verdict(None, PaperState.READY, reason, reading.is_revocation, granted)


def _as_identified(reading: Reading, answers: Answers) -> Reading:
    """What a person said the paper is."""
    what = answers.get(Question.WHAT_IS_THIS)
    is_waiver = what == "waiver" or answers.get(Question.IS_IT_A_REVOCATION) == NO
    if what == "revocation":
        return replace(reading, is_revocation=True, choice=None)
    if is_waiver and reading.is_revocation:
        return replace(reading, is_revocation=False, choice=Choice.UNSURE)
    return reading


def _open_of_revocation(
    reading: Reading, answers: Answers, situation: Situation
) -> Iterator[Question]:
    """A revocation waits for nothing but certainty: no date, no page of text."""
    identified = (
        reading.is_certain_form
        or answers.get(Question.IS_IT_A_REVOCATION) == YES
        or answers.get(Question.WHAT_IS_THIS) == "revocation"
    )
    if not identified:
        yield Question.IS_IT_A_REVOCATION
    if not reading.has_form:
        yield Question.MISSING_PAGES
    if not situation.student_known:
        yield Question.WHO_IS_IT
    if reading.signature is not Presence.PRESENT and Question.IS_IT_SIGNED not in answers:
        yield Question.IS_IT_SIGNED
    if not situation.text_known:
        yield Question.UNKNOWN_VERSION


def _open_of_waiver(reading: Reading, answers: Answers, situation: Situation) -> Iterator[Question]:
    choice = known_choice(reading, answers)
    is_yes = choice is Choice.YES
    is_missing = reading.missing and answers.get(Question.MISSING_PAGES) != "file"
    if not reading.is_certain_form and Question.WHAT_IS_THIS not in answers:
        yield Question.WHAT_IS_THIS
    if not reading.has_form or is_missing:
        yield Question.MISSING_PAGES
    once = (
        (Question.WHICH_CHOICE, choice not in (Choice.YES, Choice.NO)),
        (Question.IS_IT_SIGNED, reading.signature is not Presence.PRESENT),
        # Consent must be signed and dated (34 CFR 99.30(a)); a no counts without a date.
        (Question.IS_IT_DATED, is_yes and reading.date is not Presence.PRESENT),
    )
    yield from (question for question, is_open in once if is_open and question not in answers)
    if not situation.student_known:
        yield Question.WHO_IS_IT
    if not situation.text_known:
        yield Question.UNKNOWN_VERSION
    if is_yes and not situation.may_be_signed:
        yield Question.NOT_APPROVED
    once = (
        (Question.WHO_SIGNED, is_yes and situation.is_adult),
        (Question.SAME_STUDENT_TWICE, situation.differs),
        (Question.SIGNED_LATER, is_yes and situation.is_denied),
    )
    yield from (question for question, is_open in once if is_open and question not in answers)
