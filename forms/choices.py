"""The closed lists a person chooses from; shared by forms, domain and PDFs."""

from enum import StrEnum


class Relationship(StrEnum):
    """What a signer is to the student (34 CFR 99.3)."""

    PARENT = "parent"
    GUARDIAN = "guardian"
    ELIGIBLE_STUDENT = "eligible_student"
    """A student from 18 on: only they may sign or revoke (34 CFR 99.5(a))."""


class ContactKind(StrEnum):
    """How a one-time code can reach somebody."""

    PHONE = "phone"
    EMAIL = "email"


class SignatureMethod(StrEnum):
    """How somebody signs; each is as good as the other."""

    DRAWN = "drawn"
    TYPED = "typed"
    MARK = "mark"
    """A mark, with a witness who gives their name."""


class Calendar(StrEnum):
    """The calendar a date is typed in."""

    GREGORIAN = "gregorian"
    PERSIAN = "persian"
    """Solar Hijri, as in Iran and Afghanistan."""
    NEPALI = "nepali"
    """Bikram Sambat."""
