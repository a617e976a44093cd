"""From a report's sending to its event on the map: 50 open live streams while cases come in.

One real `pianqu` server on a durable private cluster; the streams are read in this process, whose
own share is in the figures. `python -m benchmarks.live [--quick] [--streams 500 --rates 2]` prints
a table and writes results/live.json (live-500.json); it fails when the 99th percentile is above
one second or an event is missing.
"""

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import numpy as np

from benchmarks.intake import OURS, passed, serve
from boundaries.library import install_seed
from store import cluster, migrate
from store.engine import make_engine

HERE = Path(__file__).parent
ADDRESS = f"http://127.0.0.1:{OURS}/v1"
STREAMS = 50
GOAL_S = 1.0


async def follow(client, heard, opened, token):
    signed = {"Authorization": f"Bearer {token}"}
    async with client.stream("GET", f"{ADDRESS}/live", headers=signed) as stream:
        async for line in stream.aiter_lines():
            if line == "event: hello":
                opened.release()
            elif line.startswith("data: ") and '"case":"' in line:
                case = line.partition('"case":"')[2][:36]
                heard.setdefault(case, []).append(time.perf_counter())


async def report(client, number, token):
    body = {
        "source": "grid",
        "external_id": f"L-{number}",
        "description": "夜间路灯不亮",
        "lon": 121.2655 + number % 97 * 1e-5,
        "lat": 31.3885,
        "crs": "WGS84",
        "accuracy_m": 10,
    }
    sent = time.perf_counter()
    signed = {"Authorization": f"Bearer {token}"}
    answer = await client.post(f"{ADDRESS}/cases", json=body, headers=signed)
    answer.raise_for_status()
    return answer.json()["case"]["id"], sent


async def measure(rate, seconds, tokens, streams):
    """Send so many a second; return each event's delay on each stream."""
    limits = httpx2.Limits(max_connections=None)
    timeout = httpx2.Timeout(30, read=60)
    async with httpx2.AsyncClient(limits=limits, timeout=timeout, trust_env=False) as client:
        heard, opened = {}, asyncio.Semaphore(0)
        followers = [
            asyncio.create_task(follow(client, heard, opened, tokens["street-centre"]))
            for _ in range(streams)
        ]
        for _ in followers:
            await opened.acquire()
        sendings = []
        for number in range(int(rate * seconds)):
            sendings.append(
                asyncio.create_task(
                    report(client, rate * 1_000_000 + number, tokens["platform-grid"])
                )
            )
            await asyncio.sleep(1 / rate)
        sent = dict(await asyncio.gather(*sendings))
        deadline = time.perf_counter() + 10
        while time.perf_counter() < deadline:
            if all(len(heard.get(case, ())) == streams for case in sent):
                break
            await asyncio.sleep(0.05)
        for follower in followers:
            follower.cancel()
        await asyncio.gather(*followers, return_exceptions=True)
    delays = [at - sent[case] for case in sent for at in heard.get(case, ())]
    missing = len(sent) * streams - len(delays)
    p50, p99, most = (float(np.quantile(delays, q)) for q in (0.5, 0.99, 1))
    return {
        "rate": rate,
        "cases": len(sent),
        "events": len(delays),
        "missing": missing,
        "p50_ms": p50 * 1e3,
        "p99_ms": p99 * 1e3,
        "max_ms": most * 1e3,
    }


def run(rates, seconds, streams):
    with tempfile.TemporaryDirectory(prefix="pqb-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        url = cluster.ensure(folder)
        server = None
        try:
            migrate.upgrade(url)
            engine = make_engine(url)
            install_seed(engine, datetime.now(UTC))
            tokens = {post: passed(engine, post) for post in ("platform-grid", "street-centre")}
            engine.dispose()
            server = serve("ours", url, folder)
            asyncio.run(measure(5, 2, tokens, streams))
            return [asyncio.run(measure(rate, seconds, tokens, streams)) for rate in rates]
        finally:
            if server is not None:
                server.terminate()
                server.wait()
            cluster.stop(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--streams", type=int, default=STREAMS)
    parser.add_argument("--rates", type=int, nargs="+", default=[2, 20])
    given = parser.parse_args()
    found = run(given.rates, 5 if given.quick else 30, given.streams)
    print(
        f"| cases a second, {given.streams} streams | events | missing | p50 ms | p99 ms | max ms |"
    )
    print("|--:|--:|--:|--:|--:|--:|")
    for row in found:
        print(
            f"| {row['rate']} | {row['events']} | {row['missing']} | {row['p50_ms']:.0f}"
            f" | {row['p99_ms']:.0f} | {row['max_ms']:.0f} |"
        )
    told = {"machine": platform.platform(), "cores": os.cpu_count(), "runs": found}
    (HERE / "results").mkdir(exist_ok=True)
    name = "live.json" if given.streams == STREAMS else f"live-{given.streams}.json"
    (HERE / "results" / name).write_text(json.dumps(told, indent=1) + "\n")
    if any(row["missing"] or row["p99_ms"] > GOAL_S * 1e3 for row in found):
        sys.exit("MISSED: every event on every stream within a second")


if __name__ == "__main__":
    main()
