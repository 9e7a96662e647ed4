"""The Idempotency-Key header: the same call again has the same effect and the same answer."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, request

from intake.accounts.idempotency import (
    KeyBusy,
    KeyTaken,
    StoredAnswer,
    claim,
    keep_answer,
    release,
)
from intake.db.engine import Database
from intake.web.api.problems import ApiProblem, problem

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
KEY_PATTERN = r"[!-~]+"
_NOT_KEPT = {401, 403, 429}
"""Answers about the caller at this moment, not about the request."""


def idempotent(
    database: Database,
    owner: str,
    body: bytes,
    *,
    at: datetime,
    work: Callable[[], Response],
    recheck: bool = False,
) -> Response:
    """Do the work, once for each key of ``owner``; without a key, do it.

    ``recheck``: a stored answer is given again only while it is still true, for what a family may
    take back meanwhile. Raises ApiProblem: 400, 409 (under way), 422 (another request).
    """
    key = _key()
    if key is None:
        return work()
    stored = _claimed(database, owner, key, body, at=at)
    if stored is not None:
        if recheck and not _is_still_true(stored, fresh := work()):
            return fresh
        return _replayed(stored)
    try:
        answer = _answered(work)
        is_kept = answer.status_code < 500 and answer.status_code not in _NOT_KEPT
    except BaseException:
        with database.begin() as session:
            release(session, owner, key)
        raise
    with database.begin() as session:
        if is_kept:
            kept = StoredAnswer(
                answer.status_code, answer.content_type or "", answer.get_data(as_text=True)
            )
            keep_answer(session, owner, key, kept)
        else:
            release(session, owner, key)
    return answer


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if len(key) > LONGEST_KEY or not re.fullmatch(KEY_PATTERN, key):
        detail = f"{HEADER} must have 1 to {LONGEST_KEY} ASCII characters, and no space"
        raise ApiProblem(400, "Malformed", detail)
    return key


def _claimed(
    database: Database, owner: str, key: str, body: bytes, *, at: datetime
) -> StoredAnswer | None:
    what = f"{request.method} {request.full_path}\n".encode()
    sha256 = hashlib.sha256(what + body).hexdigest()
    with database.begin() as session:
        try:
            return claim(session, owner, key, sha256, at=at)
        except KeyTaken:
            raise ApiProblem(
                422, "Key reused", f"this {HEADER} stands for another request; use a new one"
            ) from None
        except KeyBusy:
            raise ApiProblem(
                409,
                "Under way",
                f"the first request with this {HEADER} is not answered yet",
                headers={"Retry-After": "1"},
            ) from None


def _answered(work: Callable[[], Response]) -> Response:
    try:
        return work()
    except ApiProblem as error:
        return problem(error)


def _replayed(stored: StoredAnswer) -> Response:
    headers = {"Idempotency-Replayed": "true"}
    return Response(stored.body, stored.status, headers, content_type=stored.content_type or None)


def _is_still_true(stored: StoredAnswer, fresh: Response) -> bool:
    """Whether both say the same, but for the moment."""
    if stored.status != fresh.status_code:
        return False
    return bool(
        _timeless(json.loads(stored.body)) == _timeless(json.loads(fresh.get_data(as_text=True)))
    )


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _timeless(inner) for name, inner in value.items() if name != "at"}
    return [_timeless(one) for one in value] if isinstance(value, list) else value
