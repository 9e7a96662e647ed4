"""Signatures, names and dates by invented hands; millimetres, y downwards."""

import numpy as np

from tests.pdf.scan.simulation.filled import Hand
from tests.pdf.scan.simulation.strokes import Area, Stroke, smooth

_DIGITS: dict[str, tuple[tuple[float, float], ...]] = {
    "0": ((0.5, 0), (0.1, 0.3), (0.1, 0.75), (0.5, 1), (0.85, 0.7), (0.85, 0.25), (0.45, 0)),
    "1": ((0.3, 0.2), (0.55, 0), (0.5, 1)),
    "2": ((0.15, 0.25), (0.5, 0), (0.8, 0.3), (0.15, 1), (0.9, 0.95)),
    "3": ((0.15, 0.1), (0.6, 0), (0.75, 0.3), (0.4, 0.47), (0.85, 0.7), (0.5, 1), (0.1, 0.9)),
    "4": ((0.6, 1), (0.65, 0), (0.1, 0.65), (0.95, 0.62)),
    "5": ((0.85, 0), (0.25, 0.03), (0.2, 0.42), (0.7, 0.5), (0.75, 0.85), (0.1, 1)),
    "6": ((0.7, 0), (0.2, 0.5), (0.25, 0.95), (0.75, 0.9), (0.7, 0.55), (0.2, 0.65)),
    "7": ((0.1, 0.03), (0.9, 0), (0.4, 1)),
    "8": ((0.7, 0.1), (0.2, 0.2), (0.75, 0.75), (0.4, 1), (0.15, 0.75), (0.75, 0.2), (0.5, 0)),
    "9": ((0.8, 0.25), (0.4, 0), (0.2, 0.35), (0.75, 0.35), (0.8, 0.1), (0.65, 1)),
    "/": ((0.8, -0.05), (0.1, 1.1)),
    "-": ((0.15, 0.5), (0.8, 0.48)),
    ".": ((0.4, 0.97), (0.45, 1)),
}


def signature(hand: Hand, area: Area, rng: np.random.Generator) -> list[Stroke]:
    """Somebody's name in a box, or a little beyond it."""
    made = _HANDS[hand](rng)
    initials = hand == "initials"
    width = area.width * (rng.uniform(0.12, 0.3) if initials else rng.uniform(0.38, 0.92))
    height = area.height * rng.uniform(0.5, 1.25)
    left = area.left + rng.uniform(0.03, 0.98 - min(width / area.width, 0.95)) * area.width
    if rng.random() < 0.06:
        # too long for its box: into the margin, or into the box beside it
        width = area.width * rng.uniform(0.8, 1.0)
        over = rng.uniform(0, 12)
        left = area.left - over if rng.random() < 0.5 else area.left + area.width - width + over
    middle = area.top + area.height * rng.uniform(0.42, 0.62)
    placed = _fit(made, Area(left, middle - height / 2, width, height), tilt=rng.normal(0, 2.5))
    if not initials and rng.random() < 0.25:
        placed.append(_flourish(left, middle + height * 0.35, width, rng))
    return placed


def mark(area: Area, rng: np.random.Generator) -> list[Stroke]:
    """What somebody makes who doesn't write: one X, or one stroke."""
    size = rng.uniform(4, 9)
    x = area.left + rng.uniform(0.08, 0.6) * area.width
    y = area.top + area.height * rng.uniform(0.35, 0.65) - size / 2
    place = Area(x, y, size, size * rng.uniform(0.7, 1.1))

    def near(a: float, b: float) -> tuple[float, float]:
        return a + rng.normal(0, 0.08), b + rng.normal(0, 0.08)

    if rng.random() < 0.6:
        return [place.at([near(0, 0), near(1, 1)]), place.at([near(1, 0), near(0, 1)])]
    return [smooth(place.at([near(0, 0.6), near(0.5, 0.4), near(1, 0.5)]))]


