"""Scanned papers for the desk's pages: a tray whose reader needs no pictures."""

from datetime import timedelta
from typing import Any

from intake.clock import now
from tests.paper.tray import Page, Tray, form, text_page
from tests.web.desk.conftest import Desk


def tray_of(desk: Desk) -> Tray:
    """Its clock runs an hour behind the pages', so that all it did is past."""
    return Tray(desk.context, now() - timedelta(hours=1))


def doubtful(waiver_id: str, **said: Any) -> list[Page]:
    """A waiver about which only its answer has to be asked."""
    sure = {"choice": "unsure", "signature": "present", "date": "present"}
    return [text_page(waiver_id), form(waiver_id, **{**sure, **said})]


def settle(tray: Tray) -> int:
    """File what was answered, as the worker does half a minute later."""
    tray.at = now()
    return tray.settle()
