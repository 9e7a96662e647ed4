"""A waiver to print, with boxes to tick and lines to write on."""

from collections.abc import Sequence
from dataclasses import replace

from forms.document import BlockKind, DocumentText
from pdf.body import GAP, LABEL_WIDTH, add_blocks, add_fact
from pdf.content import Answer
from pdf.document import Foot, Rendered, assemble
from pdf.file import number
from pdf.layout import (
    BODY,
    CONTENT_WIDTH,
    ENGLISH,
    SUBTITLE,
    TITLE,
    Drawing,
    Flow,
    Row,
    Style,
    is_right_to_left,
    kept,
    moved,
)
from pdf.tags import Role, empty_box

_BOX = 11.0
_CHOICE_INDENT = 20.0
_WRITING_HEIGHT = 25.0
"""Room to write by hand, in points."""
_CHOICE = Style(size=11, weight=700, before=7)


def compose_blank(
    text: DocumentText,
    english: DocumentText,
    *,
    lines: Sequence[Answer],
    choices: Sequence[Answer],
    page_label: str,
    draft_notice: str | None,
    sections: Sequence[str] = ("about", "sharing", "contact"),
) -> Rendered:
    """The text, choices with empty boxes, lines to fill in (or their values), then the English.

    Both legal statements are printed, each under the box that stands for it: the first choice
    goes with the first statement block of the text, and so on. Raises FontsMissing.
    """
    flow = Flow()
    _add_waiver(flow, text, sections, lines, choices, subtitle=english.title)
    if english.language != text.language:
        flow.new_page()
        in_english = [Answer(choice.english, choice.english, "") for choice in choices]
        _add_waiver(flow, english, sections, (), in_english, subtitle="")
    return assemble(
        flow,
        title=text.title,
        language=text.language,
        foot=Foot(text.language, page_label, None, draft_notice),
        created_at=None,
    )


def _add_waiver(
    flow: Flow,
    text: DocumentText,
    sections: Sequence[str],
    lines: Sequence[Answer],
    choices: Sequence[Answer],
    *,
    subtitle: str,
) -> None:
    with flow.within(Role.SECTION, text.language):
        _add_parts(flow, text, sections, lines, choices, subtitle)


def _add_parts(
    flow: Flow,
    text: DocumentText,
    sections: Sequence[str],
    lines: Sequence[Answer],
    choices: Sequence[Answer],
    subtitle: str,
) -> None:
    language = text.language
    flow.text(text.title, language, TITLE, Role.TITLE)
    if subtitle and subtitle != text.title:
        flow.rows += flow.paragraph_rows(
            subtitle, "en", SUBTITLE, aligned_right=is_right_to_left(language)
        )
    for section in sections:
        blocks = text.section(section)
        add_blocks(flow, text, [b for b in blocks if b.kind is not BlockKind.STATEMENT])
    statements = [block.text for block in text.blocks if block.kind is BlockKind.STATEMENT]
    for i, choice in enumerate(choices):
        _add_choice(flow, choice, language, statements[i] if i < len(statements) else "")
    flow.space(8.0)
    with flow.within(Role.TABLE, language):
        for line in lines:
            _add_line(flow, line, language)


def _add_choice(flow: Flow, choice: Answer, language: str, statement: str) -> None:
    """An empty box beside what it stands for."""
    right = is_right_to_left(language)
    form = flow.element(Role.FORM, language, empty_box(choice.label))
    rows = flow.paragraph_rows(choice.label, language, _CHOICE, indent=_CHOICE_INDENT)
    drop = rows[0].height / 2 + _BOX / 2
    box = Drawing(f"1 w 0 {number(-drop)} {number(_BOX)} {number(_BOX)} re S", form)
    shift = CONTENT_WIDTH - _BOX - 1 if right else 1.0
    rows[0] = Row(rows[0].height, rows[0].before, (moved(box, shift), *rows[0].parts), True)
    if choice.english != choice.label:
        rows += _indented(flow, choice.english, right=right)
    if statement:
        rows += flow.paragraph_rows(statement, language, BODY, indent=_CHOICE_INDENT)
    flow.rows += kept(rows)


def _indented(flow: Flow, text: str, *, right: bool) -> list[Row]:
    indent = 0.0 if right else _CHOICE_INDENT
    width = CONTENT_WIDTH - _CHOICE_INDENT if right else CONTENT_WIDTH
    rows = flow.paragraph_rows(text, "en", ENGLISH, indent=indent, width=width, aligned_right=right)
    return [Row(row.height, row.before, row.parts, True) for row in rows]


def _add_line(flow: Flow, line: Answer, language: str) -> None:
    """A label with a line to write on, or with its value."""
    if line.value:
        add_fact(flow, line, language)
        return
    start = len(flow.rows)
    add_fact(flow, line, language)
    rows = flow.rows[start:]
    height = sum(row.before + row.height for row in rows)
    x = 0.0 if is_right_to_left(language) else LABEL_WIDTH + GAP
    width = CONTENT_WIDTH - LABEL_WIDTH - GAP
    writing = Drawing(f"0.3 G 0.6 w {number(x)} 0 m {number(x + width)} 0 l S 0 G")
    rows[0] = replace(rows[0], before=max(_WRITING_HEIGHT - height, 4.0))
    flow.rows[start:] = [replace(row, keep_next=True) for row in rows]
    flow.rows.append(Row(1.0, 0.0, (writing,)))
