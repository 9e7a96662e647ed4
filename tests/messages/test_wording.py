"""What messages say in English; other languages' catalogues are checked where they are made."""

import pytest

from intake.messages.model import MessageKind
from intake.messages.wording import (
    Wording,
    code_wording,
    now_yours_wording,
    receipt_wording,
    revocation_done_wording,
    revocation_received_wording,
)

PARTNERSHIP = "Promise Partnership 100 %"
LINK = "https://waivers.example.org/en/receipt/7K3MQ2XV9T4BHD8R"


def wordings(kind: MessageKind, language: str = "en") -> list[Wording]:
    return [
        code_wording(kind, language, partnership=PARTNERSHIP, code="012345"),
        receipt_wording(kind, language, partnership=PARTNERSHIP, link=LINK),
        revocation_received_wording(kind, language, partnership=PARTNERSHIP, link=LINK),
        revocation_done_wording(kind, language, partnership=PARTNERSHIP, link=LINK),
        revocation_received_wording(
            kind, language, partnership=PARTNERSHIP, link=LINK, is_partial=True
        ),
        revocation_done_wording(
            kind, language, partnership=PARTNERSHIP, link=LINK, is_partial=True
        ),
        now_yours_wording(kind, language, partnership=PARTNERSHIP, link=LINK),
    ]


@pytest.mark.parametrize("kind", MessageKind)
def test_every_message_names_the_partnership_and_has_no_open_placeholder(
    kind: MessageKind,
) -> None:
    for wording in wordings(kind):
        assert PARTNERSHIP in wording.body
        assert "%(" not in wording.body + wording.subject


def test_the_code_message_begins_with_the_code_and_says_not_to_share_it() -> None:
    sms = wordings(MessageKind.SMS)[0]
    assert sms.body.startswith("012345 ")
    assert "Do not share this code" in sms.body
    assert "Do not share this code" in wordings(MessageKind.EMAIL)[0].body


@pytest.mark.parametrize("kind", MessageKind)
def test_messages_with_a_copy_carry_its_link(kind: MessageKind) -> None:
    _, receipt, received, _, part_received, _, now_yours = wordings(kind)
    for wording in (receipt, received, part_received, now_yours):
        assert LINK in wording.body


def test_an_english_sms_is_one_part_of_plain_letters() -> None:
    for sms in wordings(MessageKind.SMS):
        assert sms.body.isascii()
        assert len(sms.body) <= 160
        assert sms.subject == ""


def test_only_emails_have_a_subject_and_it_never_shows_the_code() -> None:
    for email in wordings(MessageKind.EMAIL):
        assert email.subject
        assert "012345" not in email.subject


def test_neither_code_nor_link_shows_in_a_representation() -> None:
    for wording in wordings(MessageKind.EMAIL):
        assert LINK not in repr(wording)
        assert "012345" not in repr(wording)
