"""The dispatch screen with many cases in a real browser, beside Leaflet with markercluster.

One database, two of our servers (rows only; tiles above the threshold) and the peer's page, all in
one run: time to a usable map with 10,000 open cases, the main thread and the bytes while the map is
panned with 100,000 cases and 5,000 walking people, and from a report to the screen.
`python -m benchmarks.screen [--quick]` prints tables and writes results/screen.json and screen.md.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.screen_world import Walk, fill
from boundaries.library import install_seed
from boundaries.locate import edition_in_force
from cases.people import accounts, seed_roster
from store import cluster, migrate
from store.engine import make_engine, transaction

HERE = Path(__file__).parent
MODULES = HERE.parent / "web" / "app" / "node_modules"
PORTS = {"rows": 8953, "tiles": 8954}
POST = "coordinator-140901"
CHROMIUM = "/usr/bin/chromium"
WATCH = """
window.tasks = [];
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) window.tasks.push(e.duration);
}).observe({ type: 'longtask', buffered: true });
window.dropped = [];
new MutationObserver((changes) => {
  for (const c of changes) for (const n of c.addedNodes) {
    if (n.nodeType === 1 && (n.matches('[data-drop]') || n.querySelector('[data-drop]')))
      window.dropped.push(Date.now());
  }
}).observe(document, { childList: true, subtree: true });
"""
RENDERER = """() => {
  const gl = document.createElement('canvas').getContext('webgl2');
  const told = gl && gl.getExtension('WEBGL_debug_renderer_info');
  return told ? gl.getParameter(told.UNMASKED_RENDERER_WEBGL) : 'none';
}"""


def serve(url, folder, name, above):
    code = (
        "from pathlib import Path; from pianqu.settings import Settings;"
        "from pianqu.server import run_server;"
        f"run_server(Settings(database_url={url!r}, port={PORTS[name]}, demo=True,"
        f" tiles_above={above}, state_dir=Path({str(folder)!r})))"
    )
    return subprocess.Popen([sys.executable, "-c", code], cwd=HERE.parent)


def until_ready(name):
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORTS[name]}/readyz", timeout=2)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{name} did not start")


def send(token, number, lon=121.2581, lat=31.3784):
    body = {
        "source": "grid", "external_id": f"S-{number}", "title": "路灯不亮", "lon": lon, "lat": lat,
        "crs": "WGS84", "accuracy_m": 10,
    }  # fmt: skip
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORTS['tiles']}/v1/cases",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=20).read()


class Screen:
    """One page, logged in, with its bytes counted."""

    def __init__(self, browser, name):
        self.name = name
        self.base = f"http://127.0.0.1:{PORTS['tiles' if name == 'leaflet' else name]}"
        self.context = browser.new_context(viewport={"width": 1600, "height": 900})
        answer = self.context.request.post(f"{self.base}/v1/session/demo", data={"post": POST})
        assert answer.ok, answer.text()
        self.page = self.context.new_page()
        # A page that breaks would be waited for until the limit; said aloud it is seen.
        self.page.on("pageerror", lambda error: print(f"{name}: {error}", flush=True))
        self.page.add_init_script(WATCH)
        self.bytes, self.tiles_at = 0, []
        wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self._count)
        self.page.on("response", self._tile)

    def _count(self, told):
        self.bytes += int(told["encodedDataLength"])

    def _tile(self, answer):
        if "/v1/tiles/cases" in answer.url:
            self.tiles_at.append(time.time())

    def open(self):
        """The seconds until the map can be used: drawn, with its cases."""
        begun = time.perf_counter()
        if self.name == "leaflet":
            self._open_peer()
        else:
            self.page.goto(self.base)
            self.page.wait_for_selector(".map[data-ready=true]", timeout=120_000)
            self.page.wait_for_selector("[data-case]", timeout=120_000)
            self._until_still()
        return time.perf_counter() - begun

    def _open_peer(self):
        style = "html,body,#map{height:100%;margin:0}"
        self.page.route(
            "**/peer",
            lambda route: route.fulfill(
                content_type="text/html; charset=utf-8",
                body=f"<!doctype html><style>{style}</style><div id=map></div>",
            ),
        )
        self.page.goto(f"{self.base}/peer")
        for file in ("leaflet/dist/leaflet.css", "leaflet.markercluster/dist/MarkerCluster.css",
                     "leaflet.markercluster/dist/MarkerCluster.Default.css"):  # fmt: skip
            self.page.add_style_tag(path=MODULES / file)
        for file in ("leaflet/dist/leaflet.js",
                     "leaflet.markercluster/dist/leaflet.markercluster.js"):  # fmt: skip
            self.page.add_script_tag(path=MODULES / file)
        self.page.add_script_tag(path=HERE / "screen_peer.js")
        self.page.wait_for_selector("body[data-ready]", timeout=300_000)

    def _until_still(self, most=10.0):
        """Until no long task has come for half a second, at most so long."""
        before, end = -1, time.perf_counter() + most
        while time.perf_counter() < end:
            now = self.page.evaluate("window.tasks.length")
            if now == before:
                return
            before = now
            self.page.wait_for_timeout(500)

    def pan(self, rounds):
        """Drag the map along a square and zoom in and out; what it cost."""
        self.page.evaluate("window.tasks = []")
        before, begun = self.bytes, time.perf_counter()
        for turn in range(rounds):
            for dx, dy in ((-200, 0), (0, -150), (200, 0), (0, 150)):
                self.page.mouse.move(800, 450)
                self.page.mouse.down()
                self.page.mouse.move(800 + dx, 450 + dy, steps=12)
                self.page.mouse.up()
                self.page.wait_for_timeout(250)
            self.page.mouse.wheel(0, -400 if turn % 2 == 0 else 400)
            self.page.wait_for_timeout(800)
        tasks = self.page.evaluate("window.tasks")
        return {
            "seconds": time.perf_counter() - begun,
            "long_tasks": len(tasks),
            "long_ms": sum(tasks),
            "longest_ms": max(tasks, default=0.0),
            "kB": (self.bytes - before) / 1000,
        }

    def dropped(self, most=30.0):
        """When the newest case came into the DOM; the page's policy forbids a waiting eval."""
        end = time.perf_counter() + most
        while not (at := self.page.evaluate("window.dropped[0]")):
            if time.perf_counter() > end:
                raise SystemExit(f"{self.name}: a report did not come onto the map")
            self.page.wait_for_timeout(50)
        return at

    def close(self):
        self.context.close()


