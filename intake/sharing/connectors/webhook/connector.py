"""A destination that takes events by HTTP POST."""

import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

import httpcore
import httpx

from intake.sharing.connectors.addresses import AddressNotAllowed
from intake.sharing.connectors.base import Connector, DeliveryFailed, InvalidTarget, Target
from intake.sharing.connectors.webhook.network import Deadline, GuardedNetwork
from intake.sharing.standard_webhooks import InvalidSecret, check_secret, sign

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
STEP_SECONDS = 10.0
"""For connecting, and for each read or write."""
DELIVERY_SECONDS = 20.0
"""For all of it."""
_LONGEST_ANSWER = 64 * 1024
_LONGEST_WAIT = timedelta(minutes=10)
_TIMEOUTS = dict.fromkeys(("connect", "read", "write", "pool"), STEP_SECONDS)
_PASSING = {408, 425, 429}
"""Client errors that mean: later."""
_OF_THE_DESTINATION = {401, 402, 403, 404, 405, 407, 410, 421, 426, 451}
"""Client errors that every event would get: the secret, the address or the contract is wrong."""
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class Webhook(Connector):
    """One POST for each event, signed as in Standard Webhooks; any 2xx means that it has it.

    TLS is verified, redirects are not followed (the signature is for this address alone), and
    what the other side answers is not kept: it might repeat personal data.
    """

    kind = "webhook"
    confirms_signed = True
    LONGEST_DELIVERY = timedelta(seconds=DELIVERY_SECONDS)

    def __init__(self, target: Target, *, allow_private: bool) -> None:
        url = httpx.URL(target.url)
        self._url = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        self._secrets = [one for one in (target.secret, target.previous_secret) if one]
        self._deadline = Deadline(DELIVERY_SECONDS)
        # httpcore under httpx's hood, because only there the checked address can be pinned.
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trust() if url.scheme == "https" else None,
            max_connections=1,
            network_backend=GuardedNetwork(self._deadline, allow_private=allow_private),
        )

    @classmethod
    def check(cls, target: Target) -> None:
        """Raise InvalidTarget unless the address is ``https`` and the secret can sign."""
        _check_url(target.url)
        try:
            check_secret(target.secret)
        except InvalidSecret as error:
            raise InvalidTarget(str(error)) from None

    def deliver(self, event_id: str, body: str, *, at: datetime) -> None:
        """POST it; ``event_id`` is the webhook-id of every attempt. Raises DeliveryFailed."""
        content = body.encode()
        headers = {
            "content-type": CONTENT_TYPE,
            "user-agent": "ferpa-waiver-intake",
            **sign(self._secrets, event_id, content, at=at).as_dict(),
        }
        try:
            status, answered = self._post(headers, content)
        except AddressNotAllowed:
            raise DeliveryFailed(
                "the address is in a private network", temporary=False, unreachable=True
            ) from None
        except httpcore.TimeoutException:
            raise DeliveryFailed("timed out", temporary=True, unreachable=True) from None
        except httpcore.ConnectError as error:
            raise _no_connection(error) from None
        except (httpcore.NetworkError, httpcore.ProtocolError):
            raise DeliveryFailed("the connection broke off", temporary=True) from None
        _check(status, answered)

    def close(self) -> None:
        self._pool.close()

    def _post(self, headers: Mapping[str, str], content: bytes) -> tuple[int, dict[str, str]]:
        self._deadline.restart()
        extensions = {"timeout": _TIMEOUTS}
        with self._pool.stream(
            "POST", self._url, headers=list(headers.items()), content=content, extensions=extensions
        ) as response:
            read = 0
            for part in response.iter_stream():  # to its end, so that the connection is kept
                read += len(part)
                if read > _LONGEST_ANSWER:
                    break
            answered = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            return response.status, answered


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidTarget("the address is not a URL") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise InvalidTarget("the address must be https://host/path")
    if parts.username or parts.password or parts.fragment:
        raise InvalidTarget("the address must not hold a user, a password or a #fragment")
    if parts.scheme == "http" and host not in _THIS_MACHINE:
        raise InvalidTarget("the address must be https:// except on this machine itself")


def _check(status: int, answered: Mapping[str, str]) -> None:
    if 200 <= status < 300:
        return
    temporary = status >= 500 or status in _PASSING
    raise DeliveryFailed(
        f"HTTP {status}",
        temporary=temporary,
        retry_after=_retry_after(answered),
        refuses_event=400 <= status < 500 and not temporary and status not in _OF_THE_DESTINATION,
    )


def _retry_after(answered: Mapping[str, str]) -> timedelta | None:
    value = answered.get("retry-after", "")
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        return None
    return min(timedelta(seconds=int(value)), _LONGEST_WAIT)


def _no_connection(error: Exception) -> DeliveryFailed:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return DeliveryFailed(
                "TLS: the certificate or the protocol was refused",
                temporary=False,
                unreachable=True,
            )
        cause = cause.__cause__ or cause.__context__
    return DeliveryFailed("no connection", temporary=True, unreachable=True)
