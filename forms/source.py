"""Reads the files of a legal document, and says what a language's file lacks.

``document.toml`` is the structure, equal for all languages; ``<code>.toml`` holds one
language's words. Nothing here knows how the words are put together; ``forms.document`` does.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class DocumentError(ValueError):
    """A document's files contradict each other; the message names file and block."""


class BlockKind(StrEnum):
    """What a block of text is, to a page and to a PDF."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    NOTICE = "notice"
    """A sentence nobody may miss (voluntary, services, immigration): set apart."""
    ITEM = "item"
    """One entry of a bulleted list; neighbouring items form the list."""
    ELEMENTS = "elements"
    """The table of data elements and purposes; has no text of its own."""
    STATEMENT = "statement"
    """What the signature stands under."""


class TranslationState(StrEnum):
    """Where the words of a language come from."""

    SOURCE = "source"
    """The language the document was written in; the others say what it says."""
    DRAFT = "draft"
    """A translation. Whether a person has approved it, the installation's database knows."""


@dataclass(frozen=True, slots=True)
class BlockShape:
    """What every language must have at one place of the document."""

    id: str
    kind: BlockKind
    section: str
    placeholders: frozenset[str]


@dataclass(frozen=True, slots=True)
class GroupShape:
    """Data elements that are shared for one purpose; its id is the purpose's id."""

    id: str
    source: str
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """A document without words: what all its languages have in common."""

    blocks: tuple[BlockShape, ...]
    element_groups: tuple[GroupShape, ...]
    partner_classes: tuple[str, ...]
    elements_from: str | None = None
    """The document (``name/version``) whose table of data elements, words included, stands here."""
    revocable_in_part: bool = False
    """Whether some elements, or some classes of parties, can be taken back and the rest stays."""

    @property
    def placeholders(self) -> frozenset[str]:
        """The facts of the partnership that the document needs, such as ``phone``."""
        return frozenset().union(*(block.placeholders for block in self.blocks))

    def words(self) -> dict[str, frozenset[str]]:
        """Every place that needs words of its own, with the placeholders that must be in them.

        A place is written as in the file: ``title``, ``blocks.voluntary``, ``elements.gpa``.
        """
        plain: list[str] = ["title"]
        if self.elements_from is None:
            plain += self.table_words()
        plain += [f"partner_classes.{partner}" for partner in self.partner_classes]
        return dict.fromkeys(plain, frozenset()) | {
            f"blocks.{block.id}": block.placeholders
            for block in self.blocks
            if block.kind is not BlockKind.ELEMENTS
        }

    def table_words(self) -> list[str]:
        """The places of the table of data elements: its own, or those of ``elements_from``."""
        if not self.element_groups:
            return []
        plain = ["columns.element", "columns.purpose"]
        for group in self.element_groups:
            plain += [f"sources.{group.source}", f"purposes.{group.id}"]
            plain += [f"elements.{element}" for element in group.elements]
        return plain


@dataclass(frozen=True, slots=True)
class Words:
    """One language's file as it was read: words by place, and the translation's state."""

    state: TranslationState
    translator: str
    note: str
    by_place: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a language can't be offered: the place (empty for the whole file), and what is wrong."""

    place: str
    message: str


def read_structure(path: Path) -> Structure:
    """The structure in a ``document.toml``.

    Raises DocumentError where it can't be read, names an unknown kind or repeats an id.
    """
    content = read_toml(path)
    elements_from = content.get("elements_from")
    try:
        structure = Structure(
            blocks=tuple(
                BlockShape(
                    id=block["id"],
                    kind=BlockKind(block["kind"]),
                    section=block["section"],
                    placeholders=frozenset(block.get("placeholders", ())),
                )
                for block in content["blocks"]
            ),
            element_groups=(
                tuple(
                    GroupShape(
                        id=group["id"], source=group["source"], elements=tuple(group["elements"])
                    )
                    for group in content.get("element_groups", ())
                )
                if elements_from is None
                else read_structure(_lender(path, elements_from) / path.name).element_groups
            ),
            partner_classes=tuple(content["partner_classes"]),
            elements_from=elements_from,
            revocable_in_part=bool(content.get("revocable_in_part", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"{path}: {error!r}") from error
    _refuse_repeated_ids(structure, path)
    return structure


def _lender(path: Path, elements_from: str) -> Path:
    """The folder of another document, beside the one in which ``path`` is."""
    return path.parents[2] / elements_from


def _refuse_repeated_ids(structure: Structure, path: Path) -> None:
    kinds = {
        "block": [block.id for block in structure.blocks],
        "purpose": [group.id for group in structure.element_groups],
        "element": [e for group in structure.element_groups for e in group.elements],
        "partner class": list(structure.partner_classes),
    }
    for kind, ids in kinds.items():
        repeated = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if repeated:
            raise DocumentError(f"{path}: {kind} {repeated[0]} is there twice")


def read_table_words(path: Path, structure: Structure) -> dict[str, str]:
    """The words of a table that stands in another document, for the file ``path``.

    Empty where the document has its own. Raises DocumentError where the other one lacks words.
    """
    if structure.elements_from is None:
        return {}
    lent = _lender(path, structure.elements_from) / path.name
    words = read_words(lent).by_place
    for place in structure.table_words():
        if not words.get(place, "").strip():
            raise DocumentError(f"{lent}: {place} has no words")
    return {place: words[place] for place in structure.table_words()}


def read_words(path: Path) -> Words:
    """The words in a ``<code>.toml``, in NFC; whether they are complete, ``faults`` says.

    Raises DocumentError where the file can't be read or doesn't say its state.
    """
    content = read_toml(path)
    translation = content.get("translation", {})
    try:
        state = TranslationState(translation["state"])
    except (KeyError, TypeError, ValueError):
        states = ", ".join(TranslationState)
        raise DocumentError(f"{path}: [translation] needs a state: one of {states}") from None
    return Words(
        state=state,
        translator=str(translation.get("translator", "")),
        note=str(translation.get("note", "")),
        by_place={
            place: unicodedata.normalize("NFC", text)
            for place, text in words_by_place(content).items()
        },
    )


def words_by_place(content: Mapping[str, Any]) -> dict[str, str]:
    """Every text of a language's file by its place, exactly as it is written there."""
    places: dict[str, str] = {}
    for key, value in content.items():
        if key == "translation":
            continue
        if isinstance(value, dict):
            places |= {f"{key}.{id_}": str(text) for id_, text in value.items()}
        else:
            places[key] = str(value)
    return places


def faults(structure: Structure, words: Mapping[str, str]) -> Iterator[Fault]:
    """Everything that keeps these words from being the whole document, in its order."""
    wanted = structure.words()
    for place, placeholders in wanted.items():
        if not words.get(place, "").strip():
            yield Fault(place, "has no words")
            continue
        found = frozenset(PLACEHOLDER.findall(words[place]))
        for name in sorted(placeholders - found):
            yield Fault(place, f"lacks the placeholder {{{name}}}")
        for name in sorted(found - placeholders):
            yield Fault(place, f"has the placeholder {{{name}}}, which does not belong there")
        if re.search(r"[{}]", PLACEHOLDER.sub("", words[place])):
            yield Fault(place, "has a brace that belongs to no placeholder")
    for place in words:
        if place not in wanted:
            yield Fault(place, "is not part of this document")


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file; raises DocumentError, naming the file, where it is none."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DocumentError(f"{path}: no such file") from None
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are both
        raise DocumentError(f"{path}: {error}") from error
