"""What the codes on paper say."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from pdf.sheet.code import ID_LENGTH, NoSheetCode, SheetCode, SheetDocument, new_waiver_id
from pdf.sheet.geometry import PageKind, PaperSize
from translations import languages

PAGES = [
    (SheetDocument.WAIVER, PageKind.TEXT),
    (SheetDocument.WAIVER, PageKind.CONSENT),
    (SheetDocument.REVOCATION, PageKind.TEXT),
    (SheetDocument.REVOCATION, PageKind.REVOCATION),
]
CODES = st.builds(
    lambda page_kind, **rest: SheetCode(*page_kind, **rest),
    page_kind=st.sampled_from(PAGES),
    version=st.sampled_from(["2026-1", "2031-12"]),
    language=st.sampled_from([*languages(), "zh_Hans"]),
    page=st.integers(1, 4),
    pages=st.integers(4, 35),
    waiver_id=st.builds(new_waiver_id),
    size=st.sampled_from(PaperSize),
)


@given(CODES)
def test_a_code_says_what_was_put_into_it(code: SheetCode) -> None:
    assert SheetCode.decoded(code.encoded()) == code


@pytest.mark.parametrize("language", languages())
def test_a_code_has_modules_of_three_quarters_of_a_millimetre(language: str) -> None:
    code = SheetCode(
        SheetDocument.WAIVER, PageKind.CONSENT, "2026-1", language, 2, 4, new_waiver_id()
    )
    made = segno.make(code.encoded(), error="q", boost_error=False, micro=False)
    assert made.version == 2


@given(CODES, st.data())
def test_a_changed_letter_is_noticed(code: SheetCode, data: st.DataObject) -> None:
    text = code.encoded()
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(
        st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ").filter(lambda c: c != text[place])
    )
    with pytest.raises(NoSheetCode):
        SheetCode.decoded(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("text", ["", "https://example.org", "S1LW26-1.KSW.21", "9780306406157"])
def test_other_codes_are_none_of_ours(text: str) -> None:
    with pytest.raises(NoSheetCode):
        SheetCode.decoded(text)


def test_ids_are_random() -> None:
    ids = {new_waiver_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert {len(found) for found in ids} == {ID_LENGTH}
