"""Search, copy and screen readers get the text that was written, in every language."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from forms.document import BlockKind, DocumentText, documents
from intake.documents.texts import shown_text
from pdf.content import SignedContent
from pdf.plain import render_text
from tests.pdf.samples import (
    KINDS,
    LANGUAGES,
    READERS,
    content,
    pdftotext,
    rendered,
    settings,
    squeezed,
)
from tests.pdf.test_glyphs import typed

_ARABIC = re.compile("[\u0620-\u064a]")


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
    lines = [squeezed(line) for page in pages for line in page.splitlines()]
    assert len(lines) > 30
    assert [line for line in lines if not _is_in(line, written)] == []


def _is_in(line: str, written: str) -> bool:
    """Whole, or each word of a line with names of two directions: a value in Arabic beside its
    English label (PDFium), a name that begins in Latin letters on an Arabic page (poppler)."""
    parts = re.findall(
        f"{_ARABIC.pattern}+|(?!{_ARABIC.pattern})[^\x00]+?(?={_ARABIC.pattern}|$)", line
    )
    return line in written or (len(line) < 40 and all(part in written for part in parts))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ar", "مع شركاء Riverside Promise Partnership الذين يعملون في مدرسة الطالب."),
        ("ar", "اتصلوا أو اكتبوا إلى Riverside Promise Partnership."),
        ("ar", "البريد الإلكتروني: help@riverside.example.org"),
        ("ar", "اتصلوا على الرقم 801-555-0100 أو اكتبوا إلى help@riverside.example.org."),
        ("ar", "في هذا النموذج، «الطالب» هو ابنكم (FERPA)، بعمر 18 سنة أو أكثر."),
        ("ar", "في هذا التاريخ على أبعد تقدير: 30 يونيو 2027."),
        ("ar", "the the the أو and and"),
        ("fa", "۱۸ سال یا بیشتر: تا ۳۰ ژوئن ۲۰۲۷."),
        ("fa", "تلفن: ۸۰۱-۵۵۵-۰۱۰۰ را (یا +1 801 555 0100) بگیرید."),
        ("fa", "آیا می‌خواهید [امضا] کنید؟ «بله»، یا «نه»!"),
        ("en", "Permission to share (FERPA waiver).\nمحمد بن علي"),
        ("en", "Student: محمد بن علي (Room 12)"),
        ("en", "The parents محمد بن علي and فاطمة الزهراء live at 4417 S 2700 W."),
        ("en", "Student (يوسف عبد الله), born 2015-01-01."),
        ("my", "ကျောင်းသား محمد بن علي သည် ၁၈ နှစ်။"),
    ],
)
def test_a_line_of_two_directions_is_read_as_it_was_typed(
    language: str, text: str, reader: str
) -> None:
    assert squeezed("".join(READERS[reader](render_text(text, language)))) == squeezed(text)


_NOT_IN_ORDER = "Mateo Hernández، الصف (٣/ب)، 84119 UT"
"""Brackets and numbers of an Arabic phrase inside a line from left to right: readers disagree."""


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("language", "text"), typed())
def test_a_name_or_address_is_read_as_it_was_typed_in_any_document(
    language: str, text: str, reader: str
) -> None:
    for code in sorted({language, "en", "ar"}):
        read = squeezed("".join(READERS[reader](render_text(text, code))))
        if text == _NOT_IN_ORDER:
            assert Counter(read) - Counter("()") == Counter(squeezed(text)) - Counter("()")
        else:
            assert read == squeezed(text)


@pytest.mark.parametrize("language", ["ar", "fa"])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("document", documents())
def test_every_block_is_read_whole(document: str, language: str, reader: str) -> None:
    text = shown_text(settings(), document, language)
    for section in text.sections:
        for block in text.section(section):
            read = READERS[reader](render_text(block.text, language))
            assert squeezed("".join(read)) == squeezed(block.text)


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
