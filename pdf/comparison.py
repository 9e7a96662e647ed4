"""A translation beside its English, to be checked by hand: block by block, with room to write."""

from collections.abc import Sequence
from dataclasses import dataclass

from pdf.body import GAP
from pdf.document import Foot, assemble
from pdf.file import number
from pdf.layout import (
    BODY,
    CONTENT_WIDTH,
    ENGLISH,
    LABEL,
    SUBTITLE,
    TITLE,
    Drawing,
    Flow,
    Row,
    kept,
)
from pdf.tags import COLUMN, Role

_HALF = (CONTENT_WIDTH - GAP) / 2
_REMARK = 17.0
"""Height of a line to write on, in points."""
_SIGNED_BY = (
    "Checked by (full name)",
    "Qualification (for example: certified interpreter, language)",
    "Date",
    "Signature",
)


@dataclass(frozen=True, slots=True)
class ComparedBlock:
    """One place of a document in both languages."""

    place: str
    """As in the language's file: ``blocks.voluntary``."""
    english: str
    translation: str
    """Empty where there is none yet."""
    meanings: Sequence[str]
    """What it must convey."""


def render_comparison(
    blocks: Sequence[ComparedBlock],
    *,
    title: str,
    facts: str,
    language: str,
    endonym: str,
) -> bytes:
    """English at the left, the translation at the right, a line for remarks under each block.

    ``facts`` says which version this is. Raises FontsMissing.
    """
    flow = Flow()
    flow.text(title, "en", TITLE, Role.TITLE)
    flow.text(facts, "en", SUBTITLE)
    flow.space(8.0)
    with flow.within(Role.TABLE, "en"):
        with flow.within(Role.ROW):
            heads = [_head(flow, "English", "en"), _head(flow, endonym, language)]
            flow.columns(heads[0], heads[1], 0.0, _HALF + GAP)
        for block in blocks:
            _add_block(flow, block, language)
    flow.space(16.0)
    for label in _SIGNED_BY:
        _add_writing_line(flow, label)
    foot = Foot("en", f"{title}: page {{page}} of {{pages}}", None, None)
    return assemble(flow, title=title, language="en", foot=foot, created_at=None).pdf


def _head(flow: Flow, text: str, language: str) -> list[Row]:
    with flow.within(Role.HEADER_CELL, None, COLUMN):
        return flow.paragraph_rows(text, language, LABEL, width=_HALF)


def _add_block(flow: Flow, block: ComparedBlock, language: str) -> None:
    start = len(flow.rows)
    flow.rule(before=6.0)
    with flow.within(Role.ROW):
        with flow.within(Role.CELL):
            flow.rows += flow.paragraph_rows(block.place, "en", ENGLISH, width=_HALF)
            english = flow.paragraph_rows(block.english, "en", BODY, width=_HALF)
            for meaning in block.meanings:
                english += flow.paragraph_rows(f"Must say: {meaning}", "en", ENGLISH, width=_HALF)
        with flow.within(Role.CELL):
            translation = flow.paragraph_rows(block.translation, language, BODY, width=_HALF)
        flow.columns(english, translation, 0.0, _HALF + GAP)
    _add_line(flow, CONTENT_WIDTH)
    flow.rows[start:] = kept(flow.rows[start:])


def _add_writing_line(flow: Flow, label: str) -> None:
    flow.rows += kept(flow.paragraph_rows(label, "en", ENGLISH))
    _add_line(flow, _HALF)
    flow.space(4.0)


def _add_line(flow: Flow, width: float) -> None:
    """Room to write, and a line under it."""
    line = Drawing(f"0.6 G 0.4 w 0 {number(-_REMARK)} m {number(width)} {number(-_REMARK)} l S 0 G")
    flow.rows.append(Row(_REMARK + 2.0, 0.0, (line,)))
