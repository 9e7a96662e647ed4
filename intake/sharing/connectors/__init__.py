"""The kinds of destinations, one folder each."""

from intake.sharing.connectors.base import (
    Connector,
    Delivery,
    DeliveryFailed,
    InvalidTarget,
    Letter,
    ReceiptFile,
    Target,
)
from intake.sharing.connectors.file import JsonLines
from intake.sharing.connectors.pull import Pull
from intake.sharing.connectors.sftp_csv import SftpCsv
from intake.sharing.connectors.webhook import Webhook

CONNECTORS: dict[str, type[Connector]] = {
    connector.kind: connector for connector in (Webhook, SftpCsv, Pull, JsonLines)
}

__all__ = [
    "CONNECTORS",
    "Connector",
    "Delivery",
    "DeliveryFailed",
    "InvalidTarget",
    "Letter",
    "ReceiptFile",
    "Target",
]
