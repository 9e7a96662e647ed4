"""What Twilio tells about a message after it has taken it: repeated, out of order, or too early.

https://www.twilio.com/docs/messaging/guides/track-outbound-message-status. A word that was said
later in a message's life is never taken back by one from earlier, and the first final word stays.
Our own id travels in the address that Twilio calls, so that the status of a message whose
acknowledgement was lost still finds it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from intake.messages.contacts import Contact
from intake.messages.flags import flag_contact
from intake.messages.model import FINAL, MessageState, OutgoingMessage, StopChannel
from intake.messages.optouts import stop
from intake.messages.queue import contact_kind
from intake.messages.twilio_codes import FLAGS, STOPPED

_SAYS = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), MessageState.SENT),
    **dict.fromkeys(("delivered", "read"), MessageState.DELIVERED),
    **dict.fromkeys(("undelivered", "failed", "canceled"), MessageState.UNDELIVERED),
}
STATUS_WAIT = timedelta(minutes=15)
"""How long Twilio usually takes at most to say that a message did not arrive."""
_TWILIOS = "SM%"
"""Its ids begin so: only of these a status comes."""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One call of Twilio's about one message."""

    provider_id: str
    message_id: str | None
    """Ours, from the address that was called."""
    status: str
    error_code: int | None


def has_arrived(at: datetime) -> ColumnElement[bool]:
    """As far as anybody knows by now, as a part of a query: said to be delivered, or taken with no
    word against it for long enough."""
    return or_(
        OutgoingMessage.state == MessageState.DELIVERED,
        and_(
            OutgoingMessage.state == MessageState.SENT,
            or_(
                OutgoingMessage.provider_id.is_(None),
                OutgoingMessage.provider_id.not_like(_TWILIOS),
                OutgoingMessage.sent_at <= at - STATUS_WAIT,
            ),
        ),
    )


def take_report(session: Session, report: StatusReport, *, at: datetime) -> bool:
    """Write down what is new in a report; False when nothing is: repeated, late, or not ours."""
    says = _SAYS.get(report.status)
    message = _message(session, report)
    if message is None or says is None or message.state in FINAL:
        return False
    if says is MessageState.SENT and message.state is MessageState.SENT:
        return False
    if report.error_code and says is not MessageState.UNDELIVERED:
        return False  # it contradicts itself; what comes next decides
    _change(message, report, says, at)
    if says is MessageState.UNDELIVERED:
        _look_into(session, message, report.error_code, at)
    session.flush()
    return True


def _message(session: Session, report: StatusReport) -> OutgoingMessage | None:
    is_it = [OutgoingMessage.provider_id == report.provider_id]
    if report.message_id:
        is_it.append(OutgoingMessage.id == report.message_id)
    return session.scalars(select(OutgoingMessage).where(or_(*is_it)).with_for_update()).first()


def _change(
    message: OutgoingMessage, report: StatusReport, says: MessageState, at: datetime
) -> None:
    message.state = says
    message.provider_id = message.provider_id or report.provider_id
    message.sent_at = message.sent_at or at
    message.settled_at = at
    message.claimed_until = None  # Twilio has it: nobody need send it again
    message.subject = message.body = ""
    message.error = None
    if says is MessageState.UNDELIVERED:
        message.error = f"Twilio {report.error_code or report.status}"[:200]


def _look_into(session: Session, message: OutgoingMessage, code: int | None, at: datetime) -> None:
    contact = Contact(contact_kind(message.kind), message.recipient)
    if code == STOPPED:
        stop(session, contact, channel=StopChannel.PROVIDER, word=f"Twilio {code}", at=at)
    reason = FLAGS.get(code or 0)
    if reason is not None:
        flag_contact(session, contact, reason, code=f"Twilio {code}", at=at)