def name(area: Area, rng: np.random.Generator) -> list[Stroke]:
    """A name in a smaller box, by the same kinds of hands."""
    hand = ("latin", "block", "burmese", "arabic")[int(rng.integers(4))]
    width = area.width * rng.uniform(0.35, 0.85)
    height = area.height * rng.uniform(0.45, 0.85)
    left = area.left + rng.uniform(0.03, 0.97 - width / area.width) * area.width
    top = area.top + (area.height - height) * rng.uniform(0.3, 0.8)
    return _fit(_HANDS[hand](rng), Area(left, top, width, height), tilt=rng.normal(0, 1.5))


def numbers(area: Area, rng: np.random.Generator, *, digits: str = "") -> list[Stroke]:
    """A date, or the digits that are given."""
    text = digits or _date(rng)
    height = rng.uniform(3.2, min(7.0, area.height * 0.8))
    step = min(height * rng.uniform(0.62, 0.9), area.width * 0.95 / len(text))
    left = area.left + rng.uniform(0.03, 0.3) * max(area.width - step * len(text), 1)
    top = area.top + (area.height - height) * rng.uniform(0.3, 0.9)
    slant = rng.normal(0.08, 0.12)
    made = []
    for i, character in enumerate(text):
        shape = np.array(_DIGITS[character]) + rng.normal(0, 0.035, (len(_DIGITS[character]), 2))
        shape[:, 0] -= slant * (shape[:, 1] - 0.5)
        at = np.array([left + i * step, top + rng.normal(0, 0.25)])
        drawn = at + shape * [step * 0.78, height]
        made.append(smooth(drawn, 6) if character not in "147/" else drawn)
    return made


def _date(rng: np.random.Generator) -> str:
    day, month, year = rng.integers(1, 29), rng.integers(1, 13), rng.integers(24, 28)
    between = "/-."[int(rng.integers(3))]
    shown = f"20{year}" if rng.random() < 0.5 else f"{year}"
    return between.join((f"{month}", f"{day}", shown))


