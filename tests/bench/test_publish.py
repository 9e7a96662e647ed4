"""The benchmark of publishing runs, and checks that everything arrived once and in order."""

from pathlib import Path

from intake.bench.publish import bench_publish
from intake.clock import now
from intake.config import settings_from
from intake.demo.run import demo_environ


def test_it_compares_with_a_bare_client_and_keeps_the_order(tmp_path: Path) -> None:
    settings = settings_from(demo_environ(tmp_path, port=8000, at=now()))
    found = bench_publish(settings, count=8, workers=[1, 2], rounds=1)
    assert [row["workers"] for row in found["workers"]] == [1, 2]
    for row in found["workers"]:
        [only] = row["rounds"]
        assert (only["repeated"], only["out_of_order"]) == (0, 0)
        assert only["ratio"] == row["best_ratio"]
