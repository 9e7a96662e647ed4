"""Documents to and from translators' tools: XLIFF 2.1 (OASIS Standard, 13 February 2018).

One unit for each place of a language's file (``blocks.voluntary``), in the document's order.
Placeholders are inline codes, so that a tool keeps them whole; each block carries what it must
convey as a note. What goes out comes back: nothing of the language's file is lost.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from forms.document import Document, load
from forms.source import (
    PLACEHOLDER,
    DocumentError,
    TranslationState,
    Words,
    read_words,
)
from translations import languages

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
SOURCE_LANGUAGE = "en"
LARGEST_FILE = 8 * 1024 * 1024
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_TABLES = ("blocks", "columns", "sources", "purposes", "elements", "partner_classes")
_MEANING, _STATE, _TRANSLATOR, _NOTE = "meaning", "state", "translator", "note"


class XliffRefused(ValueError):
    """The file can't be taken; the message says why, and where."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A language of a document, as a translator's tool gave it back."""

    document: Document
    language: str
    words: Words
    missing: tuple[str, ...]
    """Places that have no translation yet."""


def to_xliff(document: Document, language: str) -> bytes:
    """A document with what there is of its translation. Raises DocumentError.

    The language's own file may be incomplete or not there yet.
    """
    if language not in languages() or language == SOURCE_LANGUAGE:
        raise DocumentError(f"{language!r} is no language to translate into")
    source = read_words(document.path(SOURCE_LANGUAGE))
    target = _words_so_far(document, language)
    root = etree.Element(
        _name("xliff"),
        {"version": "2.1", "srcLang": SOURCE_LANGUAGE, "trgLang": language},
        nsmap={None: NAMESPACE},  # type: ignore[dict-item]  # as lxml's documentation has it
    )
    name = f"{document.name}.{document.version}"
    original = f"{document.name}/{document.version}/{SOURCE_LANGUAGE}.toml"
    file = etree.SubElement(root, _name("file"), {"id": name, "original": original})
    facts = {_STATE: target.state.value, _TRANSLATOR: target.translator, _NOTE: target.note}
    _add_notes(file, [(category, text) for category, text in facts.items() if text])
    meanings = document.meanings()
    for place in document.structure.words():
        says = [(_MEANING, meaning) for meaning in meanings.get(place, ())]
        _add_unit(file, place, source.by_place[place], target.by_place.get(place, ""), says)
    for unit in file:  # a line each; white space inside a unit would become part of its words
        unit.tail = "\n"
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def from_xliff(data: bytes) -> Imported:
    """What a translator sent back.

    Raises XliffRefused where it isn't a file of ours, or the English has changed since it was
    exported; UnknownDocument where there is no such document.
    """
    root = _parse(data)
    language = root.get("trgLang", "")
    if root.get("srcLang") != SOURCE_LANGUAGE or language not in languages():
        raise XliffRefused(f"it is not from English into a registered language ({language!r})")
    file = root.find(_name("file"))
    name, _, version = (file.get("id", "") if file is not None else "").partition(".")
    if file is None or not version:
        raise XliffRefused("it does not say which document it is (file id)")
    document = load(name, version)
    source = read_words(document.path(SOURCE_LANGUAGE)).by_place
    found = {unit.get("id", ""): unit for unit in file.iter(_name("unit"))}
    words: dict[str, str] = {}
    for place in document.structure.words():
        if place not in found:
            raise XliffRefused(f"{place} is missing")
        english, translation = _texts(found.pop(place))
        if unicodedata.normalize("NFC", english) != source[place]:
            raise XliffRefused(f"the English of {place} has changed; export the document anew")
        if translation.strip():
            words[place] = unicodedata.normalize("NFC", translation)
    for place in found:
        raise XliffRefused(f"{place} is not part of the document")
    missing = tuple(place for place in document.structure.words() if place not in words)
    return Imported(document, language, _with_facts(file, words), missing)


def as_toml(imported: Imported) -> str:
    """The language's file, in the order of the document; what is missing is left out."""
    words = imported.words
    state = TranslationState.DRAFT if words.state is TranslationState.SOURCE else words.state
    lines = []
    if "title" in words.by_place:
        lines += [f"title = {_quoted(words.by_place['title'])}", ""]
    lines += [
        "[translation]",
        f"state = {_quoted(state.value)}",
        f"translator = {_quoted(words.translator)}",
        f"note = {_quoted(words.note)}",
    ]
    for table in _TABLES:
        rows = list(_rows(imported, table))
        if rows:
            lines += ["", f"[{table}]", *rows]
    return "\n".join(lines) + "\n"


