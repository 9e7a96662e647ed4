"""What Twilio's numbers mean: https://www.twilio.com/docs/api/errors

The same numbers come as the answer to sending and, later, with a status that says undelivered.
"""

from intake.messages.model import FlagReason

OPERATORS_FAULT = frozenset(
    {
        20003,  # authentication
        20404,  # no such account or messaging service
        21212,  # invalid From
        21603,  # From missing
        21606,  # From can't send SMS
        21608,  # trial account
        21659,  # From is not ours
        21701,  # no such messaging service
        21703,  # messaging service without numbers
        30002,  # account suspended
    }
)
"""Our account, our sender, or our rights are the matter; no number is wrong."""

BUSY = frozenset({20429, 20503, 30001})
"""Too many requests, service unavailable, queue overflow: surely not taken."""

STOPPED = 21610
"""The receiver has said STOP to this sender, and Twilio keeps it."""

FLAGS: dict[int, FlagReason] = {
    21211: FlagReason.NOT_IN_USE,  # not a phone number
    21217: FlagReason.NOT_IN_USE,
    21401: FlagReason.NOT_IN_USE,
    21421: FlagReason.NOT_IN_USE,
    21612: FlagReason.NO_TEXTS,  # no route for SMS to this number
    21614: FlagReason.NO_TEXTS,  # not a mobile number
    30003: FlagReason.UNREACHABLE,  # switched off or out of reach
    30005: FlagReason.NOT_IN_USE,  # unknown to its network
    30006: FlagReason.NO_TEXTS,  # landline, or a network that can't be reached
}
