"""What makes a file fit for an archive (PDF/A-3b, ISO 19005-3) and says what it is.

Metadata as XMP (ISO 16684-1), the same facts in the old information dictionary, the colour space
its colours are meant in, and the machine-readable record with its relation to the document.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from pdf.colour import NAME as COLOUR_NAME
from pdf.colour import srgb_profile
from pdf.file import Name, PdfFile, Reference, Stream, Value, date_string
from pdf.tags import language_tag

PRODUCER = "FERPA waiver intake"
RECORD_NAME = "consent-record.json"
_RECORD_DESCRIPTION = "The consent record of this document, for machines (JSON)"

_SCHEMAS = """<pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 it follows</pdfaProperty:description></rdf:li>
</rdf:Seq></pdfaSchema:property></rdf:li>
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Consent document</pdfaSchema:schema>
<pdfaSchema:namespaceURI>urn:ferpa-waiver-intake:1</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>ferpa</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>recordSHA256</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>SHA-256 of the attached record</pdfaProperty:description></rdf:li>
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>textSHA256</pdfaProperty:name>
<pdfaProperty:valueType>Text</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>SHA-256 of the text that was shown</pdfaProperty:description></rdf:li>
</rdf:Seq></pdfaSchema:property></rdf:li>
</rdf:Bag></pdfaExtension:schemas>"""
"""PDF/A wants every property explained that its own list lacks."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """The machine-readable record inside the file."""

    data: bytes
    sha256: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself. ``title`` must not be empty (ISO 14289-1, 7.1)."""

    title: str
    language: str
    created_at: datetime | None
    attachment: Attachment | None


def information(facts: Facts) -> dict[str, Value]:
    """The information dictionary (14.3.3); nothing in it that XMP doesn't say too."""
    info: dict[str, Value] = {"Title": facts.title, "Producer": PRODUCER}
    if facts.created_at is not None:
        info["CreationDate"] = info["ModDate"] = date_string(facts.created_at)
    if facts.attachment is not None:
        info["ConsentRecordSHA256"] = facts.attachment.sha256
        info["TextSHA256"] = facts.attachment.text_sha256
    return info


def metadata(facts: Facts) -> Stream:
    """The XMP packet, uncompressed so that any tool finds it."""
    known = []
    if facts.created_at is not None:
        stamp = facts.created_at.astimezone(UTC).isoformat(timespec="seconds")
        known += [f"<xmp:CreateDate>{stamp}</xmp:CreateDate>"]
        known += [f"<xmp:ModifyDate>{stamp}</xmp:ModifyDate>"]
    if facts.attachment is not None:
        known.append(f"<ferpa:recordSHA256>{facts.attachment.sha256}</ferpa:recordSHA256>")
        known.append(f"<ferpa:textSHA256>{facts.attachment.text_sha256}</ferpa:textSHA256>")
    title = escape(facts.title.encode("utf-8", "replace").decode())
    packet = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"
 xmlns:ferpa="urn:ferpa-waiver-intake:1">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{escape(language_tag(facts.language))}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{PRODUCER}</pdf:Producer>
{"".join(known)}
{_SCHEMAS}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
    return Stream(
        packet.encode(), {"Type": Name("Metadata"), "Subtype": Name("XML")}, compressed=False
    )


def output_intent(file: PdfFile) -> dict[str, Value]:
    """Which colours the pages' greys are meant to be (ISO 19005-3, 6.2.3)."""
    return {
        "Type": Name("OutputIntent"),
        "S": Name("GTS_PDFA1"),
        "OutputConditionIdentifier": COLOUR_NAME,
        "Info": COLOUR_NAME,
        "DestOutputProfile": file.add(Stream(srgb_profile(), {"N": 3})),
    }


def attach(file: PdfFile, attachment: Attachment, created_at: datetime | None) -> Reference:
    """The record as an embedded file (ISO 19005-3, 6.8)."""
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
            "Desc": _RECORD_DESCRIPTION,
            "AFRelationship": Name("Data"),
            "EF": {"F": embedded, "UF": embedded},
        }
    )
