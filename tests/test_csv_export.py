"""A file that people open in a spreadsheet calculates nothing, and keeps every letter."""

import csv
import io

import pytest

from intake.csv_export import csv_file, safe_cell


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1",
        "\u00a0=1", "\ufeff=1", "\u200f=1", "＝1", "＋1", "－1", "＠A1", "\0=1", "=",
    ],
)  # fmt: skip
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell.replace("\0", "")


@pytest.mark.parametrize("cell", ["", "Riverside", "O'Neil", "3-5", "နော်မူး", "مدرسة = النور", "*"])
def test_everything_else_stays_as_it_is(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_a_file_holds_any_script_and_numbers_as_numbers() -> None:
    made = csv_file(["school", "=count"], [['Granite, "Park"\nJunior', -3], ["ကညီ", None]])
    assert made.startswith(b"\xef\xbb\xbf")  # Excel takes anything else for Windows-1252
    assert list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""))) == [
        ["school", "'=count"],
        ['Granite, "Park"\nJunior', "-3"],
        ["ကညီ", ""],
    ]
