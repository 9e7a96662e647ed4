"""Counts in the commands' sentences are English, also of one."""

import pytest

from intake.cli.counting import counted


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 rows were left out"), (1, "1 row was left out"), (2, "2 rows were left out")],
)
def test_one_is_counted_in_the_singular(number: int, said: str) -> None:
    assert counted(number, "row was left out", "rows were left out") == said


def test_most_words_only_need_an_s() -> None:
    assert [counted(number, "dead letter") for number in (0, 1, 2)] == [
        "0 dead letters", "1 dead letter", "2 dead letters",
    ]  # fmt: skip
