"""A file on this machine, one event a line."""

from intake.sharing.connectors.file.connector import JsonLines

__all__ = ["JsonLines"]
