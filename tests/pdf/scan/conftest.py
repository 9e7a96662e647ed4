"""Hostile bytes, as a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def hostile(tmp_path: Path) -> Callable[[bytes], Path]:
    """Writes a file."""
    numbers: Iterator[int] = iter(range(10_000))

    def write(data: bytes) -> Path:
        path = tmp_path / f"hostile-{next(numbers)}"
        path.write_bytes(data)
        return path

    return write
