"""Tells the intake system, until it answers, that an identity is hidden."""

import json
import logging
import threading
import time

import httpx

from intake.clock import now
from intake.demo.sharing_system.store import Confirmation, Store
from intake.sharing.standard_webhooks import sign

_TIMEOUT_SECONDS = 5.0
_SHORTEST_WAIT_SECONDS = 0.25
_LONGEST_WAIT_SECONDS = 30.0

_logger = logging.getLogger(__name__)


class ConfirmationSender:
    """A thread of its own; what is still to be told waits in the database over restarts."""

    def __init__(self, store: Store, *, secret: str, confirm_url: str, destination_id: str) -> None:
        self.held_back = False
        """A fault on demand: hide, but never tell."""
        self.twice = False
        """Another: tell twice, under the same webhook-id."""
        self.signed_by: str | None = None
        """Another: sign with this secret, which the intake system does not know."""
        self._store = store
        self._secret = secret
        self._url = confirm_url
        self._destination_id = destination_id
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="confirmations", daemon=True)

    def start(self) -> None:
        """Begin sending."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something new."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread, after the request it is in."""
        self._ended.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        with httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
            while not self._ended.is_set():
                if not self.held_back:
                    for confirmation in self._store.due_confirmations(time.time()):
                        self._send(client, confirmation)
                self._wake.wait(_SHORTEST_WAIT_SECONDS)
                self._wake.clear()

    def _send(self, client: httpx.Client, confirmation: Confirmation) -> None:
        body = json.dumps(
            {
                "destination": self._destination_id,
                "revocation": confirmation.revocation_id,
                "event": confirmation.event_id,
                "state": confirmation.state,
            }
        ).encode()
        signed = sign(
            [self.signed_by or self._secret], f"hidden-{confirmation.event_id}", body, at=now()
        )
        headers = {"content-type": "application/json", **signed.as_dict()}
        try:
            answer = client.post(self._url, content=body, headers=headers)
            if self.twice:
                client.post(self._url, content=body, headers=headers)
            problem = "" if answer.is_success else f"HTTP {answer.status_code}"
        except httpx.HTTPError as error:
            problem = type(error).__name__
        if not problem:
            self._store.mark_confirmed(confirmation.event_id)
            return
        _logger.warning("confirmation of %s failed: %s", confirmation.event_id, problem)
        wait = min(_SHORTEST_WAIT_SECONDS * 2**confirmation.attempts, _LONGEST_WAIT_SECONDS)
        self._store.confirm_later(confirmation.event_id, time.time() + wait)
