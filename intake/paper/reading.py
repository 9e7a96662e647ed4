"""The seam to the reader: what it hands over, and what of it is kept and judged.

Whoever files papers needs no pictures and no processes: a reader is anything that gives pages.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pdf.scan.findings import Choice, PageFindings, PaperKind, Presence, Reason
from pdf.sheet.geometry import PageKind


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page as it was read. ``number`` counts from 1 within its file."""

    number: int
    findings: PageFindings
    picture: bytes
    """PNG or JPEG of the upright page."""


@dataclass(frozen=True, slots=True)
class PageRefusal:
    """A page, or (``number`` is None) the rest of a file, that was not read, and why."""

    number: int | None
    reason: str
    """A short code, such as ``encrypted``; at most 64 letters, nothing of the file's content."""


class Reader(Protocol):
    """Reads a file page by page, in order, in flat memory; it never raises for a bad file."""

    def __call__(self, file: Path, *, without: Set[int]) -> Iterator[ReadPage | PageRefusal]:
        """The file's pages but those ``without``, which have been read before."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What the filing rules need of one page's findings."""

    kind: PaperKind
    form: PageKind | None = None
    """Which page of our papers it is; None where no code was read."""
    document: str | None = None
    version: str | None = None
    language: str | None = None
    page: int | None = None
    pages: int | None = None
    waiver_id: str | None = None
    choice: Choice | None = None
    signature: Presence | None = None
    date: Presence | None = None
    reasons: frozenset[Reason] = frozenset()
    confidence: float = 1.0

    @property
    def is_form(self) -> bool:
        """Whether something is to be filled in on it."""
        return self.form in (PageKind.CONSENT, PageKind.REVOCATION)


def findings_json(findings: PageFindings) -> dict[str, Any]:
    """What is kept of a page's findings."""
    code = findings.code
    return {**findings.as_json(), "form": code.kind.value if code else None}


def seen(stored: dict[str, Any]) -> Seen:
    """What was kept, as the rules need it."""
    choice = stored["choices"].get("consent")
    return Seen(
        kind=PaperKind(stored["kind"]),
        form=PageKind(stored["form"]) if stored["form"] else None,
        document=stored["document"],
        version=stored["version"],
        language=stored["language"],
        page=stored["waiver_page"],
        pages=stored["waiver_pages"],
        waiver_id=stored["waiver_id"],
        choice=Choice(choice) if choice else None,
        signature=_presence(stored["signature"]),
        date=_presence(stored["date"]),
        reasons=frozenset(map(Reason, stored["reasons"])),
        confidence=stored["confidence"],
    )


def _presence(stored: str | None) -> Presence | None:
    return Presence(stored) if stored else None
