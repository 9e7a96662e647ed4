"""What speaks for and against two students being one, in words."""

from enum import StrEnum

from flask_babel import gettext

from intake.matching.evidence import Against, Confidence, For
from translations import mark

_WORDS: dict[StrEnum, str] = {
    # TRANSLATORS: what follows says why the two may be one student
    For.NAME_EXACT: mark("same name"),
    For.NAME_VARIANT: mark("name spelled in another way"),
    For.NAME_TRANSLITERATION: mark("name sounds alike in another script"),
    For.BIRTH_DATE: mark("same date of birth"),
    For.SCHOOL: mark("same school"),
    For.GUARDIAN_CONTACT: mark("signed from the phone or email of this student's guardian"),
    # TRANSLATORS: what follows says why the two may be different students
    Against.NAME_DIFFERS: mark("another name"),
    Against.BIRTH_DATE_DIFFERS: mark("another date of birth"),
    Against.SCHOOL_DIFFERS: mark("another school"),
    Against.OTHERS_CONTACT: mark("signed from the phone or email of another student's guardian"),
    Against.ANOTHER_LIKE_IT: mark("another student has this name and date of birth too"),
    Against.HAS_LEFT: mark("has left the school"),
    Against.COMMON_BIRTH_DATE: mark("1 January is often written for an unknown date"),
    # TRANSLATORS: how sure it is that two records are of one student
    Confidence.CERTAIN: mark("Certain"),
    # TRANSLATORS: how sure it is that two records are of one student
    Confidence.LIKELY: mark("Likely"),
    # TRANSLATORS: how sure it is that two records are of one student
    Confidence.POSSIBLE: mark("Possible"),
}


def matching_word(value: StrEnum) -> str:
    """A reason, a doubt, or how sure they make us."""
    return str(gettext(_WORDS[value]))
