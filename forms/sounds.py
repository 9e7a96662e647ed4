"""How a name sounds, coarsely: a key under which spellings and scripts of one name meet.

"Mohamed", "Muhammad", Somali "Maxamed" and محمد are all ``mt``. For finding only: what is found
by sound is shown as that, after what is spelled as typed, and a person looks. A name can be read
in several ways (Somali c and x, Burmese သ as th or s), so each has a few sounds, not one.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Sequence

from forms.romanize import latin
from forms.text import fold, search_words

LONGEST = 6
"""Sounds of one key: more tell no two names apart."""
_FEWEST = 2
"""One sound is anybody's."""
_MOST_WORDS = 8
_WORDS_OF_A_KEY = 4
_VOWELS = frozenset("aeiou")
_WEAK = frozenset("hwy")
"""Written in one spelling and not in the other as often as not."""
_TOGETHER = (
    ("tch", "s"), ("sh", "s"), ("ch", "s"), ("dj", "j"), ("th", "t"), ("dh", "t"), ("kh", "k"),
    ("gh", "k"), ("ph", "p"), ("bh", "b"), ("zh", "s"), ("jh", "j"), ("ng", "n"), ("ny", "n"),
    ("ck", "k"), ("x", "ks"), ("q", "k"), ("g", "k"), ("d", "t"), ("z", "s"), ("f", "p"),
    ("v", "w"),
)  # fmt: skip
"""Consonants that transcriptions take for one another: Fatima and Faadumo, Zahra and Sahra."""
_SOFT_C = re.compile(r"c(?=[eiy])")
_ARTICLE = re.compile(r"^(?:ال|al|el)(?=\w{3})")
"""Names are written with and without it: الحسن, Al-Hassan, Hassan."""

_ASAT, _VIRAMA, _DOT = "\u103a", "\u1039", "\u1037"
_NASALS = frozenset("ငဉဏနမ")
_NYA = "ည"
"""As a final it is a vowel: ကြည် is Kyi."""
_SILENT = re.compile("^[اع]")
"""Carries a vowel at the beginning of an Arabic word, whichever it is."""
_MYANMAR_AS_HEARD = str.maketrans({"စ": "သ", "ဆ": "သ", "ဇ": "သ", "ဈ": "သ"})
"""Unicode calls them CA and JA; they are heard as s and z."""
_MYANMAR_CONSONANTS = frozenset(chr(code) for code in range(0x1000, 0x1022))

Reading = Callable[[str], str]


def word_sounds(word: str) -> frozenset[str]:
    """The ways in which one word of a name may sound."""
    return _word_sounds(fold(word))


def sound_prefixes(name: str) -> frozenset[str]:
    """What a name is found by: from each word on, how it begins to sound, across spaces.

    Burmese and Karen write names without spaces, and "Abdul Rahman" is one word or two.
    """
    words = search_words(name)[:_MOST_WORDS]
    found: set[str] = set()
    for start in range(len(words)):
        for sounds in _joined(words[start : start + _WORDS_OF_A_KEY]):
            found.update(sounds[:n] for n in range(_FEWEST, min(len(sounds), LONGEST) + 1))
    return frozenset(found)


def query_sounds(text: str) -> tuple[frozenset[str], ...]:
    """For each typed word the sounds of which one must be there; empty where it has too few."""
    words = search_words(text)[:_MOST_WORDS]
    return tuple(_long_enough(_word_sounds(word)) for word in words)


def joined_sounds(text: str) -> frozenset[str]:
    """The sounds of everything that was typed, as if it were one word."""
    return _long_enough(_joined(search_words(text)[:_MOST_WORDS]))


def _joined(words: Sequence[str]) -> frozenset[str]:
    """Words spoken as one, all in the same reading; a vowel counts at the beginning only."""
    found = set()
    for way in zip(*(_ways(word) for word in words), strict=True):
        first, *rest = way
        found.add(_squeezed(first + "".join(one.removeprefix("a") for one in rest)))
    return frozenset(found - {""})


def _long_enough(sounds: Iterable[str]) -> frozenset[str]:
    return frozenset(one[:LONGEST] for one in sounds if len(one) >= _FEWEST)


def _word_sounds(word: str) -> frozenset[str]:
    return frozenset(_ways(word)) - {""}


@functools.lru_cache(maxsize=8192)
def _ways(word: str) -> tuple[str, ...]:
    """How the word sounds in each reading, with its article and without."""
    bare = _ARTICLE.sub("", word)
    return tuple(_skeleton(reading(one)) for one in (word, bare) for reading in _READINGS)


def _usual(word: str) -> str:
    return _SOFT_C.sub("s", _spoken(word)).replace("ch", "sh").replace("c", "k")


def _somali(word: str) -> str:
    """Somali writes ʿayn as c and ḥ as x: Cabdi, Xasan."""
    if not word.isascii() or ("c" not in word and "x" not in word):
        return _usual(word)
    return word.replace("c", "").replace("x", "h")


def _burmese(word: str) -> str:
    """သ is heard as th, and ရ as y: သိန်း is Thein, ရန် is Yan."""
    return _usual(word.replace("သ", "တ").replace("ရ", "ယ"))


def _unstopped(word: str) -> str:
    """A stop at the end of a Burmese syllable is written in Latin letters, or not: မြင့် is Myint."""
    if word.isascii():
        return _usual(re.sub("nt$", "n", word))
    return _burmese(_without_stops(word))


def _nepali(word: str) -> str:
    """व is heard as b as often as w: विश्वकर्मा is Bishwokarma."""
    return _usual(re.sub("^व", "ब", word))


_READINGS: tuple[Reading, ...] = (_usual, _somali, _burmese, _unstopped, _nepali)


def _spoken(word: str) -> str:
    """The letters one by one, as Latin ones; finals of Burmese as they are heard."""
    # KHA with a medial is heard as ch, and so is written: ချစ် is Chit.
    word = _SILENT.sub("a", word).replace("ချ", "စ").replace("ခြ", "စ")
    heard = []
    for place, character in enumerate(word):
        if _is_final(word, place):
            heard.append("" if character == _NYA else "n" if character in _NASALS else "t")
            continue
        letters = latin(character.translate(_MYANMAR_AS_HEARD))
        heard.append("" if letters == "sign" else letters)
    return "".join(heard)


def _without_stops(word: str) -> str:
    return "".join(
        character
        for place, character in enumerate(word)
        if not _is_final(word, place) or character in _NASALS
    )


def _is_final(word: str, place: int) -> bool:
    """Whether a Burmese consonant ends its syllable: killed by asat, a dot may stand between."""
    if word[place] not in _MYANMAR_CONSONANTS:
        return False
    return word[place + 1 : place + 3].replace(_DOT, "")[:1] in {_ASAT, _VIRAMA}


def _skeleton(letters: str) -> str:
    """Consonants without vowels; a vowel at the beginning counts, so that Ahmed isn't Mohamed.

    A final m is heard as n: Somali writes Maryan for Maryam.
    """
    plain = "".join(c for c in letters if c.isascii() and c.isalpha())
    begins = "a" if plain[:1] and plain[0] in _VOWELS else ""
    for spelled, sound in _TOGETHER:
        plain = plain.replace(spelled, sound)
    sounds = _squeezed(c for c in plain if c not in _VOWELS and c not in _WEAK)
    return begins + re.sub("m$", "n", sounds)


def _squeezed(sounds: Iterable[str]) -> str:
    """Without doubles: Hassan and Hasan."""
    return "".join(sound for sound, _ in itertools.groupby(sounds))
