"""A real SFTP server on loopback (asyncssh, where we use paramiko), with faults on demand."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "intake", "correct horse"


class Fault(StrEnum):
    """What goes wrong."""

    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    CUT_WHILE_WRITING = "cut_while_writing"
    CUT_AFTER_RENAME = "cut_after_rename"
    """The file is there, but the answer gets lost."""


@dataclass
class SftpSide:
    """The other side: its folder, its key, and what it does wrong at the moment."""

    folder: Path
    port: int = 0
    host_key: str = ""
    fault: Fault | None = None

    def files(self, folder: str = "incoming") -> list[str]:
        return sorted(path.name for path in (self.folder / folder).iterdir())

    def texts(self) -> list[str]:
        """Each file's content, by name."""
        paths = sorted((self.folder / "incoming").glob("*.csv"))
        return [path.read_bytes().decode("utf-8-sig") for path in paths]

    def receipt(self, name: str, *rows: tuple[str, str]) -> Path:
        lines = ["EventID,Status", *(",".join(row) for row in rows)]
        path = self.folder / "receipts" / f"{name}.receipt.csv"
        path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
        return path


class _Files(asyncssh.SFTPServer):
    def __init__(self, side: SftpSide, channel: Any) -> None:
        self._side, self._connection = side, channel.get_connection()
        super().__init__(channel, chroot=str(side.folder).encode())

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        if self._side.fault is Fault.READ_ONLY and pflags & asyncssh.FXF_WRITE:
            raise asyncssh.SFTPPermissionDenied("no: /srv/secret")
        return super().open(path, pflags, attrs)

    def write(self, file: Any, offset: int, data: bytes) -> int:
        if self._side.fault is Fault.DISK_FULL:
            super().write(file, offset, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        if self._side.fault is Fault.CUT_WHILE_WRITING:
            super().write(file, offset, data[: len(data) // 2])
            self._connection.abort()
        return int(super().write(file, offset, data))

    def rename(self, old: bytes, new: bytes) -> None:
        super().rename(old, new)
        if self._side.fault is Fault.CUT_AFTER_RENAME:
            self._connection.abort()


class _Login(asyncssh.SSHServer):
    def __init__(self, keys: list[str]) -> None:
        self._keys = keys

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: Any) -> bool:
        return key.export_public_key().decode().strip() in self._keys


@contextmanager
def sftp_serving(folder: Path, *, keys: list[str] | None = None) -> Iterator[SftpSide]:
    """A server of its own, with folders ``incoming`` and ``receipts``."""
    for name in ("incoming", "receipts"):
        (folder / name).mkdir(parents=True)
    key = asyncssh.generate_private_key("ssh-ed25519")
    side = SftpSide(folder, host_key=key.export_public_key().decode().strip())
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # connections that were cut on purpose

    async def start() -> Any:
        return await asyncssh.create_server(
            lambda: _Login(keys or []),
            "127.0.0.1",
            0,
            server_host_keys=[key, asyncssh.generate_private_key("ecdsa-sha2-nistp256")],
            sftp_factory=lambda channel: _Files(side, channel),
        )

    # In a thread from the start: a browser of an earlier test keeps its loop running in this one.
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(start(), loop).result(30)
    side.port = server.sockets[0].getsockname()[1]
    try:
        yield side
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
