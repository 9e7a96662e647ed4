"""Names typed with the Zawgyi keyboard: noticed, and read as Unicode for a person to choose.

Zawgyi puts Burmese letters on code points that Unicode gives to others, in the order in which
they are drawn. A short name can be either, and converting true Unicode destroys it: what is
suspected is shown in both readings, never changed silently.
"""

import functools
import re
import unicodedata

from myanmartools import ZawgyiDetector

_LIKELY_ZAWGYI = 0.9
_LIKELY_UNICODE = 0.1

_CONSONANTS = "က-အဣ-ဧဩဪဿ၎"
_MARKS = "\u102b-\u1032\u1036-\u1038\u103a-\u103e"
_KINZI = "\ue000"
"""Stands for the small NGA above, until its place before the consonant is known."""

# What a code point draws in the Zawgyi font, as Unicode. Several draw one letter in other widths.
_LETTERS = {
    "ု": "\u1033\u102f", "ူ": "\u1034\u1030", "်": "\u1039", "ျ": "\u103a\u107d",
    "ြ": "\u103b\u107e\u107f\u1080\u1081\u1082\u1083\u1084", "ွ": "\u103c", "ှ": "\u103d\u1087",
    "ှု": "\u1088", "ှူ": "\u1089", "ွှ": "\u108a", "့": "\u1037\u1094\u1095", "ါ်": "\u105a",
    _KINZI: "\u1064", _KINZI + "ိ": "\u108b", _KINZI + "ီ": "\u108c", _KINZI + "ံ": "\u108d",
    "ိံ": "\u108e", "န": "\u108f", "ရ": "\u1090", "ဉ": "\u106a", "ည": "\u106b", "ဿ": "\u1086",
    "ဍ္ဍ": "\u106e", "ဍ္ဎ": "\u106f", "ဏ္ဍ": "\u1091", "ဋ္ဌ": "\u1092", "ဋ္ဋ": "\u1097",
    "၎င်း": "\u104e", "္တွ": "\u1096",
    "္က": "\u1060", "္ခ": "\u1061", "္ဂ": "\u1062", "္ဃ": "\u1063", "္စ": "\u1065",
    "္ဆ": "\u1066\u1067", "္ဇ": "\u1068", "္ဈ": "\u1069", "္ဋ": "\u106c", "္ဌ": "\u106d",
    "္ဏ": "\u1070", "္တ": "\u1071\u1072", "္ထ": "\u1073\u1074", "္ဒ": "\u1075", "္ဓ": "\u1076",
    "္န": "\u1077", "္ပ": "\u1078", "္ဖ": "\u1079", "္ဗ": "\u107a", "္ဘ": "\u107b\u1093",
    "္မ": "\u107c", "္လ": "\u1085",
}  # fmt: skip
_UNICODE = str.maketrans({drawn: text for text, codes in _LETTERS.items() for drawn in codes})

# A syllable as Zawgyi orders it: E and medial RA stand before the consonant that carries them.
_SYLLABLE = re.compile(
    f"([\u1031\u103c]*)([{_CONSONANTS}])((?:\u1039[က-အ]|[{_KINZI}{_MARKS}\u200b])*?)"
    f"(?=[\u1031\u103c]*[{_CONSONANTS}]|[^{_KINZI}{_MARKS}\u1039\u200b]|$)"
)
_STACKED = re.compile("\u1039[က-အ]")
_ORDER = (
    "\u103b\u103c\u103d\u103e\u1031\u102d\u102e\u1032\u102f\u1030"
    "\u102b\u102c\u103a\u1036\u1037\u1038"
)
"""Unicode's order of the signs within a syllable (Unicode 16.0, 16.3)."""

# The digits 0 and 7 stand for the letters that look like them, where a digit can't be.
_DIGITS_AS_LETTERS = (
    (re.compile(f"\u1040(?=[{_MARKS}])|(?<=\u1031)\u1040"), "\u101d"),
    (re.compile("(?<![\u1040-\u1049.,])\u1040(?=[က-အ\u1031])"), "\u101d"),
    (re.compile(f"\u1047(?=[{_MARKS}])"), "\u101b"),
    (re.compile("\u1025(?=[\u1039\u103a])"), "\u1009"),
    (re.compile("\u1025\u102e"), "\u1026"),
)


def unicode_reading(text: str) -> str | None:
    """The text as Unicode, where it looks like Zawgyi and makes sense when read so; else None."""
    if not any("\u1000" <= c <= "\u109f" for c in text):
        return None
    if _detector().get_zawgyi_probability(text) < _LIKELY_ZAWGYI:
        return None
    reading = from_zawgyi(text)
    if reading == text or _detector().get_zawgyi_probability(reading) >= _LIKELY_UNICODE:
        return None
    return reading


def from_zawgyi(text: str) -> str:
    """Zawgyi text as Unicode, NFC. True Unicode is destroyed by it: ask first."""
    letters = text.translate(_UNICODE)
    for pattern, letter in _DIGITS_AS_LETTERS:
        letters = pattern.sub(letter, letters)
    return unicodedata.normalize("NFC", _SYLLABLE.sub(_ordered, letters))


def _ordered(syllable: re.Match[str]) -> str:
    before, consonant, after = syllable.groups()
    stacked = "".join(_STACKED.findall(after))
    signs = dict.fromkeys(before + _STACKED.sub("", after).replace("\u200b", ""))
    kinzi = "\u1004\u103a\u1039" if _KINZI in signs else ""
    in_order = sorted((sign for sign in signs if sign != _KINZI), key=_ORDER.index)
    return kinzi + consonant + stacked + "".join(in_order)


@functools.cache
def _detector() -> ZawgyiDetector:
    return ZawgyiDetector()
