"""A legal document's blocks, and facts in two columns, as rows."""

from collections.abc import Sequence
from dataclasses import replace

from forms.document import Block, BlockKind, DocumentText
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

_STYLES = {
    BlockKind.HEADING: HEADING,
    BlockKind.PARAGRAPH: BODY,
    BlockKind.NOTICE: NOTICE,
}
_GAP = 14.0
_BULLET_INDENT = 12.0
_LONG_WORD = 40
"""Letters; a hash is longer, and stands on one line in small type."""


def add_blocks(flow: Flow, text: DocumentText, blocks: Sequence[Block]) -> None:
    """Add blocks of a document in its language."""
    previous: BlockKind | None = None
    for block in blocks:
        if block.kind in (BlockKind.NOTICE, BlockKind.STATEMENT) and block.kind is not previous:
            flow.space(6.0)
        if block.kind is BlockKind.ELEMENTS:
            add_elements(flow, text)
        elif block.kind is BlockKind.ITEM:
            add_item(flow, block.text, text.language)
        elif block.kind is BlockKind.STATEMENT:
            flow.rows += kept(flow.paragraph_rows(block.text, text.language, STATEMENT))
        elif block.kind is not BlockKind.TITLE:
            flow.text(block.text, text.language, _STYLES[block.kind])
        previous = block.kind


def add_item(flow: Flow, text: str, language: str, style: Style = ITEM) -> None:
    """Add one entry of a bulleted list."""
    flow.rows += item_rows(flow, text, language, style, CONTENT_WIDTH)


def item_rows(flow: Flow, text: str, language: str, style: Style, width: float) -> list[Row]:
    """The rows of one bulleted entry within ``width`` points."""
    right = is_right_to_left(language)
    rows = flow.paragraph_rows(text, language, style, indent=_BULLET_INDENT, width=width)
    bullet = flow.paragraph_rows("•", "en", style, width=width, aligned_right=right)
    first = rows[0]
    on_its_line = tuple(
        replace(mark, drop=text_part.drop)
        for text_part, mark in zip(first.parts, bullet[0].parts, strict=True)
        if isinstance(mark, Text) and isinstance(text_part, Text)
    )
    rows[0] = replace(first, parts=(*first.parts, *on_its_line))
    return rows


def add_elements(flow: Flow, text: DocumentText) -> None:
    """Add the table of data elements and what they are for."""
    width = (CONTENT_WIDTH - _GAP) / 2
    language = text.language
    head = [
        flow.paragraph_rows(column, language, SUBHEADING, width=width) for column in text.columns
    ]
    _pair(flow, language, head[0], head[1], width)
    flow.rows[-1] = _kept(flow.rows[-1])
    source = None
    for group in text.element_groups:
        flow.rule(before=3.0)
        if group.source_label != source:
            flow.text(group.source_label, language, SUBHEADING)
            source = group.source_label
        elements = [
            row
            for element in group.elements
            for row in item_rows(flow, element.label, language, SMALL, width)
        ]
        purpose = flow.paragraph_rows(group.purpose, language, SMALL, width=width)
        _pair(flow, language, elements, purpose, width)
    flow.space(4.0)


def add_facts(flow: Flow, facts: Sequence[Answer], language: str) -> None:
    """Add labels, in the language and in English, each with its value beside it."""
    for i, fact in enumerate(facts):
        add_fact(flow, fact, language)
        if i in (0, len(facts) - 2):  # no fact stands alone on its page
            flow.rows[-1] = _kept(flow.rows[-1])


def add_fact(flow: Flow, fact: Answer, language: str) -> None:
    """Add one label with its value; the value may be in any script."""
    label_width = CONTENT_WIDTH * 0.36
    value_width = CONTENT_WIDTH - label_width - _GAP
    labels = flow.paragraph_rows(fact.label, language, LABEL, width=label_width)
    if fact.english != fact.label:
        labels += flow.paragraph_rows(
            fact.english, "en", ENGLISH, width=label_width, aligned_right=is_right_to_left(language)
        )
    style = SMALL_VALUE if any(len(word) > _LONG_WORD for word in fact.value.split()) else VALUE
    value = flow.paragraph_rows(
        fact.value, language, style, width=value_width, natural=True, personal=True
    )
    _pair(flow, language, labels, value, label_width)


def add_heading(flow: Flow, heading: Answer, language: str, style: Style = HEADING) -> None:
    """Add a heading of our own, with its English beneath."""
    flow.text(heading.label, language, style)
    if heading.english != heading.label:
        rows = flow.paragraph_rows(
            heading.english, "en", ENGLISH, aligned_right=is_right_to_left(language)
        )
        flow.rows += [_kept(row) for row in rows]


def _pair(
    flow: Flow, language: str, first: list[Row], second: list[Row], first_width: float
) -> None:
    """Two columns, the first one where the language begins."""
    if is_right_to_left(language):
        flow.columns(first, second, CONTENT_WIDTH - first_width, 0.0)
    else:
        flow.columns(first, second, 0.0, first_width + _GAP)


def _kept(row: Row) -> Row:
    return replace(row, keep_next=True)
