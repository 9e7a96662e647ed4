"""Interface strings on pages: translated, with English beside them where it isn't English."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from babel.dates import get_month_names
from flask import Flask, g
from flask_babel import Babel, gettext
from markupsafe import Markup, escape

from forms.messages import Message
from translations import Language, catalogue_directory, has_catalogue, language

ENGLISH = "en"


class Words:
    """What the domain's words are called.

    Members of two StrEnums with one value are equal ("expired" the state, "expired" the event), so
    the kind belongs to the key.
    """

    def __init__(self, named: Iterable[tuple[StrEnum, str]]) -> None:
        """``named``: each with its name, marked for translation."""
        self._names: Mapping[tuple[type[StrEnum], str], str] = {
            (type(value), value.value): name for value, name in named
        }

    def of(self, value: StrEnum) -> str:
        """The name in the page's language."""
        return str(gettext(self._names[type(value), value.value]))


def page_language() -> Language:
    """The language of this request's page; English where none was chosen (staff, errors)."""
    found: Language | None = g.get("language")
    return found or language(ENGLISH)


def use_language(code: str | None) -> None:
    """Show this request's pages in a language that staff have chosen, if there is one."""
    if code is not None and has_catalogue(code):
        g.language = language(code)


def init_wording(app: Flask) -> None:
    """Set up Flask-Babel by the language in the URL, and the templates' functions."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(catalogue_directory())
    app.config["BABEL_DEFAULT_LOCALE"] = ENGLISH
    Babel(app, locale_selector=lambda: page_language().babel_locale)
    app.jinja_env.globals.update(
        both=both, say=say, page_language=page_language, month_names=month_names
    )


def month_names() -> dict[int, str]:
    """The Western months in the page's language, by number."""
    names: dict[int, str] = dict(get_month_names("wide", locale=page_language().locale))
    return names


def say(message: str | Message, **values: Any) -> str:
    """A string in the page's language, as plain text (titles, attributes)."""
    text, values = _parts(message, values)
    return str(gettext(text) % values) if values else str(gettext(text))


def both(message: str | Message, **values: Any) -> Markup:
    """A string in the page's language and, under it, in English.

    Values that are Markup (a ``<bdi>`` around a name) stay; everything else is escaped.
    """
    text, values = _parts(message, values)
    translated = _filled(gettext(text), values)
    if page_language().code == ENGLISH:
        return translated
    return with_english(translated, _filled(text, values))


def with_english(own: str, english: str) -> Markup:
    """Words in the page's language and, under them, in English."""
    if page_language().code == ENGLISH:
        return escape(own)
    return Markup(
        '<span class="own">{}</span> <span class="english" lang="en" dir="ltr">{}</span>'
    ).format(own, english)


def _parts(message: str | Message, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(message, Message):
        return message.text, {**dict(message.values), **values}
    return message, values


def _filled(text: str, values: dict[str, Any]) -> Markup:
    safe = escape(text)
    return safe % values if values else safe
