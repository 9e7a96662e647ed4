"""What people read of papers: questions, answers, outcomes. Marked here, translated where shown."""

from intake.paper.outcomes import OutcomeReason, PageOutcome, Question
from translations import mark

QUESTIONS = {
    Question.IS_IT_A_REVOCATION: mark("Is this a letter that takes permission back?"),
    Question.WHAT_IS_THIS: mark("What is this page?"),
    Question.MISSING_PAGES: mark("Pages are missing. What shall be done?"),
    Question.WHICH_CHOICE: mark("Which answer is marked?"),
    Question.IS_IT_SIGNED: mark("Is it signed?"),
    Question.IS_IT_DATED: mark("Is it dated?"),
    Question.WHO_IS_IT: mark("Which student is it about?"),
    Question.WHO_SIGNED: mark("The student is 18 or older. Who signed?"),
    Question.UNKNOWN_VERSION: mark("This version of the document is not known here."),
    Question.NOT_APPROVED: mark("Nobody has approved this translation yet."),
    Question.SIGNED_LATER: mark(
        "Permission was taken back or refused before. Was this signed after that?"
    ),
    Question.SAME_STUDENT_TWICE: mark(
        "Papers of the same student say different things. Does this one count?"
    ),
}
ANSWERS = {
    "yes": mark("Yes"),
    "no": mark("No"),
    "wait": mark("Wait"),
    "file": mark("File it anyway"),
    "reject": mark("Hand it back"),
    "waiver": mark("A waiver"),
    "revocation": mark("A letter that takes permission back"),
    "text_page": mark("A page that is only read"),
    "blank": mark("Nothing is on it"),
    "foreign": mark("Not one of ours"),
    "unreadable": mark("Scan it again"),
    "neither": mark("Neither"),
    "student": mark("The student"),
    "nobody": mark("It can't be told"),
    "parent": mark("A parent or guardian"),
    "later": mark("Signed after it"),
    "earlier": mark("Signed before it, or it can't be told"),
    "counts": mark("It counts"),
    "does_not_count": mark("It does not count"),
}
OUTCOMES = {
    PageOutcome.FILED: mark("Filed"),
    PageOutcome.REVIEW: mark("Waits for a person"),
    PageOutcome.BLANK: mark("Blank"),
    PageOutcome.REJECTED: mark("Not filed"),
}
REASONS = {
    OutcomeReason.CONSENT: mark("Yes"),
    OutcomeReason.DECLINE: mark("No"),
    OutcomeReason.REVOCATION: mark("Permission taken back"),
    OutcomeReason.NOTHING_TO_REVOKE: mark("Permission taken back, but none was in force"),
    OutcomeReason.QUESTION: mark("A question is open"),
    OutcomeReason.EMPTY: mark("Nothing is on the page"),
    OutcomeReason.ALREADY_TAKEN_IN: mark("This file was taken in before"),
    OutcomeReason.ALREADY_FILED: mark("This paper is filed already"),
    OutcomeReason.PHOTOCOPY: mark("The same page is there twice"),
    OutcomeReason.FOREIGN: mark("From another programme"),
    OutcomeReason.NOT_SIGNED: mark("Not signed: hand it back to the family"),
    OutcomeReason.NOT_DATED: mark("Not dated: hand it back to the family"),
    OutcomeReason.NO_ANSWER: mark("Neither yes nor no: hand it back to the family"),
    OutcomeReason.NOT_ENTITLED: mark("The student is 18 or older and must sign"),
    OutcomeReason.REVOKED_SINCE: mark("Permission was taken back: a new signature is needed"),
    OutcomeReason.OTHER_COUNTS: mark("Another paper of the same student counts"),
    OutcomeReason.NOBODY_KNOWN: mark("It can't be told which student it is about"),
    OutcomeReason.PAGES_MISSING: mark("Pages are missing"),
    OutcomeReason.TEXT_ONLY: mark("Only pages to read, without the form"),
    OutcomeReason.UNKNOWN_VERSION: mark("This version of the document is not known here"),
    OutcomeReason.NOT_APPROVED: mark("Nobody has approved this translation"),
    OutcomeReason.UNREADABLE: mark("Can't be read: scan it again"),
    OutcomeReason.REFUSED: mark("Could not be opened"),
}


def question_asked(question: Question) -> str:
    """In English, for the sealed record."""
    return QUESTIONS[question]
