"""The network as a delivery may use it: no private addresses, and an end to every wait.

Which addresses are private is in connectors/addresses.py; the connection is made to the very
address that was checked there.
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore

from intake.sharing.connectors.addresses import AddressNotAllowed, allowed_addresses

_LARGEST_PIECE = 64 * 1024


class Deadline:
    """The end of one whole delivery; a timeout for each single read can be stretched forever by
    sending a byte now and then."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = 0.0

    def restart(self) -> None:
        """Begin a delivery."""
        self._until = time.monotonic() + self._seconds

    def cap(self, timeout: float | None, expired: type[httpcore.TimeoutException]) -> float:
        """The seconds one step may take; raises ``expired`` when none are left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise expired("the delivery took too long")
        return left if timeout is None else min(left, timeout)


class GuardedNetwork(httpcore.NetworkBackend):
    """Connects to checked addresses; every stream ends at the deadline."""

    def __init__(
        self,
        deadline: Deadline,
        *,
        allow_private: bool,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._network = network or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first allowed address that answers."""
        failure: Exception = AddressNotAllowed()
        for address in self._allowed(host, port):
            try:
                stream = self._network.connect_tcp(
                    address,
                    port,
                    timeout=self._deadline.cap(timeout, httpcore.ConnectTimeout),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _DeadlineStream(stream, self._deadline)
        raise failure

    def _allowed(self, host: str, port: int) -> Iterator[str]:
        try:
            yield from allowed_addresses(host, port, allow_private=self._allow_private)
        except OSError:
            raise httpcore.ConnectError("the name could not be resolved") from None


class _DeadlineStream(httpcore.NetworkStream):
    """Sends head and body of a request in one piece: half the system calls, and a receiver that
    is woken once."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline
        self._unsent = b""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._send(timeout)
        return self._stream.read(max_bytes, self._deadline.cap(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent += buffer
        if len(self._unsent) > _LARGEST_PIECE:
            self._send(timeout)

    def _send(self, timeout: float | None) -> None:
        """Before any answer can be expected, everything has to be out."""
        if not self._unsent:
            return
        unsent, self._unsent = self._unsent, b""
        self._stream.write(unsent, self._deadline.cap(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        allowed = self._deadline.cap(timeout, httpcore.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, allowed)
        return _DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
