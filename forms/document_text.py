"""One language's words of a legal document, whole: its parts, its hash, and filling in facts."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from forms.source import PLACEHOLDER, BlockKind
from translations import Direction, languages

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
