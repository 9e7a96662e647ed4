"""Counts in the commands' English sentences."""


def counted(number: int, one: str, more: str = "") -> str:
    """The number and what it counts: "1 row", "2 rows". ``more`` where an s does not do."""
    return f"{number} {one if number == 1 else more or one + 's'}"
