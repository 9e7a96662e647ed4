"""A worker of its own, to be killed between handing over and marking."""

import sys
import time
from collections.abc import Mapping, Sequence

from intake.clock import now
from intake.db.engine import Database
from intake.sharing.connectors import DeliveryFailed, Letter
from intake.sharing.connectors.file import JsonLines
from intake.sharing.connectors.sftp_csv import SftpCsv
from intake.sharing.shipments import ship_due
from tests.conftest import RING, ZONE


def _and_hang(kind: type[SftpCsv] | type[JsonLines]) -> None:
    ship = kind.ship

    def ship_and_hang(
        self: SftpCsv | JsonLines, shipment: str, letters: Sequence[Letter]
    ) -> Mapping[str, DeliveryFailed]:
        ship(self, shipment, letters)  # type: ignore[arg-type]
        print("uploaded", flush=True)
        time.sleep(60)
        return {}

    kind.ship = ship_and_hang  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    for kind in (SftpCsv, JsonLines):
        _and_hang(kind)
    ship_due(Database(sys.argv[1], RING), at=now(), zone=ZONE, worker="killed", allow_private=True)
