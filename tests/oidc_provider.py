"""An OpenID provider of our own on loopback: discovery, keys, code exchange with PKCE."""

import base64
import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "pianqu-test", "a secret of the test"


class Provider:
    """Knows one person; `claims` overrides what it says of them, `key` with what it signs."""

    def __init__(self, now):
        self._now = now
        self.key = ECKey.generate_key("P-256", {"kid": "1"})
        self.published = self.key
        self.claims = {}
        self.asked = []
        self._codes = {}

    def agree(self, url):
        """The person agrees: the query the browser comes back with."""
        query = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes)}"
        self._codes[code] = query
        return {"code": code, "state": query["state"]}

    def about(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }

    def token(self, headers, form):
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        query = self._codes.pop(form.get("code"), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        self.asked.append(form)
        if headers["Authorization"] not in (f"Basic {basic}", f"Basic {plain}"):
            return None
        if query is None or challenge != query["code_challenge"]:
            return None
        at = int(self._now().timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "u-7", "iat": at, "exp": at + 300,
            "nonce": query["nonce"], **self.claims,
        }  # fmt: skip
        header = {"alg": "ES256", "kid": "1"}
        return {"id_token": jwt.encode(header, claims, self.key), "token_type": "Bearer",
                "access_token": "x"}  # fmt: skip


@contextmanager
def provider(now):
    """Serve one until the block ends."""
    told = Provider(now)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/jwks":
                self._say(200, {"keys": [told.published.as_dict(private=False)]})
            else:
                self._say(200, told.about())

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {k: v[0] for k, v in parse_qs(body).items()}
            answer = told.token(self.headers, form)
            self._say(200, answer) if answer else self._say(400, {"error": "invalid_grant"})

        def _say(self, status, body):
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
