"""Each of the family's forms: what it takes, what it refuses, and what stays in its fields."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

import pytest
from werkzeug.datastructures import MultiDict

from forms.base import Form
from forms.choices import ContactKind, SignatureMethod
from forms.family import (
    CheckForm,
    CodeForm,
    ContactForm,
    DecideForm,
    EsignForm,
    ReceiptForm,
    SignerForm,
    SignForm,
    StudentForm,
)
from forms.fields import parse_strokes
from forms.messages import Message

SECRET = b"only for tests"
SESSION = {"csrf": "of this browser"}
LINE = [[20, 40], [60, 20], [90, 95]]
_AnyForm = TypeVar("_AnyForm", bound=Form)


def posted(kind: type[_AnyForm], typed: Mapping[str, str] | None = None, **values: Any) -> _AnyForm:
    """The form as it arrives from a page that this browser was shown."""
    shown = kind(None, csrf_session=SESSION, csrf_secret=SECRET, **values)
    token = shown["csrf_token"].current_token  # type: ignore[attr-defined]
    body = MultiDict({"csrf_token": token, **(typed or {})})
    return kind(body, csrf_session=SESSION, csrf_secret=SECRET, **values)


def said(form: Form) -> dict[str, list[str]]:
    """The errors, in English."""
    return {str(name): [str(error) for error in errors] for name, errors in form.errors.items()}


def drawing(strokes: object = (LINE,), width: object = 300, height: object = 150) -> str:
    return json.dumps({"width": width, "height": height, "strokes": strokes})


def student(**typed: str) -> StudentForm:
    usual = {
        "student_name": "စီၤဖိးထူ", "birth_date-day": "1", "birth_date-month": "1",
        "birth_date-year": "2015", "birth_date-calendar": "gregorian", "school_id": "7",
    }  # fmt: skip
    return posted(
        StudentForm, {**usual, **typed}, schools=[("7", "Riverside")], today=date(2026, 11, 23)
    )


def test_a_student_has_a_name_a_birth_date_and_a_school() -> None:
    form = student()

    assert form.validate(), said(form)
    assert form.student_name.data == "စီၤဖိးထူ"
    assert form.birth_date.data == date(2015, 1, 1)


def test_a_school_that_is_not_on_the_list_is_refused() -> None:
    for school in ("", "8", "7 "):
        form = student(school_id=school)
        assert not form.validate()
        assert said(form) == {"school_id": ["Choose the school from the list."]}


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        (("29", "2", "2016", "gregorian"), date(2016, 2, 29)),
        (("۳۱", "۶", "۱۳۹۴", "persian"), date(2015, 9, 22)),
        (("30", "12", "1399", "persian"), date(2021, 3, 20)),
        (("३२", "३", "२०७२", "nepali"), None),
        (("32", "2", "2072", "nepali"), date(2015, 6, 15)),
        (("1", "1", "2072", "nepali"), date(2015, 4, 14)),
        (("၉", "၃", "၂၀၁၅", "gregorian"), date(2015, 3, 9)),
        ((" 9 ", "03", "2015", "gregorian"), date(2015, 3, 9)),
        (("29", "2", "2015", "gregorian"), None),
        (("-1", "2", "2015", "gregorian"), None),
        (("1.5", "2", "2015", "gregorian"), None),
        (("1", "2", "99999999999999999999", "gregorian"), None),
    ],
)
def test_a_birth_date_is_read_in_its_own_calendar(
    typed: tuple[str, str, str, str], means: date | None
) -> None:
    names = ("day", "month", "year", "calendar")
    form = student(**{f"birth_date-{name}": part for name, part in zip(names, typed, strict=True)})

    assert form.validate() == (means is not None), said(form)
    assert means in {None, form.birth_date.data}


def test_a_birth_date_may_be_today_and_not_tomorrow() -> None:
    today = {"birth_date-day": "23", "birth_date-month": "11", "birth_date-year": "2026"}

    assert student(**today).validate()
    tomorrow = student(**{**today, "birth_date-day": "24"})
    assert not tomorrow.validate()
    assert tomorrow.birth_date.parts["day"] == "24"


def test_a_kept_birth_date_comes_back_as_it_was_typed() -> None:
    parts = {"day": "۹", "month": "3", "year": "1394", "calendar": "persian"}
    form = StudentForm(
        None, csrf_session=SESSION, csrf_secret=SECRET, schools=[], today=date(2026, 11, 23),
        data={"birth_date": parts},
    )  # fmt: skip

    assert form.birth_date.parts == parts


def test_a_signer_says_who_they_are() -> None:
    assert posted(SignerForm, {"relationship": "parent", "signer_name": "Naw Mu"}).validate()
    form = posted(SignerForm, {"relationship": "boss", "signer_name": " \u3164 "})
    assert not form.validate()
    assert said(form) == {
        "relationship": ["Choose who you are."], "signer_name": ["Write the full name."],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Naw   Mu\t", "Naw Mu"),
        ("Sa\u202erah\u2066\x07", "Sarah"),
        ("Sa\U000e0041\u206a\ufff9rah", "Sarah"),
        ("e\u0301lan", "élan"),
        ("فاطمه\u200cزهرا", "فاطمه\u200cزهرا"),
    ],
)
def test_a_name_is_kept_without_what_can_not_be_seen(typed: str, kept: str) -> None:
    form = posted(SignerForm, {"relationship": "parent", "signer_name": typed})

    assert form.validate()
    assert form.signer_name.data == kept


def contact(**typed: str) -> ContactForm:
    return posted(ContactForm, typed, kinds=(ContactKind.PHONE, ContactKind.EMAIL))


def test_only_the_chosen_contact_is_asked_for() -> None:
    form = contact(contact_kind="email", email="  mu@example.org ", phone="nonsense")

    assert form.validate()
    assert form.typed == "mu@example.org"


@pytest.mark.parametrize(
    ("kind", "error"),
    [("phone", "Write your mobile phone number."), ("email", "Write your email address.")],
)
def test_a_chosen_contact_must_be_written(kind: str, error: str) -> None:
    form = contact(contact_kind=kind, **{kind: " \u200b "})

    assert not form.validate()
    assert said(form) == {kind: [error]}


def test_a_contact_that_is_too_long_is_cut_and_said_so() -> None:
    form = contact(contact_kind="email", email="a" * 5_000, phone="5" * 200_000)

    assert not form.validate()
    assert said(form) == {"email": ["This is too long. Check what you wrote."]}
    assert len(form.phone.data or "") < 300


def test_a_contact_that_this_installation_can_not_reach_can_not_be_chosen() -> None:
    form = posted(
        ContactForm, {"contact_kind": "phone", "phone": "801-555-0142"}, kinds=(ContactKind.EMAIL,)
    )

    assert not form.validate()
    assert said(form) == {"contact_kind": ["Choose text message or email."]}


def test_a_refused_contact_is_said_at_its_field() -> None:
    form = contact(contact_kind="phone", phone="12")
    assert form.validate()

    form.refuse(Message("No."))
    assert said(form) == {"phone": ["No."]}
    assert form.phone.data == "12"


def test_a_code_is_read_in_any_digits() -> None:
    form = posted(CodeForm, {"code": " ۱۲۳ ၄၅၆ "})

    assert form.validate()
    assert form.code.data == "123 456"
    assert said(_refused(posted(CodeForm, {"code": " "}))) == {
        "code": ["Write the 6 digits of the code."]
    }


def test_signing_on_a_screen_must_be_agreed_to() -> None:
    assert posted(EsignForm, {"accept": "y"}).validate()
    assert list(said(_refused(posted(EsignForm)))) == ["accept"]


def test_neither_yes_nor_no_is_chosen_beforehand() -> None:
    assert posted(DecideForm).decision.data is None
    assert posted(DecideForm, {"decision": "yes"}).validate()
    assert posted(DecideForm, {"decision": "no"}).validate()
    for decision in ("", "maybe", "YES"):
        assert said(_refused(posted(DecideForm, {"decision": decision}))) == {
            "decision": ["Choose yes or no. Either answer is fine."]
        }


def test_a_way_to_sign_must_be_chosen() -> None:
    for method in ("", "stamp"):
        form = _refused(posted(SignForm, {"method": method, "typed_name": "Naw Mu"}))
        assert said(form) == {"method": ["Choose how you want to sign."]}


def test_a_drawn_signature_needs_a_drawing() -> None:
    form = posted(SignForm, {"method": "drawn", "signature": drawing()})
    assert form.validate()
    given = form.given()
    assert given["method"] == SignatureMethod.DRAWN
    assert len(parse_strokes(given["strokes"]).strokes[0]) == 3

    assert said(_refused(posted(SignForm, {"method": "drawn"}))) == {
        "signature": ["Please sign in the box."]
    }


def test_a_typed_signature_needs_a_name_and_a_tick() -> None:
    form = posted(SignForm, {"method": "typed", "typed_name": "Naw Mu", "typed_agree": "y"})
    assert form.validate()
    assert form.given() == {
        "method": "typed", "typed_name": "Naw Mu", "strokes": "", "witness": "",
    }  # fmt: skip

    assert said(_refused(posted(SignForm, {"method": "typed", "typed_name": "123"}))) == {
        "typed_name": ["A name needs at least one letter. Write the full name."],
        "typed_agree": ["Tick the box to say that the name is your signature."],
    }
    long = _refused(
        posted(SignForm, {"method": "typed", "typed_name": "a" * 201, "typed_agree": "y"})
    )
    assert "too long" in said(long)["typed_name"][0]


def test_a_mark_needs_a_drawing_and_a_witness() -> None:
    form = posted(
        SignForm, {"method": "mark", "mark_drawing": drawing(), "witness_name": "Ruth Paw"}
    )
    assert form.validate()
    assert form.given()["witness"] == "Ruth Paw"

    assert said(_refused(posted(SignForm, {"method": "mark", "signature": drawing()}))) == {
        "mark_drawing": ["Please sign in the box."],
        "witness_name": ["The witness writes their full name here."],
    }


def test_what_was_left_in_another_way_to_sign_stops_nobody_and_is_not_kept() -> None:
    form = posted(
        SignForm,
        {
            "method": "typed", "typed_name": "Naw Mu", "typed_agree": "y",
            "signature": drawing([[[1, 1]]]), "mark_drawing": "broken", "witness_name": "Ruth",
        },
    )  # fmt: skip

    assert form.validate(), said(form)
    assert form.given() == {
        "method": "typed", "typed_name": "Naw Mu", "strokes": "", "witness": "",
    }  # fmt: skip


def test_of_a_drawing_only_the_drawing_is_kept() -> None:
    sent = json.loads(drawing()) | {"more": "x" * 1_000}
    form = posted(SignForm, {"method": "drawn", "signature": json.dumps(sent)})

    assert form.validate()
    assert "more" not in form.given()["strokes"]


@pytest.mark.parametrize(
    ("strokes", "error"),
    [
        ([[[310, 10], [400, 10], [500, 90]]], "a dot is not enough"),
        ([[[-250, -140], [-20, -20]]], "a dot is not enough"),
        ([[[10, 10], [-1, 10], [290, 151], [301, 140]]], "a dot is not enough"),
        ([[[10, 10], [601, 10]]], "did not arrive whole"),
        ([[[x % 300, x % 150] for x in range(10_000)]], "too many lines"),
        ([], "a dot is not enough"),
    ],
)
def test_a_signature_is_drawn_on_the_pad(strokes: object, error: str) -> None:
    form = _refused(posted(SignForm, {"method": "drawn", "signature": drawing(strokes)}))

    assert error in said(form)["signature"][0]
    assert not form.signature.data


def test_a_finger_may_slip_over_the_edge() -> None:
    strokes = [[[20, 20], [100, 100], [280, 40], [310, 35]]]

    assert posted(SignForm, {"method": "drawn", "signature": drawing(strokes)}).validate()


def test_a_receipt_code_must_be_written() -> None:
    form = posted(ReceiptForm, {"receipt_code": "7k3m q2xv ۹t4b"})
    assert form.validate()
    assert form.receipt_code.data == "7k3m q2xv 9t4b"
    assert list(said(_refused(posted(ReceiptForm, {"receipt_code": "\u200b"})))) == ["receipt_code"]


@pytest.mark.parametrize("token", ["", "forged", "##" + "0" * 40])
def test_no_form_is_good_with_another_browsers_token(token: str) -> None:
    assert posted(CheckForm).validate()
    for form in (
        _refused(posted(CheckForm, {"csrf_token": token})),
        _refused(posted(DecideForm, {"csrf_token": token, "decision": "yes"})),
    ):
        assert form.is_stale


def _refused(form: _AnyForm) -> _AnyForm:
    assert not form.validate()
    return form
