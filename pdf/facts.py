"""A sheet of facts under headings, in a language with English beside: to print and to keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pdf.body import add_facts, add_heading, english_rows
from pdf.content import Answer
from pdf.document import Foot, Rendered, assemble
from pdf.layout import BODY, CONTENT_WIDTH, SUBTITLE, TITLE, Flow, is_right_to_left
from pdf.tags import Role


@dataclass(frozen=True, slots=True)
class FactSheet:
    """Everything that the sheet shows; already worded in its language."""

    title: Answer
    """Titles, headings and sentences carry an empty value."""
    language: str
    sentences: Sequence[Answer]
    """Before the facts."""
    parts: Sequence[tuple[Answer, Sequence[Answer]]]
    """Headings and the facts under each."""
    page_label: str
    created_at: datetime


def compose_facts(content: FactSheet) -> Rendered:
    """The sheet as a PDF; not sealed. Raises FontsMissing."""
    flow, language = Flow(), content.language
    with flow.within(Role.SECTION, language):
        flow.text(content.title.label, language, TITLE, Role.TITLE)
        if content.title.english != content.title.label:
            flow.rows += flow.paragraph_rows(
                content.title.english, "en", SUBTITLE, aligned_right=is_right_to_left(language)
            )
        for sentence in content.sentences:
            flow.text(sentence.label, language, BODY)
            flow.rows += english_rows(flow, sentence, language, CONTENT_WIDTH)
        for heading, facts in content.parts:
            add_heading(flow, heading, language)
            add_facts(flow, facts, language)
    return assemble(
        flow,
        title=content.title.label,
        language=language,
        foot=Foot(language, content.page_label, None, None),
        created_at=content.created_at,
    )
