"""What PDF/A-3b (ISO 19005-3) asks of a file, as far as it can be seen without its validator."""

from io import BytesIO
from typing import Any

import pytest
import uharfbuzz as hb
from lxml import etree
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from tests.pdf.samples import KINDS, LANGUAGES, content, sealed

FORBIDDEN = {
    "/JavaScript", "/JS", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide",
    "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView", "/URI", "/GoToR", "/SubmitForm", "/XFA",
    "/OpenAction", "/AA", "/Encrypt", "/LZWDecode", "/PS", "/Perms",
}  # fmt: skip
"""Actions, scripts, external references, encryption."""
ALLOWED_PERMS = {"/DocMDP"}
NAMES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
}
CASES = [(kind, language) for kind in KINDS for language in LANGUAGES]


def everything(reader: PdfReader) -> list[Any]:
    """Every object of a file, those inside of others too."""
    waiting: list[Any] = [reader.trailer]
    seen: set[int] = set()
    found: list[Any] = []
    while waiting:
        value = waiting.pop()
        if isinstance(value, IndirectObject):
            if value.idnum in seen:
                continue
            seen.add(value.idnum)
            value = value.get_object()
        found.append(value)
        if isinstance(value, DictionaryObject):
            waiting += [value.raw_get(key) for key in value]
        elif isinstance(value, ArrayObject):
            waiting += list(value)
    return found


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_nothing_runs_and_nothing_lies_elsewhere(kind: str, language: str) -> None:
    pdf = sealed(kind, language, "Archive")
    for value in everything(PdfReader(BytesIO(pdf))):
        if isinstance(value, DictionaryObject):
            keys = set(value) - (
                {"/Perms"} if set(value.get("/Perms", {})) == ALLOWED_PERMS else set()
            )
            assert not keys & FORBIDDEN
            assert value.get("/S") not in FORBIDDEN
        if isinstance(value, StreamObject):
            assert value.get("/Filter") in (None, "/FlateDecode")
            assert "/F" not in value, "a stream outside of the file"
    assert pdf.count(b"\n%%EOF") == 2, "the document, and its seal"


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_every_font_is_embedded_small_and_gives_its_letters(kind: str, language: str) -> None:
    for value in everything(PdfReader(BytesIO(sealed(kind, language, "Archive")))):
        if not (isinstance(value, DictionaryObject) and value.get("/Type") == "/Font"):
            continue
        if value["/Subtype"] == "/Type0":
            assert value["/Encoding"] == "/Identity-H"
            mapped = value["/ToUnicode"].get_object().get_data()  # type: ignore[attr-defined]
            assert b"<0000>" not in mapped.replace(b"begincodespacerange <0000>", b"")
            continue
        assert value["/Subtype"] == "/CIDFontType2"
        descriptor: Any = value["/FontDescriptor"]
        name = str(descriptor["/FontName"])
        assert name[1:7].isupper()
        assert name[7] == "+"
        program = descriptor["/FontFile2"].get_data()
        _assert_widths_agree(value, hb.Face(program))


def _assert_widths_agree(font: DictionaryObject, face: Any) -> None:
    """6.2.11.5: a glyph is as wide in the file's table as in the font."""
    table: Any = font["/W"]
    glyph_map: Any = font["/CIDToGIDMap"]
    glyphs = None if glyph_map == "/Identity" else glyph_map.get_data()
    parsed = hb.Font(face)
    for first, widths in zip(table[::2], table[1::2], strict=True):
        for i, width in enumerate(widths):
            code = int(first) + i
            glyph = code if glyphs is None else int.from_bytes(glyphs[2 * code : 2 * code + 2])
            own = parsed.get_glyph_h_advance(glyph) * 1000 / face.upem
            assert abs(own - float(width)) <= 1


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_metadata_say_what_it_is_and_agree_with_each_other(kind: str, language: str) -> None:
    reader = PdfReader(BytesIO(sealed(kind, language, "Archive")))
    root: Any = reader.trailer["/Root"]
    packet = root["/Metadata"].get_object()
    assert "/Filter" not in packet
    xmp = etree.fromstring(packet.get_data().strip())

    def value(path: str) -> str:
        return str(xmp.xpath(f"string(//{path})", namespaces=NAMES)).strip()

    assert (value("pdfaid:part"), value("pdfaid:conformance")) == ("3", "B")
    assert value("pdfuaid:part") == "1"
    assert value("dc:title") == content(kind, language).text.title
    info = reader.metadata
    assert info is not None
    assert info.title == value("dc:title")
    assert info.producer == value("pdf:Producer")
    assert info.creation_date is not None
    assert info.creation_date.isoformat() == value("xmp:CreateDate")
    assert len(reader.trailer["/ID"]) == 2  # type: ignore[arg-type]


def test_its_greys_are_meant_in_srgb() -> None:
    root: Any = PdfReader(BytesIO(sealed("waiver", "en", "Archive"))).trailer["/Root"]
    (intent,) = root["/OutputIntents"]
    profile = intent["/DestOutputProfile"].get_object()
    assert intent["/S"] == "/GTS_PDFA1"
    assert profile["/N"] == 3
    data = profile.get_data()
    assert int.from_bytes(data[:4]) == len(data)
    assert data[12:20] == b"mntrRGB "
    assert data[36:40] == b"acsp"


def test_the_record_is_attached_as_the_documents_data() -> None:
    root: Any = PdfReader(BytesIO(sealed("waiver", "ksw", "Archive"))).trailer["/Root"]
    (record,) = root["/AF"]
    assert record["/AFRelationship"] == "/Data"
    assert record["/UF"] == "consent-record.json"
    assert record["/EF"]["/F"]["/Subtype"] in ("/application#2Fjson", "/application/json")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_waiver_in_two_languages_weighs_at_most_120_kilobytes(language: str) -> None:
    assert len(sealed("waiver", language, "Archive")) <= 120_000
