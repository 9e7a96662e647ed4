"""Ending a campaign's emails by the link in them."""

from uuid import uuid4

from intake.messages.contacts import Contact
from intake.messages.model import MessageKind
from intake.messages.optouts import is_stopped
from intake.messages.queue import notify
from intake.messages.wording import receipt_wording
from tests.messages.conftest import EMAIL, PHONE
from tests.web.family.conftest import Product


def sent(product: Product, contact: Contact, campaign_id: str | None = "c-1") -> str:
    kind = MessageKind.EMAIL if contact == EMAIL else MessageKind.SMS
    wording = receipt_wording(kind, "ar", partnership="P", link="https://x.test")
    with product.database.begin() as session:
        return notify(
            session,
            contact,
            wording,
            language="ar",
            at=product.clock.at,
            campaign_id=campaign_id,
        ).id


def stopped(product: Product, contact: Contact = EMAIL) -> bool:
    with product.database.read() as session:
        return is_stopped(session, contact)


def test_looking_at_the_link_ends_nothing_and_the_button_does(product: Product) -> None:
    path = f"/ar/stop/{sent(product, EMAIL)}"
    browser = product.app.test_client()
    assert browser.get(path).status_code == 200
    assert not stopped(product)
    assert browser.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert browser.post(path).status_code == 200
    assert stopped(product)


def test_only_an_email_of_a_campaign_can_be_ended_so(product: Product) -> None:
    browser = product.app.test_client()
    for message_id in (sent(product, EMAIL, None), sent(product, PHONE), str(uuid4())):
        assert browser.post(f"/ar/stop/{message_id}").status_code == 404
    assert not stopped(product)
    assert not stopped(product, PHONE)
