"""The signed waiver, decline or revocation letter: evidence that stands alone."""

from forms.document import DocumentText
from pdf.archive import Attachment
from pdf.body import add_blocks, add_facts, add_heading
from pdf.content import Signature, SignedContent
from pdf.document import Foot, Rendered, assemble
from pdf.file import number
from pdf.layout import (
    CONTENT_WIDTH,
    SUBTITLE,
    TITLE,
    Drawing,
    Flow,
    Row,
    Style,
    is_right_to_left,
    moved,
)
from pdf.signature import HEIGHT, WIDTH, draw_signature
from pdf.tags import Role

_TYPED = Style(size=16, before=6)


def render(content: SignedContent) -> bytes:
    """The document as a PDF, not yet sealed. The same content gives the same bytes.

    Raises FontsMissing.
    """
    return compose(content).pdf


def compose(content: SignedContent) -> Rendered:
    """As ``render``, with what an operator may want to know: pages, letters without a font."""
    flow = Flow()
    language = content.text.language
    _add_text(flow, content.text, content, subtitle=content.english.title)
    with flow.within(Role.SECTION, language):
        add_heading(flow, content.answers_heading, language)
        add_facts(flow, content.answers, language)
        if content.signature is not None:
            _add_signature(flow, content.signature, language)
        add_heading(flow, content.evidence_heading, language)
        add_facts(flow, content.evidence, language)
    if content.english.language != language:
        flow.new_page()
        _add_text(flow, content.english, content, subtitle="")
    return assemble(
        flow,
        title=content.text.title,
        language=language,
        foot=Foot(language, content.page_label, content.receipt_code, content.draft_notice),
        created_at=content.created_at,
        attachment=Attachment(content.record, content.record_sha256, content.text.sha256),
    )


def _add_text(flow: Flow, text: DocumentText, content: SignedContent, *, subtitle: str) -> None:
    with flow.within(Role.SECTION, text.language):
        _add_blocks(flow, text, content, subtitle)


def _add_blocks(flow: Flow, text: DocumentText, content: SignedContent, subtitle: str) -> None:
    flow.text(text.title, text.language, TITLE, Role.TITLE)
    if subtitle and subtitle != text.title:
        flow.rows += flow.paragraph_rows(
            subtitle, "en", SUBTITLE, aligned_right=is_right_to_left(text.language)
        )
    statements = content.statement_ids
    for section in content.sections:
        blocks = [block for block in text.section(section) if block.id not in statements]
        add_blocks(flow, text, blocks)
    add_blocks(flow, text, [text.block(statement) for statement in statements])


def _add_signature(flow: Flow, signature: Signature, language: str) -> None:
    """The drawing or the typed name over a line, who it is, and the witness of a mark."""
    add_heading(flow, signature.heading, language)
    right = is_right_to_left(language)
    shift = CONTENT_WIDTH - WIDTH if right else 0.0
    if signature.drawn is not None:
        figure = flow.element(Role.FIGURE, language)
        figure.alternative = signature.alternative_text
        box = (0.0, -HEIGHT, WIDTH, 0.0)
        drawing = Drawing(draw_signature(signature.drawn), figure, box)
        flow.rows.append(Row(HEIGHT, 4.0, (moved(drawing, shift),), keep_next=True))
    if signature.typed is not None:
        rows = flow.paragraph_rows(
            signature.typed, language, _TYPED, personal=True, aligned_right=right
        )
        flow.rows += [Row(row.height, row.before, row.parts, keep_next=True) for row in rows]
    line = Drawing(f"0.4 G 0.6 w 0 0 m {number(WIDTH)} 0 l S 0 G")
    flow.rows.append(Row(2.0, 1.0, (moved(line, shift),), keep_next=True))
    facts = [signature.heading]
    if signature.witness is not None:
        facts.append(signature.witness)
    add_facts(flow, facts, language)
