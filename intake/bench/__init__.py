"""Benchmarks: they report figures, in one run with what they are compared with."""

from collections.abc import Sequence
from statistics import quantiles
from typing import Any


def spread(seconds: Sequence[float]) -> dict[str, Any]:
    """Median and 95th percentile in milliseconds, and how many there were."""
    if len(seconds) < 2:
        only = round(1000 * seconds[0], 2) if seconds else None
        return {"count": len(seconds), "p50_ms": only, "p95_ms": only}
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {
        "count": len(seconds),
        "p50_ms": round(1000 * cuts[49], 2),
        "p95_ms": round(1000 * cuts[94], 2),
    }
