"""Every named level of our own simulation."""

import numpy as np
from numpy.typing import NDArray

from pdf.sheet.geometry import MILLIMETRE, PageKind, PaperSize, boxes, codes
from tests.pdf.scan.simulation import copiers, damage
from tests.pdf.scan.simulation.optics import SOURCE_DPI, Glass
from tests.pdf.scan.simulation.pens import PENS, ink
from tests.pdf.scan.simulation.phones import Phone
from tests.pdf.scan.simulation.scanners import (
    Damage,
    Level,
    any_of,
    before,
    dither,
    fax,
    gray,
    jpeg,
    one_bit,
    photo,
    streaks,
)
from tests.pdf.scan.simulation.strokes import Area, crossing_out

Picture = NDArray[np.uint8]
_MIXED = any_of(gray(Glass(200)), jpeg(Glass(200), (50, 85)), one_bit(Glass(300), (125, 175)))
_POOR_GLASS = Glass(150, blur=(0.4, 0.8), noise=(2, 7), uneven=0.08, specks=(0, 30))


def _stains(page: Picture, rng: np.random.Generator) -> Picture:
    page = damage.blots(page, int(rng.integers(1, 7)), rng)
    for _ in range(int(rng.integers(3))):
        page = damage.ring(page, _anywhere(page, rng), rng.uniform(28, 42), (0.5, 0.9), rng)
    return page


def _torn_corner(page: Picture, rng: np.random.Generator) -> Picture:
    # no deeper than the bands: a torn-off box is another matter
    size = float(rng.uniform(20, 55)), float(rng.uniform(18, 38))
    return damage.torn(page, int(rng.integers(4)), size, rng)


def _photocopied(low: int, high: int) -> Damage:
    return lambda page, rng: copiers.copied(page, int(rng.integers(low, high + 1)), rng)


def _anywhere(page: Picture, rng: np.random.Generator) -> tuple[float, float]:
    height, width = page.shape
    x, y = rng.uniform(0, width) / damage.MM, rng.uniform(0, height) / damage.MM
    return float(x), float(y)


def _paper_size(page: Picture) -> PaperSize:
    points = page.shape[1] * 72 / SOURCE_DPI
    return min(PaperSize, key=lambda size: abs(size.points[0] - points))


def _highlighted(page: Picture, rng: np.random.Generator) -> Picture:
    """Over the places to sign, to date, or to tick."""
    mirrored = bool(rng.random() < 0.3)
    height = page.shape[0] * 72 / SOURCE_DPI
    for box in boxes(PageKind.CONSENT, _paper_size(page), mirrored=mirrored):
        share = {"signature": 0.9, "date": 0.5, "consent_yes": 0.2, "consent_no": 0.2}
        if rng.random() < share.get(box.name, 0):
            page = damage.highlighted(page, Area.of(box, height), rng)
    return page


def code_area(page: Picture, rng: np.random.Generator) -> tuple[int, Area]:
    """Which corner's code, and where it is; papers differ in their width."""
    which = int(rng.integers(2))
    code = codes(_paper_size(page))[which]
    side = code.side / MILLIMETRE
    top = (page.shape[0] * 72 / SOURCE_DPI - code.y - code.side) / MILLIMETRE
    return (1, 3)[which], Area(code.x / MILLIMETRE, top, side, side)


def _within(area: Area, rng: np.random.Generator) -> tuple[float, float]:
    x, y = rng.uniform(0.15, 0.85, 2)
    return area.left + float(x) * area.width, area.top + float(y) * area.height


def _patched(page: Picture, rng: np.random.Generator) -> Picture:
    _, area = code_area(page, rng)
    return damage.patch(page, _within(area, rng), 10, rng)


def _stapled(page: Picture, rng: np.random.Generator) -> Picture:
    _, area = code_area(page, rng)
    return damage.staple(page, _within(area, rng), rng)


def _ringed(page: Picture, rng: np.random.Generator) -> Picture:
    _, area = code_area(page, rng)
    x, y = _within(area, rng)
    radius = float(rng.uniform(12, 40))
    angle = rng.uniform(0, 2 * np.pi)
    middle = x + radius * float(np.cos(angle)), y + radius * float(np.sin(angle))
    return damage.ring(page, middle, radius, (0.25, 0.6), rng)


def _code_torn(page: Picture, rng: np.random.Generator) -> Picture:
    corner, _ = code_area(page, rng)
    size = float(rng.uniform(48, 65)), float(rng.uniform(30, 42))
    return damage.torn(page, corner, size, rng)


