"""A sealed document stands alone: any reader can check it, and no byte of it can change unseen."""

import functools
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pypdf import PdfReader, PdfWriter

from pdf.seal import Sealer, SealKeyUnusable, create_demo_identity
from pdf.verify import SealReport, verify
from tests.pdf.samples import rendered

AT = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


@functools.cache
def identity(name: str) -> tuple[bytes, bytes]:
    return create_demo_identity(name, AT)


@functools.cache
def sealed(name: str = "Riverside") -> bytes:
    return Sealer.from_pem(*identity(name)).seal(rendered("waiver", "en"), at=AT, reason="Waiver")


def is_whole(report: SealReport) -> bool:
    return report.sealed and report.intact and report.covers_whole_file and report.record_matches


def pdfsig(pdf: bytes, folder: Path) -> str:
    file = folder / "document.pdf"
    file.write_bytes(pdf)
    command = [shutil.which("pdfsig") or "pdfsig", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_an_untouched_document_is_whole_and_says_who_sealed_it_and_when(tmp_path: Path) -> None:
    report = verify(sealed(), trusted=[identity("Riverside")[1]])

    assert is_whole(report)
    assert report.trusted
    assert report.problems == ()
    assert report.signed_at == AT
    assert "Riverside" in (report.signer or "")
    said = pdfsig(sealed(), tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_every_further_seal_is_as_good_as_the_first(tmp_path: Path) -> None:
    sealer = Sealer.from_pem(*identity("Riverside"))
    for language in ("en", "es", "ar"):
        pdf = sealer.seal(rendered("waiver", language), at=AT, reason="Waiver")
        report = verify(pdf, trusted=[identity("Riverside")[1]])
        assert is_whole(report)
        assert report.trusted
        assert "Signature is Valid" in pdfsig(pdf, tmp_path)


def container(pdf: bytes) -> Any:
    """The signed data of a document's seal."""
    begin = pdf.index(b"/Contents <3082") + len(b"/Contents <")
    return cms.ContentInfo.load(bytes.fromhex(pdf[begin : pdf.index(b">", begin)].decode()))[
        "content"
    ]


def test_a_container_that_was_filled_in_says_what_a_new_one_says() -> None:
    fresh, used = (Sealer.from_pem(*identity("Riverside")) for _ in range(2))
    used.seal(rendered("waiver", "es"), at=AT, reason="Waiver")
    documents = [
        sealer.seal(rendered("waiver", "en"), at=AT, reason="W") for sealer in (fresh, used)
    ]
    built, filled = (container(document) for document in documents)

    assert built["certificates"].dump() == filled["certificates"].dump()
    one, other = built["signer_infos"][0], filled["signer_infos"][0]
    for field in ("version", "sid", "digest_algorithm", "signature_algorithm", "unsigned_attrs"):
        assert one[field].dump() == other[field].dump()
    one_by_type, other_by_type = (
        {
            attribute["type"].native: attribute["values"].dump()
            for attribute in signer["signed_attrs"]
        }
        for signer in (one, other)
    )
    assert one_by_type.keys() == other_by_type.keys()
    differing = [kind for kind in one_by_type if one_by_type[kind] != other_by_type[kind]]
    assert set(differing) <= {"message_digest"}


def test_a_key_whose_signatures_differ_in_length_seals_every_document(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Elliptic")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    sealer = Sealer.from_pem(pem, certificate.public_bytes(serialization.Encoding.PEM))
    for _ in range(8):
        pdf = sealer.seal(rendered("waiver", "en"), at=AT, reason="Waiver")
        assert is_whole(verify(pdf))
    assert "Signature is Valid" in pdfsig(pdf, tmp_path)


@pytest.mark.parametrize("part", range(80))
def test_a_changed_byte_is_found_wherever_it_is(part: int) -> None:
    pdf = bytearray(sealed())
    place = (part * len(pdf)) // 80 + part % 7
    pdf[place] ^= 1 + part % 255

    assert not is_whole(verify(bytes(pdf)))


@pytest.mark.parametrize("part", range(20))
def test_a_changed_digit_of_the_seal_is_found_wherever_it_is(part: int) -> None:
    pdf = bytearray(sealed())
    begin = pdf.index(b"/Contents <3082") + len(b"/Contents <")
    digits = len(pdf[begin : pdf.index(b">", begin)].rstrip(b"0"))
    place = begin + part * digits // 20
    pdf[place] = ord("1") if pdf[place] == ord("0") else ord("0")

    assert not is_whole(verify(bytes(pdf)))


def test_poppler_finds_a_changed_byte_too(tmp_path: Path) -> None:
    pdf = bytearray(sealed())
    place = pdf.index(b"/MediaBox") + 12
    pdf[place] ^= 1

    assert "Signature is Valid" not in pdfsig(bytes(pdf), tmp_path)


def test_what_is_added_after_the_seal_is_found() -> None:
    writer = PdfWriter(BytesIO(sealed()), incremental=True)
    writer.add_metadata({"/Title": "Something else"})
    changed = BytesIO()
    writer.write(changed)

    for pdf in (sealed() + b"\n% a comment", sealed() + b"\0", changed.getvalue()):
        report = verify(pdf)
        assert not is_whole(report)
        assert report.problems


def test_another_ones_seal_is_whole_but_not_trusted() -> None:
    report = verify(sealed("Somebody else"), trusted=[identity("Riverside")[1]])

    assert is_whole(report)
    assert not report.trusted
    assert "The seal is not by a certificate that is trusted here." in report.problems


@pytest.mark.parametrize(
    "garbage", [b"", b"%PDF-1.7", b"not a PDF", b"\0" * 5_000, b"%PDF-1.7\n%%EOF", b"<html></html>"]
)
def test_garbage_is_a_finding_and_no_crash(garbage: bytes) -> None:
    report = verify(garbage)

    assert not is_whole(report)
    assert report.problems


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_not_whole(share: float) -> None:
    assert not is_whole(verify(sealed()[: int(len(sealed()) * share)]))


def test_an_unsealed_document_says_that_it_has_no_seal() -> None:
    report = verify(rendered("waiver", "en"))

    assert not report.sealed
    assert report.record_matches
    assert "The document has no seal." in report.problems


def test_the_record_inside_is_the_one_whose_hash_the_document_carries() -> None:
    reader = PdfReader(BytesIO(sealed()))
    report = verify(sealed())

    assert list(reader.attachments) == ["consent-record.json"]
    assert report.record is not None
    assert report.record["notice"]["language"] == "en"


def test_the_same_content_gives_the_same_bytes() -> None:
    uncached = rendered.__wrapped__ if hasattr(rendered, "__wrapped__") else rendered

    assert uncached("waiver", "en") == rendered("waiver", "en")


def test_a_key_that_does_not_fit_its_certificate_is_refused() -> None:
    with pytest.raises(SealKeyUnusable, match="doesn't belong"):
        Sealer.from_pem(identity("Riverside")[0], identity("Somebody else")[1])


def test_a_certificate_seals_nothing_outside_its_time() -> None:
    sealer = Sealer.from_pem(*identity("Riverside"))

    with pytest.raises(SealKeyUnusable, match="not valid on"):
        sealer.seal(rendered("waiver", "en"), at=AT + timedelta(days=9000), reason="Waiver")


@pytest.mark.parametrize("key", [b"", b"-----BEGIN PRIVATE KEY-----\nx\n", b"\xff" * 40])
def test_a_key_that_is_none_is_refused_without_being_shown(key: bytes) -> None:
    with pytest.raises(SealKeyUnusable) as refusal:
        Sealer.from_pem(key, identity("Riverside")[1])
    assert "BEGIN" not in str(refusal.value)
