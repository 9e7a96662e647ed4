"""The legal documents: whole, versioned and hashed texts, one per language.

A document lives in ``forms/documents/<name>/<version>/``: ``document.toml`` says which
blocks it has, in which order, and which data elements it covers; ``<code>.toml`` holds the
words of one language. A language is offered only when every word is there: legal text is
never stitched together from two languages (20 U.S.C. 1232g(b); 34 CFR 99.30).
"""

import functools
import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from forms.source import (
    PLACEHOLDER,
    BlockKind,
    DocumentError,
    Structure,
    Words,
    faults,
    read_structure,
    read_table_words,
    read_toml,
    read_words,
)
from translations import Direction, languages

__all__ = [
    "DOCUMENTS_ROOT",
    "PLACEHOLDER",
    "Block",
    "BlockKind",
    "DataElement",
    "Document",
    "DocumentError",
    "DocumentText",
    "ElementGroup",
    "IncompleteLanguage",
    "PartnerClass",
    "UnknownDocument",
    "documents",
    "load",
    "text_sha256",
    "version_order",
    "versions",
]

DOCUMENTS_ROOT = Path(__file__).resolve().parent / "documents"
_ISOLATE = "\u2068{}\u2069"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a document; ids are equal in all languages."""

    id: str
    kind: BlockKind
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class DataElement:
    """One thing of a student's record that can be shared."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class ElementGroup:
    """Data elements that are shared for the same purpose (34 CFR 99.30(b)(1) and (2))."""

    id: str
    source: str
    """``school_record`` or ``community_partners``: who holds the record."""
    source_label: str
    elements: tuple[DataElement, ...]
    purpose: str
    """Why these are shared, in words; the id of the purpose is the group's id."""


@dataclass(frozen=True, slots=True)
class PartnerClass:
    """A class of parties that may receive the records (34 CFR 99.30(b)(3))."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document in one language, whole."""

    name: str
    version: str
    language: str
    title: str
    blocks: tuple[Block, ...]
    element_groups: tuple[ElementGroup, ...]
    partner_classes: tuple[PartnerClass, ...]
    columns: tuple[str, str]
    """Headings of the elements table: data element, purpose. Empty strings where there is none."""

    @property
    def sections(self) -> tuple[str, ...]:
        """Names of the sections, in order."""
        return tuple(dict.fromkeys(block.section for block in self.blocks))

    def section(self, name: str) -> tuple[Block, ...]:
        """The blocks of one section, in order."""
        return tuple(block for block in self.blocks if block.section == name)

    def block(self, block_id: str) -> Block:
        """The block with this id; raises KeyError."""
        for block in self.blocks:
            if block.id == block_id:
                return block
        raise KeyError(block_id)

    @property
    def element_ids(self) -> tuple[str, ...]:
        """Every data element that the document covers."""
        return tuple(e.id for group in self.element_groups for e in group.elements)

    @property
    def purpose_ids(self) -> tuple[str, ...]:
        """Every purpose that the document names."""
        return tuple(group.id for group in self.element_groups)

    @property
    def partner_class_ids(self) -> tuple[str, ...]:
        """Every class of parties that the document names."""
        return tuple(partner.id for partner in self.partner_classes)

    @property
    def placeholders(self) -> frozenset[str]:
        """Names still to be filled, such as ``partnership`` and ``phone``."""
        return frozenset(PLACEHOLDER.findall(self._canonical_json()))

    def fill(self, values: Mapping[str, str]) -> "DocumentText":
        """The text as it is shown and signed, with the partnership's own facts in it.

        In a right-to-left language each fact stands in a bidi isolate (FSI ... PDI): without
        one, the parts of a phone number after Arabic letters change places.
        Raises KeyError when a placeholder has no value: a legal text with a hole is never shown.
        """
        right_to_left = languages()[self.language].direction is Direction.RTL
        frame = _ISOLATE if right_to_left else "{}"

        def fact(name: str) -> str:
            value = unicodedata.normalize("NFC", values[name]).strip()
            if not value:
                raise KeyError(name)
            return frame.format(value)

        def filled(text: str) -> str:
            return PLACEHOLDER.sub(lambda match: fact(match[1]), text)

        return replace(
            self,
            title=filled(self.title),
            blocks=tuple(replace(b, text=filled(b.text)) for b in self.blocks),
            element_groups=tuple(
                replace(g, purpose=filled(g.purpose)) for g in self.element_groups
            ),
        )

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of the canonical JSON of everything in this text, NFC, UTF-8.

        Over a filled text it identifies exactly what a signer was shown.
        """
        return hashlib.sha256(self._canonical_json().encode()).hexdigest()

    def _canonical_json(self) -> str:
        content = {
            "name": self.name,
            "version": self.version,
            "language": self.language,
            "title": self.title,
            "blocks": [[b.id, b.kind, b.section, b.text] for b in self.blocks],
            "element_groups": [
                [
                    g.id,
                    g.source,
                    g.source_label,
                    [[e.id, e.label] for e in g.elements],
                    g.purpose,
                ]
                for g in self.element_groups
            ],
            "partner_classes": [[p.id, p.label] for p in self.partner_classes],
            "columns": list(self.columns),
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return unicodedata.normalize("NFC", text)


class IncompleteLanguage(DocumentError):
    """The language lacks a part of this document, so it is not offered."""


class UnknownDocument(LookupError):
    """There is no document of this name, or no such version of it."""


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document in all its languages."""

    name: str
    version: str
    structure: Structure
    directory: Path

    def complete_languages(self) -> tuple[str, ...]:
        """Codes of the languages in which every word is there, sorted: those to be offered."""
        return tuple(code for code in languages() if self._is_complete(code))

    def text(self, language: str) -> DocumentText:
        """The whole document in this language, placeholders still open.

        Raises IncompleteLanguage, naming the file and its first fault.
        """
        return _text(self, language)

    def meanings(self) -> dict[str, tuple[str, ...]]:
        """What each block must convey in every language, by its place (``blocks.voluntary``).

        From ``propositions.toml`` beside the document; empty where there is none.
        """
        path = self.directory / "propositions.toml"
        found: dict[str, tuple[str, ...]] = {}
        for proposition in read_toml(path)["propositions"] if path.exists() else ():
            for block in proposition["blocks"]:
                place = f"blocks.{block}"
                found[place] = (*found.get(place, ()), proposition["says"])
        return found

    def path(self, language: str) -> Path:
        """Where the words of this language are, or would be."""
        return self.directory / f"{language}.toml"

    def _is_complete(self, language: str) -> bool:
        try:
            _whole_words(self, language)
        except IncompleteLanguage:
            return False
        return True


