"""Steps that scanners, copiers and phones have in common."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.pdf.scan.simulation.noise import field, noisy, times

Picture = NDArray[np.uint8]
SOURCE_DPI = 300
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Glass:
    """A scanner's glass and feeder: the picture before it is stored."""

    dpi: float
    skew: float = 3.0
    """Degrees, at most."""
    blur: Range = (0.4, 0.7)
    """In pixels of the scan."""
    white: Range = (228, 252)
    black: Range = (5, 40)
    noise: Range = (1.5, 4.0)
    uneven: float = 0.03
    """How much darker the paper is at places."""
    specks: tuple[int, int] = (0, 12)


def placed(image: Picture, glass: Glass, rng: np.random.Generator) -> Picture:
    """Fed askew and a little shifted, at the scanner's resolution."""
    scale = glass.dpi / SOURCE_DPI
    height, width = image.shape
    size = (round(width * scale), round(height * scale))
    if scale < 0.9:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.35 / scale), np.uint8)
    # most pages lie nearly straight
    skew = float(np.clip(rng.normal(0, glass.skew / 2), -glass.skew, glass.skew))
    by = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), skew, scale), np.float64)
    by[:, 2] += np.array([size[0] - width, size[1] - height]) / 2
    by[:, 2] += rng.normal(0, 0.8, 2).clip(-1.6, 1.6) * glass.dpi / 25.4
    backing = float(rng.choice([255, 245, 200, 60], p=[0.5, 0.3, 0.1, 0.1]))
    moved = cv2.warpAffine(image, by, size, flags=cv2.INTER_LINEAR, borderValue=backing)
    return np.asarray(moved, np.uint8)


def seen(image: Picture, glass: Glass, rng: np.random.Generator) -> Picture:
    """Paper that is not quite white, ink not quite black, a soft lens, specks and noise."""
    image = specked(image, glass.dpi, int(rng.integers(glass.specks[0], glass.specks[1] + 1)), rng)
    soft = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(*glass.blur)))
    white, black = rng.uniform(*glass.white), rng.uniform(*glass.black)
    toned = cv2.addWeighted(soft, (white - black) / 255, soft, 0, black)
    paper = field(image.shape, 5, 1 - glass.uneven, 1, rng)
    return noisy(times(np.asarray(toned, np.uint8), paper), float(rng.uniform(*glass.noise)), rng)


def specked(image: Picture, dpi: float, count: int, rng: np.random.Generator) -> Picture:
    """Dust on the glass: dots and short hairs."""
    made = image.copy()
    height, width = image.shape
    for _ in range(count):
        x, y = int(rng.integers(width)), int(rng.integers(height))
        shade = int(rng.integers(20, 160))
        if rng.random() < 0.15:
            ends = (x + int(rng.normal(0, 0.06) * dpi), y + int(rng.normal(0, 0.06) * dpi))
            cv2.line(made, (x, y), ends, shade, 1, cv2.LINE_AA)
            continue
        radius = rng.uniform(0.05, 0.3) * dpi / 25.4
        cv2.circle(made, (x * 8, y * 8), round(radius * 8), shade, -1, cv2.LINE_AA, 3)
    return made


def jpeg(image: Picture, quality: int) -> Picture:
    """Through JPEG."""
    _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def bitonal(image: Picture, at: float) -> Picture:
    """Black or white."""
    return np.asarray(cv2.threshold(image, at, 255, cv2.THRESH_BINARY)[1], np.uint8)


def dithered(image: Picture, low: float, high: float) -> Picture:
    """Black or white in an ordered pattern: a fax's or copier's "photo" mode."""
    rough = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32)
    levels = low + (rough + 0.5) / 16 * (high - low)
    height, width = image.shape
    tiled = np.tile(levels, (height // 4 + 1, width // 4 + 1))[:height, :width]
    return np.where(image > tiled, 255, 0).astype(np.uint8)


def resized(image: Picture, across: float, down: float) -> Picture:
    """At another resolution, perhaps not the same in both directions."""
    size = (round(image.shape[1] * across), round(image.shape[0] * down))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def turned(image: Picture, upside_down: float, rng: np.random.Generator) -> Picture:
    """Fed the wrong way round, or across, as often as stacks have it."""
    drawn = rng.random()
    if drawn < upside_down:
        return np.ascontiguousarray(image[::-1, ::-1])
    if drawn < upside_down + 0.03:
        return np.ascontiguousarray(np.rot90(image, int(rng.choice([1, 3]))))
    return image
