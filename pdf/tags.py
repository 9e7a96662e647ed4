"""What a document is made of, for those who hear it: the structure tree of PDF/UA-1.

ISO 32000-1, 14.7 (logical structure) and 14.8 (tagged PDF); ISO 14289-1. Elements are made while
the document is put together, in the order in which they are to be read; pages then say which of
their pieces belong to which element. What belongs to none is an artifact: bands, rules, feet.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pdf.file import Name, PdfFile, Reference, Value, number, utf16


class Role(StrEnum):
    """Standard structure types (14.8.4)."""

    DOCUMENT = "Document"
    SECTION = "Sect"
    TITLE = "H1"
    HEADING = "H2"
    PARAGRAPH = "P"
    LIST = "L"
    LIST_ITEM = "LI"
    LABEL = "Lbl"
    LIST_BODY = "LBody"
    TABLE = "Table"
    ROW = "TR"
    HEADER_CELL = "TH"
    CELL = "TD"
    FIGURE = "Figure"
    SPAN = "Span"
    FORM = "Form"


_KEPT_EMPTY = (Role.ROW, Role.HEADER_CELL, Role.CELL)
"""A table stays regular where nothing was answered."""

LISTED = "/O/List/ListNumbering/Disc"
COLUMN = "/O/Table/Scope/Column"
BOTH_COLUMNS = "/O/Table/Scope/Column/ColSpan 2"
ROW_HEADER = "/O/Table/Scope/Row"


def empty_box(description: str) -> str:
    """The attributes of a box to be ticked on paper (14.8.5.6)."""
    return f"/O/PrintField/Role/cb/checked/off/Desc<{utf16(description).hex()}>"


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a page that belongs to an element: the page's index, the piece's number on it."""

    page: int
    id: int


@dataclass(eq=False, slots=True)
class Element:
    """One element; ``language`` is what its text is in, None where that is its parent's."""

    role: Role
    language: str | None = None
    attributes: str = ""
    """Entries of its attribute dictionary, as the file has them."""
    alternative: str | None = None
    box: tuple[float, float, float, float] | None = None
    """Where a figure stands on its page: left, bottom, right, top, in points."""
    annotation: Reference | None = None
    """A form field's annotation, where the element stands for one."""
    kids: list["Element | Mark"] = field(default_factory=list)

    def add(self, child: "Element") -> "Element":
        """Add a child as the last one read, and give it back."""
        self.kids.append(child)
        return child


class Artifact(StrEnum):
    """What is no part of the text: how its operators begin."""

    LAYOUT = "/Artifact<</Type/Layout>>BDC"
    FOOT = "/Artifact<</Type/Pagination/Subtype/Footer>>BDC"


class MarkedPage:
    """A page's operators, each piece marked as an element's or as an artifact."""

    def __init__(self, index: int) -> None:
        self.owners: list[Element] = []
        """The element of each marked piece, by the piece's number."""
        self._index = index
        self._pieces: list[str] = []
        self._open: Element | Artifact | None = None

    def show(self, owner: Element | Artifact, operators: str) -> None:
        """Add operators; what follows on another piece of the same owner is one piece with it."""
        if owner is not self._open:
            self.close()
            self._pieces.append(self._begin(owner))
            self._open = owner
        self._pieces.append(operators)

    def close(self) -> None:
        """End the piece that is open, if any."""
        if self._open is not None:
            self._pieces.append("EMC")
            self._open = None

    def content(self) -> bytes:
        """The page's content stream."""
        self.close()
        return "\n".join(self._pieces).encode("ascii")

    def _begin(self, owner: Element | Artifact) -> str:
        if isinstance(owner, Artifact):
            return owner
        mark = Mark(self._index, len(self.owners))
        self.owners.append(owner)
        owner.kids.append(mark)
        return f"/{owner.role}<</MCID {mark.id}>>BDC"


def language_tag(code: str) -> str:
    """A language's code as BCP 47 writes it."""
    return code.replace("_", "-")


def write_tree(
    file: PdfFile, document: Element, pages: Sequence[MarkedPage], page_objects: Sequence[Reference]
) -> Reference:
    """Write every element that holds something; the structure tree's root.

    ``document.language`` must be given. Annotations get the parent tree's numbers after the
    pages', in reading order.
    """
    root = file.reserve()
    _drop_empty(document)
    references: dict[int, Reference] = {}
    annotated: list[Reference] = []
    for element in _held(document):
        references[id(element)] = file.reserve()
        if element.annotation is not None:
            annotated.append(references[id(element)])
    _Writer(file, references, page_objects).write(document, root, None)
    owned = [[references[id(owner)] for owner in page.owners] for page in pages]
    numbers: list[Value] = []
    for key, entry in enumerate([*map(file.add, owned), *annotated]):
        numbers += [key, entry]
    file.fill(
        root,
        {
            "Type": Name("StructTreeRoot"),
            "K": [references[id(document)]],
            "ParentTree": file.add({"Nums": numbers}),
            "ParentTreeNextKey": len(numbers) // 2,
        },
    )
    return root


def _held(element: Element) -> Iterator[Element]:
    """The element and all beneath it, in reading order."""
    yield element
    for kid in element.kids:
        if isinstance(kid, Element):
            yield from _held(kid)


def _drop_empty(element: Element) -> bool:
    """Drop what is beneath it and holds nothing; whether the element itself holds something."""
    element.kids = [kid for kid in element.kids if isinstance(kid, Mark) or _drop_empty(kid)]
    return bool(element.kids) or element.role in _KEPT_EMPTY or element.annotation is not None


@dataclass(frozen=True, slots=True)
class _Writer:
    """Fills the elements' objects."""

    file: PdfFile
    references: Mapping[int, Reference]
    pages: Sequence[Reference]

    def write(self, element: Element, parent: Reference, language: str | None) -> None:
        """The element, whose parent's text is in this language, and all beneath it."""
        me = self.references[id(element)]
        entries = [f"<</S/{element.role}/P {parent.number} 0 R"]
        spoken = element.language or language
        if spoken is not None and spoken != language:
            entries.append(f"/Lang({language_tag(spoken)})")
        if element.alternative is not None:
            entries.append(f"/Alt<{utf16(element.alternative).hex()}>")
        if element.attributes:
            entries.append(f"/A<<{element.attributes}>>")
        if element.box is not None:
            edges = " ".join(map(number, element.box))
            entries.append(f"/A<</O/Layout/Placement/Block/BBox[{edges}]>>")
        page = next((kid.page for kid in element.kids if isinstance(kid, Mark)), None)
        if page is not None:
            entries.append(f"/Pg {self.pages[page].number} 0 R")
        kids = [self._kid(kid, page) for kid in element.kids]
        if element.annotation is not None:
            kids.append(f"<</Type/OBJR/Obj {element.annotation.number} 0 R>>")
            entries.append(f"/Pg {self.pages[0].number} 0 R")
        if kids:
            entries.append(f"/K {kids[0]}" if len(kids) == 1 else f"/K[{' '.join(kids)}]")
        entries.append(">>")
        self.file.pack(me, "".join(entries).encode("ascii"))
        for kid in element.kids:
            if isinstance(kid, Element):
                self.write(kid, me, spoken)

    def _kid(self, kid: Element | Mark, page: int | None) -> str:
        if isinstance(kid, Element):
            return f"{self.references[id(kid)].number} 0 R"
        if kid.page == page:
            return str(kid.id)
        return f"<</Type/MCR/Pg {self.pages[kid.page].number} 0 R/MCID {kid.id}>>"
