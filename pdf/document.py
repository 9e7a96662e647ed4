"""One PDF from rows: pages with their feet, structure, metadata, fonts, an attachment."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from pdf.archive import (
    RECORD_NAME,
    Attachment,
    Facts,
    attach,
    information,
    metadata,
    output_intent,
)
from pdf.file import Name, PdfFile, Reference, Stream, Value
from pdf.fonts import BOLD
from pdf.frame import Frame, Placed, paginate
from pdf.layout import (
    FOOT,
    Flow,
    Row,
    is_right_to_left,
    moved,
)
from pdf.page import draw_rows, has_right_to_left, left_surplus
from pdf.tags import Artifact, Element, MarkedPage, Role, language_tag, write_tree
from pdf.text.draw import unseen
from pdf.text.embed import DocumentFonts

SEAL_FIELD = "Seal"
_SEAL_DESCRIPTION = "Electronic seal of this document"
_UNTITLED = "Text"
_UNSEEN_AT = 12.0
"""Height of what is only for machines, in points."""
_PRINTED_AND_LOCKED = 132


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands at the foot of each page."""

    language: str
    page_label: str
    receipt_code: str | None
    draft_notice: str | None


class Furniture(Protocol):
    """What a paper has on its pages besides the text: marks, codes, boxes and their labels."""

    def rows(self, flow: Flow, page: int, pages: int, placed: Placed) -> Placed:
        """Text at places of its own on one page of a paper; ``page`` counts from 0."""
        ...

    def operators(self, page: int, pages: int, placed: Placed) -> str:
        """What is drawn there and isn't text."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that begin on a new sheet, with pages of their own numbering."""

    rows: Sequence[Row]
    foot: Foot | None
    frame: Frame = field(default_factory=Frame)
    furniture: Furniture | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished file, and the code points that had to be drawn as boxes."""

    pdf: bytes
    pages: int
    missing: tuple[int, ...]

    @property
    def missing_names(self) -> str:
        """Such as ``U+E000, U+13000``; empty where every letter has a font."""
        return ", ".join(f"U+{code:04X}" for code in self.missing)


def assemble(
    flow: Flow,
    *,
    title: str,
    language: str,
    foot: Foot | None,
    created_at: datetime | None,
    attachment: Attachment | None = None,
    parts: Sequence[Part] = (),
    images: Mapping[str, Stream] = MappingProxyType({}),
) -> Rendered:
    """Put rows on pages and write the file; one with an attachment has a place for a seal.

    ``parts``, where given, take the place of the flow's rows and the foot: each begins on the
    front of a sheet, so that no sheet that is printed on both sides carries two of them.
    ``images``: what drawings of the rows refer to by name.
    """
    facts = Facts(title.strip() or _UNTITLED, language, created_at, attachment)
    flow.document.language = language
    file, fonts = PdfFile(), DocumentFonts()
    pages = _drawn_parts(flow, parts or [Part(flow.rows, foot)], fonts)
    frame = parts[0].frame if parts else Frame()
    tree = file.reserve()
    found: dict[str, Value] = {"Font": fonts.embed(file)}
    if images:
        found["XObject"] = {name: file.add(image) for name, image in images.items()}
    resources = file.add(found)
    kids = [file.reserve() for _ in pages]
    seal = _seal_field(file, kids[0], len(pages)) if attachment is not None else None
    for index, (page, kid) in enumerate(zip(pages, kids, strict=True)):
        annotations = [seal] if seal is not None and index == 0 else []
        file.fill(kid, _page(file, tree, resources, page, index, annotations, frame))
    file.fill(tree, {"Type": Name("Pages"), "Kids": kids, "Count": len(kids)})
    catalog: dict[str, Value] = {
        "Type": Name("Catalog"),
        "Pages": tree,
        "Lang": language_tag(language),
        "MarkInfo": {"Marked": True},
        # No /Direction: it orders only pages side by side, but with R2L PDFium (Chrome) reads
        # the English lines of an Arabic document backwards.
        "ViewerPreferences": {"DisplayDocTitle": True},
        "Metadata": file.add(metadata(facts)),
        "OutputIntents": [output_intent(file)],
    }
    if attachment is not None:
        record = attach(file, attachment, created_at)
        catalog["Names"] = {"EmbeddedFiles": {"Names": [RECORD_NAME, record]}}
        catalog["AF"] = [record]
    if seal is not None:
        catalog["AcroForm"] = {"Fields": [seal], "SigFlags": 3}
        flow.document.add(Element(Role.FORM, "en", annotation=seal))
    catalog["StructTreeRoot"] = write_tree(file, flow.document, pages, kids)
    info = file.add(information(facts))
    pdf = file.write(file.add(catalog), info)
    return Rendered(pdf, len(pages), tuple(flow.missing))


def _drawn_parts(flow: Flow, parts: Sequence[Part], fonts: DocumentFonts) -> list[MarkedPage]:
    pages: list[MarkedPage] = []
    for part in parts:
        if len(pages) % 2:
            pages.append(MarkedPage(len(pages)))
        pages += _drawn_pages(flow, part, fonts, len(pages))
    return pages


def _drawn_pages(flow: Flow, part: Part, fonts: DocumentFonts, first: int) -> list[MarkedPage]:
    pages = []
    placed = paginate(part.rows, part.frame)
    for index, rows in enumerate(placed):
        page = MarkedPage(first + index)
        if part.furniture is not None:
            page.show(Artifact.LAYOUT, part.furniture.operators(index, len(placed), rows))
        groups = _groups(flow, part, index, len(placed), rows)
        right_to_left = any(map(has_right_to_left, groups))
        for group in groups:
            draw_rows(page, group, fonts, part.frame.margin, right_to_left=right_to_left)
        if right_to_left:
            surplus = sum(map(left_surplus, groups))
            page.show(Artifact.LAYOUT, _weighed(surplus, len(rows), part.frame.margin, fonts))
        pages.append(page)
    return pages


def _groups(flow: Flow, part: Part, index: int, count: int, rows: Placed) -> list[Placed]:
    """A page's text in the order in which it is drawn.

    The code before the text and the page's number after it: PDFium takes what stands on one
    height, and follows each other, for one sentence.
    """
    groups = [rows]
    if part.furniture is not None:
        groups.append(part.furniture.rows(flow, index, count, rows))
    if part.foot is None:
        return groups
    first = _foot_code(flow, part.foot, part.frame)
    return [first, *groups, _foot_rows(flow, part.foot, part.frame, index, count)]


def _weighed(surplus: int, lines: int, margin: float, fonts: DocumentFonts) -> str:
    """Unseen right-to-left marks, so that they and such letters are the most on the page.

    poppler counts letters to know in which direction a page's lines are read; a line of the other
    direction then ends with a mark of its own.
    """
    marks = max(surplus + lines + 1, 1)
    return unseen("\u200f" * marks, margin, _UNSEEN_AT, fonts)


def _page(
    file: PdfFile,
    tree: Reference,
    resources: Reference,
    page: MarkedPage,
    index: int,
    annotations: list[Reference],
    frame: Frame,
) -> dict[str, Value]:
    entry: dict[str, Value] = {
        "Type": Name("Page"),
        "Parent": tree,
        "MediaBox": [0, 0, frame.width, frame.height],
        "Resources": resources,
        "Contents": file.add(Stream(page.content())),
        "StructParents": index,
        "Tabs": Name("S"),
    }
    if annotations:
        entry["Annots"] = annotations
    return entry


def _seal_field(file: PdfFile, page: Reference, number: int) -> Reference:
    """An invisible signature field, for the sealer to fill: so it is part of the structure."""
    return file.add(
        {
            "Type": Name("Annot"),
            "Subtype": Name("Widget"),
            "FT": Name("Sig"),
            "T": SEAL_FIELD,
            "TU": _SEAL_DESCRIPTION,
            "Rect": [0, 0, 0, 0],
            "F": _PRINTED_AND_LOCKED,
            "P": page,
            "StructParent": number,
        }
    )


def _foot_rows(flow: Flow, foot: Foot, frame: Frame, page: int, pages: int) -> Placed:
    """The notice and the page's number, where the language begins.

    The notice is the first thing to be heard in the document; on further pages it is a foot.
    """
    label = foot.page_label.replace("{page}", str(page + 1)).replace("{pages}", str(pages))
    rows = flow.paragraph_rows(
        label, foot.language, FOOT, owner=Artifact.FOOT, width=frame.foot_width
    )
    if foot.draft_notice:
        owner: Element | Artifact = Artifact.FOOT
        if page == 0:
            owner = Element(Role.PARAGRAPH, foot.language)
            flow.document.kids.insert(0, owner)
        bold = replace(FOOT, weight=BOLD)
        notice = flow.paragraph_rows(
            foot.draft_notice, foot.language, bold, owner=owner, width=frame.foot_width
        )
        rows = notice + rows
    return _at_the_foot(rows, frame)


def _foot_code(flow: Flow, foot: Foot, frame: Frame) -> Placed:
    """The receipt code, on the other side."""
    at_right = not is_right_to_left(foot.language)
    rows = flow.paragraph_rows(
        foot.receipt_code or "",
        "en",
        FOOT,
        owner=Artifact.FOOT,
        aligned_right=at_right,
        width=frame.foot_width,
    )
    return _at_the_foot(rows[:1], frame)


def _at_the_foot(rows: Sequence[Row], frame: Frame) -> Placed:
    tops = itertools.accumulate((-row.height for row in rows), initial=frame.foot_top)
    return [
        (top, replace(row, parts=tuple(moved(part, frame.foot_shift) for part in row.parts)))
        for top, row in zip(tops, rows, strict=False)
    ]
