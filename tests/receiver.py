"""A street centre's own system, as it may be: failing, slow, deaf, and in the end well."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Delivery:
    """One request as it came."""

    id: str
    body: dict
    signed: bool
    at: float


@dataclass
class Receiver:
    """Answers with the next of `plan`: a status, "hang up", ("slow", seconds) or ("drip", s)."""

    secret: bytes
    url: str = ""
    plan: list = field(default_factory=list)
    came: list[Delivery] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers, body: bytes):
        """Note a request and say what to do with it."""
        stamp = headers["X-Pianqu-Timestamp"]
        # Written out here on purpose: what we say of our signature must be enough to check it.
        wanted = hmac.new(self.secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        signed = headers["X-Pianqu-Signature"] == f"sha256={wanted}"
        fresh = abs(time.time() - int(stamp)) < 300
        with self._lock:
            self.came.append(
                Delivery(
                    headers["X-Pianqu-Delivery"], json.loads(body), signed and fresh, time.time()
                )
            )
            self.arrived.set()
            return self.plan.pop(0) if self.plan else 204


@contextmanager
def receiver(secret: str) -> Iterator[Receiver]:
    """A receiver on loopback for as long as the block lasts."""
    state = Receiver(secret.encode())
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            step = state.take(self.headers, body)
            if step == "hang up":
                self.close_connection = True
                return
            if isinstance(step, tuple):
                kind, seconds = step
                if kind == "drip":
                    self._drip(seconds)
                    return
                done.wait(seconds)
                step = 204
            self.send_response(step)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _drip(self, seconds: float) -> None:
            """A header line now and then: never silent for long, never done."""
            end = time.monotonic() + seconds
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while time.monotonic() < end and not done.wait(0.5):
                self.wfile.write(b"X-Patience: please\r\n")
                self.wfile.flush()
            self.close_connection = True

        def log_message(self, *_args) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args) -> None:
            """A caller that gave up on us is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}/refusals"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield state
    finally:
        done.set()
        server.shutdown()
        server.server_close()
        thread.join()
