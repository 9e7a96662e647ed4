"""What a signed PDF is made of, measured alone: HarfBuzz's work, and another maker's whole."""

import importlib
import time
from collections.abc import Callable, Iterator
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import uharfbuzz as hb
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

import pdf.fonts
from forms.document import BlockKind, DocumentText
from pdf.content import SignedContent
from pdf.document import SEAL_FIELD
from pdf.fonts import BOLD, REGULAR, FontFace, catalogue, preference
from pdf.text.shape import shape_paragraph
from translations import language as registered_language

Work = Callable[[], object]


def texts(content: SignedContent) -> Iterator[tuple[str, str, int]]:
    """Everything that is printed, as (text, language, weight)."""
    language = content.text.language
    for text in dict.fromkeys((language, content.english.language)):
        yield from _of_document(content.text if text == language else content.english, content)
    headings = (content.answers_heading, content.evidence_heading)
    for answer in (*headings, *content.answers, *content.evidence):
        yield answer.label, language, BOLD
        if answer.english != answer.label:
            yield answer.english, "en", REGULAR
        yield answer.value, language, REGULAR


def _of_document(text: DocumentText, content: SignedContent) -> Iterator[tuple[str, str, int]]:
    yield text.title, text.language, BOLD
    for block in text.blocks:
        statement = block.kind is BlockKind.STATEMENT
        if block.section not in content.sections and block.id not in content.statement_ids:
            continue
        if statement and block.id not in content.statement_ids:
            continue
        bold = block.kind in (BlockKind.HEADING, BlockKind.NOTICE)
        yield block.text, text.language, BOLD if bold else REGULAR
    for group in text.element_groups:
        yield from ((element.label, text.language, REGULAR) for element in group.elements)
        yield group.purpose, text.language, REGULAR


def shaping_and_subsetting(content: SignedContent) -> Work:
    """HarfBuzz's own share: every item of the text shaped, every font subset, and nothing else."""
    items: list[tuple[list[int], int, int, FontFace, str, str, str]] = []
    glyphs: dict[FontFace, set[int]] = {}
    for text, language, weight in texts(content):
        base = int(registered_language(language).direction.value == "rtl")
        codes = [ord(character) for character in text]
        for item in shape_paragraph(text, language, weight, base):
            if item.face is None:
                continue
            direction = "rtl" if item.level % 2 else "ltr"
            items.append((codes, item.start, item.end, item.face, item.script, direction, language))
            used = glyphs.setdefault(item.face, set())
            used.update(glyph.id for cluster in item.clusters for glyph in cluster.glyphs)

    def work() -> None:
        for codes, start, end, face, script, direction, language in items:
            buffer = hb.Buffer()
            buffer.add_codepoints(codes, item_offset=start, item_length=end - start)
            buffer.direction, buffer.script, buffer.language = direction, script, language
            hb.shape(face.font, buffer)
        for face, used in glyphs.items():
            wanted = hb.SubsetInput()
            wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(used)
            wanted.flags = hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_HINTING
            hb.subset(face.prepared, wanted)

    return work


def bare_signature(key_pem: bytes) -> Work:
    """One RSA signature over a digest, without any container."""
    key = serialization.load_pem_private_key(key_pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the benchmark's key is RSA")
    return lambda: key.sign(b"digest", padding.PKCS1v15(), hashes.SHA256())


class _HeldKey(Signer):
    """pyHanko's signer with a parsed key: the least that it needs."""

    def __init__(self, key: rsa.RSAPrivateKey, certificate: asn1_x509.Certificate) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._key = key

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """An RSA signature."""
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def pyhanko_seal(pdf: bytes, key_pem: bytes, certificate_pem: bytes) -> Work:
    """One seal by pyHanko alone, with a held key and reserved bytes."""
    key = serialization.load_pem_private_key(key_pem, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the benchmark's key is RSA")
    found = x509.load_pem_x509_certificate(certificate_pem)
    der = found.public_bytes(serialization.Encoding.DER)
    signer = _HeldKey(key, asn1_x509.Certificate.load(der))
    metadata = PdfSignatureMetadata(
        field_name=SEAL_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )

    def work() -> None:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        PdfSigner(metadata, signer=signer).sign_pdf(writer, bytes_reserved=8192)

    return work


def weasyprint(content: SignedContent) -> Work | None:
    """WeasyPrint setting the same text in the same fonts; None where it isn't installed."""
    try:
        library: Any = importlib.import_module("weasyprint")
    except (ImportError, OSError):  # OSError: Pango is missing
        return None
    page = _page(content)
    fonts = library.text.fonts.FontConfiguration()
    sheet = library.CSS(string=_font_faces(), font_config=fonts)

    def work() -> None:
        library.HTML(string=page).write_pdf(stylesheets=[sheet], font_config=fonts)

    return work


def _page(content: SignedContent) -> str:
    language = registered_language(content.text.language)
    # Each subset is a family of its own: one after the other, until one has the letter.
    families = ", ".join(f"'{_family(face)}'" for face in preference(language.code, REGULAR))
    rows = []
    for text, code, weight in texts(content):
        direction = registered_language(code).direction.value
        rows.append(
            f'<p lang="{code}" dir="{direction}" style="font-weight:{weight}">{escape(text)}</p>'
        )
    style = escape(f"font: 10pt/1.4 {families}")
    return f'<html lang="{language.code}"><body style="{style}">{"".join(rows)}</body></html>'


def _font_faces() -> str:
    folder = Path(pdf.fonts.__file__).parent
    return "\n".join(
        f"@font-face {{ font-family: '{_family(face)}'; font-weight: {face.weight}; "
        f"src: url('{(folder / face.name).as_uri()}.ttf') }}"
        for face in catalogue()
    )


def _family(face: FontFace) -> str:
    return face.family


def timed(work: Work) -> float:
    """Seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
