"""A document that is only read, to print."""

from collections.abc import Sequence

from forms.document import BlockKind, DocumentText
from pdf.body import add_blocks
from pdf.document import Foot, Rendered, assemble
from pdf.layout import SUBTITLE, TITLE, Flow, is_right_to_left
from pdf.tags import Role


def compose_reading(
    text: DocumentText,
    english: DocumentText,
    *,
    page_label: str,
    draft_notice: str | None,
    sections: Sequence[str],
) -> Rendered:
    """The text, then the English. Raises FontsMissing."""
    flow = Flow()
    _add_text(flow, text, sections, subtitle=english.title)
    if english.language != text.language:
        flow.new_page()
        _add_text(flow, english, sections, subtitle="")
    return assemble(
        flow,
        title=text.title,
        language=text.language,
        foot=Foot(text.language, page_label, None, draft_notice),
        created_at=None,
    )


def _add_text(flow: Flow, text: DocumentText, sections: Sequence[str], *, subtitle: str) -> None:
    language = text.language
    with flow.within(Role.SECTION, language):
        flow.text(text.title, language, TITLE, Role.TITLE)
        if subtitle and subtitle != text.title:
            flow.rows += flow.paragraph_rows(
                subtitle, "en", SUBTITLE, aligned_right=is_right_to_left(language)
            )
        for section in sections:
            blocks = text.section(section)
            add_blocks(flow, text, [b for b in blocks if b.kind is not BlockKind.STATEMENT])
