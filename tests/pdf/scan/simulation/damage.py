"""What happens to paper between the kitchen table and the scanner; 300 dpi, gray."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.pdf.scan.simulation.noise import field, grain, times
from tests.pdf.scan.simulation.optics import SOURCE_DPI
from tests.pdf.scan.simulation.strokes import Area

Picture = NDArray[np.uint8]
MM = SOURCE_DPI / 25.4
"""Pixels."""


def ring(
    page: Picture,
    middle: tuple[float, float],
    radius: float,
    dark: tuple[float, float],
    rng: np.random.Generator,
) -> Picture:
    """Where a cup stood: ``middle`` and ``radius`` in millimetres, darker at places."""
    reach = radius + 6
    top, left, part = _around(page, middle, reach)
    if part.size == 0:
        return page
    y, x = np.mgrid[0 : part.shape[0], 0 : part.shape[1]].astype(np.float32)
    x, y = x + left - middle[0] * MM, y + top - middle[1] * MM
    angle = np.arctan2(y, x)
    bent = radius * (1 + 0.02 * np.sin(2 * angle + rng.uniform(0, 6)))
    away = np.abs(np.hypot(x, y) / MM - bent)
    wide = rng.uniform(0.5, 1.5) * (
        1 + 0.5 * np.sin(angle * rng.integers(1, 4) + rng.uniform(0, 6))
    )
    strength = 0.6 + 0.4 * np.sin(angle * 2 + rng.uniform(0, 6))
    cover = np.clip(1.2 - away / np.maximum(wide, 0.25), 0, 1) * strength
    inside = (np.hypot(x, y) / MM < bent) * 0.04
    shade = 1 - (1 - rng.uniform(*dark)) * cover - inside
    page = page.copy()
    page[top : top + part.shape[0], left : left + part.shape[1]] = times(
        part, np.clip(shade, 0, 1).astype(np.float32)
    )
    return page


def blots(page: Picture, count: int, rng: np.random.Generator) -> Picture:
    """Splashes, grease, thumbs: soft, pale, of any shape."""
    shade = np.ones((page.shape[0] // 8, page.shape[1] // 8), np.float32)
    for _ in range(count):
        size = int(rng.uniform(4, 16) * MM / 8)
        rough = field((2 * size, 2 * size), 5, -0.35, 0.35, rng)
        y, x = np.mgrid[-1 : 1 : 2j * size, -1 : 1 : 2j * size].astype(np.float32)
        blot = np.clip((0.75 - np.hypot(x, y) + rough) * 6, 0, 1) * rng.uniform(0.06, 0.28)
        top = int(rng.integers(max(shade.shape[0] - 2 * size, 1)))
        left = int(rng.integers(max(shade.shape[1] - 2 * size, 1)))
        part = shade[top : top + 2 * size, left : left + 2 * size]
        part *= 1 - blot[: part.shape[0], : part.shape[1]]
    large = cv2.resize(shade, page.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return times(page, np.asarray(large, np.float32))


def folds(page: Picture, rng: np.random.Generator) -> Picture:
    """Folded for an envelope: in half or in three, perhaps across too, and flattened again."""
    height, width = page.shape
    rows = (0.5,) if rng.random() < 0.4 else (0.335, 0.665)
    down, across = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    shade_down, moved_down = _creases(down, [r * height for r in rows], rng)
    columns = [0.5 * width] if rng.random() < 0.4 else []
    shade_across, moved_across = _creases(across, columns, rng)
    bent = cv2.remap(
        page,
        np.tile(across + moved_across, (height, 1)),
        np.tile((down + moved_down)[:, None], (1, width)),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    shaded = times(np.asarray(bent, np.uint8), np.outer(shade_down, shade_across))
    return _flaked(shaded, [r * height for r in rows], rng)


def crumpled(page: Picture, rng: np.random.Generator) -> Picture:
    """From the bottom of a school bag: many faint creases, and not flat any more."""
    height, width = page.shape
    small = (height // 4, width // 4)
    y, x = np.mgrid[0 : small[0], 0 : small[1]].astype(np.float32)
    shade = np.ones(small, np.float32)
    for _ in range(int(rng.integers(8, 18))):
        angle = rng.uniform(0, np.pi)
        px, py = rng.uniform(0, small[1]), rng.uniform(0, small[0])
        away = ((x - px) * np.cos(angle) + (y - py) * np.sin(angle)) * 4 / MM
        side = np.where(away > 0, 1.0, 0.3).astype(np.float32)
        shade *= 1 - rng.uniform(0.03, 0.12) * side * np.exp(-np.abs(away) / rng.uniform(1, 8))
    large = np.asarray(cv2.resize(shade, (width, height)), np.float32)
    moved = [field((height, width), 6, -0.5 * MM, 0.5 * MM, rng) for _ in range(2)]
    across = np.arange(width, dtype=np.float32)[None, :] + moved[0]
    down = np.arange(height, dtype=np.float32)[:, None] + moved[1]
    bent = cv2.remap(page, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return times(np.asarray(bent, np.uint8), large)


def torn(
    page: Picture, corner: int, size: tuple[float, float], rng: np.random.Generator
) -> Picture:
    """Without a corner: 0 upper left, clockwise; ``size`` in millimetres across and down."""
    height, width = page.shape
    count = 24
    t = np.linspace(0, 1, count)
    across, down = size[0] * MM, size[1] * MM
    edge = np.column_stack([across * (1 - t), down * t]) + rng.normal(0, 0.35 * MM, (count, 2))
    edge[0, 1], edge[-1, 0] = -5, -5
    shape = np.vstack([edge, [[-5, -5]]])
    if corner in (1, 2):
        shape[:, 0] = width - shape[:, 0]
    if corner in (2, 3):
        shape[:, 1] = height - shape[:, 1]
    points = np.round(shape).astype(np.int32)
    page = page.copy()
    # fibres along the tear are whiter than the print beside them, and throw a thin shadow
    cv2.polylines(page, [points[:-1]], False, 250, round(0.8 * MM), cv2.LINE_AA)
    backing = int(rng.choice([255, 245, 190, 60]))
    cv2.fillPoly(page, [points], backing, cv2.LINE_AA)
    cv2.polylines(page, [points[:-1]], False, min(backing, 150), 2, cv2.LINE_AA)
    return page


def staple(page: Picture, middle: tuple[float, float], rng: np.random.Generator) -> Picture:
    """A staple, or the hole that it left, with its shadow."""
    page = page.copy()
    angle = rng.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)]) * 6
    ends = [(np.array(middle) + s * along) * MM for s in (-1, 1)]
    shadow = np.ones_like(page, np.float32)
    if rng.random() < 0.5:
        pixels = [tuple(int(v) for v in end) for end in ends]
        cv2.line(shadow, pixels[0], pixels[1], 0.55, round(2.2 * MM), cv2.LINE_AA)
        shadow = np.asarray(cv2.GaussianBlur(shadow, (0, 0), 0.6 * MM), np.float32)
        page = times(page, shadow)
        cv2.line(page, pixels[0], pixels[1], int(rng.integers(60, 200)), round(0.6 * MM))
        return page
    for x, y in [*ends, np.array(middle) * MM]:
        size = rng.uniform(0.8, 2.2) * MM
        at = (int(x + rng.normal(0, MM)), int(y + rng.normal(0, MM)))
        cv2.circle(shadow, at, round(size * 2), 0.6, -1, cv2.LINE_AA)
        cv2.circle(page, at, round(size), int(rng.integers(20, 70)), -1, cv2.LINE_AA)
    return times(page, np.asarray(cv2.GaussianBlur(shadow, (0, 0), 0.5 * MM), np.float32))


def patch(
    page: Picture, middle: tuple[float, float], side: float, rng: np.random.Generator
) -> Picture:
    """Something opaque: a label, correction fluid, a dark sticker."""
    page = page.copy()
    turned = (tuple(v * MM for v in middle), (side * MM, side * MM), float(rng.uniform(0, 90)))
    points = np.round(cv2.boxPoints(turned)).astype(np.int32)
    shade = int(rng.choice([252, 235, 200, 120, 40]))
    cv2.fillPoly(page, [points], shade, cv2.LINE_AA)
    cv2.polylines(page, [points], True, max(shade - 40, 0), 2, cv2.LINE_AA)
    return page


def punched(page: Picture, rng: np.random.Generator) -> Picture:
    """Two or three holes for a binder, seen on the scanner's backing."""
    page = page.copy()
    height, width = page.shape
    left = rng.uniform(9, 12) * MM
    x = width - left if rng.random() < 0.2 else left
    steps = (-108, 0, 108) if rng.random() < 0.7 else (-40, 40)
    shade = int(rng.choice([255, 245, 200, 60, 20]))
    for step in steps:
        at = (int(x + rng.normal(0, 0.2 * MM)), int(height / 2 + step * MM))
        cv2.circle(page, at, round(3.3 * MM), shade, -1, cv2.LINE_AA)
        cv2.circle(page, at, round(3.3 * MM), min(shade, 170), 2, cv2.LINE_AA)
    return page


