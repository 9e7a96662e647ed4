"""What the words of questions and violations are called on staff's pages."""

from enum import StrEnum

from intake.concerns.states import (
    AnswerBy,
    ConcernStep,
    QuestionKind,
    QuestionOutcome,
    ReplyDelivery,
    Translated,
    ViolationOutcome,
)
from intake.web.wording import Words
from translations import mark

_WORDS = Words(
    (
        (QuestionKind.QUESTION, mark("Question")),
        (QuestionKind.WRONGLY_SHARED, mark("Thinks that something was shared wrongly")),
        (AnswerBy.TEXT, mark("Text message")),
        (AnswerBy.EMAIL, mark("Email")),
        (AnswerBy.CALL, mark("Call, in their language")),
        (Translated.COMMON_ANSWER, mark("a common answer, unchanged")),
        (Translated.WRITER, mark("I write this language")),
        (Translated.INTERPRETER, mark("An interpreter translated it")),
        (ReplyDelivery.ON_ITS_WAY, mark("On its way")),
        (ReplyDelivery.SENT, mark("Sent")),
        (ReplyDelivery.DELIVERED, mark("Delivered")),
        (ReplyDelivery.FAILED, mark("Did not arrive: reach them in another way")),
        (ReplyDelivery.UNKNOWN, mark("Not known whether it arrived: ask them")),
        (QuestionOutcome.ANSWERED, mark("Answered in writing")),
        (QuestionOutcome.CALLED, mark("Answered in a call, or in person")),
        (QuestionOutcome.REVOCATION, mark("It was a revocation, and that was begun")),
        (QuestionOutcome.NOT_REACHED, mark("The family could not be reached")),
        (QuestionOutcome.NO_QUESTION, mark("It was no question")),
        (ViolationOutcome.VIOLATION, mark("It was a violation, and it was put right")),
        (ViolationOutcome.NO_VIOLATION, mark("It was no violation")),
        (ViolationOutcome.NOT_FOUND_OUT, mark("It could not be found out")),
        (ConcernStep.ASKED, mark("Asked")),
        (ConcernStep.TAKEN, mark("Given to a person")),
        (ConcernStep.IS_REVOCATION, mark("Found to be a revocation")),
        (ConcernStep.REPLIED, mark("Answer sent")),
        (ConcernStep.REPLY_DELIVERED, mark("The answer went out")),
        (ConcernStep.REPLY_FAILED, mark("The answer did not arrive")),
        (ConcernStep.REMINDED, mark("Reminder sent to staff")),
        (ConcernStep.REPORTED, mark("Reported")),
        (ConcernStep.NAMED, mark("It concerns another member of staff")),
        (ConcernStep.CLOSING_PROPOSED, mark("Proposed to close it")),
        (ConcernStep.CLOSING_REFUSED, mark("Did not agree to close it")),
        (ConcernStep.CLOSED, mark("Closed")),
        (ConcernStep.FORGOTTEN, mark("Words and contact destroyed")),
    )
)


def concern_word(value: StrEnum) -> str:
    """The word for a kind, an outcome, a step, …"""
    return _WORDS.of(value)


def choices(*values: StrEnum) -> list[tuple[str, str]]:
    """These as a form offers them."""
    return [(value.value, concern_word(value)) for value in values]
