"""What people mistype, what machines send: an answer one can understand, and nothing lost."""

import json

import pytest

from tests.web.family.conftest import STROKES, Product
from translations import translate

ONE_STROKE = [[float(x), 40.0 + x % 7] for x in range(100)]


def drawing(strokes: object, width: object = 300, height: object = 150) -> str:
    return json.dumps({"width": width, "height": height, "strokes": strokes})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Write the full name."),
        (" \u3164\u200b\u2800 ", "Write the full name."),
        ("12345", "at least one letter"),
        ("\u202e\u202d\u2066", "Write the full name."),
        ("a" * 300, "too long"),
        ("a" * 20_000, "too long"),
    ],
)
def test_a_name_that_is_none_is_said_so_and_stays_in_the_field(
    product: Product, name: str, said: str
) -> None:
    family = product.family().invited().until("signer")

    family.send(relationship="guardian", signer_name=name)

    assert family.page.status_code == 422
    assert said in family.page.text
    assert 'value="guardian" checked' in family.page.text


def test_control_characters_and_bidi_tricks_are_taken_out_of_names(product: Product) -> None:
    family = product.family().invited()
    family.until("check", signer_name="Sa\x00rah\u202e nosnhoJ\u2069\x07")

    assert "\u202e" not in family.page.text
    assert "\x00" not in family.page.text
    assert "Sarah nosnhoJ" in family.page.text


def test_joiners_that_a_script_needs_are_kept(product: Product) -> None:
    family = product.family().invited()
    family.until("check", signer_name="فاطمه\u200cزهرا")

    assert "فاطمه\u200cزهرا" in family.page.text


def test_a_name_is_shown_as_text_and_never_as_markup(product: Product) -> None:
    family = product.family().invited()
    family.until("check", signer_name='<script>alert(1)</script> "Sarah"')

    assert "<script>alert" not in family.page.text
    assert "&lt;script&gt;" in family.page.text


@pytest.mark.parametrize(
    ("day", "month", "year", "calendar", "said"),
    [
        ("", "", "", "gregorian", "Write the day, the month and the year."),
        ("31", "2", "2015", "gregorian", "does not exist"),
        ("32", "1", "2015", "gregorian", "from 1 to 31"),
        ("12", "13", "2015", "gregorian", "from 1 to 12"),
        ("12", "4", "15", "gregorian", "four digits"),
        ("12", "4", "2031", "gregorian", "Nepali calendar"),
        ("12", "4", "1394", "gregorian", "Persian calendar"),
        ("12", "4", "2558", "gregorian", "Buddhist calendar"),
        ("12", "4", "1850", "gregorian", "too long ago"),
        ("31", "7", "1394", "persian", "does not exist"),
        ("30", "12", "1404", "persian", "does not exist"),
        ("33", "1", "2072", "nepali", "does not exist"),
        ("32", "9", "2072", "nepali", "does not exist"),
        ("x", "9", "2072", "nepali", "from 1 to 31"),
        ("32", "1", "1394", "persian", "from 1 to 31"),
        ("0", "1", "2015", "gregorian", "from 1 to 31"),
        ("24", "11", "2026", "gregorian", "in the future"),
        ("1", "1", "3000", "nepali", "four digits"),
        ("1", "1", "2015", "lunar", "Choose a calendar"),
        ("१x", "४", "२०१५", "gregorian", "from 1 to 31"),
    ],
)
def test_a_date_that_can_not_be_says_which_part_to_change(
    product: Product, day: str, month: str, year: str, calendar: str, said: str
) -> None:
    family = product.family()
    family.open("/en/")
    family.until("student")

    family.send(**{
        "student_name": "Emma Johnson", "birth_date-day": day, "birth_date-month": month,
        "birth_date-year": year, "birth_date-calendar": calendar,
        "school_id": product.school("Riverside Elementary School"),
    })  # fmt: skip

    assert family.page.status_code == 422
    assert said in family.page.text
    assert 'value="Emma Johnson"' in family.page.text


@pytest.mark.parametrize(
    ("signature", "said"),
    [
        ("", "sign in the box"),
        ("not json", "did not arrive whole"),
        ("[]", "did not arrive whole"),
        ("[" * 5_000, "did not arrive whole"),
        (drawing([[[5, 5], [6, 6]]]), "a dot is not enough"),
        (drawing([ONE_STROKE] * 101), "too many lines"),
        (drawing([ONE_STROKE], width=0), "did not arrive whole"),
        (drawing([[[float("nan"), 1], [2, 3]]]), "did not arrive whole"),
        (drawing([[[1e9, 1], [2, 3]]]), "did not arrive whole"),
        (drawing([ONE_STROKE], height="tall"), "did not arrive whole"),
    ],
)
def test_a_drawing_that_is_no_signature_is_said_so(
    product: Product, signature: str, said: str
) -> None:
    family = product.family().invited().until("sign")

    family.send(method="drawn", signature=signature)

    assert family.page.status_code == 422
    assert said in family.page.text


@pytest.mark.parametrize("size", [300_000, 5_000_000])
def test_a_huge_signature_is_refused_and_other_answers_are_kept(
    product: Product, size: int
) -> None:
    family = product.family("es").invited().until("sign")
    address = family.page.request.path

    family.send(method="drawn", signature="x" * size)
    assert family.page.status_code == 413
    assert '<html lang="es"' in family.page.text
    assert "demasiado grande" in family.page.text

    family.open(address)
    family.until("done")


@pytest.mark.parametrize("kind", ["phone", "email"])
@pytest.mark.parametrize("typed", ["", "x", "1", "+999999", "a" * 3_000, "me@@example..org"])
def test_a_contact_that_can_not_be_reached_stays_in_the_field(
    product: Product, kind: str, typed: str
) -> None:
    family = product.family().invited().until("contact")

    family.send(contact_kind=kind, phone=typed, email=typed)

    assert family.page.status_code == 422
    assert family.step == "contact"
    assert f'value="{typed[:50]}' in family.page.text


def test_an_error_is_said_in_the_familys_language_and_in_english(product: Product) -> None:
    family = product.family("ar").invited().until("decide")

    family.send()

    assert family.page.status_code == 422
    assert translate("Choose yes or no. Either answer is fine.", "ar") in family.page.text
    assert "Choose yes or no" in family.page.text


def test_a_drawn_signature_that_is_fine_comes_back_after_another_error(product: Product) -> None:
    family = product.family().invited().until("sign")

    family.send(method="typed", signature=STROKES, typed_name="", typed_agree="y")

    assert family.page.status_code == 422
    assert "[[20,90]" in family.page.text.replace("&#34;", '"')
