"""What can stand in the way. Messages hold ids and words of the file, never a person's name."""


class InvalidPartner(ValueError):
    """What was given can't be right; the message says what to change."""


class IdUnusable(InvalidPartner):
    """An id with other than a few signs, or too long."""


class IdTaken(InvalidPartner):
    """Another partner or person has this id."""


class NameUnusable(InvalidPartner):
    """A name without a letter, or too long."""


class ContactUnusable(InvalidPartner):
    """Not an email address."""


class EndsBeforeItBegins(InvalidPartner):
    """The last day is before the first."""


class PartnerUnknown(LookupError):
    """No partner, person, school or row has this id."""
