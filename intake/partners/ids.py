"""Ids that an operator gives: short, and safe in URLs, files and logs."""

import re

from intake.partners.errors import IdUnusable

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked_id(value: str, what: str) -> str:
    """The id. Raises IdUnusable."""
    if not _ID.fullmatch(value):
        raise IdUnusable(f"{what}'s id is 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'")
    return value
