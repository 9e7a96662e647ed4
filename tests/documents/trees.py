"""Another tree of documents for one test: a new version, a changed text, one that is gone."""

import itertools
import shutil
from pathlib import Path

import pytest

import forms.document
from forms.document import DOCUMENTS_ROOT

NEWER = "2027-1"
_numbers = itertools.count()


def use_tree(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    *,
    draft: bool = False,
    changed: str | None = None,
    without: str | None = None,
    names: tuple[str, ...] = ("ferpa_waiver",),
) -> Path:
    """Let the documents be a copy of these, in a folder of its own, until the test is over.

    ``draft``: with a version that nobody has published, whose English title begins with "New".
    ``changed`` and ``without``: a language of the old version that is another, or not there.
    """
    root = folder / f"documents-{next(_numbers)}"
    for name in names:
        shutil.copytree(DOCUMENTS_ROOT / name, root / name)
    waiver = root / "ferpa_waiver"
    if draft:
        shutil.copytree(waiver / "2026-1", waiver / NEWER)
        _retitle(waiver / NEWER / "en.toml", "New ")
    if changed:
        _retitle(waiver / "2026-1" / f"{changed}.toml", "X ")
    if without:
        (waiver / "2026-1" / f"{without}.toml").unlink()
    monkeypatch.setattr(forms.document, "DOCUMENTS_ROOT", root)
    return root


def _retitle(file: Path, prefix: str) -> None:
    words = file.read_text("utf-8")
    assert 'title = "' in words
    file.write_text(words.replace('title = "', f'title = "{prefix}', 1), "utf-8")
