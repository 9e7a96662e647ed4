"""How long a message waits before it is tried again."""

import random
from datetime import timedelta

BACKOFF = (
    *(timedelta(seconds=s) for s in (2, 8, 30)),
    *(timedelta(minutes=m) for m in (2, 10, 30)),
)
LONGEST_BACKOFF = timedelta(hours=1)
MAX_ATTEMPTS = 30
"""With the backoff about a day."""


def backoff(attempt: int) -> timedelta:
    """The wait after this many attempts, a quarter longer or shorter by chance, so that
    messages that failed together don't come back together."""
    wait = BACKOFF[attempt - 1] if attempt <= len(BACKOFF) else LONGEST_BACKOFF
    return wait * random.uniform(0.75, 1.25)
