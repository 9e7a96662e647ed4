"""A worker of its own, to be killed: publishes once from the database whose URL it is given."""

import sys

from intake.clock import now
from intake.db.engine import Database
from intake.sharing.publisher import publish_due
from tests.conftest import RING, ZONE

if __name__ == "__main__":
    publish_due(
        Database(sys.argv[1], RING), at=now(), zone=ZONE, worker="killed", allow_private=True
    )
