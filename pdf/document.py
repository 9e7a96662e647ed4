"""One PDF from rows: pages with their feet, metadata, fonts, an attachment."""

import itertools
from dataclasses import dataclass, replace
from datetime import datetime
from xml.sax.saxutils import escape

from pdf.file import Name, PdfFile, Reference, Stream, Value, date_string
from pdf.fonts import BOLD
from pdf.layout import (
    FOOT,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Flow,
    Row,
    draw_page,
    is_right_to_left,
    paginate,
)
from pdf.text.embed import DocumentFonts

PRODUCER = "FERPA waiver intake"
RECORD_NAME = "consent-record.json"
_FOOT_TOP = 52.0


@dataclass(frozen=True, slots=True)
class Attachment:
    """The machine-readable record inside the file."""

    data: bytes
    sha256: str
    text_sha256: str


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


def assemble(
    flow: Flow,
    *,
    title: str,
    language: str,
    foot: Foot | None,
    created_at: datetime | None,
    attachment: Attachment | None = None,
) -> Rendered:
    """Put rows on pages and write the file."""
    file, fonts = PdfFile(), DocumentFonts()
    pages = paginate(flow.rows)
    contents = []
    for index, placed in enumerate(pages):
        pieces = draw_page(placed, fonts)
        if foot is not None:
            # The code before the text and the page's number after it: PDFium takes what stands
            # on one height, and follows each other, for one sentence.
            code = draw_page(_foot_code(flow, foot), fonts)
            number = draw_page(_foot_rows(flow, foot, index + 1, len(pages)), fonts)
            artifact = "/Artifact BMC"
            pieces = [artifact, *code, "EMC", *pieces, artifact, *number, "EMC"]
        contents.append("\n".join(pieces).encode("ascii"))
    tree = file.reserve()
    resources = file.add({"Font": fonts.embed(file)})
    kids = [_page(file, tree, resources, content) for content in contents]
    file.fill(tree, {"Type": Name("Pages"), "Kids": kids, "Count": len(kids)})
    catalog: dict[str, Value] = {
        "Type": Name("Catalog"),
        "Pages": tree,
        "Lang": language,
        # No /Direction: it orders only pages side by side, but with R2L PDFium (Chrome) reads
        # the English lines of an Arabic document backwards.
        "ViewerPreferences": {"DisplayDocTitle": True},
        "Metadata": file.add(_metadata(title, language, created_at, attachment)),
    }
    if attachment is not None:
        record = _attach(file, attachment, created_at)
        catalog["Names"] = {"EmbeddedFiles": {"Names": [RECORD_NAME, record]}}
        catalog["AF"] = [record]
    info = file.add(_info(title, created_at, attachment))
    pdf = file.write(file.add(catalog), info)
    return Rendered(pdf, len(pages), tuple(flow.missing))


def _page(file: PdfFile, tree: Reference, resources: Reference, content: bytes) -> Reference:
    return file.add(
        {
            "Type": Name("Page"),
            "Parent": tree,
            "MediaBox": [0, 0, PAGE_WIDTH, PAGE_HEIGHT],
            "Resources": resources,
            "Contents": file.add(Stream(content)),
        }
    )


def _foot_rows(flow: Flow, foot: Foot, page: int, pages: int) -> list[tuple[float, Row]]:
    """The notice and the page's number, where the language begins."""
    label = foot.page_label.replace("{page}", str(page)).replace("{pages}", str(pages))
    rows = flow.paragraph_rows(label, foot.language, FOOT)
    if foot.draft_notice:
        bold = replace(FOOT, weight=BOLD)
        rows = flow.paragraph_rows(foot.draft_notice, foot.language, bold) + rows
    tops = itertools.accumulate((-row.height for row in rows), initial=_FOOT_TOP)
    return list(zip(tops, rows, strict=False))


def _foot_code(flow: Flow, foot: Foot) -> list[tuple[float, Row]]:
    """The receipt code, on the other side."""
    at_right = not is_right_to_left(foot.language)
    rows = flow.paragraph_rows(foot.receipt_code or "", "en", FOOT, aligned_right=at_right)
    return [(_FOOT_TOP, row) for row in rows]


def _info(
    title: str, created_at: datetime | None, attachment: Attachment | None
) -> dict[str, Value]:
    info: dict[str, Value] = {"Title": title, "Producer": PRODUCER}
    if created_at is not None:
        info["CreationDate"] = info["ModDate"] = date_string(created_at)
    if attachment is not None:
        info["ConsentRecordSHA256"] = attachment.sha256
        info["TextSHA256"] = attachment.text_sha256
    return info


def _metadata(
    title: str, language: str, created_at: datetime | None, attachment: Attachment | None
) -> Stream:
    """The same facts as XMP (ISO 16684-1), uncompressed so that any tool finds them."""
    facts = []
    if created_at is not None:
        stamp = created_at.isoformat(timespec="seconds")
        facts += [f"<xmp:CreateDate>{stamp}</xmp:CreateDate>"]
        facts += [f"<xmp:ModifyDate>{stamp}</xmp:ModifyDate>"]
    if attachment is not None:
        facts.append(f"<ferpa:recordSHA256>{attachment.sha256}</ferpa:recordSHA256>")
        facts.append(f"<ferpa:textSHA256>{attachment.text_sha256}</ferpa:textSHA256>")
    packet = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:ferpa="urn:ferpa-waiver-intake:1">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{escape(language)}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{PRODUCER}</pdf:Producer>
{"".join(facts)}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
    return Stream(
        packet.encode(), {"Type": Name("Metadata"), "Subtype": Name("XML")}, compressed=False
    )


def _attach(file: PdfFile, attachment: Attachment, created_at: datetime | None) -> Reference:
    parameters: dict[str, Value] = {"Size": len(attachment.data)}
    if created_at is not None:
        parameters["ModDate"] = parameters["CreationDate"] = date_string(created_at)
    embedded = file.add(
        Stream(
            attachment.data,
            {
                "Type": Name("EmbeddedFile"),
                "Subtype": Name("application#2Fjson"),
                "Params": parameters,
            },
        )
    )
    return file.add(
        {
            "Type": Name("Filespec"),
            "F": RECORD_NAME,
            "UF": RECORD_NAME,
            "AFRelationship": Name("Data"),
            "EF": {"F": embedded, "UF": embedded},
        }
    )
