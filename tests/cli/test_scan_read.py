"""``intake pdf waiver`` and ``intake scan read``: what was printed is read back."""

import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.conftest import Run

KEYS = {
    "file", "page", "kind", "document", "version", "language", "waiver_page", "waiver_pages",
    "waiver_id", "rotation", "choices", "signature", "date", "witness", "review", "reasons",
    "boxes", "confidence",
}  # fmt: skip


@pytest.fixture
def stack(tmp_path: Path, run: Run, no_settings: None) -> tuple[Path, list[str]]:
    """A class list in one file, and the ids on its papers."""
    names = tmp_path / "class.csv"
    names.write_text(
        "student_name,birth_date,school,language\nمحمد علي,2012-03-04,Rose Park,ar\n"
        "နီၢ်ဖီခူ,2011-05-06,Rose Park,ksw\n",
        "utf-8",
    )
    out = tmp_path / "stack.pdf"
    told = run(
        "pdf", "waiver", "--class-list", str(names), "--size", "a4", "--out", str(out), "--json"
    )
    assert told.status == 0
    return out, json.loads(told.out)["waiver_ids"]


def read(run: Run, *arguments: str) -> list[dict[str, object]]:
    """The objects that are printed."""
    return [json.loads(line) for line in run("scan", "read", *arguments, "--json").out.splitlines()]


def test_a_class_list_is_read_back_page_by_page(stack: tuple[Path, list[str]], run: Run) -> None:
    file, ids = stack
    pages = read(run, str(file))
    assert [page["page"] for page in pages] == list(range(1, len(PdfReader(file).pages) + 1))
    assert all(set(page) == KEYS for page in pages)
    assert list(dict.fromkeys(page["waiver_id"] for page in pages if page["waiver_id"])) == ids
    for waiver_id, language in zip(ids, ("ar", "ksw"), strict=True):
        own = [page for page in pages if page["waiver_id"] == waiver_id]
        assert [page["waiver_page"] for page in own] == list(range(1, len(own) + 1))
        assert {page["language"] for page in own} == {language}
        (form,) = [page for page in own if page["choices"]]
        assert form["choices"] == {"consent": "none"}
        assert (form["signature"], form["date"], form["witness"]) == ("absent",) * 3
        assert form["review"]
    # the second family's papers begin on the front of a sheet
    first = next(page["page"] for page in pages if page["waiver_id"] == ids[1])
    assert isinstance(first, int)
    assert first % 2 == 1
    assert {page["kind"] for page in pages} <= {"waiver", "blank"}


def test_pictures_of_what_was_seen_are_kept(
    stack: tuple[Path, list[str]], tmp_path: Path, run: Run
) -> None:
    pages = read(run, str(stack[0]), "--overlay", str(tmp_path / "seen"))
    for page in pages:
        assert Path(str(page["overlay"])).read_bytes().startswith(b"\xff\xd8")


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    stack: tuple[Path, list[str]], tmp_path: Path, run: Run
) -> None:
    text = tmp_path / "notes.pdf"
    text.write_text("not a scan")
    told = run("scan", "read", str(text), str(stack[0]), str(tmp_path / "gone.pdf"), "--json")
    pages = [json.loads(line) for line in told.out.splitlines()]
    assert told.status == 1
    assert (pages[0]["page"], pages[0]["reasons"]) == (None, ["unsupported"])
    assert "Save it as PDF" in pages[0]["message"]
    assert pages[-1]["reasons"] == ["not_a_file"]
    assert len(pages) == len(PdfReader(stack[0]).pages) + 2


def test_a_letter_that_takes_permission_back_is_read_as_one(
    tmp_path: Path, run: Run, no_settings: None
) -> None:
    out = tmp_path / "letter.pdf"
    assert run("pdf", "revocation", "--language", "so", "--out", str(out)).status == 0
    kinds = {page["kind"] for page in read(run, str(out))}
    assert kinds == {"revocation"}


def test_a_class_list_without_names_is_told_so(
    tmp_path: Path, run: Run, no_settings: None
) -> None:
    names = tmp_path / "class.csv"
    names.write_text("name\nAna\n")
    told = run("pdf", "waiver", "--class-list", str(names), "--out", str(tmp_path / "x.pdf"))
    assert told.status == 2
    assert "student_name" in told.err
