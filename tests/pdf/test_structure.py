"""Who hears a document gets its structure: ISO 14289-1 (PDF/UA-1), as far as one can check it."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject, IndirectObject

from intake.documents.texts import DATA_USE
from intake.paper.printing import blank_waiver, printed_document
from pdf.plain import render_text
from tests.pdf.samples import KINDS, LANGUAGES, content, rendered, settings, squeezed
from tests.pdf.test_extraction import paragraphs

MADE = (*KINDS, "blank", DATA_USE)
CHILDREN = {
    "Document": {"Sect", "H1", "H2", "P", "L", "Table", "Figure", "Form"},
    "Sect": {"Sect", "H1", "H2", "P", "L", "Table", "Figure", "Form"},
    "H1": {"Span"},
    "H2": {"Span"},
    "P": {"Span"},
    "L": {"LI"},
    "LI": {"Lbl", "LBody"},
    "Lbl": {"Span"},
    "LBody": {"Span", "P", "L"},
    "Table": {"TR"},
    "TR": {"TH", "TD"},
    "TH": {"Span", "P"},
    "TD": {"Span", "P", "L"},
    "Figure": set(),
    "Span": set(),
    "Form": set(),
}
"""What may stand in what (ISO 32000-1, 14.8.4), of the types that are used here."""
SHOWING = {"Tj", "TJ", "'", '"', "f", "F", "S", "s", "B", "b", "f*", "B*", "b*", "sh", "Do"}


@dataclass
class Node:
    """An element of the structure tree, with the marked pieces beneath it."""

    role: str
    language: str
    entries: DictionaryObject
    kids: list["Node"] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)
    """Page and number of each piece, its kids' too, in reading order."""

    def all(self) -> Iterator["Node"]:
        """It and all beneath it, in reading order."""
        yield self
        for kid in self.kids:
            yield from kid.all()


@cache
def made(kind: str, language: str) -> bytes:
    """A document."""
    if kind in KINDS:
        return rendered(kind, language)
    if kind == "blank":
        return blank_waiver(settings(), language, draft=True).pdf
    return printed_document(settings(), kind, language, draft=True).pdf


@cache
def opened(kind: str, language: str) -> PdfReader:
    """The same, as pypdf reads it."""
    return PdfReader(BytesIO(made(kind, language)))


def tree(reader: PdfReader) -> Node:
    """The whole structure tree."""
    root: Any = reader.trailer["/Root"]
    pages = {page.indirect_reference.idnum: i for i, page in enumerate(reader.pages)}  # type: ignore[union-attr]
    (document,) = root["/StructTreeRoot"]["/K"]
    return _node(document.get_object(), str(root["/Lang"]), pages)


def _node(entries: Any, language: str, pages: dict[int, int]) -> Node:
    node = Node(str(entries["/S"])[1:], str(entries.get("/Lang", language)), entries)
    kids = entries.get("/K", [])
    for held in kids if isinstance(kids, list) else [kids]:
        kid = held.get_object() if isinstance(held, IndirectObject) else held
        if isinstance(kid, int):
            node.marks.append((pages[entries.raw_get("/Pg").idnum], kid))
        elif "/MCID" in kid:
            page = kid.raw_get("/Pg") if "/Pg" in kid else entries.raw_get("/Pg")
            node.marks.append((pages[page.idnum], int(kid["/MCID"])))
        elif "/S" in kid:
            child = _node(kid, node.language, pages)
            node.kids.append(child)
            node.marks += child.marks
    return node


def texts(reader: PdfReader) -> dict[tuple[int, int], str]:
    """What is read from each marked piece: ActualText, else ToUnicode."""
    found: dict[tuple[int, int], str] = {}
    for index, page in enumerate(reader.pages):
        to_unicode = {
            name: _to_unicode(font.get_object())
            for name, font in page["/Resources"]["/Font"].items()  # type: ignore[index]
        }
        piece, actual, font = -1, False, ""
        stack: list[str] = []
        for operands, operator in ContentStream(page["/Contents"], reader).operations:
            match operator:
                case b"BDC" | b"BMC":
                    facts = operands[1] if len(operands) > 1 else {}
                    stack.append(str(operands[0]))
                    if "/MCID" in facts:
                        piece = int(facts["/MCID"])
                    elif "/ActualText" in facts:
                        found[index, piece] = found.get((index, piece), "") + _string(
                            facts["/ActualText"]
                        )
                        actual = True
                case b"EMC":
                    actual = stack.pop() != "/Span" and actual
                case b"Tf":
                    font = str(operands[0])
                case b"TJ" if piece >= 0 and not actual and "/Artifact" not in stack:
                    for part in operands[0]:
                        if not isinstance(part, (int, float)):
                            codes = part.original_bytes
                            read = "".join(
                                to_unicode[font][codes[i : i + 2]] for i in range(0, len(codes), 2)
                            )
                            found[index, piece] = found.get((index, piece), "") + read
                case _:
                    pass
    return found


