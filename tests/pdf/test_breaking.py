"""Lines end where a reader of the language would end them."""

import re

import pytest

from forms.document import documents
from intake.documents.texts import shown_text
from pdf.text.paragraph import lay_out
from tests.pdf.samples import LANGUAGES, settings

_CLOSING = set(".,;:!?)]}»”’…၊။،؛؟।")
_OPENING = set("([{«“")
_ISOLATES = "\u2066\u2067\u2068\u2069 "
_KAREN_SYLLABLE = re.compile("[က-အဧ][ှၠ-ၡြျွ]{0,2}[ါ-ဲံၢၣၤ့း်ၢာိီုူ]*")


def lines(text: str, language: str, width: float) -> list[str]:
    """The text of each line, as it stands on it."""
    found = []
    for line in lay_out(text, language=language, weight=400, width=width).lines:
        start = min(run.start for run in line.runs)
        end = max(run.end for run in line.runs)
        found.append(line.text[start:end].strip(_ISOLATES))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_punctuation_stays_with_its_word(language: str) -> None:
    for name in documents():
        text = shown_text(settings(), name, language)
        for block in (block for s in text.sections for block in text.section(s) if block.text):
            for width in (12.0, 20.0, 33.0, 50.0):
                for line in lines(block.text, language, width):
                    assert line[0] not in _CLOSING, line
                    assert line[-1] not in _OPENING, line


def test_burmese_breaks_where_its_dictionary_has_words_and_never_inside_a_syllable() -> None:
    text = "ကျောင်းသားမှတ်တမ်းများကိုဝေမျှရန်ခွင့်ပြုချက်ပေးပါသည်"
    inside_words = {"မှတ်တ", "ခွင့်ပြုခ", "ကျော"}
    for width in (6.0, 8.0, 11.0, 15.0, 20.0):
        broken = lines(text, "my", width)
        assert "".join(broken) == text
        for line in broken:
            assert re.match("[က-ဪ](?![်္])", line), line
            assert not any(line.endswith(cut) for cut in inside_words), line


def test_karen_breaks_between_syllables() -> None:
    text = "တၢ်ဟ့ၣ်နီၤကၠိဖိအတၢ်ဂ့ၢ်တၢ်ကျိၤလၢပှၤတဝၢအတၢ်ကရၢကရိ"
    begins = {match.start() for match in _KAREN_SYLLABLE.finditer(text)} | {len(text)}
    for width in (3.0, 5.0, 8.0, 13.0):
        place = 0
        for line in lines(text, "ksw", width):
            place += len(line)
            assert place in begins, line


def test_a_phone_number_or_a_date_is_not_cut() -> None:
    text = "Call us at 801-555-0100 or +1 (801) 555-0199 before 2027-06-30."
    for width in range(10, 40):
        broken = lines(text, "en", width)
        for whole in ("801-555-0100", "+1 (801) 555-0199", "2027-06-30"):
            assert any(whole in line for line in broken), (whole, broken)


def test_chinese_breaks_between_characters_but_not_before_a_comma() -> None:
    broken = lines("学校与社区伙伴分享学生的信息，帮助学生取得成功。", "en", 7.2)
    assert len(broken) > 3
    assert all(line[0] not in "，。" for line in broken)
