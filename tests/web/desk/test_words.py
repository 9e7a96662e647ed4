"""Every state, event and choice has a word at the desk; a new one without would break a page."""

from enum import StrEnum

import pytest

from forms.choices import Relationship
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
from intake.revocations.cases import Stage
from intake.revocations.model import ToldHow
from intake.revocations.progress import ConfirmedBy, DestinationState, FamilyState
from intake.sharing.events import PublishedType
from intake.sharing.model import PublicationState
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
