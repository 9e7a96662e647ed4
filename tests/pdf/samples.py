"""Documents as the product makes them, and what a reader gets out of a file."""

import subprocess
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2

from forms.choices import Relationship, SignatureMethod
from intake.bench.pdf import sample_content
from intake.config import Settings, settings_from
from intake.consents.states import Channel
from intake.demo.run import demo_environ
from intake.documents.texts import REVOCATION, offered_languages, shown_text
from intake.evidence import Act, GivenSignature, PersonFacts, revocation_content
from intake.messages.contacts import Contact
from pdf.content import SignedContent
from pdf.seal import Sealer, create_demo_identity
from pdf.waiver import render

AT = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
LANGUAGES = tuple(language.code for language in offered_languages())
KINDS = ("waiver", "letter")


@dataclass(frozen=True)
class Identity:
    """A sealer and its certificate."""

    sealer: Sealer
    certificate: bytes


@cache
def identity(name: str) -> Identity:
    """One for each name."""
    key, certificate = create_demo_identity(name, AT)
    return Identity(Sealer.from_pem(key, certificate), certificate)


@cache
def settings() -> Settings:
    """A demonstration's."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        return settings_from(demo_environ(folder, port=8000, at=AT))


@cache
def content(kind: str, language: str) -> SignedContent:
    """A waiver that was drawn, or a letter with a typed name, in a language."""
    if kind == "waiver":
        return sample_content(settings(), language)
    act = Act(
        id="00000000-0000-4000-8000-000000000009",
        at=AT,
        receipt_code="7K3M-Q2XV-9T4B-HD8R",
        channel=Channel.ONLINE,
        assurance=None,
        contact=Contact.from_stored("email:mother@example.org"),
        verified_at=AT,
    )
    people = PersonFacts(
        student_name="محمد بن علي",
        birth_date=date(2015, 1, 1),
        school="Riverside Elementary School",
        signer_name="နော်မူးဖော",
        relationship=Relationship.GUARDIAN,
    )
    signature = GivenSignature(
        method=SignatureMethod.TYPED, name="နော်မူးဖော", drawn=None, witness="राम बहादुर"
    )
    return revocation_content(
        settings(),
        shown_text(settings(), REVOCATION, language),
        shown_text(settings(), REVOCATION, "en"),
        act,
        people,
        student_id="00000000-0000-4000-8000-000000000002",
        signature=signature,
    )


@cache
def rendered(kind: str, language: str) -> bytes:
    """The document, not sealed."""
    return render(content(kind, language))


@cache
def sealed(kind: str, language: str, by: str) -> bytes:
    """The document with its seal."""
    return identity(by).sealer.seal(rendered(kind, language), at=AT, reason="Letter")


def pdftotext(pdf: bytes) -> list[str]:
    """What poppler reads, by page."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)  # noqa: S607
    return done.stdout.decode().split("\f")[:-1]


def pdfium(pdf: bytes) -> list[str]:
    """What Chrome reads, by page."""
    with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


READERS = {"pdftotext": pdftotext, "pdfium": pdfium}


def squeezed(text: str) -> str:
    """NFC without white space and invisible directions, which readers set as they think fit."""
    return "".join(
        character
        for character in unicodedata.normalize("NFC", text)
        if not character.isspace()
        and unicodedata.bidirectional(character) not in _CONTROLS
        and character not in "\u200e\u200f\u061c"
    )


_CONTROLS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