def highlighted(page: Picture, area: Area, rng: np.random.Generator) -> Picture:
    """Somebody showed with a marker where to write."""
    shade = np.ones(page.shape, np.float32)
    start = area.left + rng.uniform(-0.05, 0.4) * area.width
    end = start + rng.uniform(0.15, 0.7) * area.width
    y = area.top + rng.uniform(0.2, 0.9) * area.height
    ends = [(round(x * MM), round((y + rng.normal(0, 0.6)) * MM)) for x in (start, end)]
    tone = float(rng.uniform(0.72, 0.93))
    cv2.line(shade, ends[0], ends[1], tone, round(rng.uniform(3.5, 5.5) * MM), cv2.LINE_AA)
    return times(page, shade)


def streaked(image: Picture, count: int, rng: np.random.Generator) -> Picture:
    """Dirt on the feeder's window: lines down the whole scan; after the page was placed."""
    image = image.copy()
    height, width = image.shape
    for _ in range(count):
        x, wide = int(rng.integers(width - 4)), int(rng.integers(1, 4))
        part = image[:, x : x + wide].astype(np.float32)
        shade = rng.choice([250.0, 120.0, 40.0], p=[0.2, 0.4, 0.4])
        fading = field((height, 1), 12, 0.2, 0.9, rng)
        image[:, x : x + wide] = (part * (1 - fading) + shade * fading).astype(np.uint8)
    return image


