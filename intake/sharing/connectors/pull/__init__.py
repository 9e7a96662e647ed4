"""A destination that asks for its events: the feed is in feed.py."""

from intake.sharing.connectors.pull.connector import Pull

__all__ = ["Pull"]
