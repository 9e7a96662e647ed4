"""Papers to sign by hand: a document in a family's language, its form, and the English."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from forms.document import Block, BlockKind, DocumentText
from pdf.body import add_blocks
from pdf.content import Answer
from pdf.document import Foot, Part, Rendered, assemble
from pdf.frame import Frame, paginate
from pdf.layout import (
    BODY,
    ENGLISH,
    PAGE_BREAK,
    SUBTITLE,
    TITLE,
    Flow,
    Row,
    Style,
    is_right_to_left,
    kept,
)
from pdf.sheet.code import SheetDocument
from pdf.sheet.geometry import PageKind, PaperSize
from pdf.sheet.printing import SheetFurniture, SheetLabels, form_row, frame_of
from pdf.tags import Role

_TIGHT = 0.55
_CHOICE = Style(size=10.5, weight=700, before=6, keep_next=True)


@dataclass(frozen=True, slots=True)
class Paper:
    """One waiver or revocation to be printed."""

    text: DocumentText
    english: DocumentText
    document: SheetDocument
    waiver_id: str
    labels: SheetLabels
    choices: Sequence[Answer]
    """What each of the text's statements stands for, in their order; none on a revocation."""
    page_label: str
    draft_notice: str | None
    sections: Sequence[str] = ("about", "sharing", "contact")


def compose_papers(papers: Sequence[Paper], size: PaperSize) -> Rendered:
    """All papers in one file, each beginning on the front of a sheet. Raises FontsMissing."""
    flow = Flow()
    frame = frame_of(size)
    parts = [_part(flow, paper, frame, size) for paper in papers]
    first = papers[0].text
    return assemble(
        flow,
        title=first.title,
        language=first.language,
        foot=None,
        created_at=None,
        parts=parts,
    )


def _part(flow: Flow, paper: Paper, frame: Frame, size: PaperSize) -> Part:
    language = paper.text.language
    rows = _own_rows(flow, paper, frame)
    own_pages = len(paginate(rows, frame))
    if language != paper.english.language:
        rows += [PAGE_BREAK, *_shortest(_english_rows(flow, paper), frame)]
    furniture = SheetFurniture(
        document=paper.document,
        version=paper.text.version,
        language=language,
        waiver_id=paper.waiver_id,
        size=size,
        labels=paper.labels,
        online_pages=own_pages,
    )
    foot = Foot(language, paper.page_label, None, paper.draft_notice)
    return Part(rows, foot, frame, furniture)


def _own_rows(flow: Flow, paper: Paper, frame: Frame) -> list[Row]:
    """The text, then what is signed and the form, which stand on one page where they can."""
    with flow.within(Role.SECTION, paper.text.language):
        body = _made(flow, lambda: _add_text(flow, paper.text, paper, paper.english.title))
        closing = _made(flow, lambda: _add_statements(flow, paper.text, paper.choices))
    waiver = paper.document is SheetDocument.WAIVER
    closing = kept([*closing, form_row(PageKind.CONSENT if waiver else PageKind.REVOCATION)])
    options = (_closed(rows, closing, frame) for rows in (body, _tightened(body)))
    return min(options, key=lambda rows: len(paginate(rows, frame)))


def _closed(body: list[Row], closing: list[Row], frame: Frame) -> list[Row]:
    """The statements on the page of the form, which is a new one where they don't fit."""
    together = paginate([*body, *closing], frame)
    on_the_last = {id(row) for _, row in together[-1]}
    if id(closing[0]) in on_the_last:
        return [*body, *closing]
    return [*body, PAGE_BREAK, *closing]


def _shortest(rows: list[Row], frame: Frame) -> list[Row]:
    return min((rows, _tightened(rows)), key=lambda option: len(paginate(option, frame)))


def _tightened(rows: list[Row]) -> list[Row]:
    """With less white between paragraphs: worth it where that saves a page."""
    return [row if row is PAGE_BREAK else replace(row, before=row.before * _TIGHT) for row in rows]


def _english_rows(flow: Flow, paper: Paper) -> list[Row]:
    choices = [Answer(choice.english, choice.english, "") for choice in paper.choices]

    def add() -> None:
        _add_text(flow, paper.english, paper, "")
        _add_statements(flow, paper.english, choices)

    with flow.within(Role.SECTION, "en"):
        return _made(flow, add)


def _made(flow: Flow, add: Callable[[], None]) -> list[Row]:
    """The rows that are added, taken out of the flow again."""
    start = len(flow.rows)
    add()
    rows = flow.rows[start:]
    del flow.rows[start:]
    return rows


def _add_text(flow: Flow, text: DocumentText, paper: Paper, subtitle: str) -> None:
    language = text.language
    flow.text(text.title, language, TITLE, Role.TITLE)
    if subtitle and subtitle != text.title:
        flow.rows += flow.paragraph_rows(
            subtitle, "en", SUBTITLE, aligned_right=is_right_to_left(language)
        )
    for section in paper.sections:
        add_blocks(flow, text, [b for b in text.section(section) if not _is_statement(b)])


def _add_statements(flow: Flow, text: DocumentText, choices: Sequence[Answer]) -> None:
    """What a signature says, each under the choice it belongs to."""
    statements = [block for block in text.blocks if _is_statement(block)]
    for index, statement in enumerate(statements):
        if index < len(choices):
            choice = choices[index]
            flow.text(choice.label, text.language, _CHOICE)
            if choice.english != choice.label:
                flow.rows += flow.paragraph_rows(
                    choice.english,
                    "en",
                    ENGLISH,
                    aligned_right=is_right_to_left(text.language),
                )
        flow.text(statement.text, text.language, BODY)


def _is_statement(block: Block) -> bool:
    return block.kind is BlockKind.STATEMENT
