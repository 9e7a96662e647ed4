"""An application on a port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server


@contextmanager
def serving(app: Flask, port: int = 0, *, host: str = "127.0.0.1") -> Iterator[BaseWSGIServer]:
    """The application on a free port, or on the one given."""
    server = make_server(host, port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