def delays(screen, token, count, run):
    """From the sending of a report to its mark in the DOM and to the next tile, in ms."""
    seen, tiles = [], []
    for number in range(count):
        screen.page.evaluate("window.dropped = []")
        sent = time.time()
        send(token, f"{run}-{number}")
        seen.append(screen.dropped() - 1000 * sent)
        screen.page.wait_for_timeout(1_300)
        tiles += [1000 * (at - sent) for at in screen.tiles_at if at > sent][:1]
    return {"dom": spread(seen), "tile": spread(tiles) if tiles else None, "n": len(seen)}


def spread(values):
    ordered = sorted(values)
    return {"p50": statistics.median(ordered), "p99": ordered[int(0.99 * (len(ordered) - 1))]}


def measure(args):
    found = {"open": {}, "pan": {}, "delay": {}}
    with tempfile.TemporaryDirectory(prefix="pqb-") as name, sync_playwright() as play:
        folder = Path(name)
        folder.chmod(0o755)
        url = cluster.ensure(folder)
        servers = []
        try:
            migrate.upgrade(url)
            engine = make_engine(url)
            now = datetime.now(UTC)
            install_seed(engine, now)
            with transaction(engine) as conn:
                seed_roster.install(conn, edition_in_force(conn, now), now, holders=True)
                accounts.make_demo_accounts(conn, [POST, "platform-grid"], now)
                token = accounts.make_token(conn, "platform-grid", now=now)
            servers = [serve(url, folder, "tiles", 3000), serve(url, folder, "rows", 10**9)]
            for port in PORTS:
                until_ready(port)
            send(token, "model")
            browser = play.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
            )
            found["chromium"] = browser.version
            fill(engine, datetime.now(UTC), cases=args.few)
            for who in ("leaflet", "rows", "tiles"):
                found["open"][who] = []
                for _ in range(args.rounds):
                    screen = Screen(browser, who)
                    seconds = screen.open()
                    found["open"][who].append({"s": seconds, "kB": screen.bytes / 1000})
                    found["renderer"] = screen.page.evaluate(RENDERER)
                    if who != "leaflet" and len(found["open"][who]) == args.rounds:
                        found["delay"][who] = delays(screen, token, args.reports, who)
                    screen.close()
                print("open", who, found["open"][who], found["delay"].get(who), flush=True)
            begun = time.perf_counter()
            fill(engine, datetime.now(UTC), cases=args.many - args.few, people=args.people,
                 cameras=args.cameras)  # fmt: skip
            found["fill_s"] = time.perf_counter() - begun
            with Walk(engine):
                for who in ("leaflet", "rows", "tiles"):
                    screen = Screen(browser, who)
                    opened = screen.open()
                    first = screen.bytes / 1000
                    if args.pictures:
                        screen.page.screenshot(path=Path(args.pictures) / f"{who}.png")
                    found["pan"][who] = {
                        "open_s": opened,
                        "open_kB": first,
                        **screen.pan(args.pans),
                    }
                    screen.close()
                    print("pan", who, found["pan"][who], flush=True)
            browser.close()
            engine.dispose()
        finally:
            for server in servers:
                server.terminate()
                server.wait()
            cluster.stop(folder)
    return found


