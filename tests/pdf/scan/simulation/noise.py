"""Noise that costs little: cut out of tiles made once, at places that the generator draws."""

from functools import cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
_TILE = 4096
_T = TypeVar("_T", bound=np.generic)


@cache
def _tile() -> NDArray[np.int8]:
    """White noise with a deviation of 30."""
    drawn = np.random.default_rng(90125).normal(0, 30, (_TILE, _TILE))
    return np.clip(drawn, -127, 127).astype(np.int8)


@cache
def _grain_tile() -> Field:
    """Fibres of paper, 0 to 1: two or three pixels wide at 300 dpi."""
    drawn = np.random.default_rng(5150).normal(0, 1, (2048, 2048)).astype(np.float32)
    coarse = np.asarray(cv2.GaussianBlur(drawn, (0, 0), 1.3), np.float32)
    tile: Field = np.clip(0.5 + 0.3 / float(coarse.std()) * coarse, 0, 1)
    return tile


def grain(shape: tuple[int, int], rng: np.random.Generator) -> Field:
    """The paper's texture, 0 to 1."""
    return _cut(_grain_tile(), shape, rng)


def noisy(image: NDArray[np.uint8], sigma: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """With a sensor's noise."""
    height, width = image.shape
    cut = _cut(_tile(), (height, width), rng)
    added = cv2.addWeighted(image, 1.0, cut, sigma / 30, 0, dtype=cv2.CV_8U)
    return np.asarray(added, np.uint8)


def field(
    shape: tuple[int, int], cells: int, low: float, high: float, rng: np.random.Generator
) -> Field:
    """Something that changes slowly over the page: light, toner, age."""
    rough = rng.uniform(low, high, (cells, cells)).astype(np.float32)
    slow = cv2.resize(rough, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(slow, np.float32)


def times(image: NDArray[np.uint8], by: Field) -> NDArray[np.uint8]:
    """Multiplied, pixel by pixel."""
    return np.asarray(cv2.multiply(image, by, dtype=cv2.CV_8U), np.uint8)


def _cut(tile: NDArray[_T], shape: tuple[int, int], rng: np.random.Generator) -> NDArray[_T]:
    """A part of the tile, from anywhere; the tile repeats, mirrored, for larger pictures."""
    height, width = shape
    while tile.shape[0] < height or tile.shape[1] < width:
        tile = np.block([[tile, tile[:, ::-1]], [tile[::-1], tile[::-1, ::-1]]])
    top = int(rng.integers(tile.shape[0] - height + 1))
    left = int(rng.integers(tile.shape[1] - width + 1))
    return tile[top : top + height, left : left + width]
