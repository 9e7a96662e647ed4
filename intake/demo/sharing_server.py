"""Serves the reference sharing system for the demonstration; settings come from ``SHARING_*``."""

import os
import signal
from pathlib import Path
from types import FrameType

from werkzeug.serving import make_server

from intake.demo.sharing_system.app import create_sharing_system


def main() -> None:
    """Serve until terminated."""
    app = create_sharing_system(
        Path(os.environ["SHARING_DATABASE"]),
        os.environ["SHARING_SECRET"],
        os.environ["SHARING_CONFIRM_URL"],
        allow_faults=True,
    )
    server = make_server("127.0.0.1", int(os.environ["SHARING_PORT"]), app, threaded=True)
    signal.signal(signal.SIGTERM, _end)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        app.extensions["sharing_system"].sender.stop()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
