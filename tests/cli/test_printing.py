"""``intake pdf``: what is printed, and what an operator is told of it."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.pdf.samples import pdftotext, squeezed


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    """A file of plain text."""
    file = tmp_path / "typed.txt"
    file.write_text("\ufeffနီၢ်ဖီခူ 王小明 👩‍👩‍👧\n", "utf-8")
    return file


def test_a_text_is_set_and_its_pages_are_counted(
    typed: Path, tmp_path: Path, run: Run, no_settings: None
) -> None:
    out = tmp_path / "out.pdf"
    told = run("pdf", "text", "--language", "ksw", "--in", str(typed), "--out", str(out), "--json")
    assert (told.status, told.err) == (0, "")
    assert json.loads(told.out) == {"file": str(out), "pages": 1, "missing": []}
    assert "နီၢ်ဖီခူ王小明" in squeezed(pdftotext(out.read_bytes())[0])


def test_a_letter_that_no_font_has_is_named_and_the_file_is_there(
    typed: Path, tmp_path: Path, run: Run, no_settings: None
) -> None:
    typed.write_text("Ann \U00013000\ue000", "utf-8")
    out = tmp_path / "out.pdf"
    told = run("pdf", "text", "--language", "en", "--in", str(typed), "--out", str(out))
    assert told.status == 1
    assert told.out == f"Wrote {out}\n"
    assert "no font has U+13000, U+E000" in told.err
    assert out.read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("language", "content", "said"),
    [("xx", b"text", "no language 'xx'; one of: ar,"), ("en", b"\xff\xfe\0", "is not UTF-8 text")],
)
def test_what_can_not_be_set_is_one_line(
    language: str, content: bytes, said: str, typed: Path, tmp_path: Path, run: Run
) -> None:
    typed.write_bytes(content)
    told = run(
        "pdf", "text", "--language", language, "--in", str(typed), "--out", str(tmp_path / "x")
    )
    assert (told.status, told.out) == (2, "")
    assert said in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("command", [("waiver",), ("document", "data_use")], ids=" ".join)
def test_without_settings_a_specimen_is_printed_and_called_so(
    command: tuple[str, ...], tmp_path: Path, run: Run, no_settings: None
) -> None:
    out = tmp_path / "out.pdf"
    told = run("pdf", *command, "--language", "my", "--out", str(out))
    assert told.status == 0
    assert "a specimen" in told.err
    assert "RiversidePromisePartnership" in squeezed("".join(pdftotext(out.read_bytes())))


def test_a_half_given_setting_is_named(
    tmp_path: Path, run: Run, no_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_PARTNERSHIP", "Ours")
    told = run("pdf", "waiver", "--language", "my", "--out", str(tmp_path / "out.pdf"))
    assert (told.status, told.out) == (2, "")
    assert "is not set" in told.err
