"""天地图, 高德, 腾讯 and 百度 on loopback, answering as their public pages say.

Written from those pages and not from our adapters: each knows one key, finds the places it was
told, says "nothing found" in its own way and refuses in its own codes.
"""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "right-key"
PATHS = {
    "/geocoder": "tianditu",
    "/v3/geocode/geo": "amap",
    "/ws/geocoder/v1/": "tencent",
    "/geocoding/v3/": "baidu",
}


@dataclass
class MapServices:
    """What they know, how they are, and what they were asked."""

    url: str = ""
    # service → what it answers with when asked with the right key
    found: dict = field(default_factory=dict)
    # service → "quota", "busy", "slow", "drip", "html", "list", "endless", "500", "429"
    mood: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def reset(self) -> None:
        """As new; who still waits for an answer gets it."""
        self.over.set()
        self.over = threading.Event()
        self.found, self.mood, self.asked = {}, {}, []

    def questions(self, service: str) -> list:
        """The query strings one of them got."""
        return [query for name, query, _ in self.asked if name == service]

    def answer(self, service: str, query: dict) -> dict:
        """What the page of this service says it answers."""
        mood, found = self.mood.get(service), self.found.get(service)
        return getattr(self, f"_{service}")(query, mood, found)

    def _tianditu(self, query: dict, mood, found) -> dict:
        if query.get("tk") != KEY:
            return {"code": 301001, "msg": "非法Key", "resolve": "请到API控制台重新申请Key"}
        if mood == "quota":
            return {"code": 302, "msg": "今日访问次数已超限"}
        if not json.loads(query["ds"]).get("keyWord"):
            return {"status": "404", "msg": "error"}
        if found is None:
            return {"status": "101", "msg": "结果为空"}
        place = {"keyWord": json.loads(query["ds"])["keyWord"], "score": 100, **found}
        return {"status": "0", "msg": "ok", "location": place, "searchVersion": "6.4.9V"}

    def _amap(self, query: dict, mood, found) -> dict:
        if query.get("key") != KEY:
            return {"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}
        if mood == "quota":
            return {"status": "0", "info": "DAILY_QUERY_OVER_LIMIT", "infocode": "10003"}
        if mood == "busy":
            return {"status": "0", "info": "ACCESS_TOO_FREQUENT", "infocode": "10004"}
        if not query.get("address"):
            return {"status": "0", "info": "MISSING_REQUIRED_PARAMS", "infocode": "20001"}
        places = [] if found is None else found if isinstance(found, list) else [found]
        whole = [
            {"country": "中国", "province": "上海市", "city": [], "township": [], **place}
            for place in places
        ]
        count = str(len(whole))
        return {"status": "1", "info": "OK", "infocode": "10000", "count": count, "geocodes": whole}

    def _tencent(self, query: dict, mood, found) -> dict:
        if query.get("key") != KEY:
            return {"status": 190, "message": "无效的key"}
        if mood == "quota":
            return {"status": 121, "message": "此key每日调用量已达到上限"}
        if mood == "busy":
            return {"status": 120, "message": "此key每秒请求量已达到上限"}
        # The page: without the city's name it is an error of the parameter.
        if "市" not in query.get("address", ""):
            return {"status": 306, "message": "参数错误"}
        if found is None:
            return {"status": 347, "message": "查询无结果"}
        base = {"title": query["address"], "similarity": 0.8, "deviation": 1000}
        return {"status": 0, "message": "query ok", "result": {**base, **found}}

    def _baidu(self, query: dict, mood, found) -> dict:
        if query.get("ak") != KEY:
            return {"status": 200, "message": "APP不存在，AK有误请检查再重试"}
        if mood == "quota":
            return {"status": 302, "message": "天配额超限，限制访问"}
        if mood == "busy":
            return {"status": 401, "message": "当前并发量已经超过约定并发配额，限制访问"}
        if not 0 < len(query.get("address", "").encode()) <= 84:
            return {"status": 2, "message": "Parameter Invalid"}
        if found is None:
            return {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []}
        return {"status": 0, "result": {"precise": 1, "comprehension": 100, **found}}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args) -> None:
        """Who asked may have gone: that is what is tested."""


RUBBISH = {
    "html": "<html>请登录</html>".encode(),
    "list": b"[1, 2]",
    "endless": b" " * 1_000_000,
    "deep": b"[" * 100_000,
}


def _handler(state: MapServices) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else head and body are 40 ms apart

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            service, over = PATHS[parts.path], state.over
            state.asked.append((service, query, dict(self.headers)))
            mood = state.mood.get(service, "")
            if mood == "slow":
                over.wait(5.0)
            body = json.dumps(state.answer(service, query), ensure_ascii=False).encode()
            body = RUBBISH.get(mood, body)
            self.send_response(int(mood) if mood.isdigit() else 200)
            self.send_header("Content-Type", "application/json;charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Set-Cookie", "YOU=known; Path=/")
            self.end_headers()
            for piece in [bytes([sign]) for sign in body] if mood == "drip" else [body]:
                if mood == "drip" and over.wait(0.02):
                    return
                self.wfile.write(piece)

        def log_message(self, *_args) -> None:
            """Quiet."""

    return Handler


@contextmanager
def map_services() -> Iterator[MapServices]:
    """All four, for as long as the block lasts."""
    state = MapServices()
    server = _Server(("127.0.0.1", 0), _handler(state))
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield state
    finally:
        state.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
