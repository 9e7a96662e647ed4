"""Bodies whose shape others have laid down (OAuth, webhooks, the feed): for the description."""

from dataclasses import dataclass
from typing import Annotated, Any

from intake.web.api.shapes import Says

_ID = r"[ -~]+"


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """RFC 6749, 5.1."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


@dataclass(frozen=True, slots=True)
class TokenError:
    """RFC 6749, 5.2."""

    error: str
    error_description: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmationRequest:
    """The identity is hidden there; or, where a part was taken back, it is no longer shared."""

    destination: Annotated[str, Says("Your destination's id.", pattern=_ID, longest=64)]
    revocation: Annotated[str, Says("The revocation's id.", pattern=_ID, longest=64)]
    event: Annotated[str, Says("The published event you acted on.", pattern=_ID, longest=64)]
    state: Annotated[
        str,
        Says(
            "identity_hidden after revoked; part_withdrawn after a narrower given.",
            pattern="(identity_hidden|part_withdrawn)",
            longest=15,
        ),
    ]


@dataclass(frozen=True, slots=True)
class ConfirmationAnswer:
    """It is recorded."""

    revocation: str
    state: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some events in their order; ``next`` acknowledges them."""

    events: tuple[dict[str, Any], ...]
    next: str
    more: bool
