"""The benchmark of decisions runs, and says what it compares."""

from pathlib import Path

from intake.bench.decide import bench_decide
from intake.clock import now
from intake.config import settings_from
from intake.demo.run import demo_environ


def test_it_measures_at_each_size(tmp_path: Path) -> None:
    settings = settings_from(demo_environ(tmp_path, port=8000, at=now()))
    found = bench_decide(settings, sizes=(20, 5), count=3)
    assert [row["consents"] for row in found["sizes"]] == [5, 20]
    assert all(row["decision_to_query"] > 0 for row in found["sizes"])
