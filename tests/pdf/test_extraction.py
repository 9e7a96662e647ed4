"""Search, copy and screen readers get the text that was written, in every language."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from forms.document import BlockKind, DocumentText
from pdf.content import SignedContent
from pdf.plain import render_text
from tests.pdf.samples import KINDS, LANGUAGES, READERS, content, pdftotext, rendered, squeezed

_MIRRORED = str.maketrans("()[]«»", "||||||")
"""PDFium turns the brackets of right-to-left text round, as if they were stored as drawn."""
_NO_BRACKETS = str.maketrans("", "", "()|")
_ARABIC = re.compile("[\u0620-\u064a]")
_LATIN = re.compile("[A-Za-z0-9۰-۹]")
"""What runs from left to right inside Arabic and Persian lines."""
RIGHT_TO_LEFT = ("ar", "fa")


def paragraphs(shown: SignedContent) -> Iterator[str]:
    """Every piece of text that a document of this content has, its pages' feet aside."""
    for text in dict.fromkeys([shown.text, shown.english]):
        yield text.title
        blocks = [
            block
            for section in shown.sections
            for block in text.section(section)
            if block.id not in shown.statement_ids
        ]
        blocks += [text.block(statement) for statement in shown.statement_ids]
        for block in blocks:
            if block.kind is BlockKind.ELEMENTS:
                yield from _table(text)
            elif block.kind is not BlockKind.TITLE:
                yield ("•" if block.kind is BlockKind.ITEM else "") + block.text
    if shown.text.language != "en":
        yield shown.english.title
    yield from _facts(shown)


def _table(text: DocumentText) -> Iterator[str]:
    yield from text.columns
    source = None
    for group in text.element_groups:
        if group.source_label != source:
            yield (source := group.source_label)
        yield from ("•" + element.label for element in group.elements)
        yield group.purpose


def _facts(shown: SignedContent) -> Iterator[str]:
    signature = shown.signature
    assert signature is not None
    headings = [shown.answers_heading, signature.heading, shown.evidence_heading]
    facts = [*(replace(h, value="") for h in headings), *shown.answers, *shown.evidence]
    facts.append(signature.heading)
    facts += [signature.witness] if signature.witness else []
    for fact in facts:
        yield fact.label
        yield fact.value
        if fact.english != fact.label:
            yield fact.english
    if signature.typed:
        yield signature.typed


def feet(shown: SignedContent, pages: int) -> list[str]:
    """What stands at the foot of each page."""
    return [
        (shown.draft_notice or "")
        + shown.page_label.replace("{page}", str(page)).replace("{pages}", str(pages))
        + shown.receipt_code
        for page in range(1, pages + 1)
    ]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_is_read_as_often_as_it_was_written(
    kind: str, language: str, reader: str
) -> None:
    shown = content(kind, language)
    pages = READERS[reader](rendered(kind, language))
    written = squeezed("".join(paragraphs(shown)) + "".join(feet(shown, len(pages))))
    read = squeezed("".join(pages))
    if reader == "pdfium":
        written, read = written.translate(_MIRRORED), read.translate(_MIRRORED)
    assert Counter(read) == Counter(written)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_text_is_read_as_it_was_written(
    kind: str, language: str, reader: str
) -> None:
    shown = content(kind, language)
    pages = READERS[reader](rendered(kind, language))
    written = squeezed("\n".join([*paragraphs(shown), *feet(shown, len(pages))]))
    lines = [
        squeezed(line)
        for page in pages
        if language not in RIGHT_TO_LEFT or len(_ARABIC.findall(page)) > len(_LATIN.findall(page))
        for line in page.splitlines()
        if not (_ARABIC.search(line) and _LATIN.search(line))  # readers guess their order
    ]
    assert len(lines) > 30
    if reader == "pdfium":
        written, lines = written.translate(_MIRRORED), [x.translate(_MIRRORED) for x in lines]
    if language in RIGHT_TO_LEFT:  # poppler moves an English line's brackets on such a page
        written, lines = written.translate(_NO_BRACKETS), [x.translate(_NO_BRACKETS) for x in lines]
    assert [line for line in lines if line not in written] == []


@pytest.mark.parametrize("text", [
    "طالبًا وطالبةً الاطلاع وقّع مثلًا",
    "کودکِ شما به مدرسهٔ ما می‌رود",
])  # fmt: skip
@pytest.mark.parametrize("reader", READERS)
def test_arabic_marks_and_ligatures_stay_in_their_words(text: str, reader: str) -> None:
    pages = READERS[reader](render_text(text, "ar"))
    words = re.sub("[\u200f\u202a-\u202e]", "", pages[0]).split()
    assert words == text.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_foot_counts_the_pages(language: str) -> None:
    shown = content("waiver", language)
    pages = pdftotext(rendered("waiver", language))
    for page, foot in zip(pages, feet(shown, len(pages)), strict=True):
        counted = squeezed(foot.replace(shown.receipt_code, ""))
        assert Counter(counted) - Counter(squeezed(page)) == Counter()
