"""Straightens a code on paper that is folded or creased: its modules stand in bent rows.

A code says itself how it is bent. Some of its modules are the same in every code, it has white
around it, and where dark and light meet there is a line of its grid. Each column of pixels is
shifted until it fits them best, and not much further than the column beside it.
"""

from functools import cache

import cv2
import numpy as np

from pdf.scan.arrays import Darkness, Matrix
from pdf.scan.best_way import best_way

PER_MODULE = 6
"""Pixels."""
MARGIN = 10
"""Modules around the code: it may be shifted so far."""
_QUIET = 3
"""White modules that surely surround a code."""
_STEEPEST = 2
"""Pixels by which neighbouring columns differ, at most."""
_STEP_COST = 0.35
_EDGES_COUNT = 0.7
_FINDER = 7
_ALIGNMENT = 5
_TIMING = 6


def straightened(patch: Darkness, modules: int) -> Darkness:
    """The code alone, its columns shifted up and down, then its rows to the left and right.

    ``patch`` is the code with MARGIN around it, PER_MODULE pixels a module; from 0 (light) to 1.
    """
    down = _shifted(patch, modules, known(modules))
    across = _shifted(np.ascontiguousarray(down.T), modules, known(modules).T)
    inner = slice(MARGIN * PER_MODULE, (MARGIN + modules) * PER_MODULE)
    return np.ascontiguousarray(across.T[inner, inner])


@cache
def known(modules: int) -> Matrix:
    """What is the same in every code: 1 is dark, -1 light, 0 may be either (ISO/IEC 18004, 6.3)."""
    grid = np.zeros((modules, modules))
    for i in range(_FINDER + 1, modules - _FINDER - 1):
        grid[_TIMING, i] = grid[i, _TIMING] = 1 if i % 2 == 0 else -1
    finder = -np.ones((_FINDER + 1, _FINDER + 1))
    finder[:_FINDER, :_FINDER] = _rings(_FINDER)
    grid[: _FINDER + 1, : _FINDER + 1] = finder
    grid[: _FINDER + 1, -_FINDER - 1 :] = finder[:, ::-1]
    grid[-_FINDER - 1 :, : _FINDER + 1] = finder[::-1]
    start = modules - _FINDER - _ALIGNMENT // 2
    grid[start : start + _ALIGNMENT, start : start + _ALIGNMENT] = -_rings(_ALIGNMENT + 2)[
        1:-1, 1:-1
    ]
    return grid


def _rings(side: int) -> Matrix:
    """A dark ring, a light one in it, and dark inside."""
    ring = np.ones((side, side))
    ring[1:-1, 1:-1] = -1
    ring[2:-2, 2:-2] = 1
    return ring


def _shifted(patch: Darkness, modules: int, same: Matrix) -> Darkness:
    scores = _scores(patch, modules, same)
    way = best_way(scores, steepest=_STEEPEST, step_cost=_STEP_COST)
    shifts = way - (scores.shape[0] - 1) / 2
    height, width = patch.shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    moved = cv2.remap(
        patch,
        xs,
        (ys + shifts[None, :]).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(moved, np.float32)


def _scores(patch: Darkness, modules: int, same: Matrix) -> Matrix:
    """How well each column (second axis) fits when it is shifted (first axis)."""
    farthest = (MARGIN - _QUIET) * PER_MODULE
    expected = np.full((modules + 2 * _QUIET,) * 2, -1.0)
    expected[_QUIET:-_QUIET, _QUIET:-_QUIET] = same
    wide = np.kron(np.pad(expected, MARGIN - _QUIET), np.ones((PER_MODULE, PER_MODULE)))
    ys = np.arange(patch.shape[0])
    grid = np.cos(2 * np.pi * ys / PER_MODULE)
    grid[: MARGIN * PER_MODULE - 2] = 0
    grid[(MARGIN + modules) * PER_MODULE + 2 :] = 0
    edges = np.abs(np.diff(patch, axis=0, prepend=patch[:1]))
    rows = []
    for shift in range(-farthest, farthest + 1):
        moved = np.roll(patch, -shift, axis=0) - 0.5
        moved_edges = np.roll(edges, -shift, axis=0)
        fits = (wide * moved).sum(axis=0) / PER_MODULE
        rows.append(fits + _EDGES_COUNT * (grid[:, None] * moved_edges).sum(axis=0))
    return np.array(rows)
