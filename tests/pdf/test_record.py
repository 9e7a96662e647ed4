"""The record inside a document, and the hashes by which it is known."""

import hashlib
import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from pdf.verify import verify
from tests.pdf.samples import KINDS, LANGUAGES, content, identity, sealed

SCHOOL = "Test school"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_record_comes_out_as_it_went_in_and_the_hashes_are_its_own(
    kind: str, language: str
) -> None:
    shown = content(kind, language)
    pdf = sealed(kind, language, SCHOOL)
    reader = PdfReader(BytesIO(pdf))

    assert reader.attachments["consent-record.json"] == [shown.record]
    digest = hashlib.sha256(shown.record).hexdigest()
    metadata: Mapping[str, Any] = reader.metadata or {}
    assert metadata["/ConsentRecordSHA256"] == digest == shown.record_sha256
    assert metadata["/TextSHA256"] == shown.text.sha256
    assert f"<ferpa:recordSHA256>{digest}<".encode() in pdf
    report = verify(pdf, trusted=[identity(SCHOOL).certificate])
    assert (report.trusted, report.problems) == (True, ())
    assert report.record is not None
    assert report.record["receipt_code"] == shown.receipt_code


def test_each_kind_of_byte_that_matters_is_covered() -> None:
    pdf = sealed("letter", "en", SCHOOL)
    covered = re.search(rb"/ByteRange \[0 (\d+)", pdf)
    assert covered
    signature = int(covered[1]) + 1
    places = {
        "header": 5,
        "record": pdf.index(b"EmbeddedFile") + 4,
        "hash": pdf.index(b"ConsentRecordSHA256") + 30,
        "page": pdf.index(b"/MediaBox") + 12,
        "byte range": pdf.index(b"/ByteRange") + 15,
        "first digit of the seal": signature,
        "a digit within": signature + 900,
        "its filling": pdf.index(b"0" * 40, signature),
        "last byte": len(pdf) - 1,
    }
    whole = [
        name
        for name, place in places.items()
        if _is_whole(pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :])
    ]
    assert whole == []


def _is_whole(pdf: bytes) -> bool:
    report = verify(pdf)
    return report.sealed and report.intact and report.covers_whole_file and report.record_matches
