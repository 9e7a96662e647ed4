"""JSON bodies as dataclasses: read strictly, written, and described for OpenAPI, from one source.

Unknown members are refused: a misspelt ``recrod`` must not pass for one that was left out.
A dataclass's ``constraints()``, where there is one, adds to its description what members can't say.
"""

import functools
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

Schema = dict[str, Any]

_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)  # RFC 3339
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Says:
    """What a member means, and its bounds: characters of a text, or entries of a list."""

    text: str
    pattern: str | None = None
    longest: int | None = None
    shortest: int = 1


class Misshapen(ValueError):
    """The body is not as described; the message names the place, and nothing that was sent."""


def read(hint: Any, value: object, place: str = "") -> Any:
    """A JSON value as what ``hint`` says it is. Raises Misshapen."""
    hint, says = _without_says(hint)
    if _is_optional(hint):
        return None if value is None else read(_inner(hint), value, place)
    if is_dataclass(hint):
        return _read_members(hint, value, place)
    if get_origin(hint) is tuple:
        return _read_list(get_args(hint)[0], value, says, place)
    reader = _READERS.get(hint)
    return _read_text(value, says, place) if reader is None else reader(value, place)


def written(value: Any) -> Any:
    """A dataclass, and all in it, as JSON values."""
    if is_dataclass(value):
        return {field.name: written(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple | list):
        return [written(one) for one in value]
    return value


def described(hint: Any, components: dict[str, Schema]) -> Schema:
    """The JSON Schema (2020-12) of a hint; dataclasses go into ``components`` by their names."""
    hint, says = _without_says(hint)
    found = _described(hint, components)
    if says is None:
        return found
    is_list = found.get("type") == "array"
    bounds: Schema = {}
    if says.longest is not None:
        words = ("minItems", "maxItems") if is_list else ("minLength", "maxLength")
        bounds = dict(zip(words, (says.shortest, says.longest), strict=True))
    if says.pattern is not None:
        bounds["pattern"] = f"^{says.pattern}$"
    return {**found, **bounds, "description": says.text}


def _described(hint: Any, components: dict[str, Schema]) -> Schema:
    if _is_optional(hint):
        return {"anyOf": [described(_inner(hint), components), {"type": "null"}]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": described(get_args(hint)[0], components)}
    if is_dataclass(hint):
        name = getattr(hint, "__name__", "")
        if name not in components:
            components[name] = {}  # its place, should it refer to itself
            components[name] = _described_members(hint, components)
        return {"$ref": f"#/components/schemas/{name}"}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"type": "string", "enum": [one.value for one in hint]}
    return dict(_PLAIN[hint])


_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    dict[str, Any]: {"type": "object"},
}


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _described_members(kind: Any, components: dict[str, Schema]) -> Schema:
    hints = _hints(kind)
    needed = [one.name for one in fields(kind) if one.default is MISSING]
    return {
        **getattr(kind, "constraints", dict)(),
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "properties": {name: described(hint, components) for name, hint in hints.items()},
        "required": needed,
        "additionalProperties": False,
    }


def _read_members(kind: Any, value: object, place: str) -> Any:
    if not isinstance(value, dict):
        raise _fault(place, "must be an object")
    hints = _hints(kind)
    if not value.keys() <= hints.keys():
        raise _fault(place, f"has unknown members; known are: {', '.join(hints)}")
    given = {}
    for field in fields(kind):
        inner = f"{place}.{field.name}" if place else field.name
        if field.name in value:
            given[field.name] = read(hints[field.name], value[field.name], inner)
        elif field.default is MISSING:
            raise _fault(inner, "is missing")
    return kind(**given)


def _read_list(hint: Any, value: object, says: Says | None, place: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _fault(place, "must be a list")
    if says is not None and not _is_within(len(value), says):
        raise _fault(place, f"must have {says.shortest} to {says.longest} entries")
    return tuple(read(hint, one, f"{place}[{number}]") for number, one in enumerate(value))


def _read_text(value: object, says: Says | None, place: str) -> str:
    if not isinstance(value, str):
        raise _fault(place, "must be a text")
    if not value.isascii() and any("\ud800" <= one <= "\udfff" for one in value):
        raise _fault(place, "has half a character: a lone surrogate")
    if says is None:
        return value
    if not _is_within(len(value), says):
        raise _fault(place, f"must have {says.shortest} to {says.longest} characters")
    if says.pattern is not None and not re.fullmatch(says.pattern, value):
        raise _fault(place, f"must be of {says.pattern}")
    return value


def _read_moment(value: object, place: str) -> datetime:
    fault = _fault(place, "must be a time with its zone, such as 2026-11-23T21:00:00Z")
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise fault
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise fault from None


def _read_truth(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise _fault(place, "must be true or false")
    return value


def _read_day(value: object, place: str) -> date:
    fault = _fault(place, "must be a day, such as 2015-04-12")
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise fault
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise fault from None


_READERS: Mapping[Any, Callable[[object, str], Any]] = {
    datetime: _read_moment,
    date: _read_day,
    bool: _read_truth,
}


def _is_within(size: int, says: Says) -> bool:
    return says.longest is None or says.shortest <= size <= says.longest


def _without_says(hint: Any) -> tuple[Any, Says | None]:
    if get_origin(hint) is not Annotated:
        return hint, None
    kind, *more = get_args(hint)
    return kind, next((one for one in more if isinstance(one, Says)), None)


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in {Union, types.UnionType} and type(None) in get_args(hint)


def _inner(hint: Any) -> Any:
    return next(one for one in get_args(hint) if one is not type(None))


def _fault(place: str, text: str) -> Misshapen:
    return Misshapen(f"{place or 'the body'} {text}")
