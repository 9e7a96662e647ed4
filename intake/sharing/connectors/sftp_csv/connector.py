"""A destination that imports CSV files from an SFTP folder.

A shipment is one file, named by its time and by what is in it. It is written under another name
and renamed when whole, so an import never sees half of one; a repeat of the same shipment finds
the name taken and has nothing to do.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta

import paramiko

from intake.sharing.connectors.base import (
    Connector,
    Delivery,
    DeliveryFailed,
    Letter,
    ReceiptFile,
    Target,
)
from intake.sharing.connectors.sftp_csv.options import SftpOptions, options_of
from intake.sharing.connectors.sftp_csv.session import SESSION_SECONDS, sftp_session
from intake.sharing.formats import Format
from intake.sharing.formats.csv_rows import csv_row, csv_text, read_receipts
from intake.sharing.formats.receipt import Receipt

_MOST_RECEIPT_FILES = 100
_LONGEST_RECEIPT = 4 * 1024 * 1024
_PART, _DONE, _STRANGE = ".part", ".done", ".unreadable"


class SftpCsv(Connector):
    """One CSV file for each shipment; its receipt file, where there is one, is read back."""

    kind = "sftp_csv"
    delivery = Delivery.TOGETHER
    formats = (Format.CSV,)
    LONGEST_DELIVERY = timedelta(seconds=SESSION_SECONDS)

    def __init__(self, target: Target, *, allow_private: bool) -> None:
        self._options = options_of(target)
        self._allow_private = allow_private

    @classmethod
    def check(cls, target: Target) -> None:
        """Raise InvalidTarget unless address, keys and mapping can be used."""
        options_of(target)

    def ship(self, shipment: str, letters: Sequence[Letter]) -> Mapping[str, DeliveryFailed]:
        """Upload what can be told in the mapping's words; the rest is left out."""
        rows: dict[str, list[str]] = {}
        left_out: dict[str, DeliveryFailed] = {}
        for letter in letters:
            try:
                rows[letter.event_id] = csv_row(self._options.mapping, letter.body)
            except ValueError:
                left_out[letter.event_id] = DeliveryFailed(
                    "the mapping has no word for a value", temporary=False, refuses_event=True
                )
        if not rows:
            return left_out
        content = csv_text(self._options.mapping, list(rows.values()))
        path = f"{self._options.folder.rstrip('/')}/{_file_name(shipment, rows)}"
        is_repeated = any(letter.is_repeated for letter in letters)
        with sftp_session(self._options, allow_private=self._allow_private) as client:
            if is_repeated and self._is_there(client, path):
                return left_out
            _upload(client, path, content)
        return left_out

    def receipts(self) -> Sequence[ReceiptFile]:
        """Read the receipt files that wait, at most a hundred."""
        told, folder = self._options.mapping.receipt, self._options.receipts
        if told is None or folder is None:
            return ()
        found = []
        with sftp_session(self._options, allow_private=self._allow_private) as client:
            names = sorted(name for name in client.listdir(folder) if name.endswith(told.suffix))
            for name in names[:_MOST_RECEIPT_FILES]:
                with client.open(f"{folder}/{name}", "rb") as file:
                    content = file.read(_LONGEST_RECEIPT + 1)
                try:
                    found.append(ReceiptFile(name, _receipts(self._options, content)))
                except ValueError:
                    # Out of the way, for a person: the revocations in it stay open.
                    _put_aside(client, f"{folder}/{name}", _STRANGE)
        return found

    def forget_receipts(self, name: str) -> None:
        """Rename a file that was recorded, so that it is not read again."""
        with sftp_session(self._options, allow_private=self._allow_private) as client:
            _put_aside(client, f"{self._options.receipts}/{name}", _DONE)

    def _is_there(self, client: paramiko.SFTPClient, path: str) -> bool:
        """Whether an earlier attempt arrived: the file itself, or its receipt."""
        told, folder = self._options.mapping.receipt, self._options.receipts
        paths = [path]
        if told is not None and folder is not None:
            receipt = f"{folder}/{path.rpartition('/')[2]}{told.suffix}"
            paths += [receipt, receipt + _DONE]
        return any(_exists(client, one) for one in paths)


def _file_name(shipment: str, rows: Mapping[str, Sequence[str]]) -> str:
    """The same for the same events, and another as soon as one is missing: an import that keeps
    names of files must not take one for a repeat of the other."""
    digest = hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
    return f"{shipment}-{digest[:16]}.csv"


def _upload(client: paramiko.SFTPClient, path: str, content: bytes) -> None:
    """Write under another name, make sure that all of it is there, and rename."""
    part = path + _PART
    try:
        with client.open(part, "wb") as file:
            file.write(content)
        if client.stat(part).st_size != len(content):
            raise DeliveryFailed("the file did not arrive whole", temporary=True, unreachable=True)
        client.rename(part, path)  # not posix_rename: never over an existing file
    except OSError:
        _remove(client, part)
        raise


def _remove(client: paramiko.SFTPClient, path: str) -> None:
    """Make room again on a disk that is full; where that fails too, the next attempt writes over
    it."""
    try:
        client.remove(path)
    except (OSError, paramiko.SSHException, EOFError):
        return


def _exists(client: paramiko.SFTPClient, path: str) -> bool:
    try:
        client.stat(path)
    except FileNotFoundError:
        return False
    return True


def _put_aside(client: paramiko.SFTPClient, path: str, suffix: str) -> None:
    """Rename, over one of the same name that was put aside before."""
    try:
        client.rename(path, path + suffix)
    except OSError:
        client.remove(path + suffix)
        client.rename(path, path + suffix)


def _receipts(options: SftpOptions, content: bytes) -> Sequence[Receipt]:
    if len(content) > _LONGEST_RECEIPT:
        raise ValueError("the receipt is too large")
    return read_receipts(options.mapping, content)
