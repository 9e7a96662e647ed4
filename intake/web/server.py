"""The production server: gunicorn, with our application and no access log.

Addresses hold links that are as good as keys, so they are never written to a log.
"""

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from intake.config import Settings
from intake.installation import open_installation
from intake.web.app import create_app
from pdf.fonts import catalogue


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn around ``create_app``; each process connects for itself after the fork."""

    def __init__(
        self, settings: Settings, *, host: str, port: int, workers: int, threads: int
    ) -> None:
        self._settings = settings
        self._options: dict[str, Any] = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "timeout": 60,
            "graceful_timeout": 20,
            "limit_request_line": 2048,
            "limit_request_fields": 60,
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called by gunicorn in each worker process."""
        app = create_app(open_installation(self._settings))
        catalogue()  # the first family shouldn't wait for the fonts to be read
        # What is loaded now stays: the collector needn't look at it again in each request.
        gc.collect()
        gc.freeze()
        return app
