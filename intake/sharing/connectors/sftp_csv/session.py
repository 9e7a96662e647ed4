"""One connection to an SFTP server whose key is known, with an end to every wait."""

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko
from paramiko.ssh_exception import IncompatiblePeer

from intake.sharing.connectors.addresses import AddressNotAllowed, allowed_addresses
from intake.sharing.connectors.base import DeliveryFailed
from intake.sharing.connectors.sftp_csv.options import SftpOptions

STEP_SECONDS = 10.0
"""For connecting, and for each answer of the server."""
SESSION_SECONDS = 20.0
"""For all of one delivery: a server that trickles is cut off."""


@contextmanager
def sftp_session(options: SftpOptions, *, allow_private: bool) -> Iterator[paramiko.SFTPClient]:
    """An SFTP client, gone at the end or at the deadline. Raises DeliveryFailed."""
    with _translated(), _connected(options, allow_private=allow_private) as connection:
        transport = paramiko.Transport(connection)
        transport.banner_timeout = transport.auth_timeout = STEP_SECONDS
        deadline = threading.Timer(SESSION_SECONDS, transport.close)
        deadline.daemon = True
        deadline.start()
        try:
            # Only this kind of key is asked for: the server has others, which nobody pinned.
            _ask_for(transport, options.host_key)
            transport.start_client(timeout=STEP_SECONDS)
            if transport.get_remote_server_key() != options.host_key:
                raise DeliveryFailed(
                    "the server shows another key than the one pinned",
                    temporary=False,
                    unreachable=True,
                )
            _authenticate(transport, options)
            client = paramiko.SFTPClient.from_transport(transport)
            if client is None:
                raise DeliveryFailed("no SFTP there", temporary=True, unreachable=True)
            client.get_channel().settimeout(STEP_SECONDS)  # type: ignore[union-attr]
            yield client
        finally:
            deadline.cancel()
            transport.close()


def _ask_for(transport: paramiko.Transport, key: paramiko.PKey) -> None:
    name = key.get_name()
    wanted = ("rsa-sha2-512", "rsa-sha2-256") if name == "ssh-rsa" else (name,)
    transport.get_security_options().key_types = wanted


def _authenticate(transport: paramiko.Transport, options: SftpOptions) -> None:
    if options.key is not None:
        transport.auth_publickey(options.user, options.key)
    else:
        transport.auth_password(options.user, options.password or "", fallback=False)


@contextmanager
def _connected(options: SftpOptions, *, allow_private: bool) -> Iterator[socket.socket]:
    """A socket to the first allowed address that answers."""
    failure: Exception = AddressNotAllowed()
    for address in allowed_addresses(options.host, options.port, allow_private=allow_private):
        try:
            connection = socket.create_connection((address, options.port), timeout=STEP_SECONDS)
        except OSError as error:
            failure = error
            continue
        with connection:
            yield connection
        return
    raise failure


@contextmanager
def _translated() -> Iterator[None]:
    """Every trouble as a DeliveryFailed; the server's own words are not kept."""
    try:
        yield
    except AddressNotAllowed:
        raise DeliveryFailed(
            "the address is in a private network", temporary=False, unreachable=True
        ) from None
    except IncompatiblePeer:
        raise DeliveryFailed(
            "the server has no key of the pinned kind", temporary=False, unreachable=True
        ) from None
    except paramiko.AuthenticationException:
        raise DeliveryFailed("not let in", temporary=False, unreachable=True) from None
    except TimeoutError:
        raise DeliveryFailed("timed out", temporary=True, unreachable=True) from None
    except (paramiko.SSHException, EOFError):
        raise DeliveryFailed("the connection broke off", temporary=True, unreachable=True) from None
    except OSError as error:
        raise _failed(error) from None


def _failed(error: OSError) -> DeliveryFailed:
    """What SFTP version 3 can say (draft-ietf-secsh-filexfer-02): rights, a name, or "failure"."""
    if error.errno == errno.EACCES:
        return DeliveryFailed("permission denied there", temporary=False, unreachable=True)
    if error.errno == errno.ENOENT:
        return DeliveryFailed("the folder is not there", temporary=False, unreachable=True)
    if error.errno is None and str(error) != "Socket is closed":
        # A full disk, mostly: version 3 has no word for it.
        return DeliveryFailed("the server could not write", temporary=True, unreachable=True)
    return DeliveryFailed("no connection", temporary=True, unreachable=True)
