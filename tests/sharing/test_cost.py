"""What publishing and revoking cost does not grow with what has been delivered before."""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text

from intake.clock import now
from intake.db.engine import Database
from tests.sharing.builders import granted, withdraw
from tests.sharing.conftest import Receiver, wait_for

Executed = list[tuple[str, Any]]


@contextmanager
def recorded(database: Database) -> Iterator[Executed]:
    """Every statement about publications that is executed meanwhile."""
    executed: Executed = []

    def remember(
        _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool
    ) -> None:
        if "publications" in statement and not statement.startswith("INSERT"):
            executed.append((statement, values[0] if many else values))

    event.listen(database.engine, "before_cursor_execute", remember)
    yield executed
    event.remove(database.engine, "before_cursor_execute", remember)


def whole_table_reads(database: Database, executed: Executed) -> list[str]:
    """The statements for which the planner finds no index."""
    explain = "EXPLAIN " if database.is_postgresql else "EXPLAIN QUERY PLAN "
    found = []
    with database.engine.connect() as connection:
        if database.is_postgresql:
            # An empty table is read whole because that is cheapest; forbidden, only a missing
            # index leaves no other way.
            connection.execute(text("SET enable_seqscan = off"))
        for statement, values in executed:
            plan = connection.exec_driver_sql(explain + statement, values)
            lines = "\n".join(str(line) for line in plan)
            if re.search(r"Seq Scan on publications|SCAN publications", lines):
                found.append(f"{statement}\n{lines}")
    return found


def test_no_step_reads_the_whole_outbox(
    sharing: Database, receiver: Receiver, publish: Callable[..., int]
) -> None:
    with recorded(sharing) as executed:
        student, consent = granted(sharing, at=now())
        receiver.misbehave("500")
        publish()
        receiver.misbehave("ok")
        publish(later=2)
        with sharing.begin() as session:
            withdraw(session, student.id, [session.merge(consent)], at=now())
        publish()
        wait_for(lambda: receiver.system.store.due_confirmations(math.inf) == [])

    assert len(executed) > 10
    assert whole_table_reads(sharing, executed) == []
