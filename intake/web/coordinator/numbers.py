"""Numbers as the language of the page writes them."""

from decimal import Decimal

from babel.numbers import format_decimal, format_percent

from intake.web.desk.blueprint import interface_language


def number(value: int) -> str:
    """A count."""
    return str(format_decimal(value, locale=interface_language().locale))


def share(part: int, whole: int) -> str:
    """In percent; of nothing it is none."""
    return str(format_percent(part / whole if whole else 0, locale=interface_language().locale))


def money(value: Decimal) -> str:
    """Without a currency's sign: it is the account's, which we don't know."""
    return str(format_decimal(value, "#,##0.00", locale=interface_language().locale))
