"""What somebody searched for, as a part of an address that nobody else can read.

A name in an address ends up in browser histories and access logs; encrypted under the key
ring it may: reload, Back, paging and a second tab still work.
"""

import base64
import binascii

from intake.db.keys import CannotDecrypt, KeyRing

_CONTEXT = "desk.search"


def seal_search(ring: KeyRing, text: str) -> str:
    """The search for an address; empty for an empty one."""
    if not text:
        return ""
    return base64.urlsafe_b64encode(ring.encrypt(text.encode(), _CONTEXT)).decode().rstrip("=")


def open_search(ring: KeyRing, sealed: str) -> str:
    """The reverse; empty for anything that this installation has not sealed."""
    try:
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        return ring.decrypt(raw, _CONTEXT).decode()
    except (CannotDecrypt, binascii.Error, ValueError):
        return ""
