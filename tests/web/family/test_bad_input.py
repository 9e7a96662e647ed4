"""What people mistype, what machines send: an answer one can understand, and nothing lost."""

import json
from datetime import timedelta

import pytest

from tests.web.family.conftest import STROKES, Product

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
    assert "اختاروا نعم أو لا" in family.page.text
    assert "Choose yes or no" in family.page.text


@pytest.mark.parametrize("token", ["", "forged", "##" + "0" * 40])
def test_a_form_without_its_token_changes_nothing_and_can_be_sent_again(
    product: Product, token: str
) -> None:
    family = product.family().invited().until("signer")

    family.send(relationship="parent", signer_name="Sarah Johnson", csrf_token=token)
    assert family.page.status_code == 422
    assert "open for a long time" in family.page.text
    assert 'value="Sarah Johnson"' in family.page.text

    family.send(relationship="parent", signer_name="Sarah Johnson")
    assert family.step == "contact"


def test_a_form_that_is_sent_again_after_signing_leads_to_the_receipt(product: Product) -> None:
    family = product.family().invited().until("decide")
    path, token = family.page.request.path, family.token()
    family.until("done")
    receipt = family.page.request.path

    family.page = family.http.post(
        path, data={"csrf_token": token, "decision": "no"}, follow_redirects=True
    )

    assert family.page.request.path == receipt
    assert product.consents()[0].granted


@pytest.mark.parametrize(
    "path",
    ["/xx/", "/fa/", "/EN/", "/en/nowhere", "/en/waiver/x/sign", "/en/fly/x/sign", "/%00/", "/.."],
)
def test_an_address_that_is_no_page_says_so(product: Product, path: str) -> None:
    page = product.family().open(path)

    assert page.status_code == 404
    assert "<h1>" in page.text
    assert "Choose a language" in page.text or "begin again" in page.text


def test_a_missing_page_is_said_in_the_language_of_its_address(product: Product) -> None:
    assert '<html lang="ar" dir="rtl"' in product.family().open("/ar/nowhere").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "ar;q=0.8, *;q=" + "9" * 5_000},
        {"Accept-Language": "\x7f;;;q=q,,en-"},
        {"X-Forwarded-For": "1.2.3.4, <script>"},
        {"X-Forwarded-Host": "evil.example"},
        {"Cookie": "intake=" + "x" * 3_000},
        {"Cookie": "intake=eyJhIjoxfQ.forged.signature"},
        {"Range": "bytes=0-1"},
        {"If-None-Match": '"x"'},
    ],
)
def test_hostile_headers_change_nothing(product: Product, headers: dict[str, str]) -> None:
    family = product.family(headers=headers)

    assert family.open("/en/").status_code == 200
    assert "evil.example" not in family.page.text


def test_the_browsers_language_only_marks_a_choice(product: Product) -> None:
    page = product.family(headers={"Accept-Language": "ksw,ar;q=0.5"}).open("/")

    assert page.request.path == "/"
    marked = page.text.split('aria-current="true"')
    assert len(marked) == 2
    assert 'lang="ksw"' in marked[0].rsplit("<li>", 1)[1]


@pytest.mark.parametrize("code", ["000000", "12345", "", "١٢٣٤٥٦x", "abcdef", "1" * 500])
def test_a_wrong_code_is_said_so(product: Product, code: str) -> None:
    family = product.family().invited().until("code")
    if code == family.code:
        code = "999999"

    family.send(code=code)

    assert family.page.status_code == 422
    assert family.step == "code"


def test_the_code_may_be_typed_in_the_familys_own_digits(product: Product) -> None:
    family = product.family("ar").invited().until("code")
    eastern = family.code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    family.send(code=f" {eastern[:3]} {eastern[3:]} ")

    assert family.step == "esign"


def test_a_code_ends_after_ten_minutes(product: Product) -> None:
    family = product.family().invited().until("code")
    product.clock.forward(timedelta(minutes=10, seconds=1))

    family.send(code=family.code)

    assert family.page.status_code == 422
    assert "too old" in family.page.text


def test_a_code_ends_after_five_wrong_tries(product: Product) -> None:
    family = product.family().invited().until("code")
    right = family.code
    wrong = "111111" if right != "111111" else "222222"
    for _ in range(5):
        family.send(code=wrong)

    family.send(code=right)

    assert family.page.status_code == 422
    assert "tried too often" in family.page.text


def test_asking_for_codes_without_end_is_stopped_with_a_time_to_wait(product: Product) -> None:
    family = product.family().invited().until("code")
    for _ in range(12):
        product.clock.forward(timedelta(seconds=30))
        family.send(resend="1")
        if family.page.status_code == 429:
            break

    assert family.page.status_code == 429
    assert int(family.page.headers["Retry-After"]) > 0
    assert "Minutes to wait" in family.page.text


def test_known_and_unknown_contacts_get_the_same_page(product: Product) -> None:
    known = product.family().invited()
    known.until("code", phone="801-555-0142")
    unknown = product.family().invited("S-1002")
    unknown.until("code", phone="385-555-0142")

    strange = {known.signing_id: "ID", unknown.signing_id: "ID"}
    pages = []
    for family in (known, unknown):
        text = family.page.text.replace(family.token(), "TOKEN")
        for signing, word in strange.items():
            text = text.replace(signing, word)
        pages.append(text)
    assert pages[0] == pages[1]


def test_an_expired_link_says_to_ask_for_a_new_one(product: Product) -> None:
    product.clock.forward(timedelta(days=61))

    page = product.family().invited().page

    assert page.status_code == 410
    assert "too old" in page.text


@pytest.mark.parametrize("token", ["x", "A" * 22, "../../etc", "%27%20OR%201", "a" * 900])
def test_a_forged_link_says_to_check_it(product: Product, token: str) -> None:
    page = product.family().open(f"/en/i/{token}")

    assert page.status_code == 404
    assert product.consents() == []


def test_a_drawn_signature_that_is_fine_comes_back_after_another_error(product: Product) -> None:
    family = product.family().invited().until("sign")

    family.send(method="typed", signature=STROKES, typed_name="", typed_agree="y")

    assert family.page.status_code == 422
    assert "[[20,90]" in family.page.text.replace("&#34;", '"')
