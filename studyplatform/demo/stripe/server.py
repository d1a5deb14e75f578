"""The HTTP server: a thread for each connection, the API, the hosted page and the controls behind one port."""

import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from studyplatform.demo.stripe import api, control, page
from studyplatform.demo.stripe.wire import Answer, Request
from studyplatform.demo.stripe.world import World

LARGEST = 1_000_000  # bytes of a body


class Server(ThreadingHTTPServer):
    """The listening socket, and the world its handlers speak for."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, world: World) -> None:
        self.world = world
        super().__init__((world.config.host, world.config.port), Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "LocalStripe"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 120

    def do_GET(self) -> None:
        """Answer a GET."""
        self._handle("GET")

    def do_HEAD(self) -> None:
        """Answer a HEAD as a GET without its body."""
        self._handle("GET")

    def do_POST(self) -> None:
        """Answer a POST."""
        self._handle("POST")

    def do_DELETE(self) -> None:
        """Answer a DELETE."""
        self._handle("DELETE")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the exchange log is the record."""

    def _handle(self, method: str) -> None:
        request = self._request(method)
        if request is None:
            self._send(Answer(413, ""))
            self.close_connection = True
            return
        self._send(self._answer(request))

    def _request(self, method: str) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST or "Transfer-Encoding" in self.headers:
            return None
        body = self.rfile.read(int(length)).decode("utf-8", "replace")
        parts = urlsplit(self.path)
        return Request(method, parts.path, parts.query, self.headers, body)

    def _answer(self, request: Request) -> Answer:
        world = self.server.world
        if request.path.startswith("/v1/"):
            return api.respond(world, request)
        if request.path.startswith("/_sandbox/"):
            status, body = control.respond(world, request.method, request.path, request.body)
            return Answer(status, json.dumps(body, ensure_ascii=False), {"Content-Type": "application/json"})
        return page.respond(world, request)

    def _send(self, answer: Answer) -> None:
        if answer.cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = answer.body.encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
