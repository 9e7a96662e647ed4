"""A small legal document in a folder of its own, to be broken by the tests."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forms.document import Document, load

STRUCTURE = """
partner_classes = ["health_care_providers"]

[[blocks]]
id = "voluntary"
kind = "notice"
section = "about"

[[blocks]]
id = "elements"
kind = "elements"
section = "sharing"

[[blocks]]
id = "questions"
kind = "paragraph"
section = "contact"
placeholders = ["phone"]

[[element_groups]]
id = "academic_support"
source = "school_record"
elements = ["grades"]
"""

ENGLISH = """
title = "Permission"

[translation]
state = "source"

[blocks]
voluntary = "It is your choice."
questions = "Call {phone}."

[columns]
element = "Information"
purpose = "What it is for"

[sources]
school_record = "From the school"

[purposes]
academic_support = "Shows how the student is doing."

[elements]
grades = "Grades"

[partner_classes]
health_care_providers = "Health care providers"
"""

WriteDocument = Callable[..., Document]


@pytest.fixture
def write_document(tmp_path: Path) -> WriteDocument:
    """Write a document with its languages into a new folder and load it.

    ``structure`` and the languages' texts default to a small, whole document in English.
    """
    count = 0

    def write(structure: str = STRUCTURE, version: str = "2026-1", **texts: str) -> Document:
        nonlocal count
        count += 1
        root = tmp_path / str(count)
        directory = root / "waiver" / version
        directory.mkdir(parents=True)
        (directory / "document.toml").write_text(structure, "utf-8")
        for code, text in ({"en": ENGLISH} | texts).items():
            (directory / f"{code}.toml").write_text(text, "utf-8")
        return load("waiver", version, root)

    return write


@pytest.fixture
def english() -> str:
    """The file of the small document's English."""
    return ENGLISH


@pytest.fixture
def structure() -> str:
    """The file of the small document's structure."""
    return STRUCTURE
