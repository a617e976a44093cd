"""`POST /v1/cases` per second and its delay, against the same intake by ORM and ST_Covers.

Both servers are real uvicorn processes of one worker on the same durable private cluster, loaded
in turn by wrk (Debian's package), several rounds; only the ratios mean anything on a busy
machine. `python -m benchmarks.intake [--quick]` prints a table and writes results/intake.json.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from boundaries.library import install_seed
from cases.people import accounts
from store import cluster, migrate
from store.engine import make_engine, transaction

HERE = Path(__file__).parent
OURS, PEER = 8951, 8952
GOAL = 1.5  # times the ORM's rate with 8 clients, at the median
MISSED = f"MISSED: {GOAL} times the ORM's rate with 8 clients"
LUA = """
local id = 0
local run = os.getenv("RUN")
local thread = 0
function setup(t) thread = thread + 1; t:set("n", thread) end
function init() id = 0 end
function request()
  id = id + 1
  local body = string.format('{"source":"grid","external_id":"%s-%d-%d","title":"路灯不亮",'
    .. '"description":"夜间路灯不亮，行人不便。","address":"仓场路331号","lon":%.7f,"lat":%.7f,'
    .. '"crs":"WGS84","accuracy_m":10}', run, n, id, 121.2655 + (id % 97) * 1e-5,
    31.3885 + (id % 89) * 1e-5)
  return wrk.format("POST", "/v1/cases", {["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer " .. os.getenv("TOKEN")}, body)
end
local bad = 0
function response(status) if status ~= 201 then bad = bad + 1 end end
function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status))
end
"""


def serve(which, url, folder):
    code = {
        "ours": "from pathlib import Path; from pianqu.settings import Settings;"
        "from pianqu.server import run_server;"
        f"run_server(Settings(database_url={url!r}, port={OURS}, state_dir=Path({str(folder)!r})))",
        "peer": "import uvicorn; from benchmarks.orm_intake import make_app;"
        f"uvicorn.run(make_app({url!r}), port={PEER}, log_level='warning')",
        "flow-peer": "import uvicorn; from benchmarks.orm_flow import make_app;"
        f"uvicorn.run(make_app({url!r}), port={PEER}, log_level='warning')",
    }[which]
    process = subprocess.Popen([sys.executable, "-c", code], cwd=HERE.parent)
    port = OURS if which == "ours" else PEER
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2)
        except OSError:
            time.sleep(0.1)
        else:
            return process
    raise SystemExit(f"{which} did not start")


def load(port, connections, seconds, run, script, token):
    address = f"http://127.0.0.1:{port}"
    told = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, address],
        env={**os.environ, "RUN": run, "TOKEN": token},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    requests, micros, p50, p99, errors = map(int, re.findall(r"-?\d+", told.split("RESULT")[1])[:5])
    if errors:
        raise SystemExit(f"{errors} answers were not 2xx")
    return {"rate": requests / micros * 1e6, "p50_ms": p50 / 1000, "p99_ms": p99 / 1000}


def passed(engine, post="platform-grid"):
    """A bearer token of a post's account, as `pianqu account token` makes one."""
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        accounts.make_demo_accounts(conn, [post], now)
        return accounts.make_token(conn, post, now=now)


def measure(rounds, seconds):
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
            token = passed(engine)
            engine.dispose()
            script = folder / "load.lua"
            script.write_text(LUA)
            servers = [serve("ours", url, folder), serve("peer", url, folder)]
            for port in (OURS, PEER):
                load(port, 4, 2, f"warm{port}", str(script), token)
            for turn in range(rounds):
                order = (OURS, PEER) if turn % 2 == 0 else (PEER, OURS)
                for connections in (1, 8):
                    for port in order:
                        run = f"r{turn}c{connections}p{port}"
                        told = load(port, connections, seconds, run, str(script), token)
                        who = "ours" if port == OURS else "orm"
                        found.append({"who": who, "c": connections, "turn": turn, **told})
            check_rows(url)
        finally:
            for server in servers:
                server.terminate()
                server.wait()
            cluster.stop(folder)
    return found


def check_rows(url):
    """Both wrote whole cases: as many numbers, reports, events and feed rows, twice the clocks."""
    each = {
        "case_now": ("case_number", "case_report", "case_event", "feed", "deadline"),
        "orm_case": ("orm_number", "orm_report", "orm_event", "orm_outbox", "orm_deadline"),
    }
    time.sleep(2)  # wrk hangs up on requests that are still being served
    engine = make_engine(url)
    with engine.connect() as connection:

        def count(name):
            told = "WHERE kind = 'case'" if name == "feed" else ""
            return connection.execute(text(f"SELECT count(*) FROM {name} {told}")).scalar_one()  # noqa: S608

        for case, (*others, clocks) in each.items():
            cases = count(case)
            counts = {name: count(name) for name in others} | {clocks: count(clocks) / 2}
            if set(counts.values()) != {cases}:
                raise SystemExit(f"{case} has {cases} rows, but {counts}")
    engine.dispose()


def table(found):
    lines = [
        "| clients | ours /s | ORM + ST_Covers /s | ratio | ours p50/p99 ms | ORM p50/p99 ms |"
    ]
    lines.append("|--:|--:|--:|--:|--:|--:|")
    for clients in (1, 8):
        rows = {
            w: [f for f in found if f["who"] == w and f["c"] == clients] for w in ("ours", "orm")
        }
        mid = {w: statistics.median(f["rate"] for f in r) for w, r in rows.items()}
        ratios = [a["rate"] / b["rate"] for a, b in zip(rows["ours"], rows["orm"], strict=True)]
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
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing. Repair: apt-get install wrk")
    found = measure(rounds=2 if quick else 5, seconds=2 if quick else 5)
    told = table(found)
    print(told)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "intake.json").write_text(
        json.dumps(
            {"machine": platform.platform(), "cores": os.cpu_count(), "runs": found}, indent=1
        )
        + "\n"
    )
    if MISSED in told:
        sys.exit(1)


if __name__ == "__main__":
    main()
