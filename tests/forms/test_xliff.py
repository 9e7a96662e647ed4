"""To a translator and back: valid XLIFF, and nothing lost on the way."""

from pathlib import Path

import pytest
from lxml import etree

from forms.document import Document, UnknownDocument, documents, load
from forms.source import DocumentError, read_words
from forms.xliff import NAMESPACE, XliffRefused, as_toml, from_xliff, to_xliff

SCHEMA = Path(__file__).parent / "schemas" / "xliff_core_2.0.xsd"
"""OASIS's schema of the core; XLIFF 2.1 kept it and its namespace."""
TRANSLATED = [
    (name, code) for name in documents() for code in load(name).complete_languages() if code != "en"
]
NAMES = {"x": NAMESPACE}


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def waiver() -> Document:
    return load("ferpa_waiver")


def tree(language: str = "es") -> etree._Element:
    return etree.fromstring(to_xliff(waiver(), language))


def unit(root: etree._Element, place: str) -> etree._Element:
    (found,) = root.xpath(f"//x:unit[@id='{place}']", namespaces=NAMES)
    return found


def back(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8")


@pytest.mark.parametrize(("name", "code"), TRANSLATED)
def test_what_goes_out_comes_back(
    name: str, code: str, schema: etree.XMLSchema, tmp_path: Path
) -> None:
    document = load(name)
    sent = to_xliff(document, code)
    assert schema.validate(etree.fromstring(sent)), schema.error_log

    imported = from_xliff(sent)

    assert imported.words == read_words(document.path(code))
    assert (imported.language, imported.missing) == (code, ())
    written = tmp_path / f"{code}.toml"
    written.write_text(as_toml(imported), "utf-8")
    assert read_words(written) == read_words(document.path(code))


def test_a_language_that_nobody_has_begun_goes_out_empty(
    schema: etree.XMLSchema, write_document: object
) -> None:
    document: Document = write_document()  # type: ignore[operator]
    root = etree.fromstring(to_xliff(document, "so"))
    assert schema.validate(root), schema.error_log
    assert root.xpath("//x:target", namespaces=NAMES) == []
    assert {s.get("state") for s in root.iter(f"{{{NAMESPACE}}}segment")} == {"initial"}


def test_placeholders_are_codes_that_a_tool_keeps_whole() -> None:
    for side in ("source", "target"):
        (text,) = unit(tree(), "blocks.duration").iter(f"{{{NAMESPACE}}}{side}")
        codes = [code.get("equiv") for code in text.iter(f"{{{NAMESPACE}}}ph")]
        assert sorted(codes) == ["{end_date}", "{partnership}"]
        assert "{" not in "".join(text.itertext())


def test_a_translator_sees_what_a_block_must_convey() -> None:
    notes = unit(tree(), "blocks.voluntary").xpath("x:notes/x:note/text()", namespaces=NAMES)
    assert notes == ["Signing is a free choice; yes and no are both possible."]


def test_a_tool_may_cut_a_unit_into_sentences_and_mark_words() -> None:
    root = tree()
    place = unit(root, "blocks.voluntary")
    place.remove(place.find("x:segment", NAMES))
    for source, target in (
        ("Signing is your choice.", "Firmar es su decisión."),
        (" You may say yes or no.", " Puede decir <mrk id='m1' type='term'>sí o no</mrk>."),
    ):
        place.append(
            etree.fromstring(
                f"<segment xmlns='{NAMESPACE}'><source>{source}</source>"
                f"<target>{target}</target></segment>"
            )
        )
    words = from_xliff(back(root)).words.by_place
    assert words["blocks.voluntary"] == "Firmar es su decisión. Puede decir sí o no."


def test_a_missing_translation_is_named_and_left_out() -> None:
    root = tree()
    segment = unit(root, "blocks.voluntary").find("x:segment", NAMES)
    segment.remove(segment.find("x:target", NAMES))

    imported = from_xliff(back(root))

    assert imported.missing == ("blocks.voluntary",)
    assert "voluntary" not in as_toml(imported)


def test_a_translation_comes_in_as_nfc() -> None:
    sent = to_xliff(waiver(), "es").decode().replace("información", "informacio\u0301n")
    assert from_xliff(sent.encode()).words == read_words(waiver().path("es"))


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("Signing is your choice.", "Signing is your duty.", "blocks.voluntary has changed"),
        ('trgLang="es"', 'trgLang="tlh"', "registered language"),
        ('srcLang="en"', 'srcLang="fr"', "not from English"),
        ('id="blocks.voluntary"', 'id="blocks.another"', "blocks.voluntary is missing"),
        ('<file id="ferpa_waiver.2026-1"', '<file id="x"', "which document"),
        ("urn:oasis:names:tc:xliff:document:2.0", "urn:other", "no XLIFF 2"),
        ('version="2.1"', 'version="1.2"', "no XLIFF 2"),
        ("</xliff>", "", "no XML"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(written: str, instead: str, said: str) -> None:
    sent = to_xliff(waiver(), "es").decode()
    assert written in sent
    with pytest.raises(XliffRefused, match=said):
        from_xliff(sent.replace(written, instead).encode())


def test_a_unit_that_no_document_has_is_refused() -> None:
    root = tree()
    other = unit(root, "blocks.voluntary").__copy__()
    other.set("id", "blocks.invented")
    root.find("x:file", NAMES).append(other)
    with pytest.raises(XliffRefused, match=r"blocks\.invented is not part"):
        from_xliff(back(root))


def test_an_unknown_document_is_refused() -> None:
    sent = to_xliff(waiver(), "es").decode().replace("ferpa_waiver.2026-1", "another.2026-1")
    with pytest.raises(UnknownDocument):
        from_xliff(sent.encode())


@pytest.mark.parametrize("data", [b"", b"\0", b"<a/>", b"not xml", "<a>é".encode("latin-1")])
def test_what_is_no_xliff_is_refused(data: bytes) -> None:
    with pytest.raises(XliffRefused):
        from_xliff(data)


def test_a_file_that_names_other_files_gets_nothing_of_them(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    sent = to_xliff(waiver(), "es").decode()
    declared = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    evil = sent.replace("<xliff", declared + "<xliff", 1).replace("Firmar es", "&s;Firmar es")
    assert "secret" not in from_xliff(evil.encode()).words.by_place["blocks.voluntary"]


@pytest.mark.parametrize("code", ["en", "xx"])
def test_there_is_nothing_to_translate_into_english_or_an_unknown_language(code: str) -> None:
    with pytest.raises(DocumentError):
        to_xliff(waiver(), code)
