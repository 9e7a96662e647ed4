"""The legal documents: whole, versioned and hashed texts, one per language.

A document lives in ``forms/documents/<name>/<version>/``: ``document.toml`` says which
blocks it has, in which order, and which data elements it covers; ``<code>.toml`` holds the
words of one language. A language is offered only when every word is there: legal text is
never stitched together from two languages (20 U.S.C. 1232g(b); 34 CFR 99.30).
"""

import functools
from dataclasses import dataclass, replace
from pathlib import Path

from forms.document_text import (
    Block,
    DataElement,
    DocumentText,
    ElementGroup,
    PartnerClass,
)
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
from translations import languages

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
