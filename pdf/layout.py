"""Text as rows that stay together where they must; ``frame`` puts them on pages.

Everything is first cut into rows (a line of text and what stands beside it), then rows are put
on pages. A row says whether the next one must stand on the same page; that keeps headings
with their text, and never leaves a paragraph's first or last line alone.
"""

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from pdf.file import number
from pdf.fonts import BOLD, REGULAR
from pdf.tags import Artifact, Element, Role
from pdf.text.paragraph import Line, lay_out
from pdf.text.spoken import is_latin, language_of
from translations import Direction
from translations import language as registered_language

PAGE_WIDTH, PAGE_HEIGHT = 612.0, 792.0
"""US Letter, in points."""
MARGIN = 54.0
CONTENT_WIDTH = PAGE_WIDTH - 2 * MARGIN

BLACK = "0 g"
GREY = "0.35 g"
_DEFAULT_LEADING = 1.38
_LEADING = {
    "noto-sans-myanmar": 1.8,
    "vazirmatn": 1.6,
    "noto-sans-devanagari": 1.6,
    "noto-sans-ethiopic": 1.5,
}
"""Line height in ems by font family; stacked letters need more than Latin ones."""
_BASELINE = 0.7
"""Which part of a line's height lies above the baseline."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a paragraph looks; sizes and spaces in points."""

    size: float = 10.0
    weight: int = REGULAR
    colour: str = BLACK
    before: float = 4.0
    keep_next: bool = False
    band: bool = False
    """Set apart by a tinted band and a bar at its beginning."""


TITLE = Style(size=17, weight=BOLD, before=0, keep_next=True)
SUBTITLE = Style(size=9.5, colour=GREY, before=1, keep_next=True)
HEADING = Style(size=12, weight=BOLD, before=11, keep_next=True)
SUBHEADING = Style(size=10, weight=BOLD, before=6, keep_next=True)
BODY = Style()
ITEM = Style(before=2)
NOTICE = Style(weight=BOLD, before=0, band=True)
STATEMENT = Style(size=10.5, before=0, band=True)
SMALL = Style(size=8.5, before=2)
LABEL = Style(size=9, weight=BOLD, before=4)
ENGLISH = Style(size=8, colour=GREY, before=0)
VALUE = Style(size=10, before=4)
SMALL_VALUE = Style(size=7.8, before=4)
FOOT = Style(size=8, colour=GREY, before=0)


@dataclass(frozen=True, slots=True)
class Text:
    """A line at a place in its row: ``x`` from the left margin, ``drop`` below the row's top."""

    line: Line
    x: float
    drop: float
    style: Style
    owner: Element | Artifact
    english_apart: bool
    """Whether Latin words in it are English, and are to be spoken so."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Operators in a coordinate system whose origin is the left margin and the row's top."""

    operators: str
    owner: Element | Artifact = Artifact.LAYOUT
    box: tuple[float, float, float, float] | None = None
    """Left, bottom, right and top of a figure, in the same coordinates."""


@dataclass(frozen=True, slots=True)
class Row:
    """What stands on one height of the page; never split. Heights in points."""

    height: float
    before: float = 0.0
    parts: tuple[Text | Drawing, ...] = ()
    keep_next: bool = False
    band: bool = False
    second: tuple[Text | Drawing, ...] = ()
    """Parts of a second column, which is read after the first one has ended."""
    ends_columns: bool = False
    form: bool = False
    """Keeps the place of a paper's boxes; they stand at places of their own."""