def tables(found, args):
    names = {"leaflet": "Leaflet + markercluster", "rows": "ours, rows", "tiles": "ours, tiles"}
    lines = [
        "# The dispatch screen with many cases",
        "",
        f"`python -m benchmarks.screen`; Chromium {found['chromium']}, renderer"
        f" `{found['renderer']}` (no graphics card), {os.cpu_count()} cores busy with other work."
        " All in one run on one database; only the ratios mean anything.",
        "",
        f"## Usable map, {args.few:,} open cases (best of {args.rounds})",
        "",
        "| screen | s | kB |",
        "|---|--:|--:|",
    ]
    for who, rows in found["open"].items():
        best = min(rows, key=lambda row: row["s"])
        lines.append(f"| {names[who]} | {best['s']:.1f} | {best['kB']:,.0f} |")
    lines += [
        "",
        f"## Panning: {args.many:,} open cases, {args.people:,} people (a tenth moves each second),"
        f" {args.cameras:,} cameras",
        "",
        "| screen | open s | open kB | pan s | long tasks | total ms | longest ms | kB panning |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for who, row in found["pan"].items():
        lines.append(
            f"| {names[who]} | {row['open_s']:.1f} | {row['open_kB']:,.0f} | {row['seconds']:.0f} |"
            f" {row['long_tasks']} | {row['long_ms']:,.0f} | {row['longest_ms']:,.0f} |"
            f" {row['kB']:,.0f} |"
        )
    peer, ours = found["pan"]["leaflet"], found["pan"]["tiles"]
    lines += [
        "",
        f"Leaflet's main thread is held {peer['long_ms'] / max(1.0, ours['long_ms']):.1f} times as"
        f" long as ours with tiles, its longest task"
        f" {peer['longest_ms'] / max(1.0, ours['longest_ms']):.1f} times, and it opens in"
        f" {peer['open_s'] / ours['open_s']:.1f} times the time. The whole screen of ours (queue,"
        " numbers, case panel) runs in these figures; the peer's page is a map and nothing else,"
        " with no base map. Ours with rows shows the newest 10,000 cases only.",
        "",
        f"## From `POST /v1/cases` to the screen ({args.few:,} cases)",
        "",
        "| screen | mark in the DOM p50 / p99 ms | next tile p50 / p99 ms | reports |",
        "|---|--:|--:|--:|",
    ]
    for who, row in found["delay"].items():
        tile = "{p50:.0f} / {p99:.0f}".format(**row["tile"]) if row["tile"] else "–"
        dom = "{p50:.0f} / {p99:.0f}".format(**row["dom"])
        lines.append(f"| {names[who]} | {dom} | {tile} | {row['n']} |")
    lines += ["", "The tile waits for one second of changes; the case's own mark does not.", ""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--brief", action="store_true", help="full size, one round of each")
    parser.add_argument("--pictures", help="a folder for pictures of the three screens")
    args = parser.parse_args()
    small = args.quick
    args.few, args.many = (1_000, 5_000) if small else (10_000, 100_000)
    args.people, args.cameras = (200, 100) if small else (5_000, 2_000)
    args.rounds, args.reports, args.pans = (1, 3, 1) if small else (2, 20, 4)
    if args.brief:
        args.rounds, args.reports, args.pans = 1, 8, 1
    found = measure(args)
    told = tables(found, args)
    print(told)
    if not small:
        (HERE / "results" / "screen.json").write_text(json.dumps(found, indent=1) + "\n")
        (HERE / "results" / "screen.md").write_text(told)


if __name__ == "__main__":
    main()
