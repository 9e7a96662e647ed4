"""Which pages are one paper, and what they say together. Pure: no database, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from intake.paper.reading import Seen
from pdf.scan.findings import Choice, PaperKind, Presence, Reason
from pdf.sheet.geometry import PageKind


class Sort(StrEnum):
    """What is to be done with a page before anybody looks at what it says."""

    OURS = "ours"
    """Its code tells which paper it is a page of."""
    APART = "apart"
    """One of ours, perhaps, but which can't be told for certain: a person looks at it alone."""
    FOREIGN = "foreign"
    BLANK = "blank"


_NOT_ONE_OF_OURS_FOR_CERTAIN = frozenset(
    {
        Reason.NO_CODE,
        Reason.CODES_DIFFER,
        Reason.WRONG_KIND,
        Reason.UNKNOWN_LAYOUT,
        Reason.SEVERAL_PAGES,
    }
)
_BOXES_UNSURE = frozenset({Reason.NOT_REGISTERED, Reason.CONTROLS, Reason.CUT_OFF})
_CHOICE = frozenset({Reason.CHOICE_UNSURE, Reason.CHOICE_BOTH, Reason.CHOICE_NONE})
_SIGNATURE = frozenset(
    {Reason.SIGNATURE_UNSURE, Reason.SIGNATURE_ABSENT, Reason.MARK_WITHOUT_WITNESS}
)
_DATE = frozenset({Reason.DATE_UNSURE, Reason.DATE_ABSENT})
KNOWN_REASONS = (
    _NOT_ONE_OF_OURS_FOR_CERTAIN
    | _BOXES_UNSURE
    | _CHOICE
    | _SIGNATURE
    | _DATE
    | frozenset({Reason.FOREIGN})
)
"""A reason that a newer reader adds, and that isn't here, always leads to a person."""


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page by its id; ``place`` orders pages as they were scanned."""

    id: str
    place: tuple[int, int]
    seen: Seen


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pages of one paper say together, before anybody was asked."""

    is_revocation: bool
    has_form: bool
    missing: tuple[int, ...]
    choice: Choice | None
    signature: Presence
    date: Presence
    is_certain_form: bool = True
    """Whether the form was identified by its codes."""

    def same_answer(self, other: "Reading") -> bool:
        """Whether two scans of one paper read the same."""
        mine = (self.is_revocation, self.choice, self.signature, self.date)
        return mine == (other.is_revocation, other.choice, other.signature, other.date)


@dataclass(frozen=True, slots=True)
class Group:
    """The pages of one paper: those that count, in order, and copies that are not needed."""

    pages: tuple[SeenPage, ...]
    photocopies: tuple[SeenPage, ...]
    reading: Reading

    @property
    def first(self) -> Seen:
        """A page that says which paper it is; the form where it is there."""
        return _first(self.pages).seen


def sort(page: Seen) -> Sort:
    """What a page is, as far as its codes and marks tell."""
    if page.kind is PaperKind.BLANK and not page.reasons:
        return Sort.BLANK
    if Reason.FOREIGN in page.reasons:
        return Sort.FOREIGN
    in_doubt = page.reasons & _NOT_ONE_OF_OURS_FOR_CERTAIN or page.reasons - KNOWN_REASONS
    is_named = page.waiver_id is not None and page.form is not None
    if in_doubt or not is_named or page.kind not in (PaperKind.WAIVER, PaperKind.REVOCATION):
        return Sort.APART
    return Sort.OURS


def by_paper(pages: Iterable[SeenPage]) -> dict[str, list[SeenPage]]:
    """Pages with certain codes by the id of their paper, whatever their order or file."""
    found: dict[str, list[SeenPage]] = {}
    for page in sorted(pages, key=lambda page: page.place):
        if page.seen.waiver_id is not None:
            found.setdefault(page.seen.waiver_id, []).append(page)
    return found


def group(pages: Sequence[SeenPage], also_there: frozenset[int] = frozenset()) -> Group:
    """Put the pages of one paper together.

    Of a page that is there twice and reads the same the better one counts; where the copies
    differ all count, and what they differ in is unsure. ``also_there``: numbers of pages that
    came with an earlier copy of the same paper.
    """
    counting: list[SeenPage] = []
    spare: list[SeenPage] = []
    for number in sorted({page.seen.page or 0 for page in pages}):
        copies = [page for page in pages if (page.seen.page or 0) == number]
        best = max(copies, key=lambda page: page.seen.confidence)
        if all(read_alike(best.seen, page.seen) for page in copies):
            counting.append(best)
            spare += [page for page in copies if page is not best]
        else:
            counting += copies
    return Group(tuple(counting), tuple(spare), _reading(counting, also_there))


def alone(page: SeenPage) -> Group:
    """A page whose paper can't be told: nothing it seems to say is certain."""
    looks_like_revocation = (
        page.seen.kind is PaperKind.REVOCATION or page.seen.form is PageKind.REVOCATION
    )
    reading = Reading(
        is_revocation=looks_like_revocation,
        has_form=True,
        missing=(),
        choice=None if looks_like_revocation else Choice.UNSURE,
        signature=Presence.UNSURE,
        date=Presence.UNSURE,
        is_certain_form=False,
    )
    return Group((page,), (), reading)


def read_alike(one: Seen, other: Seen) -> bool:
    """Whether two pictures of one page say the same."""
    return facts_of(one) == facts_of(other)


def facts_of(page: Seen) -> tuple[Choice | None, Presence | None, Presence | None]:
    """What a form page says for certain; unsure where the reader gave a reason."""
    choice, signature, date = page.choice, page.signature, page.date
    if not page.is_form:
        return None, None, None
    if page.reasons & _BOXES_UNSURE:
        doubtful = Choice.UNSURE if page.form is PageKind.CONSENT else None
        return doubtful, Presence.UNSURE, Presence.UNSURE
    if page.form is PageKind.CONSENT and choice is None:
        choice = Choice.UNSURE
    if page.reasons & _CHOICE and choice in (Choice.YES, Choice.NO):
        choice = Choice.UNSURE
    if page.reasons & _SIGNATURE and signature is Presence.PRESENT:
        signature = Presence.UNSURE
    if page.reasons & _DATE and date is Presence.PRESENT:
        date = Presence.UNSURE
    return choice, signature or Presence.UNSURE, date or Presence.UNSURE


def _reading(pages: Sequence[SeenPage], also_there: frozenset[int]) -> Reading:
    first = _first(pages).seen
    forms = [page.seen for page in pages if page.seen.is_form]
    there = {page.seen.page for page in pages} | also_there
    missing = tuple(n for n in range(1, (first.pages or 1) + 1) if n not in there)
    is_revocation = first.kind is PaperKind.REVOCATION
    if not forms:
        return Reading(is_revocation, False, missing, None, Presence.ABSENT, Presence.ABSENT)
    choice, signature, date = facts_of(forms[0])
    for form in forms[1:]:
        other_choice, other_signature, other_date = facts_of(form)
        choice = choice if choice == other_choice else Choice.UNSURE
        signature = signature if signature == other_signature else Presence.UNSURE
        date = date if date == other_date else Presence.UNSURE
    return Reading(
        is_revocation=is_revocation,
        has_form=True,
        missing=missing,
        choice=choice,
        signature=signature or Presence.UNSURE,
        date=date or Presence.UNSURE,
    )


def _first(pages: Sequence[SeenPage]) -> SeenPage:
    return next((page for page in pages if page.seen.is_form), pages[0])
