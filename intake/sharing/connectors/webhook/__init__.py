"""Deliveries by HTTP POST, signed as in Standard Webhooks."""

from intake.sharing.connectors.webhook.connector import Webhook

__all__ = ["Webhook"]
