"""The papers to be filled in, printed by the product."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
import pypdfium2
import zxingcpp
from numpy.typing import NDArray

from intake.config import Settings, settings_from
from intake.documents.texts import offered_languages
from intake.paper.printing import PaperOrder, printed_papers
from pdf.sheet.code import NoSheetCode, SheetCode, SheetDocument
from pdf.sheet.geometry import Box, PageKind, PaperSize, boxes
from translations import Direction, language

DPI = 300
"""Of the rendered page that is printed, filled in and scanned."""
_DECODING_DPI = 150
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_REVOCATIONS = ("es", "ar", "my")
_TEXT_PAGES = 4
_LANGUAGES = tuple(language.code for language in offered_languages())
_PARTNERSHIP = {
    "INTAKE_BASE_URL": "https://waivers.riverside.example.org",
    "INTAKE_CONSENT_END_DATE": "2027-06-30",
    "INTAKE_PARTNERSHIP": "Riverside Promise Partnership",
    "INTAKE_PARTNERSHIP_PHONE": "801-555-0100",
    "INTAKE_PARTNERSHIP_EMAIL": "help@riverside.example.org",
    # printing needs none of these
    "INTAKE_DATABASE_URL": "sqlite:////nowhere/intake.db",
    "INTAKE_STORAGE_URL": "file:///nowhere",
    "INTAKE_SECRET_KEYS": f"a:{b64encode(bytes(range(32))).decode()}",
    "INTAKE_SEAL_KEY_FILE": "/nowhere/key.pem",
    "INTAKE_SEAL_CERTIFICATE_FILE": "/nowhere/certificate.pem",
}
KNOWN = ("student_name", "birth_date", "school")
"""What may be printed in boxes before a family gets the paper."""


@dataclass(frozen=True, eq=False, slots=True)
class Sheet:
    """One page to print, and what is on it."""

    pdf: bytes
    index: int
    """Of the page in the PDF."""
    code: SheetCode
    mirrored: bool
    prefilled: bool
    """Whether the boxes in ``KNOWN`` have been printed in."""

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Of this page."""
        return boxes(self.code.kind, self.code.size, mirrored=self.mirrored)


@cache
def sheets() -> tuple[Sheet, ...]:
    """The page to sign of each language's waiver in both sizes, some revocations, some text."""
    found = [sheet for size in PaperSize for sheet in _printed(size)]
    forms = [sheet for sheet in found if sheet.code.kind is not PageKind.TEXT]
    texts = [sheet for sheet in found if sheet.code.kind is PageKind.TEXT]
    return (*forms, *texts[:: len(texts) // _TEXT_PAGES][:_TEXT_PAGES])


@cache
def rendered(sheet: Sheet) -> NDArray[np.uint8]:
    """The page as it is before any printer saw it: gray, 300 dpi."""
    document = pypdfium2.PdfDocument(BytesIO(sheet.pdf))
    return _image(document[sheet.index], DPI)


def _settings() -> Settings:
    return settings_from(_PARTNERSHIP)


def _printed(size: PaperSize) -> Iterator[Sheet]:
    """Every page of one file with all papers of a size; what each is, its code says."""
    orders = list(_orders(size))
    prefilled = {order.waiver_id: bool(order.student_name) for order in orders}
    pdf = printed_papers(_settings(), orders, size=size).pdf
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    for index in range(len(document)):
        code = _code(_image(document[index], _DECODING_DPI))
        if code is not None:
            mirrored = language(code.language).direction is Direction.RTL
            yield Sheet(pdf, index, code, mirrored, prefilled[code.waiver_id])


def _orders(size: PaperSize) -> Iterator[PaperOrder]:
    """Each language is prefilled in one size and blank in the other."""
    rng = np.random.default_rng([4711, list(PaperSize).index(size)])
    papers = [(code, SheetDocument.WAIVER) for code in _LANGUAGES]
    papers += [(code, SheetDocument.REVOCATION) for code in _REVOCATIONS]
    for number, (code, document) in enumerate(papers):
        known = (number + list(PaperSize).index(size)) % 2 == 0
        yield PaperOrder(
            code,
            document,
            student_name="Amina Yusuf Warsame" if known else "",
            birth_date="2015-03-14" if known else "",
            school="Riverside Elementary" if known else "",
            waiver_id="".join(_ALPHABET[i] for i in rng.integers(0, 32, 10)),
        )


def _image(page: pypdfium2.PdfPage, dpi: int) -> NDArray[np.uint8]:
    image = page.render(scale=dpi / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(image.reshape(image.shape[:2]), np.uint8)


def _code(image: NDArray[np.uint8]) -> SheetCode | None:
    """Of a clean page; the backs of sheets have none."""
    for found in zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str("QRCode")):
        try:
            return SheetCode.decoded(found.text)
        except NoSheetCode:
            continue
    return None
