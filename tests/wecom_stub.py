"""A 政务微信 of our own on loopback, as the public contract describes it.

Written from the contract and not from our client: tokens that end, users it does not know
(`invaliduser`, errcode 0 all the same), a robot with a limit, duplicates dropped.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CORP, SECRET, AGENT, ROBOT_KEY = "ww-corp", "s3cret", 1000002, "robot-key"


@dataclass
class WeComStub:
    """What it knows and what it was asked."""

    url: str = ""
    users: set = field(default_factory=set)
    tokens: dict = field(default_factory=dict)
    sent: list = field(default_factory=list)
    texts: list = field(default_factory=list)
    said: list = field(default_factory=list)
    calls: list = field(default_factory=list)
    robot_left: int = 20
    # Answers that come before any other, one a call: an errcode or an HTTP status as a string.
    plan: list = field(default_factory=list)

    def expire(self) -> None:
        """Every token so far is at its end."""
        self.tokens = dict.fromkeys(self.tokens, False)

    def answer(self, path: str, query: dict, body: dict) -> dict:
        """What the contract says."""
        self.calls.append(path)
        if path == "/cgi-bin/gettoken":
            if (query.get("corpid"), query.get("corpsecret")) != (CORP, SECRET):
                return {"errcode": 40001, "errmsg": "invalid credential"}
            token = f"token-{len(self.tokens)}"
            self.tokens[token] = True
            return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}
        if path == "/cgi-bin/message/send":
            return self._send(query.get("access_token"), body)
        if path == "/cgi-bin/webhook/send":
            return self._say(query.get("key"), body)
        return {"errcode": -1, "errmsg": "system busy"}

    def _send(self, token, body: dict) -> dict:
        if self.tokens.get(token) is None:
            return {"errcode": 40014, "errmsg": "invalid access_token"}
        if not self.tokens[token]:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        if body.get("agentid") != AGENT:
            return {"errcode": 301002, "errmsg": "not allow operate another agent"}
        users = body.get("touser", "").split("|")
        if len(users) > 1000:
            return {"errcode": 40031, "errmsg": "invalid userid list size"}
        known = [user for user in users if user in self.users]
        if not known:
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        part = {k: v for k, v in body.items() if k not in ("touser", "agentid")}
        if not (body.get("enable_duplicate_check") and (known, part) in self.texts):
            self.texts.append((known, part))
            self.sent.append({"users": known, **part})
        return {
            "errcode": 0,
            "errmsg": "ok",
            "invaliduser": "|".join(u.lower() for u in users if u not in self.users),
            "msgid": f"msg-{len(self.sent)}",
        }

    def _say(self, key, body: dict) -> dict:
        if key != ROBOT_KEY:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        if self.robot_left <= 0:
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        self.robot_left -= 1
        self.said.append(body["text"]["content"])
        return {"errcode": 0, "errmsg": "ok"}


@contextmanager
def wecom_stub(*users: str) -> Iterator[WeComStub]:
    """A stub that knows some users, for as long as the block lasts."""
    state = WeComStub(users=set(users))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            step = state.plan.pop(0) if state.plan else None
            status = int(step) if isinstance(step, str) else 200
            found = {"errcode": step, "errmsg": "planned"} if isinstance(step, int) else None
            found = found or state.answer(parts.path, query, json.loads(raw or b"{}"))
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815 - the names are http.server's

        def log_message(self, *_args) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
