"""``intake pdf verify`` tells an intact document from everything else."""

import json
from pathlib import Path

from intake.demo.run import prepare
from tests.cli.conftest import AT, Run


def test_an_intact_document_is_said_to_be_intact(sealed: Path, run: Run) -> None:
    certificate = sealed.with_name("seal-certificate.pem")
    told = run("pdf", "verify", str(sealed), "--certificate", str(certificate))
    assert (told.status, told.err) == (0, "")
    assert told.out.startswith("Intact.\n")
    report = json.loads(run("pdf", "verify", str(sealed), "--json").out)
    assert (report["ok"], report["problems"]) == (True, [])
    assert report["record"]["notice"]["language"] == "en"


def test_one_changed_byte_is_found(sealed: Path, run: Run) -> None:
    content = bytearray(sealed.read_bytes())
    content[2000] ^= 1
    sealed.write_bytes(content)
    told = run("pdf", "verify", str(sealed))
    assert (told.status, told.err) == (1, "")
    assert told.out.startswith("NOT INTACT.\n")
    assert "problem: " in told.out


def test_another_installations_seal_is_not_trusted(sealed: Path, run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    prepare(other, at=AT)
    told = run(
        "pdf", "verify", str(sealed), "--certificate", str(other / "seal-certificate.pem"), "--json"
    )
    assert told.status == 1
    report = json.loads(told.out)
    assert (report["intact"], report["trusted"]) == (True, False)


def test_what_is_no_pdf_is_said_to_be_none(run: Run, tmp_path: Path) -> None:
    for content in (b"", b"Dear school", b"%PDF-1.7\n%%EOF\n", bytes(range(256)) * 40):
        file = tmp_path / "letter.txt"
        file.write_bytes(content)
        told = run("pdf", "verify", str(file))
        assert (told.status, told.err) == (1, "")
        assert "not a PDF" in told.out or "no seal" in told.out.lower()


def test_a_missing_file_and_a_folder_are_one_line(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "none.pdf", tmp_path):
        told = run("pdf", "verify", str(path))
        assert (told.status, told.out) == (2, "")
        assert str(path) in told.err
        assert told.err.count("\n") == 1
