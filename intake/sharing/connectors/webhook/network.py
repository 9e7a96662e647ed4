"""The network as a delivery may use it: no private addresses, and an end to every wait.

An address typed by an operator, or a name whose owner points it elsewhere later, must not make
this server talk to machines inside the network (server-side request forgery). The name is
resolved here and the connection made to the very address that was checked, so that a second
answer of the name service changes nothing.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressNotAllowed(Exception):
    """The name stands only for addresses in a private network or on this machine."""


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

    def __init__(self, deadline: Deadline, *, allow_private: bool) -> None:
        self._deadline = deadline
        self._allow_private = allow_private
        self._network = httpcore.SyncBackend()

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
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise httpcore.ConnectError("the name could not be resolved") from None
        for *_, sockaddr in found:
            address = str(sockaddr[0])
            if self._allow_private or is_public(address):
                yield address


def is_public(address: str) -> bool:
    """Whether an address lies in the public internet, also behind IPv6's ways to write IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.cap(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cap(timeout, httpcore.WriteTimeout))

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
