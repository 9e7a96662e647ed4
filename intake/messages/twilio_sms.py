"""SMS by Twilio's REST API (https://www.twilio.com/docs/messaging/api/message-resource).

Twilio knows no idempotency key for messages: of one that was taken just before the worker died
nobody knows, until Twilio tells its status.
"""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from intake.config import TwilioSettings
from intake.messages.transport import (
    Dispatch,
    Misconfigured,
    PermanentFailure,
    Sent,
    TemporaryFailure,
)
from intake.messages.twilio_codes import BUSY, FLAGS, OPERATORS_FAULT, STOPPED

TIMEOUT_SECONDS = 10.0
RETRY_AFTER_LIMIT = timedelta(minutes=10)
"""A code is of no use later than this; no answer of a provider may silence us for longer."""


class TwilioSms:
    """Every SMS is one POST; Twilio's 201 means that it has taken the message."""

    keeps_body = False

    def __init__(
        self,
        settings: TwilioSettings,
        *,
        timeout: float = TIMEOUT_SECONDS,
        status_url: str | None = None,
    ) -> None:
        """``timeout`` in seconds, for connecting and for each wait on the answer.

        ``status_url`` is where Twilio tells what became of each message; our id is added to it.
        """
        self.status_url = status_url
        self._client = Client(
            settings.account_sid,
            settings.auth_token,
            http_client=_HttpClient(settings.api_url, timeout),
        )
        is_service = settings.sender.startswith("MG")
        self._sender = {"messaging_service_sid" if is_service else "from_": settings.sender}

    def send(self, message: Dispatch) -> Sent:
        """Hand over one SMS; see ``Transport.send``."""
        try:
            taken = self._client.messages.create(
                to=message.recipient,
                body=message.body,
                **self._sender,
                **self._status_callback(message),
            )
        except TwilioRestException as refusal:
            # Its text and its chain repeat the number; only the codes go on.
            raise _reason(refusal.status, refusal.code) from None
        except requests.ConnectTimeout:
            raise TemporaryFailure("Twilio did not answer in time") from None
        except requests.Timeout:
            raise TemporaryFailure("Twilio did not answer in time", maybe_taken=True) from None
        except requests.RequestException as failure:
            reason = "Twilio can't be reached"
            raise TemporaryFailure(reason, maybe_taken=not _never_left(failure)) from None
        except (TwilioException, ValueError, TypeError, AttributeError):
            raise _unreadable() from None
        if not taken.sid:  # something in between answered instead of Twilio
            raise _unreadable()
        return Sent(taken.sid)

    def _status_callback(self, message: Dispatch) -> dict[str, str]:
        if self.status_url is None:
            return {}
        return {"status_callback": f"{self.status_url}?message={message.id}"}


def _reason(status: int, code: int | None) -> TemporaryFailure | PermanentFailure | Misconfigured:
    shown = f"Twilio {code or f'HTTP {status}'}"
    if code in BUSY:
        return TemporaryFailure(shown)
    if status >= 500:  # it may have failed after it had taken the message
        return TemporaryFailure(shown, maybe_taken=True)
    if status in {401, 403, 404} or code in OPERATORS_FAULT:
        return Misconfigured(
            f"{shown} refuses the account or sender; "
            "check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM"
        )
    return PermanentFailure(shown, flag=FLAGS.get(code or 0), is_stop=code == STOPPED)


def _unreadable() -> TemporaryFailure:
    return TemporaryFailure("Twilio's answer can't be read", maybe_taken=True)


def _never_left(failure: requests.RequestException) -> bool:
    """Whether no connection was made, so that Twilio can't have the message."""
    cause = failure.args[0] if failure.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own client with a time limit, another address if one is set, and no log.

    Its log would print request addresses and response headers.
    """

    def __init__(self, api_url: str | None, timeout: float) -> None:
        super().__init__(timeout=timeout, logger=_silent_logger())
        self._api_url = api_url.rstrip("/") if api_url else None

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        if self._api_url:
            parts = urlsplit(url)
            url = self._api_url + parts.path + (f"?{parts.query}" if parts.query else "")
        response = super().request(method, url, *args, **kwargs)
        # It keeps the last request, number and text included, for Twilio's own tests.
        self._test_only_last_request = None
        if response.status_code == 429:
            raise TemporaryFailure("Twilio 429", _retry_after(response.headers))
        return response


def _retry_after(headers: Any) -> timedelta | None:
    """RFC 9110, 10.2.3: seconds or a date."""
    value = str((headers or {}).get("Retry-After", "")).strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=min(int(value), 10**6)), RETRY_AFTER_LIMIT)
    try:
        wait = parsedate_to_datetime(value) - datetime.now(UTC)
    except (TypeError, ValueError):
        return None
    return max(timedelta(0), min(wait, RETRY_AFTER_LIMIT))


def _silent_logger() -> logging.Logger:
    logger = logging.getLogger("intake.messages.twilio_http")
    logger.disabled = True
    return logger
