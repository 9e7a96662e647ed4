"""Photographs of a page on a table."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.pdf.scan.simulation import optics
from tests.pdf.scan.simulation.damage import MM
from tests.pdf.scan.simulation.noise import Field, field, noisy, times

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Phone:
    """How somebody holds a phone."""

    tilt: float = 12
    """Degrees from looking straight down, at most."""
    roll: float = 6
    blur: optics.Range = (0.5, 1.0)
    """In pixels of a picture 2,560 pixels high."""
    motion: float = 0
    """The same, at most."""
    light: optics.Range = (0.75, 1.0)
    """Least and most light over the page, of white."""
    shadows: int = 0
    curl: float = 0
    """Millimetres, at most."""
    noise: optics.Range = (2.0, 6.0)
    quality: tuple[int, int] = (60, 92)
    sizes: tuple[int, ...] = (2048, 2560, 3264, 4032)
    """Height of the picture in pixels."""


def photographed(page: Picture, phone: Phone, rng: np.random.Generator) -> Picture:
    """As it is stored: gray, JPEG."""
    image = on_table(page, phone, rng)
    image = times(image, _light(image.shape[::-1], phone, rng))
    image = _lens(image, phone, image.shape[0] / 2560, rng)
    image = noisy(image, float(rng.uniform(*phone.noise)), rng)
    image = optics.jpeg(image, int(rng.integers(phone.quality[0], phone.quality[1] + 1)))
    # held across, or from the other side of the table
    turns = int(rng.choice([0, 1, 2, 3], p=[0.8, 0.1, 0.05, 0.05]))
    return np.ascontiguousarray(np.rot90(image, turns))


def on_table(page: Picture, phone: Phone, rng: np.random.Generator) -> Picture:
    """The scene before light and lens: the paper in perspective, on something."""
    high = int(rng.choice(phone.sizes))
    size = (high * 3 // 4, high)
    if phone.curl:
        page = _curled(page, float(rng.uniform(0.3, 1) * phone.curl), rng)
    by, corners = _seen_from(page.shape, size, phone, rng)
    scale = float(np.sqrt(cv2.contourArea(corners) / page.size))
    if scale < 0.9:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), 0.35 / scale), np.uint8)
    return _laid(page, by, corners, size, rng)


def _seen_from(
    shape: tuple[int, ...], size: tuple[int, int], phone: Phone, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """The perspective, and where the paper's corners come to lie."""
    height, width = shape
    tilt = np.deg2rad(rng.uniform(0.2, 1.0) * phone.tilt)
    towards = rng.uniform(0, 2 * np.pi)
    axis = np.array([np.cos(towards), np.sin(towards), 0]) * tilt
    turned = np.asarray(cv2.Rodrigues(axis)[0])
    roll = np.asarray(cv2.Rodrigues(np.array([0, 0, np.deg2rad(rng.normal(0, phone.roll / 2))]))[0])
    flat = np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2
    space = np.column_stack([flat, np.zeros(4)]) @ (turned @ roll).T
    far = height * rng.uniform(1.15, 1.6)
    seen = space[:, :2] / (far + space[:, 2:])
    low, high = seen.min(axis=0), seen.max(axis=0)
    fill = rng.uniform(0.78, 0.96)
    scale = fill * min(size[0] / (high - low)[0], size[1] / (high - low)[1])
    room = np.array(size) - (high - low) * scale
    corners = (seen - low) * scale + room * rng.uniform(0.25, 0.75, 2)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to = corners.astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, to), np.float64), to


