"""How a name in another script sounds, roughly, in Latin consonants: to see that two may be one.

Only for showing likeness to a person: vowels are left out because scripts write them differently
or not at all, and consonants that transcriptions confuse are taken together. Unicode's own names
of letters are the tables ("MYANMAR LETTER KHA"); Arabic's have names of their own. What a search
goes by is coarser still, and in forms/sounds.py.
"""

import functools
import unicodedata

from forms.text import fold

_ARABIC = {
    "ALEF": "", "BEH": "b", "PEH": "p", "TEH": "t", "THEH": "t", "JEEM": "j", "TCHEH": "c",
    "HAH": "h", "KHAH": "k", "DAL": "d", "THAL": "d", "REH": "r", "ZAIN": "z", "JEH": "z",
    "SEEN": "s", "SHEEN": "s", "SAD": "s", "DAD": "d", "TAH": "t", "ZAH": "z", "AIN": "",
    "GHAIN": "g", "FEH": "f", "QAF": "k", "KAF": "k", "KEHEH": "k", "GAF": "g", "LAM": "l",
    "MEEM": "m", "NOON": "n", "HEH": "h", "WAW": "w", "YEH": "y", "FARSI": "y",
}  # fmt: skip
_SOUNDS = (
    ("sh", "s"), ("ch", "c"), ("tch", "c"), ("th", "t"), ("dh", "d"), ("kh", "k"), ("gh", "g"),
    ("ph", "p"), ("bh", "b"), ("zh", "z"), ("jh", "j"), ("ng", "n"), ("ny", "n"), ("hs", "s"),
    ("q", "k"), ("x", "k"), ("v", "w"), ("ck", "k"),
    ("c", "s"),
)  # fmt: skip
_VOWELS = frozenset("aeiou")
_WEAK = frozenset("hwy")
"""Written in one script and not in the other as often as not."""


@functools.lru_cache(maxsize=4096)
def consonants(name: str) -> str:
    """The skeleton of a name's sound: ``يوسف الحسن`` and ``Yousef Al-Hassan`` are ``sflsn``."""
    sounds = "".join(latin(character) for character in fold(name))
    for spelled, sound in _SOUNDS:
        sounds = sounds.replace(spelled, sound)
    skeleton: list[str] = []
    for sound in sounds:
        if not sound.isascii() or not sound.isalpha() or sound in _VOWELS or sound in _WEAK:
            continue
        if not skeleton or skeleton[-1] != sound:
            skeleton.append(sound)
    return "".join(skeleton)


def script(name: str) -> str:
    """The script of a name's first letter, as Unicode calls it; empty for none."""
    for character in name:
        if unicodedata.category(character).startswith("L"):
            return unicodedata.name(character, "").split(" ")[0]
    return ""


def latin(character: str) -> str:
    """One folded character as Latin letters, by its name; nothing for a sign without a sound."""
    if character.isascii():
        return character
    words = unicodedata.name(character, "").split(" ")
    if "LETTER" not in words and "SYLLABLE" not in words:
        return "" if words[0] in {"MYANMAR", "DEVANAGARI", "ARABIC", "ETHIOPIC"} else character
    kind = "LETTER" if "LETTER" in words else "SYLLABLE"
    named = words[words.index(kind) + 1 :]
    if not named:
        return ""
    if words[0] == "ARABIC":
        return _ARABIC.get(named[0], "")
    # "SGAW KAREN SHA", "VOCALIC R", "SHORT A": the sound is the last word.
    return named[-1].lower()
