"""Commands per second from acceptance to closing, against the same flow by ORM with an audit table.

Both servers are real uvicorn processes of one worker on the same durable private cluster. Clients
take a case each through 受理 → 派单 → 签收 → 处置反馈 → 结案评价, each command by the post the plan
names with a bearer token of its own; the next command goes out when the last is answered. Several
rounds, in turn; only the ratios mean anything on a busy machine. `python -m benchmarks.flow
[--quick]` prints a table and writes results/flow.json.
"""

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import orm_flow
from benchmarks.intake import OURS, PEER, serve
from boundaries.library import install_seed
from cases.people import accounts
from store import cluster, migrate
from store.engine import make_engine, transaction

HERE = Path(__file__).parent
GOAL = 2.0
MISSED = f"MISSED: {GOAL} times the ORM's rate with 8 clients"
DESK, STATION = "coordinator-140901", "station-14090104"
POSTS = (DESK, STATION, "platform-grid")
POINTS = [
    {"code": code, "passed": True}
    for code in ("description", "law", "opinion", "photos", "language")
]
COMMANDS = (
    ("acceptance", DESK, {}),
    ("dispatch", DESK, {"station": STATION.removeprefix("station-")}),
    ("signing", STATION, {}),
    ("feedback", STATION, {"text": "已更换灯泡，恢复照明。"}),
    ("closing", DESK, {"points": POINTS, "report": "经核查，路灯已恢复照明，予以结案。"}),
)


class Connection:
    """One kept-alive HTTP/1.1 connection; as little client as will do."""

    def __init__(self, port):
        self.port = port

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def post(self, path, token, body):
        content = json.dumps(body).encode()
        self.writer.write(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1])
            for line in head.splitlines()
            if line.lower().startswith("content-length")
        )
        answer = await self.reader.readexactly(length)
        status = int(head.split()[1])
        if not 200 <= status < 300:
            raise SystemExit(f"{path}: {status} {answer[:300]!r}")
        return answer


async def run(port, tokens, cases, clients):
    """Take all cases through the flow; the seconds and each command's delay."""
    waiting, delays = list(cases), []

    async def work():
        connection = Connection(port)
        await connection.open()
        while waiting:
            case = waiting.pop()
            for verb, post, body in COMMANDS:
                begun = time.perf_counter()
                await connection.post(f"/v1/cases/{case}/{verb}", tokens[post], body)
                delays.append(time.perf_counter() - begun)
        connection.writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(clients)))
    return time.perf_counter() - begun, delays


async def received(tokens, count, run_name):
    """Cases of ours, brought in by their platform."""
    connection, ids = Connection(OURS), []
    await connection.open()
    for number in range(count):
        body = {
            "source": "grid", "external_id": f"{run_name}-{number}", "title": "路灯不亮",
            "to_sector": "140901", "lon": 121.258078, "lat": 31.378365, "crs": "WGS84",
            "accuracy_m": 10,
        }  # fmt: skip
        answer = await connection.post("/v1/cases", tokens["platform-grid"], body)
        ids.append(json.loads(answer)["case"]["id"])
    return ids


def measure(rounds, count):
    found = []
    with tempfile.TemporaryDirectory(prefix="pqb-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        url = cluster.ensure(folder)
        servers = []
        try:
            migrate.upgrade(url)
            engine = make_engine(url)
            install_seed(engine, datetime.now(UTC))
            now = datetime.now(UTC)
            with transaction(engine) as conn:
                accounts.make_demo_accounts(conn, POSTS, now)
                tokens = {post: accounts.make_token(conn, post, now=now) for post in POSTS}
            engine.dispose()
            servers = [serve("ours", url, folder), serve("flow-peer", url, folder)]
            orm_flow.fill(url, tokens, [])
            for turn in range(-1, rounds):  # the first one warms up
                order = (OURS, PEER) if turn % 2 == 0 else (PEER, OURS)
                for clients in (1, 8):
                    for port in order:
                        ids = prepared(port, url, tokens, count, f"{turn}-{clients}-{port}")
                        seconds, delays = asyncio.run(run(port, tokens, ids, clients))
                        delays.sort()
                        found.append(
                            {
                                "who": "ours" if port == OURS else "orm",
                                "c": clients,
                                "turn": turn,
                                "rate": len(delays) / seconds,
                                "p50_ms": 1000 * delays[len(delays) // 2],
                                "p99_ms": 1000 * delays[int(len(delays) * 0.99)],
                            }
                        )
        finally:
            for server in servers:
                server.terminate()
                server.wait()
            cluster.stop(folder)
    return [row for row in found if row["turn"] >= 0]


def prepared(port, url, tokens, count, name):
    if port == OURS:
        return asyncio.run(received(tokens, count, name))
    cases = [(uuid.uuid4(), f"{name}-{number}") for number in range(count)]
    orm_flow.fill(url, {}, cases)
    return [str(id) for id, _ in cases]


def table(found):
    lines = ["| clients | ours /s | ORM /s | ratio | ours p50/p99 ms | ORM p50/p99 ms |"]
    lines.append("|--:|--:|--:|--:|--:|--:|")
    for clients in (1, 8):
        rows = {
            w: [f for f in found if f["who"] == w and f["c"] == clients] for w in ("ours", "orm")
        }
        mid = {w: statistics.median(f["rate"] for f in r) for w, r in rows.items()}
        ratios = [
            next(o["rate"] for o in rows["ours"] if o["turn"] == peer["turn"]) / peer["rate"]
            for peer in rows["orm"]
        ]
        ms = {
            w: "/".join(f"{statistics.median(f[k] for f in r):.1f}" for k in ("p50_ms", "p99_ms"))
            for w, r in rows.items()
        }
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        lines.append(
            f"| {clients} | {mid['ours']:.0f} | {mid['orm']:.0f} | {spread} |"
            f" {ms['ours']} | {ms['orm']} |"
        )
        if clients == 8 and statistics.median(ratios) < GOAL:
            lines += ["", MISSED]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    found = measure(rounds=2 if quick else 5, count=60 if quick else 150)
    told = table(found)
    print(told)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "flow.json").write_text(
        json.dumps(
            {"machine": platform.platform(), "cores": os.cpu_count(), "runs": found}, indent=1
        )
        + "\n"
    )
    if MISSED in told:
        sys.exit(1)


if __name__ == "__main__":
    main()
