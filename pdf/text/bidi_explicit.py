"""Explicit levels (UAX 9, X1 to X8): embeddings, overrides and isolates on a stack."""

from collections.abc import Sequence
from dataclasses import dataclass, field

MAX_DEPTH = 125
REMOVED = -1
"""The level of a character that rule X9 removes: it has no place of its own."""
ISOLATE_INITIATORS = frozenset({"LRI", "RLI", "FSI"})


def first_strong(classes: Sequence[str], start: int) -> int | None:
    """P2 and P3 from ``start``; inside an isolate (X5c) the search ends at its PDI."""
    depth = 0
    for kind in classes[start:]:
        if kind == "PDI":
            if depth == 0 and start > 0:
                return None
            depth = max(0, depth - 1)
        elif kind in ISOLATE_INITIATORS:
            depth += 1
        elif depth == 0 and kind in ("L", "R", "AL"):
            return 0 if kind == "L" else 1
    return None


def explicit_levels(classes: list[str], original: Sequence[str], base: int) -> list[int]:
    """The level of each character; overrides change ``classes``."""
    result = [base] * len(classes)
    stack = _Stack([_Entry(base, "", False)])
    for i, kind in enumerate(original):
        if kind in ("RLE", "LRE", "RLO", "LRO"):
            result[i] = REMOVED
            stack.embed(to_right=kind[0] == "R", override=kind[0] if kind[2] == "O" else "")
        elif kind in ISOLATE_INITIATORS:
            result[i], classes[i] = stack.place(kind)
            stack.isolate(
                to_right=kind == "RLI" or (kind == "FSI" and first_strong(original, i + 1) == 1)
            )
        elif kind == "PDI":
            stack.end_isolate()
            result[i], classes[i] = stack.place(kind)
        elif kind == "PDF":
            result[i] = REMOVED
            stack.end_embedding()
        elif kind == "BN":
            result[i] = REMOVED
        elif kind != "B":
            result[i], classes[i] = stack.place(kind)
    return result


@dataclass(frozen=True, slots=True)
class _Entry:
    level: int
    override: str
    is_isolate: bool


@dataclass(slots=True)
class _Stack:
    """The directional status stack, and what did not fit on it (X1)."""

    entries: list[_Entry] = field(default_factory=list)
    overflow_isolates: int = 0
    overflow_embeddings: int = 0
    valid_isolates: int = 0

    def place(self, kind: str) -> tuple[int, str]:
        """Level and class of a character at this place."""
        top = self.entries[-1]
        return top.level, top.override or kind

    def embed(self, *, to_right: bool, override: str) -> None:
        """X2 to X5."""
        if self._has_room(to_right):
            self.entries.append(_Entry(self._next(to_right), override, False))
        elif not self.overflow_isolates:
            self.overflow_embeddings += 1

    def isolate(self, *, to_right: bool) -> None:
        """X5a to X5c."""
        if self._has_room(to_right):
            self.valid_isolates += 1
            self.entries.append(_Entry(self._next(to_right), "", True))
        else:
            self.overflow_isolates += 1

    def end_isolate(self) -> None:
        """X6a."""
        if self.overflow_isolates:
            self.overflow_isolates -= 1
        elif self.valid_isolates:
            self.overflow_embeddings = 0
            while not self.entries.pop().is_isolate:
                continue
            self.valid_isolates -= 1

    def end_embedding(self) -> None:
        """X7."""
        if self.overflow_isolates:
            return
        if self.overflow_embeddings:
            self.overflow_embeddings -= 1
        elif not self.entries[-1].is_isolate and len(self.entries) > 1:
            self.entries.pop()

    def _has_room(self, to_right: bool) -> bool:
        overflow = self.overflow_isolates or self.overflow_embeddings
        return not overflow and self._next(to_right) <= MAX_DEPTH

    def _next(self, to_right: bool) -> int:
        level = self.entries[-1].level
        return (level + 1) | 1 if to_right else (level + 2) & ~1