def _fit(strokes: list[Stroke], area: Area, *, tilt: float) -> list[Stroke]:
    points = np.vstack(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    turned = np.deg2rad(tilt)
    turn = np.array([[np.cos(turned), -np.sin(turned)], [np.sin(turned), np.cos(turned)]])
    middle = np.array([area.left + area.width / 2, area.top + area.height / 2])
    size = np.array([area.width, area.height])
    spread = np.maximum(high - low, 1e-6)
    return [middle + ((s - low) / spread - 0.5) * size @ turn.T for s in strokes]


def _flourish(left: float, y: float, width: float, rng: np.random.Generator) -> Stroke:
    """A line under a signature."""
    start, end = left + rng.uniform(-0.03, 0.2) * width, left + rng.uniform(0.8, 1.05) * width
    x = np.linspace(start, end, 5)
    return smooth(np.column_stack([x, y + rng.normal(0, 0.7, 5)]))


def _latin(rng: np.random.Generator) -> list[Stroke]:
    """Joined letters: a tall first one, loops of changing height, a tail."""
    letters = int(rng.integers(5, 12))
    t = np.linspace(0, letters, letters * 26)
    heights = rng.uniform(0.22, 0.5, letters + 2)
    heights[0] = rng.uniform(1.2, 1.7)
    for tall in range(1, letters):
        if rng.random() < 0.25:
            heights[tall] = rng.uniform(0.8, 1.3)
    height = np.interp(t, np.arange(letters + 2), heights)
    loop = rng.uniform(0.25, 0.6)
    x = t * rng.uniform(0.75, 1.0) + loop * np.sin(2 * np.pi * t + rng.uniform(0, 1))
    below = np.interp(t, np.arange(letters + 2), (rng.random(letters + 2) < 0.2) * 0.7)
    swing = np.cos(2 * np.pi * t + 0.4 * np.sin(t * 2.1))
    y = -height * (0.5 + 0.5 * swing) + below * (0.5 - 0.5 * swing)
    tail = np.array([[x[-1] + 0.6, 0.1], [x[-1] + rng.uniform(1, 3), rng.uniform(-0.5, 0.3)]])
    line = np.vstack([np.column_stack([x, y]), tail])
    line[:, 0] -= 0.25 * line[:, 1]
    cut = int(len(line) * rng.uniform(0.3, 0.7))
    return [line[:cut], line[cut:]] if rng.random() < 0.5 else [line]


def _angular(rng: np.random.Generator) -> list[Stroke]:
    """Sharp peaks that get lower: a hurried hand."""
    peaks = int(rng.integers(5, 11))
    x = np.cumsum(rng.uniform(0.3, 0.9, 2 * peaks))
    falling = np.linspace(1.3, 0.3, 2 * peaks)
    y = (
        np.where(np.arange(2 * peaks) % 2 == 0, 0.1, -1.0)
        * falling
        * rng.uniform(0.6, 1.3, 2 * peaks)
    )
    tail = np.array([[x[-1] + rng.uniform(0.5, 2), rng.uniform(-0.2, 0.2)]])
    return [smooth(np.vstack([np.column_stack([x, y]), tail]), 5)]


def _arabic(rng: np.random.Generator) -> list[Stroke]:
    """Flat waves from right to left with deep bowls, and dots."""
    made: list[Stroke] = []
    x = 0.0
    for _ in range(int(rng.integers(2, 5))):
        points = [(x, rng.uniform(-1.2, -0.3))]
        for _ in range(int(rng.integers(2, 6))):
            x -= rng.uniform(0.5, 1.2)
            points.append((x, rng.uniform(-0.35, 0.1)))
        points += [(x - 0.8, rng.uniform(0.5, 1.1)), (x - 1.9, rng.uniform(0, 0.4))]
        made.append(smooth(np.array(points), 10))
        for _ in range(int(rng.integers(0, 4))):
            at = np.array([x + rng.uniform(-1, 1.5), rng.choice([-1.0, 0.9]) + rng.normal(0, 0.1)])
            made.append(np.array([at, at + np.array([0.1, 0.06])]))
        x -= rng.uniform(0.4, 1.0)
    return made


def _burmese(rng: np.random.Generator) -> list[Stroke]:
    """Rounds, open or closed, some with a smaller one below or above."""
    made: list[Stroke] = []
    for i in range(int(rng.integers(4, 10))):
        start, sweep = rng.uniform(0, 2 * np.pi), rng.uniform(1.3, 2.0) * np.pi
        t = np.linspace(start, start + sweep, 22)
        radius = rng.uniform(0.36, 0.5)
        made.append(np.column_stack([i + radius * np.cos(t), radius * np.sin(t)]))
        if rng.random() < 0.4:
            middle = np.array([i + 0.1, rng.choice([-0.85, 0.85])])
            made.append(middle + 0.24 * np.column_stack([np.cos(t), np.sin(t)]))
    return made


def _initials(rng: np.random.Generator) -> list[Stroke]:
    """Two or three big letters."""
    made: list[Stroke] = []
    for i in range(int(rng.integers(2, 4))):
        points = rng.uniform(-0.5, 0.5, (int(rng.integers(5, 8)), 2))
        points[:, 0] += i * 0.9
        points[0, 1], points[1, 1] = 0.5, -0.5
        made.append(smooth(points, 10))
    return made


def _block(rng: np.random.Generator) -> list[Stroke]:
    """Letters that stand apart, of two or three strokes each."""
    made: list[Stroke] = []
    for i in range(int(rng.integers(5, 12))):
        stem = np.array([[i, 0.0], [i + rng.normal(0, 0.05), 1.0]])
        made.append(stem)
        for _ in range(int(rng.integers(1, 3))):
            y = rng.uniform(0, 1, 3)
            points = np.array([[i, y[0]], [i + 0.5, y[1]], [i + rng.uniform(0, 0.6), y[2]]])
            made.append(smooth(points, 6))
    return made


_HANDS = {
    "latin": _latin,
    "angular": _angular,
    "arabic": _arabic,
    "burmese": _burmese,
    "initials": _initials,
    "block": _block,
}