def _code_covered(page: Picture, rng: np.random.Generator) -> Picture:
    """By a note that sticks on it."""
    _, area = code_area(page, rng)
    middle = area.left + area.width / 2, area.top + area.height / 2
    return damage.patch(page, middle, 26, rng)


def _scribbled(page: Picture, rng: np.random.Generator) -> Picture:
    """A small brother had a felt pen."""
    _, area = code_area(page, rng)
    page = page.copy()
    ink(page, crossing_out(area, rng), SOURCE_DPI, PENS["felt"].pick(rng), rng)
    return page


_OFFICE = (
    Level("office_300_gray", "office", gray(Glass(300))),
    Level("office_200_gray", "office", gray(Glass(200))),
    Level("office_300_jpeg", "office", jpeg(Glass(300), (50, 85))),
    Level("office_200_jpeg", "office", jpeg(Glass(200), (50, 85))),
    Level("office_300_1bit", "office", one_bit(Glass(300), (125, 175))),
    Level("office_200_1bit", "office", one_bit(Glass(200), (125, 175))),
    Level("office_upside_down", "office", jpeg(Glass(200), (50, 85), upside_down=1.0)),
    Level("office_specks", "office", gray(Glass(200, specks=(40, 160)))),
    Level("office_light_toner", "office", gray(Glass(200)), printers=("light_toner",)),
    Level(
        "office_light_1bit", "office", one_bit(Glass(300), (160, 190)), printers=("light_toner",)
    ),
    Level("office_punched", "office", before(damage.punched, _MIXED)),
)
_PENCILS = any_of(gray(Glass(200)), jpeg(Glass(200), (50, 85)), one_bit(Glass(300), (170, 200)))
_POOR = (
    Level("poor_150_gray", "poor", gray(_POOR_GLASS)),
    Level("poor_150_jpeg", "poor", jpeg(_POOR_GLASS, (25, 50))),
    Level("poor_fax_fine", "poor", fax(fine=True)),
    Level("poor_fax_standard", "poor", fax(fine=False)),
    Level("poor_photocopy", "poor", before(_photocopied(1, 3), gray(Glass(200, skew=1.5)))),
    Level(
        "poor_photocopy_1bit",
        "poor",
        before(_photocopied(1, 3), one_bit(Glass(200, skew=1.5), (145, 185))),
    ),
    Level("poor_folds", "poor", before(damage.folds, _MIXED)),
    Level("poor_crumpled", "poor", before(damage.crumpled, jpeg(Glass(200), (50, 85)))),
    Level("poor_stains", "poor", before(_stains, any_of(gray(Glass(200)), gray(_POOR_GLASS)))),
    Level("poor_torn_corner", "poor", before(_torn_corner, _MIXED)),
    Level("poor_pencil", "poor", _PENCILS, pens=("pencil",)),
    Level("poor_streaks", "poor", streaks(Glass(200))),
    Level("poor_dithered", "poor", dither(Glass(200))),
)
_PHONE = (
    Level("phone_mild", "phone", photo(Phone())),
    Level("phone_25_degrees", "phone", photo(Phone(tilt=25, light=(0.6, 1.0)))),
    Level("phone_shadow", "phone", photo(Phone(tilt=18, light=(0.45, 1.0), shadows=2))),
    Level("phone_blur", "phone", photo(Phone(tilt=15, blur=(0.9, 1.7), motion=5))),
    Level("phone_curl", "phone", photo(Phone(tilt=18, curl=3.0, light=(0.6, 1.0)))),
    Level(
        "phone_messenger",
        "phone",
        photo(Phone(tilt=15, sizes=(1600,), quality=(45, 70), light=(0.6, 1.0))),
    ),
    Level(
        "phone_all",
        "phone",
        photo(Phone(25, 10, (0.6, 1.3), 3, (0.5, 1.0), shadows=1, curl=2.0, noise=(3, 9))),
    ),
)
_ONE_CODE = (
    Level("one_code_patch", "one_code", before(_patched, _MIXED)),
    Level("one_code_staple", "one_code", before(_stapled, _MIXED)),
    Level("one_code_ring", "one_code", before(_ringed, _MIXED)),
    Level("one_code_tear", "one_code", before(_code_torn, _MIXED)),
    Level("one_code_covered", "one_code", before(_code_covered, _MIXED)),
    Level("one_code_scribble", "one_code", before(_scribbled, _MIXED)),
)
_HIGHLIGHTED = (Level("highlighted", "highlighted", before(_highlighted, _MIXED)),)

LEVELS: dict[str, Level] = {
    level.name: level for level in (*_OFFICE, *_POOR, *_PHONE, *_ONE_CODE, *_HIGHLIGHTED)
}
