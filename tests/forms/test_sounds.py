"""Names that are one name sound alike, however they are written; others don't."""

import itertools

import pytest

from forms.sounds import joined_sounds, sound_prefixes, word_sounds

SAME = [
    ("Mohamed", "Muhammad", "Mohammed", "Maxamed", "Mahamed", "محمد", "محمّد"),
    ("Ahmed", "Axmed", "Ahmad", "أحمد", "احمد"),
    ("Fatima", "Fadumo", "Faadumo", "Fatuma", "فاطمة"),
    ("Hassan", "Hasan", "Xasan", "حسن", "الحسن"),
    ("Abdi", "Cabdi", "عبدي"),
    ("Ibrahim", "Ibraahin", "إبراهيم", "ابراهیم"),
    ("Maryam", "Maryan", "Mariam", "مريم"),
    ("Khadija", "Khadiijo", "خديجة"),
    ("Saw", "စော"),
    ("Aung", "အောင်"),
    ("Kyi", "ကြည်"),
    ("Chit", "ချစ်"),
    ("Lakshmi", "Laxmi", "लक्ष्मी"),
    ("Shrestha", "श्रेष्ठ"),
    ("Александр", "Aleksandr"),
]


@pytest.mark.parametrize("names", SAME, ids=lambda names: names[0])
def test_spellings_of_one_name_sound_alike(names: tuple[str, ...]) -> None:
    for one, other in itertools.combinations(names, 2):
        assert word_sounds(one) & word_sounds(other), (one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Mohamed", "Ahmed"), ("Ali", "Leila"), ("محمد", "أحمد"), ("Paw", "Htoo"), ("Saw", "Naw")],
)
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    assert not word_sounds(one) & word_sounds(other)


def test_words_count_as_one_where_a_script_writes_no_spaces() -> None:
    assert joined_sounds("Naw Paw Htoo") <= sound_prefixes("နော်ဖောထူး")
    assert joined_sounds("Abdul Rahman") & sound_prefixes("عبدالرحمن")


def test_one_consonant_finds_nobody_and_signs_without_a_sound_nothing() -> None:
    assert joined_sounds("Wah") == joined_sounds("ဖော") == frozenset()
    assert sound_prefixes("李小龍") == sound_prefixes("") == frozenset()


def test_a_long_name_has_few_keys() -> None:
    assert len(sound_prefixes("Maxamed Cabdi Xasan")) < 30
    assert len(sound_prefixes("x c " * 50)) < 100
