"""What scans, questions and answers are called at the desk."""

from flask_babel import gettext, ngettext

from intake.paper import words
from intake.paper.outcomes import BatchSource, BatchState, OutcomeReason, PageOutcome, Question
from intake.web.desk.scan_list import ScanProgress
from pdf.scan.findings import Reason
from pdf.scan.limits import Refusal
from pdf.scan.sentences import SENTENCES
from translations import mark

_SOURCES = {
    BatchSource.DESK: mark("Brought to this page"),
    BatchSource.FOLDER: mark("Scanner's folder"),
    BatchSource.COMMAND: mark("Command line"),
}
_SEEN = {
    Reason.NO_CODE: mark("It looks like one of our papers, but its codes can't be read."),
    Reason.CODES_DIFFER: mark("Two papers seem to lie on each other."),
    Reason.WRONG_KIND: mark("Its marks and its codes don't fit together."),
    Reason.UNKNOWN_LAYOUT: mark("It was printed by a newer version of this program."),
    Reason.NOT_REGISTERED: mark("Its corners could not be found exactly enough."),
    Reason.CONTROLS: mark("The scan is too poor to trust what was read."),
    Reason.CUT_OFF: mark("A part of the page is missing on the picture."),
    Reason.CHOICE_UNSURE: mark("Which box is ticked is not clear."),
    Reason.CHOICE_BOTH: mark("Both boxes seem to be ticked."),
    Reason.CHOICE_NONE: mark("No box seems to be ticked."),
    Reason.SIGNATURE_UNSURE: mark("Whether it is signed is not clear."),
    Reason.SIGNATURE_ABSENT: mark("It seems not to be signed."),
    Reason.DATE_UNSURE: mark("Whether it is dated is not clear."),
    Reason.DATE_ABSENT: mark("It seems not to be dated."),
    Reason.MARK_WITHOUT_WITNESS: mark("A mark stands for a signature, and no witness signed."),
    Reason.FOREIGN: mark("It does not look like one of our papers."),
    Reason.SEVERAL_PAGES: mark("More than one paper is on the picture."),
}


def source(value: BatchSource) -> str:
    """Where a batch came from."""
    return str(gettext(_SOURCES[value]))


def outcome(value: PageOutcome) -> str:
    """What became of a page."""
    return str(gettext(words.OUTCOMES[value]))


def reason(value: OutcomeReason) -> str:
    """Why."""
    return str(gettext(words.REASONS[value]))


def question(value: Question) -> str:
    """What a person is asked."""
    return str(gettext(words.QUESTIONS[value]))


def answer(value: str) -> str:
    """What they can say."""
    return str(gettext(words.ANSWERS[value]))


def seen(value: str) -> str:
    """Why the reader was not sure."""
    return str(gettext(_SEEN[Reason(value)]))


def refusal(value: str) -> str:
    """Why a file could not be opened, and what to do."""
    known = {member.value for member in Refusal}
    if value not in known:
        return str(gettext("This page could not be read. Scan the paper again."))
    return str(gettext(SENTENCES[Refusal(value)]))


def progress(at: ScanProgress) -> str:
    """How far a batch is, in a sentence."""
    if at.state is BatchState.DONE:
        return str(gettext("All pages are read."))
    if at.state is BatchState.OPEN:
        return str(gettext("Files are still being added."))
    if at.is_waiting and not at.pages:
        return str(gettext("Waiting for its turn."))
    pages = str(ngettext("%(num)s page read so far", "%(num)s pages read so far", at.pages))
    if at.files_read == at.files:
        return str(gettext("Everything is read. Now it is filed.")) + f" ({pages})"
    place = gettext("file %(number)s of %(files)s", number=at.files_read + 1, files=at.files)
    return f"{pages}, {place}"