class Flow:
    """Rows of a document, what they are (its structure), and the letters no font could draw."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.missing: dict[int, None] = {}
        self.document = Element(Role.DOCUMENT)
        self._parent = self.document

    @contextmanager
    def within(
        self,
        role: Role,
        language: str | None = None,
        attributes: str = "",
    ) -> Iterator[None]:
        """What is made inside belongs to a new element."""
        outer = self._parent
        self._parent = outer.add(Element(role, language, attributes))
        yield
        self._parent = outer

    def element(self, role: Role, language: str | None, attributes: str = "") -> Element:
        """A new element here, to be given content."""
        return self._parent.add(Element(role, language, attributes))

    def text(self, text: str, language: str, style: Style, role: Role = Role.PARAGRAPH) -> None:
        """Add a paragraph in its language's direction."""
        self.rows += self.paragraph_rows(text, language, style, role)

    def paragraph_rows(
        self,
        text: str,
        language: str,
        style: Style,
        role: Role = Role.PARAGRAPH,
        *,
        owner: Element | Artifact | None = None,
        indent: float = 0.0,
        width: float = CONTENT_WIDTH,
        personal: bool = False,
        aligned_right: bool | None = None,
    ) -> list[Row]:
        """The rows of a paragraph, not yet added, ``indent`` points from where it begins.

        It is a new element of this role, or its ``owner``'s. In a ``personal`` text, one that
        somebody typed, the first letter decides the direction, and nobody knows the language.
        """
        if owner is None:
            spoken = language_of(text, language) if personal else language
            owner = self.element(role, spoken)
        english_apart = not personal and isinstance(owner, Element) and not is_latin(language)
        base = None if personal else int(is_right_to_left(language))
        inset = 8.0 if style.band else 0.0
        room = width - indent - 2 * inset
        laid = lay_out(
            text,
            language=language,
            weight=style.weight,
            width=room / style.size,
            base=base,
            personal=personal,
        )
        self.missing.update(dict.fromkeys(laid.missing))
        if aligned_right is None:
            aligned_right = is_right_to_left(language)
        rows = []
        for i, line in enumerate(laid.lines):
            leading = _leading(line, language) * style.size
            spare = room - line.width * style.size
            x = inset + (spare if aligned_right else indent)
            part = Text(line, x, leading * _BASELINE, style, owner, english_apart)
            last = len(laid.lines) - 1
            keep = style.keep_next if i == last else last <= 2 or i in (0, last - 1)
            rows.append(Row(leading, style.before if i == 0 else 0.0, (part,), keep, style.band))
        return rows

    def columns(
        self, first: Sequence[Row], second: Sequence[Row], first_shift: float, second_shift: float
    ) -> None:
        """Add two columns side by side, in the order in which they are read.

        The shifts move each of them, in points. Each pair of lines has one baseline.
        """
        count = max(len(first), len(second))
        for i in range(count):
            pair = [column[i] for column in (first, second) if i < len(column)]
            drop = max(_drop(row) for row in pair)
            self.rows.append(
                Row(
                    height=max(row.height + drop - _drop(row) for row in pair),
                    before=max(row.before for row in pair),
                    parts=_dropped(first[i], drop, first_shift) if i < len(first) else (),
                    second=_dropped(second[i], drop, second_shift) if i < len(second) else (),
                    keep_next=i < count - 1 and (i in (0, count - 2) or count <= 3),
                    ends_columns=i == count - 1,
                )
            )

    def rule(self, before: float = 4.0) -> None:
        """Add a thin line over the whole width."""
        line = f"0.75 G 0.5 w 0 0 m {number(CONTENT_WIDTH)} 0 l S 0 G"
        self.rows.append(Row(0.5, before, (Drawing(line),), keep_next=True))

    def space(self, height: float) -> None:
        """Add empty height; dropped at the top of a page."""
        self.rows.append(Row(0.0, height))

    def new_page(self) -> None:
        """What follows begins on a new page."""
        self.rows.append(PAGE_BREAK)


PAGE_BREAK = Row(height=-1.0)


def moved(part: Text | Drawing, shift: float) -> Text | Drawing:
    """The same part ``shift`` points to the right."""
    if isinstance(part, Drawing):
        operators = f"q 1 0 0 1 {number(shift)} 0 cm {part.operators} Q"
        box = part.box and (part.box[0] + shift, part.box[1], part.box[2] + shift, part.box[3])
        return replace(part, operators=operators, box=box)
    return replace(part, x=part.x + shift)


def _drop(row: Row) -> float:
    return max((part.drop for part in row.parts if isinstance(part, Text)), default=0.0)


def _dropped(row: Row, drop: float, shift: float) -> tuple[Text | Drawing, ...]:
    return tuple(
        Text(p.line, p.x + shift, drop, p.style, p.owner, p.english_apart)
        if isinstance(p, Text)
        else moved(p, shift)
        for p in row.parts
    )


def kept(rows: Sequence[Row]) -> list[Row]:
    """The rows with all that is between them on one page, as far as a page allows."""
    return [replace(row, keep_next=True) for row in rows[:-1]] + list(rows[-1:])


@functools.cache
def is_right_to_left(language: str) -> bool:
    """Whether the language reads from right to left; an unregistered one doesn't."""
    try:
        return registered_language(language).direction is Direction.RTL
    except LookupError:
        return False


def _leading(line: Line, language: str) -> float:
    """Line height in ems: the largest that a font on the line, or the language, asks for."""
    try:
        family = registered_language(language).fonts[0].lower().replace(" ", "-")
    except LookupError:
        family = ""
    families = {run.face.family for run in line.runs if run.face} | {family}
    return max(_LEADING.get(name, _DEFAULT_LEADING) for name in families)
