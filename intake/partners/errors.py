"""What can stand in the way. Messages hold ids and words of the file, never a person's name."""


class InvalidPartner(ValueError):
    """What was given can't be right; the message says what to change."""


class PartnerUnknown(LookupError):
    """No partner, person, school or row has this id."""
