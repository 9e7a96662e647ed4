"""What the day's view says of each kind of task, and what the keys do."""

from flask_babel import ngettext

from intake.web.desk.day import Task, Waiting
from translations import mark


def heading(waiting: Waiting) -> str:
    """How many of a kind wait, as a heading."""
    count = waiting.count
    match waiting.task:
        case Task.REVOCATION:
            text = ngettext("%(num)s revocation is open", "%(num)s revocations are open", count)
        case Task.HOLD:
            text = ngettext(
                "%(num)s student is stopped by a doubtful paper",
                "%(num)s students are stopped by doubtful papers",
                count,
            )
        case Task.REVIEW:
            text = ngettext(
                "%(num)s question about a scanned paper",
                "%(num)s questions about scanned papers",
                count,
            )
        case Task.CONFIRM:
            text = ngettext(
                "%(num)s signer waits to be confirmed",
                "%(num)s signers wait to be confirmed",
                count,
            )
        case Task.COPY:
            text = ngettext("%(num)s copy is asked for", "%(num)s copies are asked for", count)
        case Task.INTERPRETER:
            text = ngettext(
                "%(num)s family asks for an interpreter",
                "%(num)s families ask for an interpreter",
                count,
            )
        case Task.MATCH:
            text = ngettext(
                "%(num)s student must be matched with the record",
                "%(num)s students must be matched with the record",
                count,
            )
        case Task.SCAN:
            text = ngettext(
                "%(num)s stack of scans is being read",
                "%(num)s stacks of scans are being read",
                count,
            )
    return str(text)


SHORTCUTS = (
    ("/", mark("Find a student")),
    ("h", mark("Go to today’s page")),
    ("?", mark("Show these shortcuts")),
)
"""Each key, and what it does; desk.js does the same."""
