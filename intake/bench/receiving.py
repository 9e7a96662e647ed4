"""A receiver of events for ``intake bench publish``: a process that does as little as one can."""

import json
import socketserver
from http.server import BaseHTTPRequestHandler
from multiprocessing.connection import Connection
from typing import ClassVar


class _Handler(BaseHTTPRequestHandler):
    """Remembers the order in which each student's events came."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    seen: ClassVar[set[str]] = set()
    last: ClassVar[dict[str, str]] = {}
    counts: ClassVar[dict[str, int]] = {"events": 0, "repeated": 0, "out_of_order": 0}

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        counts, student = self.counts, event["partitionkey"]
        counts["events"] += 1
        if event["id"] in self.seen:
            counts["repeated"] += 1
        elif event["sequence"] < self.last.get(student, ""):
            counts["out_of_order"] += 1
        self.seen.add(event["id"])
        self.last[student] = event["sequence"]
        self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    def do_DELETE(self) -> None:
        """Say what came, and forget it."""
        content = json.dumps(self.counts).encode()
        self.counts.update(dict.fromkeys(self.counts, 0))
        self.seen.clear()
        self.last.clear()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: writing lines would be measured too."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


def receive(port: Connection) -> None:
    """Serve on a free port of this machine, which is told through ``port``, until terminated."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        port.send(server.server_address[1])
        server.serve_forever()
