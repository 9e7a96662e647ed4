"""Letters to families, many in one file: each in its language, the English beneath, and a code that
a phone's camera opens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pdf.body import add_facts, english_rows
from pdf.content import Answer
from pdf.document import Foot, Part, Rendered, assemble
from pdf.layout import (
    BODY,
    CONTENT_WIDTH,
    ENGLISH,
    SMALL,
    SUBTITLE,
    TITLE,
    Drawing,
    Flow,
    Row,
    Style,
    Text,
    is_right_to_left,
    moved,
)
from pdf.sheet.geometry import MILLIMETRE, Square
from pdf.sheet.marks import draw_code
from pdf.tags import Role

_SIDE = 34 * MILLIMETRE
"""Of the code: phones read it from a table, on a creased sheet, with a dim lamp."""
_BESIDE = 7 * MILLIMETRE
_TEXT = replace(BODY, size=11.5, before=9)
_LINK = Style(size=11, weight=700, before=6)
_HANDING = replace(SMALL, colour="0.35 g", before=0)
_LANGUAGES = replace(BODY, size=11, before=8)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, worded already. Sentences carry an empty value."""

    language: str
    handing: str
    """For who hands it out: teacher, class, student."""
    title: Answer
    before: Sequence[Answer]
    """What it is about, before the code."""
    how: Answer
    """Beside the code."""
    link: str
    code_alternative: str
    """Says in the letter's language what the code is."""
    after: Sequence[Answer]
    facts: Sequence[Answer]
    page_label: str
    languages: str = ""
    """The names of all languages, where nobody knows the family's."""


def compose_letters(letters: Sequence[Letter], *, created_at: datetime) -> Rendered:
    """All letters, each on the front of a sheet of its own. Raises FontsMissing."""
    flow = Flow()
    parts = [_part(flow, letter) for letter in letters]
    first = letters[0]
    return assemble(
        flow,
        title=first.title.label,
        language=first.language,
        foot=None,
        created_at=created_at,
        parts=parts,
    )


def _part(flow: Flow, letter: Letter) -> Part:
    start = len(flow.rows)
    language = letter.language
    with flow.within(Role.SECTION, language):
        flow.rows += flow.paragraph_rows(
            letter.handing,
            language,
            _HANDING,
            personal=True,
            aligned_right=is_right_to_left(language),
        )
        flow.space(26.0)
        flow.text(letter.title.label, language, TITLE, Role.TITLE)
        if letter.title.english != letter.title.label:
            flow.rows += flow.paragraph_rows(
                letter.title.english, "en", SUBTITLE, aligned_right=is_right_to_left(language)
            )
        flow.space(8.0)
        for sentence in letter.before:
            _add_sentence(flow, sentence, language)
        flow.space(14.0)
        flow.rows.append(_code_row(flow, letter))
        flow.space(8.0)
        if letter.languages:
            flow.rows += flow.paragraph_rows(letter.languages, language, _LANGUAGES, personal=True)
        for sentence in letter.after:
            _add_sentence(flow, sentence, language)
        flow.space(10.0)
        add_facts(flow, letter.facts, language)
    rows = flow.rows[start:]
    del flow.rows[start:]
    return Part(rows, Foot(language, letter.page_label, None, None))


def _add_sentence(flow: Flow, sentence: Answer, language: str) -> None:
    flow.text(sentence.label, language, _TEXT)
    flow.rows += english_rows(flow, sentence, language, CONTENT_WIDTH)


def _code_row(flow: Flow, letter: Letter) -> Row:
    """The code where the language begins, and beside it how to use it, as one row."""
    language = letter.language
    right = is_right_to_left(language)
    figure = flow.element(Role.FIGURE, language)
    figure.alternative = letter.code_alternative
    x = CONTENT_WIDTH - _SIDE if right else 0.0
    code = Drawing(
        draw_code(Square(x, -_SIDE, _SIDE), letter.link), figure, (x, -_SIDE, x + _SIDE, 0.0)
    )
    width = CONTENT_WIDTH - _SIDE - _BESIDE
    rows = flow.paragraph_rows(letter.how.label, language, replace(_TEXT, before=0), width=width)
    if letter.how.english != letter.how.label:
        rows += flow.paragraph_rows(
            letter.how.english, "en", ENGLISH, width=width, aligned_right=right
        )
    rows += flow.paragraph_rows(letter.link, "en", _LINK, width=width, aligned_right=right)
    words, height = _stacked(rows, 0.0 if right else _SIDE + _BESIDE)
    return Row(max(_SIDE, height), 0.0, (code, *words))


def _stacked(rows: Sequence[Row], shift: float) -> tuple[list[Text | Drawing], float]:
    """The parts of rows under each other, within one row; and their height."""
    parts: list[Text | Drawing] = []
    height = 0.0
    for index, row in enumerate(rows):
        height += row.before if index else 0.0
        for part in row.parts:
            placed = moved(part, shift)
            if isinstance(placed, Text):
                placed = replace(placed, drop=placed.drop + height)
            parts.append(placed)
        height += row.height
    return parts, height