def _creases(
    along: NDArray[np.float32], places: list[float], rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Shade and shift beside each fold."""
    shade, moved = np.ones_like(along), np.zeros_like(along)
    for place in places:
        away = (along - place - rng.normal(0, 3 * MM)) / MM
        dark = np.where(away > 0, rng.uniform(0.05, 0.2), rng.uniform(0, 0.05))
        shade *= (1 - dark * np.exp(-np.abs(away) / rng.uniform(2, 9))).astype(np.float32)
        shade *= (1 - 0.3 * np.exp(-((away / 0.2) ** 2))).astype(np.float32)
        lift = rng.uniform(0, 0.5) * MM
        moved += (lift * np.sign(away) * np.exp(-np.abs(away) / 10)).astype(np.float32)
    return shade, moved


def _flaked(page: Picture, rows: list[float], rng: np.random.Generator) -> Picture:
    """Toner comes off along a fold."""
    for row in rows:
        top = int(row - 0.4 * MM)
        part = page[top : top + int(0.8 * MM)]
        gone = grain((part.shape[0], part.shape[1]), rng) > 0.62
        part[gone] = np.maximum(part[gone], 215)
    return page


def _around(page: Picture, middle: tuple[float, float], reach: float) -> tuple[int, int, Picture]:
    top, left = (max(int((m - reach) * MM), 0) for m in (middle[1], middle[0]))
    bottom, right = (max(int((m + reach) * MM), 0) for m in (middle[1], middle[0]))
    return top, left, page[top:bottom, left:right]
