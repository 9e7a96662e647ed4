"""What campaigns' words are called on the coordinator's pages."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import gettext

from intake.campaigns.control import (
    CampaignError,
    CampaignUnusable,
    NobodyToAsk,
    NumbersOutdated,
    WrongState,
)
from intake.campaigns.letters import NothingToPrint
from intake.campaigns.model import CampaignAction, CampaignState, Way
from intake.campaigns.progress import Standing
from intake.web.wording import Words
from translations import mark

_WORDS = Words(
    (
        # TRANSLATORS: ways of writing to families
        (Way.SMS, mark("Text message")),
        (Way.EMAIL, mark("Email")),
        (Way.LETTER, mark("On paper")),
        # TRANSLATORS: a campaign that nobody has started yet
        (CampaignState.DRAFT, mark("Draft")),
        (CampaignState.RUNNING, mark("Running")),
        (CampaignState.PAUSED, mark("Paused")),
        (CampaignState.FINISHED, mark("Everything sent and printed")),
        (CampaignState.STOPPED, mark("Stopped")),
        # TRANSLATORS: a message whose turn has not come yet
        (Standing.WAITING, mark("Not their turn yet")),
        # TRANSLATORS: a message that leaves in a moment
        (Standing.QUEUED, mark("About to be sent")),
        (Standing.SENT, mark("Sent")),
        (Standing.DELIVERED, mark("Delivered")),
        # TRANSLATORS: the provider's answer was lost, so nobody knows whether the message was sent
        (Standing.UNKNOWN, mark("Unknown whether sent")),
        (Standing.FAILED, mark("Could not be delivered")),
        (Standing.TO_PRINT, mark("Letter to print")),
        (Standing.PRINTED, mark("Letter printed")),
        (Standing.ANSWERED, mark("Answered")),
        (Standing.NO_CONTACT, mark("No phone, no email, no letter")),
        # TRANSLATORS: families who asked not to be written to
        (Standing.OPTED_OUT, mark("Want no messages")),
        (Standing.LEFT, mark("Left school, or came of age")),
        (Standing.CANCELLED, mark("Stopped before it was sent")),
        # TRANSLATORS: what somebody did to a campaign
        (CampaignAction.CREATED, mark("Made")),
        (CampaignAction.STARTED, mark("Started")),
        (CampaignAction.PAUSED, mark("Paused")),
        (CampaignAction.RESUMED, mark("Resumed")),
        (CampaignAction.STOPPED, mark("Stopped")),
        (CampaignAction.FINISHED, mark("Everything sent and printed")),
        (CampaignAction.PRINTED, mark("Letters printed")),
    )
)

_HINTS: Mapping[Standing, str] = {
    Standing.SENT: mark("The network took it. Not every network says whether it arrived."),
    Standing.UNKNOWN: mark(
        "The answer of the network was lost. It is not sent again, so that nobody gets it twice; "
        "a reminder still comes."
    ),
    Standing.FAILED: mark(
        "Their next way is tried; in the end a letter is made, where letters are chosen."
    ),
}

_PROBLEMS: Mapping[type[CampaignError], str] = {
    NumbersOutdated: mark(
        "The numbers have been counted anew. Please look at them again, then start."
    ),
    NobodyToAsk: mark("There is nobody to write to with these choices."),
    WrongState: mark("Somebody else has changed this campaign meanwhile. This is how it is now."),
    CampaignUnusable: mark(
        "These choices don't go together: up to 3 reminders, 1 to 50 days after the first message, "
        "and only schools of yours."
    ),
    NothingToPrint: mark("There is nothing to print: all is printed, or answered."),
}


def campaign_word(value: StrEnum) -> str:
    """A way, a state, a standing or an action."""
    return _WORDS.of(value)


def standing_hint(value: Standing) -> str:
    """What a standing means, where its name does not say it all."""
    return str(gettext(_HINTS[value])) if value in _HINTS else ""


def campaign_problem(error: CampaignError) -> str:
    """Why the domain refused it."""
    return str(gettext(_PROBLEMS[type(error)]))