def _string(value: Any) -> str:
    raw = value.original_bytes
    return str(raw.decode("utf-16") if raw[:2] == b"\xfe\xff" else raw.decode("latin-1"))


def _to_unicode(font: Any) -> dict[bytes, str]:
    lines = font["/ToUnicode"].get_object().get_data().decode().splitlines()
    rows = (line.replace("<", "").split(">")[:2] for line in lines if line.startswith("<"))
    return {
        bytes.fromhex(code): bytes.fromhex(value.strip()).decode("utf-16-be", "surrogatepass")
        for code, value in rows
    }


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_shown_is_part_of_the_text_or_an_artifact(kind: str, language: str) -> None:
    reader = opened(kind, language)
    pieces = set(tree(reader).marks)
    for index, page in enumerate(reader.pages):
        open_: list[str] = []
        for operands, operator in ContentStream(page["/Contents"], reader).operations:
            if operator in (b"BDC", b"BMC"):
                facts = operands[1] if len(operands) > 1 else {}
                open_.append(str(operands[0]))
                assert "/MCID" not in facts or (index, int(facts["/MCID"])) in pieces
            elif operator == b"EMC":
                open_.pop()
            elif operator.decode() in SHOWING:
                assert open_, "something is shown outside of the structure"
        assert open_ == []


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_elements_stand_where_they_may(kind: str, language: str) -> None:
    root = tree(opened(kind, language))
    assert root.role == "Document"
    for node in root.all():
        assert {kid.role for kid in node.kids} <= CHILDREN[node.role], node.role
        if node.role == "LI":
            assert [kid.role for kid in node.kids][-1] == "LBody"
        if node.role == "TH":
            assert node.entries["/A"]["/Scope"] in ("/Row", "/Column")  # type: ignore[index]
        if node.role == "Figure":
            assert node.entries["/Alt"]
            assert len(node.entries["/A"]["/BBox"]) == 4  # type: ignore[index,arg-type]
    headings = [node.role for node in root.all() if node.role.startswith("H")]
    assert headings[0] == "H1"
    rows = [node for node in root.all() if node.role == "Table"]
    assert all(_is_regular(table) for table in rows)


def _is_regular(table: Node) -> bool:
    """Every row has as many columns."""
    return (
        len(
            {
                sum(int(cell.entries.get("/A", {}).get("/ColSpan", 1)) for cell in row.kids)
                for row in table.kids
            }
        )
        == 1
    )


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_piece_belongs_to_one_element_and_finds_it(kind: str, language: str) -> None:
    reader = opened(kind, language)
    root: Any = reader.trailer["/Root"]
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    parents = dict(zip(numbers[::2], numbers[1::2], strict=True))
    marks = tree(reader).marks
    assert len(marks) == len(set(marks))
    for index, page in enumerate(reader.pages):
        owners = parents[page["/StructParents"]].get_object()
        assert len(owners) == sum(1 for place, _ in marks if place == index)
        assert all(
            owner.get_object()["/S"] in {f"/{role}" for role in CHILDREN} for owner in owners
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tree_reads_the_text_in_its_order(kind: str, language: str) -> None:
    """Left-to-right lines letter by letter; of a right-to-left line, that all of it is there."""
    reader = opened(kind, language)
    read = texts(reader)
    shown = content(kind, language)
    elements = [
        squeezed("".join(read.get(mark, "") for mark in node.marks))
        for node in tree(reader).all()
        if node.role in ("H1", "H2", "P", "LBody", "TH", "TD") and node.marks
    ]
    heard = "\n".join(elements)
    for paragraph in paragraphs(shown):
        words = squeezed(paragraph)
        if not words.startswith("••"):  # a list's bullet is an element of its own
            words = words.removeprefix("•")
        if not any(unicodedata.bidirectional(c) in ("R", "AL") for c in words):
            assert words in heard
        elif words:
            assert any(sorted(words) == sorted(element) for element in elements), paragraph


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_each_part_is_spoken_in_its_language(language: str) -> None:
    reader = opened("waiver", language)
    root = tree(reader)
    sections = [node for node in root.kids if node.role == "Sect"]
    assert [node.language for node in sections] == [language, language, "en"]
    spans = {node.language for node in root.all() if node.role == "Span"}
    assert spans <= {"en"}


def test_a_name_in_another_script_is_not_given_to_the_wrong_voice() -> None:
    root = tree(opened("letter", "en"))
    assert {"und-Arab", "und-Mymr", "und-Deva"} <= {node.language for node in root.all()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_what_it_is(language: str) -> None:
    reader = opened("waiver", language)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/Lang"] == language
    assert reader.metadata is not None
    assert reader.metadata.title == content("waiver", language).text.title
    assert all(page["/Tabs"] == "/S" for page in reader.pages)


def test_plain_text_has_its_structure_too() -> None:
    reader = PdfReader(BytesIO(render_text("One\n\nမောင်\nمحمد", "en")))
    assert [node.role for node in tree(reader).kids] == ["P", "P", "P"]
