"""What was signed on paper, as evidence that stands alone: its scan, and what was read from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pdf.archive import Attachment
from pdf.body import add_facts, add_heading
from pdf.content import Answer
from pdf.document import Foot, Rendered, assemble
from pdf.file import Stream, number
from pdf.frame import Frame
from pdf.layout import CONTENT_WIDTH, SUBTITLE, TITLE, Drawing, Flow, Row, is_right_to_left
from pdf.picture import picture
from pdf.tags import Role

_SPARE = 2.0
"""Points that a picture leaves of a page's height, against rounding."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page as it was scanned, upright."""

    data: bytes
    """PNG or JPEG."""
    alternative: str
    """Says to those who can't see it what it is."""


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """Everything that the record of a paper shows; already worded in its language."""

    title: str
    english_title: str
    language: str
    pictures: Sequence[PagePicture]
    parts: Sequence[tuple[Answer, Sequence[Answer]]]
    """Headings (without a value) and the facts under each."""
    receipt_code: str
    record: bytes
    record_sha256: str
    text_sha256: str
    page_label: str
    draft_notice: str | None
    created_at: datetime


def compose_paper(content: PaperRecord) -> Rendered:
    """The scan's pages, then the facts; not yet sealed. Raises PictureUnusable, FontsMissing."""
    flow = Flow()
    images: dict[str, Stream] = {}
    language = content.language
    with flow.within(Role.SECTION, language):
        for page in content.pictures:
            _add_picture(flow, page, images, language)
        flow.new_page()
        flow.text(content.title, language, TITLE, Role.TITLE)
        if content.english_title != content.title:
            flow.rows += flow.paragraph_rows(
                content.english_title, "en", SUBTITLE, aligned_right=is_right_to_left(language)
            )
        for heading, facts in content.parts:
            add_heading(flow, heading, language)
            add_facts(flow, facts, language)
    return assemble(
        flow,
        title=content.title,
        language=language,
        foot=Foot(language, content.page_label, content.receipt_code, content.draft_notice),
        created_at=content.created_at,
        attachment=Attachment(content.record, content.record_sha256, content.text_sha256),
        images=images,
    )


def _add_picture(flow: Flow, page: PagePicture, images: dict[str, Stream], language: str) -> None:
    """A page of its own, as large as there is room above the foot."""
    made = picture(page.data)
    name = f"Scan{len(images) + 1}"
    images[name] = made.stream
    frame = Frame()
    room = frame.top - frame.bottom - _SPARE
    scale = min(CONTENT_WIDTH / made.width, room / made.height)
    width, height = made.width * scale, made.height * scale
    left = (CONTENT_WIDTH - width) / 2
    figure = flow.element(Role.FIGURE, language)
    figure.alternative = page.alternative
    operators = (
        f"q {number(width)} 0 0 {number(height)} {number(left)} {number(-height)} cm /{name} Do Q "
        f"0.75 G 0.4 w {number(left)} {number(-height)} {number(width)} {number(height)} re S 0 G"
    )
    box = (left, -height, left + width, 0.0)
    flow.new_page()
    flow.rows.append(Row(height, 0.0, (Drawing(operators, figure, box),)))
