"""Photocopiers and faxes."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.pdf.scan.simulation import optics
from tests.pdf.scan.simulation.noise import field, grain, times
from tests.pdf.scan.simulation.optics import SOURCE_DPI

Picture = NDArray[np.uint8]
FAX_ACROSS, FAX_DOWN = 204, 196
"""Dots per inch of a fine fax; the standard one has half the lines."""


def copied(page: Picture, generations: int, rng: np.random.Generator) -> Picture:
    """A copy of a copy: softer, harder in contrast, paler toner, dirt, dark edges."""
    for _ in range(generations):
        page = _copy(page, rng)
    return _dark_edges(page, rng) if rng.random() < 0.7 else page


def faxed(page: Picture, rng: np.random.Generator, *, fine: bool) -> Picture:
    """As a fax machine stores it: 1 bit, 204 dots by 196 lines an inch, lines lost."""
    lines = FAX_DOWN if fine else FAX_DOWN // 2
    skew = float(np.clip(rng.normal(0, 0.8), -2, 2))
    height, width = page.shape
    by = cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1)
    fed = np.asarray(cv2.warpAffine(page, by, (width, height), borderValue=255), np.uint8)
    small = optics.resized(fed, FAX_ACROSS / SOURCE_DPI, lines / SOURCE_DPI)
    soft = np.asarray(cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.3, 0.6))), np.uint8)
    image = optics.bitonal(soft, float(rng.uniform(125, 175)))
    image = _header(_line_errors(image, rng), rng)
    image = _peppered(image, float(rng.uniform(0, 0.0008)), rng)
    return image if fine else np.repeat(image, 2, axis=0)


def _copy(page: Picture, rng: np.random.Generator) -> Picture:
    height, width = page.shape
    skew, scale = float(rng.normal(0, 0.35)), float(rng.uniform(0.985, 1.01))
    by = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), skew, scale), np.float64)
    by[:, 2] += rng.normal(0, 8, 2)
    fed = cv2.warpAffine(page, by, (width, height), borderValue=255)
    soft = cv2.GaussianBlur(fed, (0, 0), float(rng.uniform(0.9, 1.6)))
    # a steep curve: pale ink is darkened, the paper's gray vanishes
    middle, steep = rng.uniform(155, 188), rng.uniform(12, 20)
    curve = 255 / (1 + np.exp(-(np.arange(256) - middle) / steep))
    black = rng.uniform(20, 70)
    table = np.clip(black + curve * (255 - black) / 255, 0, 255).astype(np.uint8)
    image = np.asarray(cv2.LUT(soft, table), np.uint8)
    toner = 1 + (grain(page.shape, rng) - 0.5) * 0.1
    image = times(image, np.minimum(toner * field(page.shape, 4, 0.95, 1.05, rng), 1.0))
    return optics.specked(image, SOURCE_DPI, int(rng.integers(5, 60)), rng)


def _dark_edges(page: Picture, rng: np.random.Generator) -> Picture:
    """The lid was open: one or two edges are black, waveringly."""
    image = page.copy()
    for turns in rng.permutation(4)[: int(rng.integers(1, 3))]:
        view = np.rot90(image, int(turns))
        across = view.shape[1]
        knots = int(rng.integers(3, 8))
        wave = np.interp(
            np.arange(across), np.linspace(0, across, knots), rng.uniform(5, 75, knots)
        )
        depth = np.arange(90)[:, None]
        cover = np.clip((wave[None, :] - depth) / 14, 0, 1)
        shade = rng.uniform(10, 70)
        part = view[:90]
        part[:] = (part * (1 - cover) + shade * cover).astype(np.uint8)
    return image


def _line_errors(image: Picture, rng: np.random.Generator) -> Picture:
    """A noisy telephone line: some lines are lost, torn or black."""
    for _ in range(int(rng.poisson(2.5))):
        row = int(rng.integers(len(image) - 4))
        way = rng.random()
        if way < 0.5:
            image[row : row + int(rng.integers(1, 4))] = image[row]
        elif way < 0.8:
            image[row] = np.roll(image[row], int(rng.integers(-30, 30)))
        else:
            start = int(rng.integers(image.shape[1] // 2))
            image[row, start : start + int(rng.integers(50, 600))] = 0
    return image


def _header(image: Picture, rng: np.random.Generator) -> Picture:
    """The sender's line at the upper edge."""
    said = f"11/{rng.integers(1, 30)}/2026 {rng.integers(7, 18)}:{rng.integers(10, 59)}"
    said += f"  FROM: 651555{rng.integers(1000, 9999)}     P.{rng.integers(1, 9):02}"
    cv2.putText(image, said, (90, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0, 1)
    return image


def _peppered(image: Picture, share: float, rng: np.random.Generator) -> Picture:
    count = int(share * image.size)
    rows, columns = rng.integers(len(image), size=count), rng.integers(image.shape[1], size=count)
    image[rows, columns] = np.where(rng.random(count) < 0.7, 0, 255)
    return image
