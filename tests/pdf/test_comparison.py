"""A translation beside its English: every word of both on paper, with room to write."""

import re
import shutil
from pathlib import Path

import pytest

from forms.document import load
from forms.source import read_words
from intake.paper.comparison import printed_comparison
from tests.pdf.samples import READERS, squeezed
from translations import UnknownLanguage


@pytest.mark.parametrize("code", ["es", "ar", "ksw"])
def test_all_words_of_both_languages_are_there(code: str) -> None:
    document = load("revocation")
    text = squeezed("".join(READERS["pdftotext"](printed_comparison(document, code))))
    for language in ("en", code):
        for place, words in read_words(document.path(language)).by_place.items():
            assert place.startswith("partner_classes") or _is_in(words, text), (language, place)


def _is_in(words: str, text: str) -> bool:
    """Word by word: lines of both columns alternate. Punctuation may change its side."""
    return all(word in text for word in re.findall(r"[\w\u200c]+", words))


def test_what_a_block_must_convey_and_the_checkers_name_stand_there() -> None:
    text = squeezed("".join(READERS["pdftotext"](printed_comparison(load("revocation"), "es"))))
    for meaning in ("The student can still get services.", "Checkedby(fullname)"):
        assert squeezed(meaning) in text
    assert load("revocation").text("es").sha256 in text


def test_a_language_that_nobody_has_begun_gives_an_empty_column(tmp_path: Path) -> None:
    folder = tmp_path / "revocation" / "2026-1"
    shutil.copytree(load("revocation").directory, folder)
    (folder / "es.toml").unlink()
    text = "".join(
        READERS["pdftotext"](printed_comparison(load("revocation", root=tmp_path), "es"))
    )
    assert "not complete" in text
    assert "What this letter does" in text
    assert "carta" not in text


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLanguage):
        printed_comparison(load("revocation"), "xx")
