"""Any plain text through the same layout engine."""

from pdf.document import Rendered, assemble
from pdf.layout import Flow, Style
from pdf.text.bidi import base_level
from pdf.text.paragraph import NEW_LINE

_LINE = Style(before=0)


def render_text(text: str, language: str) -> bytes:
    """A PDF of the text, each line on the side where its first strong letter begins.

    Raises FontsMissing. Takes any string; what no font has is drawn as a code-point box.
    """
    return compose_text(text, language).pdf


def compose_text(text: str, language: str) -> Rendered:
    """As ``render_text``, with pages and the code points that no font has."""
    flow = Flow()
    for line in NEW_LINE.split(text):
        level = base_level(line)
        flow.rows += flow.paragraph_rows(
            line,
            language,
            _LINE,
            personal=True,
            aligned_right=None if level is None else level == 1,
        )
    first = next((line for line in text.splitlines() if line.strip()), "")
    title = "".join(c for c in first.strip()[:120] if c.isprintable())
    return assemble(flow, title=title, language=language, foot=None, created_at=None)
