"""Which addresses may be connected to: no private ones, unless an operator allows them.

An address typed by an operator, or a name whose owner points it elsewhere later, must not make
this server talk to machines inside the network (server-side request forgery). Connect to the very
address that was checked, so that a second answer of the name service changes nothing.
"""

import ipaddress
import socket
from collections.abc import Iterator

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_IPV4_COMPATIBLE = ipaddress.ip_network("::/96")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(one)
    for one in (
        "64:ff9b:1::/48",  # NAT64 inside a network (RFC 8215)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "168.63.129.16/32",  # a public address that answers inside a cloud (Azure's host)
        "5f00::/16",  # SRv6 (RFC 9602)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
"""Special addresses that Python's lists of its version do not know, or call global."""


class AddressNotAllowed(Exception):
    """The name stands only for addresses in a private network or on this machine."""


def allowed_addresses(host: str, port: int, *, allow_private: bool) -> Iterator[str]:
    """The addresses of a host that may be connected to. Raises OSError when there is no host."""
    for *_, sockaddr in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = str(sockaddr[0])
        if allow_private or is_public(address):
            yield address


def is_public(address: str) -> bool:
    """Whether an address lies in the public internet, also behind IPv6's ways to write IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64 or (ip in _IPV4_COMPATIBLE and int(ip) > 1):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    if any(ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and not ip.is_multicast
