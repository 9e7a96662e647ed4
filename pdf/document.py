"""One PDF from rows: pages with their feet, structure, metadata, fonts, an attachment."""

import itertools
from dataclasses import dataclass, replace
from datetime import datetime

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
from pdf.layout import (
    FOOT,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Flow,
    Row,
    is_right_to_left,
    paginate,
)
from pdf.page import draw_rows, has_right_to_left, left_surplus
from pdf.tags import Artifact, Element, MarkedPage, Role, language_tag, write_tree
from pdf.text.draw import unseen
from pdf.text.embed import DocumentFonts

SEAL_FIELD = "Seal"
_SEAL_DESCRIPTION = "Electronic seal of this document"
_UNTITLED = "Text"
_FOOT_TOP = 52.0
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
) -> Rendered:
    """Put rows on pages and write the file; one with an attachment has a place for a seal."""
    facts = Facts(title.strip() or _UNTITLED, language, created_at, attachment)
    flow.document.language = language
    file, fonts = PdfFile(), DocumentFonts()
    pages = _drawn_pages(flow, foot, fonts)
    tree = file.reserve()
    resources = file.add({"Font": fonts.embed(file)})
    kids = [file.reserve() for _ in pages]
    seal = _seal_field(file, kids[0], len(pages)) if attachment is not None else None
    for index, (page, kid) in enumerate(zip(pages, kids, strict=True)):
        annotations = [seal] if seal is not None and index == 0 else []
        file.fill(kid, _page(file, tree, resources, page, index, annotations))
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


def _drawn_pages(flow: Flow, foot: Foot | None, fonts: DocumentFonts) -> list[MarkedPage]:
    pages = []
    placed = paginate(flow.rows)
    for index, rows in enumerate(placed):
        page = MarkedPage(index)
        # The code before the text and the page's number after it: PDFium takes what stands
        # on one height, and follows each other, for one sentence.
        first = _foot_code(flow, foot) if foot is not None else []
        last = _foot_rows(flow, foot, index, len(placed)) if foot is not None else []
        parts = (first, rows, last)
        right_to_left = any(map(has_right_to_left, parts))
        for part in parts:
            draw_rows(page, part, fonts, right_to_left=right_to_left)
        if right_to_left:
            page.show(Artifact.LAYOUT, _weighed(sum(map(left_surplus, parts)), len(rows), fonts))
        pages.append(page)
    return pages


def _weighed(surplus: int, lines: int, fonts: DocumentFonts) -> str:
    """Unseen right-to-left marks, so that they and such letters are the most on the page.

    poppler counts letters to know in which direction a page's lines are read; a line of the other
    direction then ends with a mark of its own.
    """
    marks = max(surplus + lines + 1, 1)
    return unseen("\u200f" * marks, MARGIN, _UNSEEN_AT, fonts)


def _page(
    file: PdfFile,
    tree: Reference,
    resources: Reference,
    page: MarkedPage,
    index: int,
    annotations: list[Reference],
) -> dict[str, Value]:
    entry: dict[str, Value] = {
        "Type": Name("Page"),
        "Parent": tree,
        "MediaBox": [0, 0, PAGE_WIDTH, PAGE_HEIGHT],
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


def _foot_rows(flow: Flow, foot: Foot, page: int, pages: int) -> list[tuple[float, Row]]:
    """The notice and the page's number, where the language begins.

    The notice is the first thing to be heard in the document; on further pages it is a foot.
    """
    label = foot.page_label.replace("{page}", str(page + 1)).replace("{pages}", str(pages))
    rows = flow.paragraph_rows(label, foot.language, FOOT, owner=Artifact.FOOT)
    if foot.draft_notice:
        owner: Element | Artifact = Artifact.FOOT
        if page == 0:
            owner = Element(Role.PARAGRAPH, foot.language)
            flow.document.kids.insert(0, owner)
        bold = replace(FOOT, weight=BOLD)
        notice = flow.paragraph_rows(foot.draft_notice, foot.language, bold, owner=owner)
        rows = notice + rows
    tops = itertools.accumulate((-row.height for row in rows), initial=_FOOT_TOP)
    return list(zip(tops, rows, strict=False))


def _foot_code(flow: Flow, foot: Foot) -> list[tuple[float, Row]]:
    """The receipt code, on the other side."""
    at_right = not is_right_to_left(foot.language)
    rows = flow.paragraph_rows(
        foot.receipt_code or "", "en", FOOT, owner=Artifact.FOOT, aligned_right=at_right
    )
    return [(_FOOT_TOP, row) for row in rows]
