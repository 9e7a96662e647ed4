"""The Unicode Bidirectional Algorithm (UAX 9), whole: brackets, isolates, numbers.

Own code, because no packaged library has isolates and brackets (python-bidi has neither);
proven against Unicode's own BidiCharacterTest.txt. Rule names in comments are those of UAX 9.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdf.text.bidi_brackets import CANONICAL, CLOSING, OPENING
from pdf.text.bidi_explicit import (
    ISOLATE_INITIATORS,
    REMOVED,
    explicit_levels,
    first_strong,
)

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
_X9 = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "BN"})
_NEUTRAL = frozenset({"B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"})
_BIDI_NEEDED = re.compile(
    "[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# Unassigned code points of right-to-left blocks are R or AL (UCD, DerivedBidiClass.txt).
_DEFAULT_AL = (
    (0x600, 0x7BF),
    (0x860, 0x8FF),
    (0xFB50, 0xFDCF),
    (0xFDF0, 0xFDFF),
    (0xFE70, 0xFEFF),
    (0x10D00, 0x10D3F),
    (0x1EC70, 0x1ECBF),
    (0x1ED00, 0x1ED4F),
    (0x1EE00, 0x1EEFF),
)
_DEFAULT_R = ((0x590, 0x8FF), (0xFB1D, 0xFB4F), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF))


def needs_bidi(text: str) -> bool:
    """Whether anything in the text could run from right to left."""
    return _BIDI_NEEDED.search(text) is not None


def base_level(text: str) -> int | None:
    """0 or 1 by the first strong character (P2, P3), None where there is none."""
    return first_strong([_bidi_class(c) for c in text], 0)


def levels(text: str, base: int) -> list[int]:
    """The embedding level of each character of one paragraph; REMOVED for those of X9.

    ``base`` is the paragraph's level, 0 or 1. Rule L1 is applied as for one single line.
    """
    if base == 0 and not needs_bidi(text):
        return [0] * len(text)
    original = [_bidi_class(c) for c in text]
    classes = list(original)
    result = explicit_levels(classes, original, base)
    for sequence in tuple(_sequences(result, original, base)):  # whole, before levels change
        _resolve_weak(sequence, classes)
        _resolve_brackets(sequence, classes, original, text)
        _resolve_neutral(sequence, classes)
        for index in sequence.indexes:
            result[index] += _implicit(classes[index], sequence.level)
    _reset_whitespace(result, original, base)
    return result


def visual_order(run_levels: Sequence[int]) -> list[int]:
    """Indexes of the runs of a line from left to right (L2)."""
    order = list(range(len(run_levels)))
    if not order:
        return order
    lowest_odd = min((level for level in run_levels if level % 2), default=max(run_levels) + 1)
    for level in range(max(run_levels), lowest_odd - 1, -1):
        start = 0
        while start < len(order):
            if run_levels[order[start]] < level:
                start += 1
                continue
            end = start
            while end < len(order) and run_levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end
    return order


@dataclass(slots=True)
class _Sequence:
    """An isolating run sequence (BD13): indexes into the text, its level and its edges."""

    indexes: list[int]
    level: int
    before: str
    after: str

    @property
    def direction(self) -> str:
        return "R" if self.level % 2 else "L"


def _bidi_class(character: str) -> str:
    found = unicodedata.bidirectional(character)
    if found:
        return found
    code = ord(character)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0xE0000 <= code <= 0xE0FFF:
        return "BN"
    if any(first <= code <= last for first, last in _DEFAULT_AL):
        return "AL"
    if any(first <= code <= last for first, last in _DEFAULT_R):
        return "R"
    return "ET" if 0x20A0 <= code <= 0x20CF else "L"


def _sequences(result: Sequence[int], original: Sequence[str], base: int) -> Iterator[_Sequence]:
    """X10: level runs joined over isolates, each with the directions at its two edges."""
    kept = [i for i, level in enumerate(result) if level != REMOVED]
    runs: list[list[int]] = []
    place = {}
    for position, i in enumerate(kept):
        place[i] = position
        if runs and result[runs[-1][-1]] == result[i]:
            runs[-1].append(i)
        else:
            runs.append([i])
    matching = _matching_isolates(original)
    closers = set(matching.values())
    run_of_first = {run[0]: run for run in runs}
    for run in runs:
        if original[run[0]] == "PDI" and run[0] in closers:
            continue
        indexes = list(run)
        while (closer := matching.get(indexes[-1])) is not None and closer in run_of_first:
            indexes += run_of_first[closer]
        level = result[indexes[0]]
        first, last = place[indexes[0]], place[indexes[-1]]
        previous = result[kept[first - 1]] if first else base
        open_ended = original[indexes[-1]] in ISOLATE_INITIATORS
        following = base if open_ended or last + 1 == len(kept) else result[kept[last + 1]]
        before = "R" if max(level, previous) % 2 else "L"
        after = "R" if max(level, following) % 2 else "L"
        yield _Sequence(indexes, level, before, after)


def _matching_isolates(original: Sequence[str]) -> dict[int, int]:
    """BD9: the PDI of each isolate initiator that has one."""
    waiting: list[int] = []
    found = {}
    for i, kind in enumerate(original):
        if kind in ISOLATE_INITIATORS:
            waiting.append(i)
        elif kind == "PDI" and waiting:
            found[waiting.pop()] = i
    return found


def _resolve_weak(sequence: _Sequence, classes: list[str]) -> None:
    """W1 to W7."""
    previous, strong = sequence.before, sequence.before
    for i in sequence.indexes:
        kind = classes[i]
        if kind == "NSM":  # W1
            kind = "ON" if previous in ISOLATE_INITIATORS or previous == "PDI" else previous
        previous = kind
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":  # W2
            kind = "AN"
        classes[i] = kind
    kinds = ["R" if classes[i] == "AL" else classes[i] for i in sequence.indexes]  # W3
    for n in range(1, len(kinds) - 1):  # W4
        around = kinds[n - 1]
        if around == kinds[n + 1] and (
            (kinds[n] == "ES" and around == "EN") or (kinds[n] == "CS" and around in ("EN", "AN"))
        ):
            kinds[n] = around
    _numbers_and_their_signs(kinds, sequence.before)
    for i, kind in zip(sequence.indexes, kinds, strict=True):
        classes[i] = kind


def _numbers_and_their_signs(kinds: list[str], before: str) -> None:
    """W5 to W7 on the classes of one sequence."""
    n = 0
    while n < len(kinds):  # W5, W6
        if kinds[n] != "ET":
            kinds[n] = "ON" if kinds[n] in ("ES", "CS") else kinds[n]
            n += 1
            continue
        end = n
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        touches = (n and kinds[n - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN")
        kinds[n:end] = ["EN" if touches else "ON"] * (end - n)
        n = end
    strong = before
    for n, kind in enumerate(kinds):  # W7
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[n] = "L"


def _strong(kind: str) -> str | None:
    """The direction a class stands for in N0 to N2: numbers count as R."""
    if kind in ("R", "EN", "AN"):
        return "R"
    return "L" if kind == "L" else None


def _resolve_brackets(
    sequence: _Sequence, classes: list[str], original: Sequence[str], text: str
) -> None:
    """N0: a bracket pair takes the direction of what it holds, or of its context."""
    indexes = sequence.indexes
    for opener, closer in _bracket_pairs(sequence, classes, text):
        inside = {_strong(classes[i]) for i in indexes[opener + 1 : closer]}
        direction = sequence.direction
        if direction not in inside:
            if inside <= {None}:
                continue
            context = next(
                (s for i in reversed(indexes[:opener]) if (s := _strong(classes[i]))),
                sequence.before,
            )
            direction = context if context != direction else direction
        for position in (opener, closer):
            classes[indexes[position]] = direction
            for i in indexes[position + 1 :]:  # marks go with their bracket
                if original[i] != "NSM":
                    break
                classes[i] = direction


def _bracket_pairs(sequence: _Sequence, classes: Sequence[str], text: str) -> list[tuple[int, int]]:
    """BD16: pairs as positions in the sequence, in the order of their opening brackets."""
    stack: list[tuple[str, int]] = []
    pairs = []
    for position, i in enumerate(sequence.indexes):
        if classes[i] != "ON":
            continue
        character = CANONICAL.get(text[i], text[i])
        if character in OPENING:
            if len(stack) == 63:
                break
            stack.append((OPENING[character], position))
        elif character in CLOSING:
            for depth in range(len(stack) - 1, -1, -1):
                if stack[depth][0] == character:
                    pairs.append((stack[depth][1], position))
                    del stack[depth:]
                    break
    return sorted(pairs)


def _resolve_neutral(sequence: _Sequence, classes: list[str]) -> None:
    """N1 and N2: neutrals between two like directions take it, others the level's own."""
    indexes = sequence.indexes
    n = 0
    while n < len(indexes):
        if classes[indexes[n]] not in _NEUTRAL:
            n += 1
            continue
        end = n
        while end < len(indexes) and classes[indexes[end]] in _NEUTRAL:
            end += 1
        left = _strong(classes[indexes[n - 1]]) if n else sequence.before
        right = _strong(classes[indexes[end]]) if end < len(indexes) else sequence.after
        direction = left if left == right and left else sequence.direction
        for i in indexes[n:end]:
            classes[i] = direction
        n = end


def _implicit(kind: str, level: int) -> int:
    """I1 and I2: what a resolved class adds to its sequence's level."""
    if level % 2:
        return 0 if kind == "R" else 1
    return {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)


def _reset_whitespace(result: list[int], original: Sequence[str], base: int) -> None:
    """L1: separators, and white space before them or at the end, take the base level."""
    trailing = True
    for i in range(len(original) - 1, -1, -1):
        kind = original[i]
        if kind in ("B", "S"):
            result[i] = base
            trailing = True
        elif kind in ("WS", "LRI", "RLI", "FSI", "PDI"):
            result[i] = base if trailing else result[i]
        elif kind not in _X9:
            trailing = False