def _rows(imported: Imported, table: str) -> Iterator[str]:
    """A table's lines, the sections of a document apart."""
    structure, words = imported.document.structure, imported.words.by_place
    sections = {f"blocks.{block.id}": block.section for block in structure.blocks}
    section: str | None = None
    for place in structure.words():
        head, _, name = place.partition(".")
        if head != table or place not in words:
            continue
        if section is not None and sections.get(place) != section:
            yield ""
        section = sections.get(place)
        yield f"{name} = {_quoted(words[place])}"


def _words_so_far(document: Document, language: str) -> Words:
    if not document.path(language).exists():
        return Words(TranslationState.DRAFT, "", "", {})
    return read_words(document.path(language))


def _add_unit(
    file: etree._Element, place: str, source: str, target: str, notes: list[tuple[str, str]]
) -> None:
    unit = etree.SubElement(file, _name("unit"), {"id": place, _XML_SPACE: "preserve"})
    _add_notes(unit, notes)
    codes = {name: f"d{i}" for i, name in enumerate(dict.fromkeys(PLACEHOLDER.findall(source)), 1)}
    if codes:
        data = etree.SubElement(unit, _name("originalData"))
        for name, code in codes.items():
            etree.SubElement(data, _name("data"), {"id": code}).text = f"{{{name}}}"
    segment = etree.SubElement(
        unit, _name("segment"), {"state": "translated" if target else "initial"}
    )
    _add_text(etree.SubElement(segment, _name("source")), source, codes)
    if target:
        _add_text(etree.SubElement(segment, _name("target")), target, codes)


def _add_text(parent: etree._Element, text: str, codes: Mapping[str, str]) -> None:
    """Text with its placeholders as inline codes; one that the source lacks stays as text."""
    parent.text = ""
    last: etree._Element | None = None
    position = count = 0
    for match in PLACEHOLDER.finditer(text):
        if match[1] not in codes:
            continue
        _append(parent, last, text[position : match.start()])
        position = match.end()
        count += 1
        label = f"{{{match[1]}}}"
        values = {"id": f"p{count}", "equiv": label, "disp": label, "dataRef": codes[match[1]],
                  "canDelete": "no", "canCopy": "no"}  # fmt: skip
        last = etree.SubElement(parent, _name("ph"), values)
    _append(parent, last, text[position:])


def _append(parent: etree._Element, last: etree._Element | None, text: str) -> None:
    if last is None:
        parent.text = (parent.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _add_notes(parent: etree._Element, notes: list[tuple[str, str]]) -> None:
    if not notes:
        return
    holder = etree.SubElement(parent, _name("notes"))
    for category, text in notes:
        etree.SubElement(holder, _name("note"), {"category": category}).text = text


def _parse(data: bytes) -> etree._Element:
    if len(data) > LARGEST_FILE:
        raise XliffRefused(f"it is larger than {LARGEST_FILE // 1024 // 1024} MB")
    # No entities, no network, no DTD: a file from outside is only text.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise XliffRefused(f"it is no XML: line {error.lineno}") from None
    if root.tag != _name("xliff") or not root.get("version", "").startswith("2."):
        raise XliffRefused("it is no XLIFF 2 file")
    return root


def _texts(unit: etree._Element) -> tuple[str, str]:
    """Source and target of a unit, its segments put together again."""
    data = {entry.get("id"): entry.text or "" for entry in unit.iter(_name("data"))}
    source = target = ""
    for part in unit:
        if part.tag not in (_name("segment"), _name("ignorable")):
            continue
        own, other = part.find(_name("source")), part.find(_name("target"))
        english = _plain(own, data) if own is not None else ""
        source += english
        if other is not None:
            target += _plain(other, data)
        elif part.tag == _name("ignorable"):  # white space between segments
            target += english
    return source, target


def _plain(element: etree._Element, data: Mapping[str | None, str]) -> str:
    return "".join(_pieces(element, data))


def _pieces(element: etree._Element, data: Mapping[str | None, str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == _name("ph"):
            yield data.get(child.get("dataRef")) or child.get("equiv") or ""
        elif child.tag == _name("cp"):
            raise XliffRefused("it has a character that XML can't hold (cp)")
        elif isinstance(child.tag, str):  # a mark of the tool's around words: the words stay
            yield from _pieces(child, data)
        yield child.tail or ""


def _with_facts(file: etree._Element, words: Mapping[str, str]) -> Words:
    holder = file.find(_name("notes"))
    facts = {note.get("category"): note.text or "" for note in holder} if holder is not None else {}
    try:
        state = TranslationState(facts.get(_STATE, TranslationState.DRAFT))
    except ValueError:
        state = TranslationState.DRAFT
    return Words(state, facts.get(_TRANSLATOR, ""), facts.get(_NOTE, ""), words)


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are TOML's too (toml.io, 1.0.0, String)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"
