"""Recordings on the pages of a document."""

import re

from intake.documents.recordings import add_recording
from intake.documents.texts import shown_text
from tests.web.family.conftest import START, Product

OGG = b"OggS" + b"speech " * 200


def record(product: Product, block: str, language: str = "ksw") -> str:
    """Add a recording of a block of the waiver; its id."""
    found = product.installation
    text = shown_text(found.settings, "ferpa_waiver", language)
    with product.database.begin() as session:
        added = add_recording(session, found.storage, text, block, OGG, reader="Naw Mu", at=START)
        return added.id


def test_a_recorded_block_can_be_heard_on_its_page_in_its_language_only(product: Product) -> None:
    recording = record(product, "voluntary")
    client = product.app.test_client()

    page = client.get("/ksw/").text
    players = re.findall(r'<audio controls preload="none" src="([^"]+)">', page)
    assert players == [f"/ksw/listen/{recording}"]
    assert "<audio" not in client.get("/en/").text

    heard = client.get(players[0])
    assert (heard.status_code, heard.mimetype, heard.data) == (200, "audio/ogg", OGG)
    assert "immutable" in heard.headers["Cache-Control"]


def test_a_part_of_a_recording_is_given_to_a_browser_that_asks_for_parts(product: Product) -> None:
    recording = record(product, "voluntary")
    part = product.app.test_client().get(f"/ksw/listen/{recording}", headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.data) == (206, OGG[4:10])


def test_there_is_no_recording_at_an_invented_address(product: Product) -> None:
    assert product.app.test_client().get("/ksw/listen/nothing").status_code == 404
