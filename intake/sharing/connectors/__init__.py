"""The kinds of destinations, one folder each."""

from intake.sharing.connectors.base import Connector, DeliveryFailed, Target
from intake.sharing.connectors.webhook import Webhook

CONNECTORS: dict[str, type[Connector]] = {Webhook.kind: Webhook}

__all__ = ["CONNECTORS", "Connector", "DeliveryFailed", "Target"]