def documents(root: Path | None = None) -> tuple[str, ...]:
    """Names of all documents, sorted."""
    return _documents(root or DOCUMENTS_ROOT)


def versions(name: str, root: Path | None = None) -> tuple[str, ...]:
    """Versions of this document, oldest first; raises UnknownDocument."""
    return _versions(name, root or DOCUMENTS_ROOT)


def version_order(version: str) -> list[int]:
    """By what versions are sorted: 2026-2 comes before 2026-10."""
    return [int(part) for part in version.split("-")]


def load(name: str, version: str | None = None, root: Path | None = None) -> Document:
    """A document, in its newest version unless told otherwise; read once per process.

    The newest may be a draft: ``intake/documents/in_force.py`` knows what families are offered.
    Raises UnknownDocument; DocumentError where its structure can't be read.
    """
    return _load(name, version, root or DOCUMENTS_ROOT)


@functools.cache
def text_sha256(document: Document, language: str) -> str:
    """The hash of a whole text, placeholders unfilled; worked out once per process.

    Raises IncompleteLanguage.
    """
    return document.text(language).sha256


@functools.cache
def _documents(root: Path) -> tuple[str, ...]:
    return tuple(sorted({path.parent.parent.name for path in root.glob("*/*/document.toml")}))


@functools.cache
def _versions(name: str, root: Path) -> tuple[str, ...]:
    known = _documents(root)
    if name not in known:
        raise UnknownDocument(f"no document {name!r}; there are: {', '.join(known)}")
    found = (path.parent.name for path in (root / name).glob("*/document.toml"))
    return tuple(sorted(found, key=version_order))


@functools.cache
def _load(name: str, version: str | None, root: Path) -> Document:
    known = _versions(name, root)
    if version is None:
        version = known[-1]
    if version not in known:
        raise UnknownDocument(f"{name} has no version {version!r}; there are: {', '.join(known)}")
    directory = root / name / version
    return Document(name, version, read_structure(directory / "document.toml"), directory)


@functools.cache
def _whole_words(document: Document, language: str) -> Words:
    """The words of a language in which nothing is missing; raises IncompleteLanguage."""
    if language not in languages():  # also keeps paths out that a request could have named
        raise IncompleteLanguage(f"{document.directory}: {language!r} is no registered language")
    path = document.path(language)
    try:
        words = read_words(path)
        table = read_table_words(path, document.structure)
    except DocumentError as error:
        raise IncompleteLanguage(str(error)) from error
    for fault in faults(document.structure, words.by_place):
        raise IncompleteLanguage(f"{path}: {fault.place} {fault.message}")
    return replace(words, by_place={**words.by_place, **table})


@functools.cache
def _text(document: Document, language: str) -> DocumentText:
    words = _whole_words(document, language).by_place
    structure = document.structure
    return DocumentText(
        name=document.name,
        version=document.version,
        language=language,
        title=words["title"],
        blocks=tuple(
            # The table of data elements is the one block without words of its own.
            Block(shape.id, shape.kind, shape.section, words.get(f"blocks.{shape.id}", ""))
            for shape in structure.blocks
        ),
        element_groups=tuple(
            ElementGroup(
                id=group.id,
                source=group.source,
                source_label=words[f"sources.{group.source}"],
                elements=tuple(DataElement(e, words[f"elements.{e}"]) for e in group.elements),
                purpose=words[f"purposes.{group.id}"],
            )
            for group in structure.element_groups
        ),
        partner_classes=tuple(
            PartnerClass(partner, words[f"partner_classes.{partner}"])
            for partner in structure.partner_classes
        ),
        columns=(words.get("columns.element", ""), words.get("columns.purpose", "")),
    )
