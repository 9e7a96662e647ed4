"""What owners and coordinators are written. No student, no family: a link that needs signing in."""

from intake.messages.texts import Purpose
from intake.messages.to_staff import staff_wording
from intake.messages.wording import Wording
from translations import mark

# TRANSLATORS: Subject of an email to staff. A case: one family's revocation, until it is done.
_REMINDER_SUBJECT = mark("A revocation is still open: due %(due)s")
# TRANSLATORS: Email to the member of staff who looks after a family's revocation.
_REMINDER = mark(
    "A revocation that you look after is not finished yet. It is due on %(due)s.\n\n"
    "This page shows what is missing:\n%(link)s\n\n"
    "%(partnership)s"
)
# TRANSLATORS: Subject of an email to staff.
_OVERDUE_SUBJECT = mark("A revocation is overdue since %(due)s")
# TRANSLATORS: Email to the member of staff who looks after a family's revocation, and to the
# coordinators.
_OVERDUE = mark(
    "A family took back its permission, and this is not finished yet. It was due on %(due)s.\n\n"
    "This page shows what is missing:\n%(link)s\n\n"
    "%(partnership)s"
)


def case_wording(*, is_overdue: bool, partnership: str, link: str, due: str) -> Wording:
    """An email about a case that is not closed; ``due`` is its deadline on the school's clock."""
    values = {"partnership": partnership, "link": link, "due": due}
    subject, body = (_OVERDUE_SUBJECT, _OVERDUE) if is_overdue else (_REMINDER_SUBJECT, _REMINDER)
    purpose = Purpose.CASE_OVERDUE if is_overdue else Purpose.CASE_REMINDER
    return staff_wording(purpose, subject, body, values)
