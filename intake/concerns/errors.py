"""Why something can't be done with a question or a violation."""


class ConcernUnknown(LookupError):
    """There is none with this id, or it is not this person's to see."""


class AlreadyClosed(Exception):
    """Nothing is left to do about it."""


class TextUnusable(ValueError):
    """It is empty or too long. Says nothing of what it is."""


class NothingProposed(Exception):
    """There is nothing to agree to: the proposal was taken back meanwhile, or is another one."""


class SamePerson(Exception):
    """Two people close a violation: who proposes doesn't agree too."""


class NothingToSend(Exception):
    """The family wants to be called, or what it gave can't be sent to here."""
