"""pyHanko's blocking calls run an event loop, which a thread that has one already refuses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def in_own_thread(call: Callable[..., Any], *args: Any, **values: Any) -> Any:
    """What ``call`` returns or raises, from a thread without an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call, *args, **values).result()
