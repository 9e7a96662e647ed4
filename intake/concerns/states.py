"""The words of questions and suspected violations."""

from enum import StrEnum


class QuestionKind(StrEnum):
    """What a family writes about."""

    QUESTION = "question"
    WRONGLY_SHARED = "wrongly_shared"
    """They think that information was shared wrongly: a suspected violation too."""


class AnswerBy(StrEnum):
    """How a family wants to be answered."""

    TEXT = "text"
    EMAIL = "email"
    CALL = "call"
    """For who would rather not read: a person calls, with an interpreter where one is needed."""


class Translated(StrEnum):
    """How an answer came into the family's language. No machine translates one."""

    COMMON_ANSWER = "common_answer"
    """One of the answers that are in the catalogues, unchanged."""
    WRITER = "writer"
    """Who wrote it writes this language."""
    INTERPRETER = "interpreter"


class ReplyDelivery(StrEnum):
    """Whether a written answer arrived."""

    ON_ITS_WAY = "on_its_way"
    SENT = "sent"
    """The provider took it."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """It did not arrive: a person must reach the family in another way."""
    UNKNOWN = "unknown"
    """The provider's word was lost: a person must ask."""

    @property
    def needs_person(self) -> bool:
        """Whether nobody can count on it."""
        return self in {ReplyDelivery.FAILED, ReplyDelivery.UNKNOWN}


class QuestionOutcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    """In writing; or it was answered before."""
    CALLED = "called"
    REVOCATION = "revocation"
    """It was a wish to take permission back, and that was begun."""
    NOT_REACHED = "not_reached"
    NO_QUESTION = "no_question"
    """An advertisement, a try-out, the same again."""


class ViolationOutcome(StrEnum):
    """What a suspected violation turned out to be."""

    VIOLATION = "violation"
    """The rules were broken; the note says what was done."""
    NO_VIOLATION = "no_violation"
    NOT_FOUND_OUT = "not_found_out"


class ConcernKind(StrEnum):
    """Which of the two."""

    QUESTION = "question"
    VIOLATION = "violation"


class ConcernStep(StrEnum):
    """What can happen to one; each is one entry of its history."""

    ASKED = "asked"
    TAKEN = "taken"
    """Somebody looks after it from now on."""
    IS_REVOCATION = "is_revocation"
    """A person saw that the family wants to take permission back."""
    REPLIED = "replied"
    REPLY_DELIVERED = "reply_delivered"
    REPLY_FAILED = "reply_failed"
    REMINDED = "reminded"
    REPORTED = "reported"
    NAMED = "named"
    """Another member of staff is concerned by a report, and may no longer see it."""
    CLOSING_PROPOSED = "closing_proposed"
    CLOSING_REFUSED = "closing_refused"
    """The second person did not agree; it stays open."""
    CLOSED = "closed"
    FORGOTTEN = "forgotten"
    """What the family wrote, and who they are, was destroyed."""
