"""What is left light of a code when its ink is fattened: it tells the text that is there.

Texts that are light wherever the picture is can still be many. But a text says also where holes
must be: between its dark modules, as far as they run together. The right one's holes are those that
are seen; of another text's few are.
"""

from collections.abc import Collection

import cv2
import numpy as np
from numpy.typing import NDArray

from pdf.scan.bent import known
from pdf.scan.symbol import MODULES, Module, formats, modules_of, places

_PER_MODULE = 8
_QUIET = 4
_WIDTHS = range(3, 18, 2)
"""Of the brush that fattens, in eighths of a module: up to one module on each side."""


def agreement(data: int, mask: int, light: Collection[Module]) -> float:
    """Which part of the holes is both seen and to be expected: 0 none, 1 all.

    ``data``: all the data's bits; ``light``: the modules in which something light was seen.
    """
    index = tuple(np.array(places()).T)
    seen = np.zeros((MODULES, MODULES), np.bool_)
    seen[tuple(np.array(sorted(light)).T)] = True
    dark = _dark(data, mask)
    return max(_shared(_holes(dark, width)[index], seen[index]) for width in _WIDTHS)


def _dark(data: int, mask: int) -> NDArray[np.bool_]:
    """The whole code: data, format, and what is the same in every code."""
    dark = modules_of(data, mask) | (known(MODULES) > 0)
    for module, is_dark in formats(mask).items():
        dark[module] = is_dark
    return dark


def _holes(dark: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Modules of which a point stays light."""
    drawn = np.kron(np.pad(dark, _QUIET), np.ones((_PER_MODULE, _PER_MODULE), np.bool_))
    fat = cv2.dilate(drawn.astype(np.uint8), np.ones((width, width), np.uint8))
    side = MODULES + 2 * _QUIET
    cells = fat.reshape(side, _PER_MODULE, side, _PER_MODULE)
    return np.asarray((cells == 0).any(axis=(1, 3))[_QUIET:-_QUIET, _QUIET:-_QUIET])


def _shared(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    either = int((one | other).sum())
    return int((one & other).sum()) / either if either else 0.0
