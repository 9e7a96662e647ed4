"""Where an SFTP destination is, who we are there, and which host we trust."""

import base64
import binascii
import io
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import paramiko

from intake.sharing.connectors.base import InvalidTarget, Target
from intake.sharing.formats.csv_rows import CsvMapping, InvalidMapping, load_mapping

_PORT = 22


@dataclass(frozen=True, slots=True)
class SftpOptions:
    """Everything from the destination's row, checked."""

    host: str
    port: int
    user: str
    folder: str
    """Where files go; absolute, as the server shows it to this user."""
    receipts: str | None
    """The folder in which receipts appear."""
    host_key: paramiko.PKey = field(repr=False)
    mapping: CsvMapping
    password: str | None = field(repr=False)
    key: paramiko.PKey | None = field(repr=False)


def options_of(target: Target) -> SftpOptions:
    """Read and check a destination. Raises InvalidTarget, which never repeats a secret."""
    host, port, user, folder = _address(target.url)
    try:
        mapping = load_mapping(str(target.options.get("mapping", "clienttrack")))
    except InvalidMapping as error:
        raise InvalidTarget(str(error)) from None
    receipts = target.options.get("receipts")
    if receipts is not None and mapping.receipt is None:
        raise InvalidTarget("the mapping has no [receipt], so a folder for receipts is of no use")
    is_key = target.secret.lstrip().startswith("-----BEGIN")
    return SftpOptions(
        host=host,
        port=port,
        user=user,
        folder=folder,
        receipts=None if receipts is None else "/" + str(receipts).strip("/"),
        host_key=_host_key(str(target.options.get("host_key", ""))),
        mapping=mapping,
        password=None if is_key else _password(target.secret),
        key=_private_key(target.secret) if is_key else None,
    )


def _address(url: str) -> tuple[str, int, str, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORT
    except ValueError:
        raise InvalidTarget("the address is not a URL") from None
    if parts.scheme != "sftp" or not host or not parts.username:
        raise InvalidTarget("the address must be sftp://user@host/folder")
    if parts.password or parts.query or parts.fragment:
        raise InvalidTarget("the address must not hold a password, a ?query or a #fragment")
    folder = "/" + unquote(parts.path).strip("/")
    return host, port, unquote(parts.username), folder


def _host_key(line: str) -> paramiko.PKey:
    """``ssh-ed25519 AAAA…``, as in known_hosts or from ssh-keyscan, with or without the host."""
    words = line.split()
    types = [number for number, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-"))]
    if not types or len(words) < types[0] + 2:
        raise InvalidTarget(
            "the server's public key is needed, such as: ssh-ed25519 AAAA… "
            "(ask its operator; `ssh-keyscan` shows what answers)"
        )
    kind, encoded = words[types[0]], words[types[0] + 1]
    try:
        return paramiko.PKey.from_type_string(kind, base64.b64decode(encoded, validate=True))
    except (binascii.Error, paramiko.SSHException, ValueError):
        raise InvalidTarget("the server's public key can't be read") from None


def _password(secret: str) -> str:
    if not secret:
        raise InvalidTarget("the secret must be the password, or a private key (PEM)")
    return secret


def _private_key(secret: str) -> paramiko.PKey:
    kinds: tuple[type[paramiko.PKey], ...] = (
        paramiko.Ed25519Key,
        paramiko.ECDSAKey,
        paramiko.RSAKey,
    )
    for kind in kinds:
        try:
            return kind.from_private_key(io.StringIO(secret.strip() + "\n"))
        except (paramiko.SSHException, ValueError, IndexError):
            continue
    raise InvalidTarget("the private key must be Ed25519, ECDSA or RSA, without a passphrase")
