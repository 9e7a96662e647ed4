"""A worker of its own, to be killed: reminds, and hangs between the email and the end of it."""

import sys
import time
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from intake.db.engine import Database
from intake.revocations import reminders
from tests.conftest import RING


def _hang(*_args: Any, **_values: Any) -> None:
    print("queued", flush=True)
    time.sleep(60)


if __name__ == "__main__":
    settings: Any = SimpleNamespace(
        base_url="https://waivers.example.org", time_zone=ZoneInfo("America/Denver"),
        partnership="Promise Partnership", partnership_email="help@example.org",
        coordinator_emails=("help@example.org",),
    )  # fmt: skip
    reminders.ledger.record = _hang  # type: ignore[assignment]
    at = datetime.fromisoformat(sys.argv[2])
    reminders.remind_due(Database(sys.argv[1], RING), settings, at=at)
