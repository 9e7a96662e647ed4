"""Column types: aware UTC times, encrypted texts, enums by value."""

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from intake.db.keys import KeyRing


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC, in both databases (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Encrypted(TypeDecorator[Any]):
    """Bytes under AES-256-GCM. The dialect carries the ring: see ``Database``."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        """``context`` is ``table.column``: it is authenticated with the value."""
        super().__init__()
        self.context = context

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return _ring(dialect).encrypt(self.to_text(value).encode(), self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return self.from_text(_ring(dialect).decrypt(value, self.context).decode())

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> Any:
        return text


class EncryptedText(_Encrypted):
    """A text that only the key ring's holder can read."""

    cache_ok = True


class EncryptedDate(_Encrypted):
    """A calendar date that only the key ring's holder can read."""

    cache_ok = True

    def to_text(self, value: date) -> str:
        return value.isoformat()

    def from_text(self, text: str) -> date:
        return date.fromisoformat(text)


class EncryptedJson(_Encrypted):
    """JSON that only the key ring's holder can read."""

    cache_ok = True

    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def from_text(self, text: str) -> Any:
        return json.loads(text)


class EnumText(TypeDecorator[StrEnum]):
    """A StrEnum stored by its value, so that the database reads like the domain."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


def _ring(dialect: Dialect) -> KeyRing:
    ring: KeyRing = dialect.intake_keyring  # type: ignore[attr-defined]
    return ring
