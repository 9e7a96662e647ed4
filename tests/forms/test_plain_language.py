"""The English of the documents is plain: about grade 6, in short sentences.

Measured with the Flesch-Kincaid grade (Kincaid and others, 1975), syllables by Pyphen's American
hyphenation. Headings and entries of lists count as sentences; contact lines don't count.
"""

import re

import pyphen
import pytest

from forms.document import BlockKind, documents, load

FACTS = {"partnership": "our program", "phone": "", "email": "", "end_date": "June 30"}
GRADE = 7.0
LONGEST_SENTENCE = 35
"""Words. The long ones are the enumerations in the consent statement."""

_SYLLABLES = pyphen.Pyphen(lang="en_US")


def sentences(name: str) -> list[list[str]]:
    """Every sentence of a document as words."""
    text = load(name).text("en")
    prose = [
        re.sub(r"\{(\w+)\}", lambda hole: FACTS[hole[1]], block.text)
        for block in text.blocks
        if block.kind is not BlockKind.ELEMENTS and "{phone}" not in block.text
    ]
    prose += [group.purpose for group in text.element_groups]
    found = [s for text in prose for s in re.split(r"(?<=[.:?!])\s+", text)]
    words = [re.findall(r"[A-Za-z’'-]+", sentence) for sentence in found]
    return [sentence for sentence in words if sentence]


def grade(name: str) -> float:
    """The Flesch-Kincaid grade of a document."""
    lines = sentences(name)
    words = [word for line in lines for word in line]
    syllables = sum(len(_SYLLABLES.positions(word)) + 1 for word in words)
    return 0.39 * len(words) / len(lines) + 11.8 * syllables / len(words) - 15.59


@pytest.mark.parametrize("name", documents())
def test_the_english_can_be_read_after_six_years_of_school(name: str) -> None:
    assert grade(name) < GRADE


@pytest.mark.parametrize("name", documents())
def test_sentences_are_short(name: str) -> None:
    lines = sentences(name)
    assert max(len(line) for line in lines) <= LONGEST_SENTENCE
    assert sum(len(line) for line in lines) / len(lines) < 15
