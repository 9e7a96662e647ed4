"""How pictures come about: printer, pen and scanner together, from an office's to a phone's.

The named ones are in ``levels``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tests.pdf.scan.simulation import copiers, damage, optics, phones
from tests.pdf.scan.simulation.optics import Glass
from tests.pdf.scan.simulation.pens import INK
from tests.pdf.scan.simulation.phones import Phone
from tests.pdf.scan.simulation.printers import USUAL

Picture = NDArray[np.uint8]
Family = Literal["office", "poor", "phone", "one_code", "highlighted"]
Damage = Callable[[Picture, np.random.Generator], Picture]
Scan = Callable[[Picture, np.random.Generator], tuple[Picture, float | None]]


@dataclass(frozen=True, slots=True)
class Level:
    """One way from paper to picture."""

    name: str
    family: Family
    apply: Scan
    """A filled-in page at 300 dpi, to what arrives and its resolution, where the file says it."""
    printers: tuple[str, ...] = USUAL
    pens: tuple[str, ...] = INK


def gray(glass: Glass, *, upside_down: float = 0.1) -> Scan:
    """Stored as it was seen."""

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        image = optics.seen(optics.placed(page, glass, rng), glass, rng)
        return optics.turned(image, upside_down, rng), glass.dpi

    return scan


def jpeg(glass: Glass, quality: tuple[int, int], *, upside_down: float = 0.1) -> Scan:
    """Stored as JPEG, as most office machines do."""
    seen = gray(glass, upside_down=upside_down)

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        image, dpi = seen(page, rng)
        return optics.jpeg(image, int(rng.integers(quality[0], quality[1] + 1))), dpi

    return scan


def one_bit(glass: Glass, at: optics.Range, *, upside_down: float = 0.1) -> Scan:
    """Stored as black and white."""
    seen = gray(glass, upside_down=upside_down)

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        image, dpi = seen(page, rng)
        return optics.bitonal(image, float(rng.uniform(*at))), dpi

    return scan


def before(damaged: Damage, scan: Scan) -> Scan:
    """Something happens to the paper before it is scanned."""

    def scan_damaged(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        return scan(damaged(page, rng), rng)

    return scan_damaged


def any_of(*scans: Scan) -> Scan:
    """One of them."""

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        return scans[int(rng.integers(len(scans)))](page, rng)

    return scan


def streaks(glass: Glass) -> Scan:
    """A dirty feeder: lines down the picture."""

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        image = optics.placed(page, glass, rng)
        image = damage.streaked(image, int(rng.integers(1, 6)), rng)
        image = optics.seen(image, glass, rng)
        if rng.random() < 0.4:
            image = optics.bitonal(image, float(rng.uniform(125, 175)))
        return optics.turned(image, 0.1, rng), glass.dpi

    return scan


def dither(glass: Glass) -> Scan:
    """A "photo" mode: black and white dots instead of gray."""

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        image = optics.seen(optics.placed(page, glass, rng), glass, rng)
        image = optics.dithered(image, float(rng.uniform(50, 90)), float(rng.uniform(190, 225)))
        return optics.turned(image, 0.1, rng), glass.dpi

    return scan


def fax(*, fine: bool) -> Scan:
    """A fax machine's; the file says one resolution for both directions."""

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        image = copiers.faxed(page, rng, fine=fine)
        return optics.turned(image, 0.1, rng), 200.0

    return scan


def photo(phone: Phone) -> Scan:
    """A telephone's; no resolution is known."""

    def scan(page: Picture, rng: np.random.Generator) -> tuple[Picture, float | None]:
        return phones.photographed(page, phone, rng), None

    return scan
