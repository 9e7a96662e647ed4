"""The words of paper; every state says what it means."""

from enum import StrEnum


class BatchSource(StrEnum):
    """Where a batch came from."""

    DESK = "desk"
    FOLDER = "folder"
    COMMAND = "command"


class BatchState(StrEnum):
    """How far a batch is."""

    OPEN = "open"
    """Files are being added."""
    READING = "reading"
    """Being read, or left in the middle by a power cut: ``process`` goes on with it."""
    DONE = "done"
    """Every page has its outcome; some may wait for a person."""


class PaperState(StrEnum):
    """Where one paper stands."""

    NEW = "new"
    """Its pages have just come; it is being judged."""
    REVIEW = "review"
    """A question waits for a person."""
    READY = "ready"
    """Nothing is open any more; it is filed after ``settle_after``, and until then undone."""
    FILED = "filed"
    REJECTED = "rejected"
    BLANK = "blank"
    """A person said that nothing is on it."""


class PageOutcome(StrEnum):
    """What became of a page; a batch's pages are the sum of these four."""

    FILED = "filed"
    REVIEW = "review"
    BLANK = "blank"
    REJECTED = "rejected"


class OutcomeReason(StrEnum):
    """Why a page or a paper has the outcome it has."""

    CONSENT = "consent"
    DECLINE = "decline"
    REVOCATION = "revocation"
    NOTHING_TO_REVOKE = "nothing_to_revoke"
    """Filed: a revocation, but nothing was in force."""
    QUESTION = "question"
    """Review: a person must answer something."""
    EMPTY = "empty"
    ALREADY_TAKEN_IN = "already_taken_in"
    """The same file came before; it counts there."""
    ALREADY_FILED = "already_filed"
    """Another scan of a paper that is filed, and it reads the same."""
    PHOTOCOPY = "photocopy"
    """The same page is there twice and reads the same; the better one was kept."""
    FOREIGN = "foreign"
    """From another programme."""
    NOT_SIGNED = "not_signed"
    NOT_DATED = "not_dated"
    NO_ANSWER = "no_answer"
    """Neither yes nor no."""
    NOT_ENTITLED = "not_entitled"
    """The student is 18 or older, and somebody else signed."""
    REVOKED_SINCE = "revoked_since"
    """Signed before a revocation or a refusal: a new signature is needed."""
    OTHER_COUNTS = "other_counts"
    """Another paper of the same student counts."""
    NOBODY_KNOWN = "nobody_known"
    """It can't be told whose it is."""
    PAGES_MISSING = "pages_missing"
    TEXT_ONLY = "text_only"
    """Only pages to read, without the form."""
    UNKNOWN_VERSION = "unknown_version"
    NOT_APPROVED = "not_approved"
    """A yes to a translation that nobody has approved."""
    UNREADABLE = "unreadable"
    """To be scanned again."""
    REFUSED = "refused"
    """The file or page could not be opened; the file says why."""


REJECTIONS_HANDED_BACK = frozenset(
    {
        OutcomeReason.NOT_SIGNED,
        OutcomeReason.NOT_DATED,
        OutcomeReason.NO_ANSWER,
        OutcomeReason.NOT_ENTITLED,
        OutcomeReason.REVOKED_SINCE,
        OutcomeReason.NOT_APPROVED,
    }
)
"""Rejections after which the family is asked again."""


class Question(StrEnum):
    """What a person is asked about a paper; one after another, until nothing is open."""

    IS_IT_A_REVOCATION = "is_it_a_revocation"
    WHAT_IS_THIS = "what_is_this"
    MISSING_PAGES = "missing_pages"
    WHICH_CHOICE = "which_choice"
    IS_IT_SIGNED = "is_it_signed"
    IS_IT_DATED = "is_it_dated"
    WHO_IS_IT = "who_is_it"
    WHO_SIGNED = "who_signed"
    """The student is 18 or older: only their own yes counts."""
    UNKNOWN_VERSION = "unknown_version"
    """This program has no such version of the document."""
    NOT_APPROVED = "not_approved"
    """A yes in a language that nobody has approved."""
    SIGNED_LATER = "signed_later"
    """A revocation or a refusal is on record: was this yes signed after it?"""
    SAME_STUDENT_TWICE = "same_student_twice"
    """Papers of one student say different things: does this one count?"""


class ReviewState(StrEnum):
    """Where a question stands."""

    OPEN = "open"
    ANSWERED = "answered"
    DROPPED = "dropped"
    """Nobody needs to answer any more: the missing page came."""
