"""Answers that are sent once: strong ETags, and 304 for who has the newest (RFC 9110, 13)."""

from flask import Response, request


def conditional(response: Response, *, public: bool = False) -> Response:
    """With its ETag; empty (304) where ``If-None-Match`` names it.

    Kept copies must be asked about before each use: a consent may have ended meanwhile.
    """
    response.add_etag()
    response.headers["Cache-Control"] = "no-cache" if public else "private, no-cache"
    if not public:
        response.headers["Vary"] = "Authorization"
    response.make_conditional(request)
    return response
