"""What a form says when it can't accept something: a sentence to translate, and its values."""

from collections.abc import Mapping
from typing import Any

from wtforms import ValidationError


class Message:
    """An interface string with its values; shown in the page's language and in English."""

    __slots__ = ("text", "values")

    def __init__(self, text: str, /, **values: Any) -> None:
        """``text`` is the English msgid with ``%(name)s`` placeholders for ``values``."""
        self.text = text
        self.values: Mapping[str, Any] = values

    def __str__(self) -> str:
        """In English."""
        return self.text % self.values if self.values else self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.text, self.values) == (other.text, other.values)

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted(self.values.items()))))

    def __repr__(self) -> str:
        return f"Message({self.text!r})"


class Refused(ValidationError):
    """A field can't accept what was typed; ``message`` says what to do next."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)  # type: ignore[arg-type]  # shown by both(), not by str
        self.message = message
