"""Whether a sealed document is what was sealed: the seal, every byte, the attached record."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from pdf.archive import RECORD_NAME
from pdf.own_thread import in_own_thread
from pdf.seal_bytes import container_is_canonical

# An unknown certificate is a finding of ours, not an incident with a stack trace in the log.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pypdf").setLevel(logging.ERROR)

LARGEST = 64 * 1024 * 1024
"""Bytes; a larger file is none of ours."""


@dataclass(frozen=True, slots=True)
class SealReport:
    """What was found. A document is whole where sealed, intact, covers_whole_file and
    record_matches all hold; whose it is, ``trusted`` says."""

    sealed: bool
    intact: bool
    """The sealed bytes are those that were sealed, and the seal itself is unharmed."""
    covers_whole_file: bool
    """Nothing was added after the seal."""
    signer: str | None
    signed_at: datetime | None
    """UTC, as the sealer's clock said."""
    trusted: bool
    """The certificate is, or descends from, one of those that were given."""
    record: dict[str, Any] | None
    record_matches: bool
    """The attached record is the one whose hash the document carries, and speaks of its text."""
    problems: tuple[str, ...]


_NOTHING = SealReport(False, False, False, None, None, False, None, False, ())


def verify(pdf: bytes, *, trusted: Sequence[bytes] = ()) -> SealReport:
    """Check a document; ``trusted`` are PEM certificates. Never raises: garbage is a finding."""
    if len(pdf) > LARGEST:
        return replace(_NOTHING, problems=("The file is too large to be one of our documents.",))
    try:
        return _verify(pdf, trusted)
    except Exception:
        return replace(
            _NOTHING, problems=("The file is not a PDF that can be read, or it is damaged.",)
        )


def _verify(pdf: bytes, trusted: Sequence[bytes]) -> SealReport:
    record, record_problem = _record(PdfReader(BytesIO(pdf)))
    signatures = PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures
    if not signatures:
        return replace(
            _NOTHING,
            record=record,
            record_matches=record_problem is None,
            problems=("The document has no seal.", *filter(None, [record_problem])),
        )
    return _check_seal(pdf, signatures, trusted, record, record_problem)


def _check_seal(
    pdf: bytes,
    signatures: Sequence[EmbeddedPdfSignature],
    trusted: Sequence[bytes],
    record: dict[str, Any] | None,
    record_problem: str | None,
) -> SealReport:
    problems = []
    signature = signatures[0]
    signed_at = _utc(signature.self_reported_timestamp)
    roots = [_certificate(text) for text in trusted]
    status = _status(signature, roots, signed_at)
    genuine = bool(status.intact and status.valid)
    canonical = container_is_canonical(pdf, signature)
    covers = len(signatures) == 1 and _covers(pdf, signature)
    if not genuine:
        problems.append("The document was changed after it was sealed.")
    elif not canonical:
        problems.append("The seal itself was changed.")
    if not covers:
        problems.append("Something was added to the file after it was sealed.")
    certificate = signature.signer_cert
    known = genuine and (
        bool(status.trusted) or certificate.dump() in {root.dump() for root in roots}
    )
    if roots and not known:
        problems.append("The seal is not by a certificate that is trusted here.")
    if record_problem:
        problems.append(record_problem)
    return SealReport(
        sealed=True,
        intact=genuine and canonical,
        covers_whole_file=covers,
        signer=certificate.subject.human_friendly,
        signed_at=signed_at,
        trusted=known,
        record=record,
        record_matches=record_problem is None,
        problems=tuple(problems),
    )


def _status(
    signature: EmbeddedPdfSignature, roots: list[x509.Certificate], moment: datetime | None
) -> Any:
    """pyHanko's verdict; certificates are judged at the time of sealing, without a network."""
    context = ValidationContext(
        trust_roots=roots,
        other_certs=list(signature.other_embedded_certs),
        allow_fetching=False,
        moment=moment,
        best_signature_time=moment,
    )
    usage = KeyUsageConstraints(
        key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
    )
    return in_own_thread(
        validate_pdf_signature,
        signature,
        signer_validation_context=context,
        key_usage_settings=usage,
        skip_diff=True,
    )


def _covers(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """The sealed ranges begin with the file, end with it, and leave out the seal alone."""
    start, length, again, rest = (int(value) for value in signature.byte_range)
    gap = pdf[length:again]
    return (
        start == 0
        and again + rest == len(pdf)
        and len(gap) == 2 * len(bytes(signature.pkcs7_content)) + 2
        and gap[:1] == b"<"
        and gap[-1:] == b">"
    )


def _record(reader: PdfReader) -> tuple[dict[str, Any] | None, str | None]:
    """The attached record, and what is wrong with it if anything."""
    attached = reader.attachments.get(RECORD_NAME)
    if not attached:
        return None, "The document has no consent record attached."
    info: Mapping[str, Any] = reader.metadata or {}
    try:
        found = json.loads(attached[0])
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return None, "The attached consent record can't be read."
    if hashlib.sha256(attached[0]).hexdigest() != str(info.get("/ConsentRecordSHA256", "")):
        return found, "The attached consent record is not the one that the document names."
    notice = found.get("notice")
    text = notice.get("text_sha256") if isinstance(notice, dict) else None
    if text is not None and text != str(info.get("/TextSHA256", "")):
        return found, "The attached consent record speaks of another text."
    return found, None


def _certificate(text: bytes) -> x509.Certificate:
    """The first certificate of a PEM text; raises ValueError."""
    _, _, der = pem.unarmor(text)
    return x509.Certificate.load(der)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment is not None else None
