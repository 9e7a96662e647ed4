"""What printers make of a page before anybody writes on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pdf.sheet.geometry import Box
from tests.pdf.scan.simulation.noise import field, grain

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Printed:
    """Paper from a printer; its boxes stand where ``moved`` says."""

    image: Picture
    dpi: float
    scale: float = 1.0
    right: float = 0.0
    up: float = 0.0
    """Shifts in points."""

    def moved(self, boxes: tuple[Box, ...]) -> tuple[Box, ...]:
        """Where a pen finds the boxes, from the paper's lower left corner."""
        height, width = self.image.shape
        middle_x, middle_y = width * 36 / self.dpi, height * 36 / self.dpi
        return tuple(
            replace(
                box,
                x=middle_x + (box.x - middle_x) * self.scale + self.right,
                y=middle_y + (box.y - middle_y) * self.scale + self.up,
                width=box.width * self.scale,
                height=box.height * self.scale,
            )
            for box in boxes
        )


Printer = Callable[[Picture, float, np.random.Generator], Printed]


def laser(page: Picture, dpi: float, rng: np.random.Generator) -> Printed:
    """Sharp and black, fed within a millimetre or so."""
    black = int(rng.integers(5, 30))
    toned = cv2.addWeighted(page, (255 - black) / 255, page, 0, black)
    return _placed(np.asarray(toned, np.uint8), dpi, 1.0, rng)


def light_toner(page: Picture, dpi: float, rng: np.random.Generator) -> Printed:
    """A cartridge near its end: gray, grainy, paler on one side."""
    black = field(page.shape, 4, 70, 140, rng) + 60 * (grain(page.shape, rng) - 0.5)
    cover = (255 - page.astype(np.float32)) / 255
    toned = 255 - cover * (255 - np.clip(black, 20, 165))
    return _placed(toned.astype(np.uint8), dpi, 1.0, rng)


def inkjet(page: Picture, dpi: float, rng: np.random.Generator) -> Printed:
    """Ink that runs a little into the paper, and is not quite black."""
    bleed = rng.uniform(0.05, 0.09) * dpi / 25.4
    soft = cv2.GaussianBlur(page, (0, 0), bleed).astype(np.float32)
    edge = 140 + 60 * (grain(page.shape, rng) - 0.5)
    black = rng.uniform(20, 60)
    toned = black + (255 - black) / (1 + np.exp(-(soft - edge) / 25))
    return _placed(np.minimum(toned, 255).astype(np.uint8), dpi, 1.0, rng)


def fitted(page: Picture, dpi: float, rng: np.random.Generator) -> Printed:
    """By a laser, "fit to page": 94 to 97 % of its size."""
    return _placed(page, dpi, float(rng.uniform(0.94, 0.975)), rng)


PRINTERS: dict[str, Printer] = {
    "laser": laser,
    "light_toner": light_toner,
    "inkjet": inkjet,
    "fitted": fitted,
}
USUAL = ("laser", "laser", "laser", "laser", "inkjet", "fitted")
"""What schools have."""


def _placed(page: Picture, dpi: float, scale: float, rng: np.random.Generator) -> Printed:
    right, up = (float(v) for v in rng.normal(0, 2.0, 2).clip(-4, 4))
    height, width = page.shape
    x = (1 - scale) * width / 2 + right * dpi / 72
    y = (1 - scale) * height / 2 - up * dpi / 72
    by = np.array([[scale, 0, x], [0, scale, y]], np.float32)
    moved = cv2.warpAffine(page, by, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
    return Printed(np.asarray(moved, np.uint8), dpi, scale, right, up)