def _laid(
    page: Picture,
    by: NDArray[np.float64],
    corners: NDArray[np.float32],
    size: tuple[int, int],
    rng: np.random.Generator,
) -> Picture:
    """The paper on its background, with a thin shadow around it."""
    table = _table(size, rng)
    shadow = np.ones((size[1] // 4, size[0] // 4), np.float32)
    away = rng.normal(0, 0.004, 2) * size[1]
    cv2.fillPoly(shadow, [np.round((corners + away) / 4).astype(np.int32)], 0.55)
    soft = cv2.GaussianBlur(shadow, (0, 0), size[1] / 4 * 0.006)
    table = times(table, np.asarray(cv2.resize(soft, size), np.float32))
    cv2.warpPerspective(
        page, by, size, dst=table, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    return table


def _table(size: tuple[int, int], rng: np.random.Generator) -> Picture:
    """Wood, a cloth, or something plain; seldom as pale as paper."""
    shade = rng.choice([40, 80, 120, 160, 200], p=[0.2, 0.25, 0.25, 0.2, 0.1])
    small = (size[1] // 8, size[0] // 8)
    way = rng.random()
    if way < 0.45:
        rough = cv2.resize(rng.normal(0, 1, (small[0] // 2, 6)), small[::-1])
        pattern = 16 * np.asarray(rough) + rng.normal(0, 2, small)
    elif way < 0.7:
        y, x = np.mgrid[0 : small[0], 0 : small[1]]
        step = rng.uniform(10, 30)
        pattern = 18.0 * ((np.sin(x / step * 6.3) > 0) ^ (np.sin(y / step * 6.3) > 0))
    else:
        pattern = rng.normal(0, 3, small)
    drawn = np.clip(shade + pattern, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _light(size: tuple[int, int], phone: Phone, rng: np.random.Generator) -> Field:
    """A lamp at one side, corners darker, the photographer's own shadow."""
    small = (size[1] // 8, size[0] // 8)
    y, x = np.mgrid[0 : small[0], 0 : small[1]].astype(np.float32)
    y, x = y / small[0] - 0.5, x / small[1] - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    low, high = phone.light
    most = rng.uniform((low + high) / 2, high)
    ramp = 0.5 + 0.5 * (x * np.cos(angle) + y * np.sin(angle)) / 0.7
    light = low + (most - low) * ramp - rng.uniform(0, 0.25) * (x**2 + y**2)
    light *= field(small, 4, 0.95, 1.0, rng)
    for _ in range(int(rng.integers(phone.shadows + 1))):
        light *= _shadow(small, rng)
    large = cv2.resize(light.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, np.float32)


def _shadow(small: tuple[int, int], rng: np.random.Generator) -> Field:
    """Of an arm, a head or the phone: a soft edge, from one side of the picture."""
    cover = np.ones(small, np.float32)
    start = rng.uniform(0, 1, 2) * small[::-1]
    side = np.array([small[1], small[0]]) * rng.choice([-0.2, 1.2], 2)
    wide = rng.uniform(0.15, 0.4) * small[0]
    ends = [tuple(int(v) for v in p) for p in (start, side)]
    cv2.line(cover, ends[0], ends[1], rng.uniform(0.5, 0.8), int(wide), cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(cover, (0, 0), rng.uniform(2, 14)), np.float32)


def _lens(image: Picture, phone: Phone, scale: float, rng: np.random.Generator) -> Picture:
    """Out of focus, shaken, and sharpened by the phone."""
    soft = cv2.GaussianBlur(image, (0, 0), max(float(rng.uniform(*phone.blur)) * scale, 0.3))
    length = int(rng.uniform(0, phone.motion) * scale)
    if length >= 2:
        kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
        angle = rng.uniform(0, np.pi)
        reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        ends = [tuple(round(length + s * v) for v in reach) for s in (-1, 1)]
        cv2.line(kernel, ends[0], ends[1], 1.0, 1)
        soft = cv2.filter2D(soft, -1, kernel / kernel.sum())
    if rng.random() < 0.5:
        wider = cv2.GaussianBlur(soft, (0, 0), 2 * scale)
        soft = cv2.addWeighted(soft, 1.6, wider, -0.6, 0)
    return np.asarray(soft, np.uint8)


def _curled(page: Picture, lift: float, rng: np.random.Generator) -> Picture:
    """Not flat: a wave across or along the paper, which also shades it."""
    height, width = page.shape
    along = int(rng.integers(2))
    length = height if along else width
    wave = np.sin(np.arange(length) / length * np.pi * rng.uniform(0.8, 2.0) + rng.uniform(0, 3))
    moved = (wave * lift * MM).astype(np.float32)
    across = np.tile(np.arange(width, dtype=np.float32), (height, 1))
    down = np.tile(np.arange(height, dtype=np.float32)[:, None], (1, width))
    across, down = (across + moved[:, None], down) if along else (across, down + moved[None, :])
    white = cv2.BORDER_REPLICATE
    bent = np.asarray(cv2.remap(page, across, down, cv2.INTER_LINEAR, borderMode=white), np.uint8)
    slope = 1 + np.gradient(wave) * length * 0.012
    shade = np.clip(slope, 0.85, 1.0).astype(np.float32)
    flat = np.ones((height, width), np.float32)
    return times(bent, flat * (shade[:, None] if along else shade[None, :]))
