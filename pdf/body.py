"""A legal document's blocks, and facts in two columns, as rows."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from forms.document import Block, BlockKind, DocumentText, ElementGroup
from pdf.content import Answer
from pdf.layout import (
    BODY,
    CONTENT_WIDTH,
    ENGLISH,
    HEADING,
    ITEM,
    LABEL,
    NOTICE,
    SMALL,
    SMALL_VALUE,
    STATEMENT,
    SUBHEADING,
    VALUE,
    Flow,
    Row,
    Style,
    Text,
    is_right_to_left,
    kept,
)
from pdf.tags import BOTH_COLUMNS, COLUMN, LISTED, ROW_HEADER, Role

_STYLES = {
    BlockKind.PARAGRAPH: BODY,
    BlockKind.NOTICE: NOTICE,
}
GAP = 14.0
"""Between two columns, in points."""
LABEL_WIDTH = CONTENT_WIDTH * 0.36
_HALF = (CONTENT_WIDTH - GAP) / 2
_BULLET_INDENT = 12.0
_LONG_WORD = 40
"""Letters; a hash is longer, and stands on one line in small type."""


def add_blocks(flow: Flow, text: DocumentText, blocks: Sequence[Block]) -> None:
    """Add blocks of a document in its language."""
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        if kind in (BlockKind.NOTICE, BlockKind.STATEMENT):
            flow.space(6.0)
        if kind is BlockKind.ITEM:
            texts = [block.text for block in group]
            flow.rows += list_rows(flow, texts, text.language, ITEM, CONTENT_WIDTH)
            continue
        for block in group:
            _add_block(flow, text, block)


def _add_block(flow: Flow, text: DocumentText, block: Block) -> None:
    match block.kind:
        case BlockKind.ELEMENTS:
            add_elements(flow, text)
        case BlockKind.STATEMENT:
            flow.rows += kept(flow.paragraph_rows(block.text, text.language, STATEMENT))
        case BlockKind.HEADING:
            flow.text(block.text, text.language, HEADING, Role.HEADING)
        case BlockKind.PARAGRAPH | BlockKind.NOTICE:
            flow.text(block.text, text.language, _STYLES[block.kind])


def list_rows(
    flow: Flow, texts: Sequence[str], language: str, style: Style, width: float
) -> list[Row]:
    """The rows of a bulleted list within ``width`` points."""
    rows = []
    with flow.within(Role.LIST, language, LISTED):
        for text in texts:
            with flow.within(Role.LIST_ITEM, language):
                rows += _item_rows(flow, text, language, style, width)
    return rows


def _item_rows(flow: Flow, text: str, language: str, style: Style, width: float) -> list[Row]:
    label = flow.element(Role.LABEL, language)
    bullet = flow.paragraph_rows(
        "•", "en", style, owner=label, width=width, aligned_right=is_right_to_left(language)
    )
    rows = flow.paragraph_rows(
        text, language, style, Role.LIST_BODY, indent=_BULLET_INDENT, width=width
    )
    first = rows[0]
    on_its_line = tuple(
        replace(mark, drop=text_part.drop)
        for text_part, mark in zip(first.parts, bullet[0].parts, strict=True)
        if isinstance(mark, Text) and isinstance(text_part, Text)
    )
    parts = (*on_its_line, *first.parts)
    if is_right_to_left(language):  # PDFium wants a line's pieces from left to right
        parts = (*first.parts, *on_its_line)
    rows[0] = replace(first, parts=parts)
    return rows


def add_elements(flow: Flow, text: DocumentText) -> None:
    """Add the table of data elements and what they are for."""
    language = text.language
    with flow.within(Role.TABLE, language):
        with flow.within(Role.ROW):
            first, second = (_head(flow, column, language) for column in text.columns)
            _pair(flow, language, first, second)
        flow.rows[-1] = _kept(flow.rows[-1])
        source = None
        for group in text.element_groups:
            flow.rule(before=3.0)
            if group.source_label != source:
                source = group.source_label
                with flow.within(Role.ROW), flow.within(Role.HEADER_CELL, None, BOTH_COLUMNS):
                    flow.text(source, language, SUBHEADING)
            _add_group(flow, group, language)
    flow.space(4.0)


def _head(flow: Flow, column: str, language: str) -> list[Row]:
    with flow.within(Role.HEADER_CELL, None, COLUMN):
        return flow.paragraph_rows(column, language, SUBHEADING, width=_HALF)


def _add_group(flow: Flow, group: ElementGroup, language: str) -> None:
    """Elements, and beside them what they are for."""
    labels = [element.label for element in group.elements]
    with flow.within(Role.ROW):
        with flow.within(Role.CELL):
            elements = list_rows(flow, labels, language, SMALL, _HALF)
        with flow.within(Role.CELL):
            purpose = flow.paragraph_rows(group.purpose, language, SMALL, width=_HALF)
        _pair(flow, language, elements, purpose)


def add_facts(flow: Flow, facts: Sequence[Answer], language: str) -> None:
    """Add labels, in the language and in English, each with its value beside it: a table."""
    with flow.within(Role.TABLE, language):
        for i, fact in enumerate(facts):
            add_fact(flow, fact, language)
            if i in (0, len(facts) - 2):  # no fact stands alone on its page
                flow.rows[-1] = _kept(flow.rows[-1])


def add_fact(flow: Flow, fact: Answer, language: str) -> None:
    """Add one row of such a table; the value may be in any script."""
    value_width = CONTENT_WIDTH - LABEL_WIDTH - GAP
    style = SMALL_VALUE if any(len(word) > _LONG_WORD for word in fact.value.split()) else VALUE
    with flow.within(Role.ROW):
        with flow.within(Role.HEADER_CELL, None, ROW_HEADER):
            labels = flow.paragraph_rows(fact.label, language, LABEL, width=LABEL_WIDTH)
            labels += english_rows(flow, fact, language, LABEL_WIDTH)
        with flow.within(Role.CELL):
            value = flow.paragraph_rows(
                fact.value, language, style, width=value_width, personal=True
            )
        _pair(flow, language, labels, value, LABEL_WIDTH)


def english_rows(flow: Flow, label: Answer, language: str, width: float) -> list[Row]:
    """The English of a label or heading, where it isn't English already."""
    if label.english == label.label:
        return []
    return flow.paragraph_rows(
        label.english, "en", ENGLISH, width=width, aligned_right=is_right_to_left(language)
    )


def add_heading(flow: Flow, heading: Answer, language: str) -> None:
    """Add a heading of our own, with its English beneath."""
    flow.text(heading.label, language, HEADING, Role.HEADING)
    flow.rows += [_kept(row) for row in english_rows(flow, heading, language, CONTENT_WIDTH)]


def _pair(
    flow: Flow,
    language: str,
    first: list[Row],
    second: list[Row],
    first_width: float = _HALF,
) -> None:
    """Two columns, the first one where the language begins."""
    if is_right_to_left(language):
        flow.columns(first, second, CONTENT_WIDTH - first_width, 0.0)
    else:
        flow.columns(first, second, 0.0, first_width + GAP)


def _kept(row: Row) -> Row:
    return replace(row, keep_next=True)
