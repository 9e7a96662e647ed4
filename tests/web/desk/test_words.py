"""Every state, event and choice has a word at the desk; a new one without would break a page."""

from collections.abc import Callable
from enum import StrEnum

import pytest

from forms.choices import Relationship
from intake.campaigns.model import CampaignAction, CampaignState, Way
from intake.campaigns.progress import Standing
from intake.concerns.states import (
    AnswerBy,
    ConcernStep,
    QuestionKind,
    QuestionOutcome,
    ReplyDelivery,
    Translated,
    ViolationOutcome,
)
from intake.consents.confirm import ConfirmationMethod
from intake.consents.states import (
    ActorKind,
    Assurance,
    Channel,
    ConsentState,
    EventKind,
    RevocationBasis,
)
from intake.disclosures.copies import CopyAnswer
from intake.messages.model import FlagReason, Meaning
from intake.partners import standing as partners
from intake.partners.history import Subject
from intake.partners.model import PartnerClass
from intake.revocations.cases import Stage
from intake.revocations.model import ToldHow
from intake.revocations.progress import ConfirmedBy, DestinationState, FamilyState
from intake.sharing.events import PublishedType
from intake.sharing.model import PublicationState
from intake.web.coordinator.campaign_words import campaign_word
from intake.web.coordinator.concern_words import concern_word
from intake.web.coordinator.partner_words import partner_word
from intake.web.desk.words import word
from tests.web.desk.conftest import Desk

KINDS: tuple[type[StrEnum], ...] = (
    Relationship,
    ConsentState,
    Assurance,
    Channel,
    ConfirmationMethod,
    ActorKind,
    EventKind,
    RevocationBasis,
    PublicationState,
    PublishedType,
    Stage,
    DestinationState,
    ConfirmedBy,
    FamilyState,
    FlagReason,
    Meaning,
    ToldHow,
    CopyAnswer,
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_has_a_word_of_its_own(desk: Desk, kind: type[StrEnum]) -> None:
    with desk.browser.application.test_request_context():
        words = [word(value) for value in kind]
    assert len(set(words)) == len(words)


COORDINATORS: tuple[tuple[Callable[[StrEnum], str], tuple[type[StrEnum], ...]], ...] = (
    (campaign_word, (Way, CampaignState, Standing, CampaignAction)),
    (partner_word, (PartnerClass, partners.Standing, Subject)),
    (
        concern_word,
        (QuestionKind, AnswerBy, Translated, ReplyDelivery, QuestionOutcome, ViolationOutcome,
         ConcernStep),
    ),
)  # fmt: skip


def test_every_word_of_the_coordinators_has_a_name_of_its_own(desk: Desk) -> None:
    with desk.browser.application.test_request_context():
        for named, kinds in COORDINATORS:
            for kind in kinds:
                names = [named(value) for value in kind]
                assert len(set(names)) == len(names), kind
        # The two are one as keys of a dictionary.
        assert campaign_word(Standing.PRINTED) != campaign_word(CampaignAction.PRINTED)
