"""What people type, made safe and comparable; the rules of every script in one place.

NFC on the way in; zero-width joiners are letters' business and stay; bidi controls and
blank-looking fillers go. Folding is for search keys only, never for what is stored or shown.
"""

import re
import unicodedata

BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_FILLERS = frozenset("\u00ad\u034f\u115f\u1160\u180e\u200b\u2060\u2800\u3164\ufeff\uffa0")
_JOINERS = "\u200c\u200d"
_SPACES = re.compile(r"\s+")

LONGEST_TYPED = 10_000
"""Characters of one line that are looked at at all; nobody types more."""
PREFIX_LENGTH = 12
"""Characters of a word that a search goes by."""
NAME_LIMIT = 200
"""Characters; longer than any name in the roster, short enough for one PDF line or two."""


def clean(text: str) -> str:
    """One line of typed text: NFC, single spaces, nothing that can't be seen.

    Controls, bidi controls, blank fillers and tags go.

    ZWJ and ZWNJ are kept: Persian, Nepali and Burmese words are spelled with them.
    """
    if text.isascii() and text.isprintable():  # most of a roster's millions of cells
        return _SPACES.sub(" ", text).strip(" ")
    kept = "".join(" " if c in "\t\n\r\u2028\u2029" else c for c in text if _is_kept(c))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", kept)).strip(f" {_JOINERS}")


def clean_lines(text: str) -> str:
    """Several lines of typed text, each as ``clean`` leaves it; at most one empty line between."""
    lines = (clean(line) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _is_kept(character: str) -> bool:
    if character in BIDI_CONTROLS or character in _FILLERS:
        return False
    if character in "\t\n\r" or character in _JOINERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn", "Co"}


def has_letter(text: str) -> bool:
    """Whether there is at least one letter; a name without one isn't a name."""
    return any(unicodedata.category(c).startswith("L") for c in text)


def ascii_digits(text: str) -> str:
    """Decimal digits of any script as 0-9; Myanmar's letter WA beside digits is read as zero.

    Burmese and Karen keyboards put U+101D (the letter) and U+1040 (the digit) side by side,
    and people type one for the other.
    """
    decimals = "".join(
        str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in text
    )
    if any("\u1040" <= c <= "\u1049" for c in text) or not any(
        c.isalpha() and c != "\u101d" for c in text
    ):
        return decimals.replace("\u101d", "0")
    return decimals


def initials(name: str) -> str:
    """The first letter of each word with its marks, such as ``E••• J•••``.

    Who knows the person recognises it; a stranger learns nothing.
    """
    return " ".join(_initial(word) + "•••" for word in name.split())


def _initial(word: str) -> str:
    end = 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[:end]


_FOLDS = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ؤ": "و", "ئ": "ی",
        "ـ": "", "\u200c": "", "\u200d": "", "ၥ": "ာ", "၀": "ဝ",
        "'": "", "’": "", "ʼ": "", "ʻ": "", "`": "", "´": "",
        "ı": "i", "ø": "o", "đ": "d", "ł": "l",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """A key under which spellings of the same name meet: case, accents, letter variants, digits.

    Only for comparing and searching; it destroys distinctions that matter to readers.
    """
    folded = unicodedata.normalize("NFKC", clean(text)).casefold().translate(_FOLDS)
    decomposed = unicodedata.normalize("NFD", folded)
    # Accents of Latin, Greek, Cyrillic, and Arabic vowel signs are optional in writing;
    # marks of Burmese, Karen and Devanagari are not.
    kept = (c for c in decomposed if not _is_optional_mark(c))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", "".join(kept))).strip()


def _is_optional_mark(character: str) -> bool:
    return (
        "\u0300" <= character <= "\u036f"
        or "\u064b" <= character <= "\u065f"
        or character == "\u0670"
    )


def search_words(text: str) -> tuple[str, ...]:
    """The folded words of a name, without punctuation, in order."""
    return tuple(re.findall(r"[^\W_][\w\u0300-\u036f\u0900-\u097f\u1000-\u109f]*", fold(text)))


def search_prefixes(text: str) -> frozenset[str]:
    """Every prefix under which a name can be found while typing, of each word."""
    return frozenset(
        word[:n] for word in search_words(text) for n in range(1, min(len(word), PREFIX_LENGTH) + 1)
    )


def query_prefixes(text: str) -> frozenset[str]:
    """The prefixes that must all match for what somebody typed into a search box."""
    return frozenset(word[:PREFIX_LENGTH] for word in search_words(text))
