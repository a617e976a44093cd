"""Cases stream in while everything is killed; afterwards every promise is counted up.

A promise is an HTTP 2xx: whoever got one may forget the report. Whoever got none sends it again
with the same number, as a platform does, since the outcome is unknown.
"""

import contextlib
import dataclasses
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import signed
from places import IN_MALU, ON_THE_LINE, SURE_140901, SURE_140902
from processes import Site
from sqlalchemy import Connection, text

from cases import journal, queries
from store import cluster
from store.engine import make_engine, transaction

SPOTS = (*[SURE_140901] * 3, *[SURE_140902] * 2, ON_THE_LINE, *[IN_MALU] * 3, None)
KILLS = ("worker", "serve", "cluster", "backend", "all", "cluster and serve")
PATIENCE_S = 120.0


@dataclass
class Promises:
    """What the senders were told, and what it took."""

    cases: dict[str, str] = field(default_factory=dict)  # external id → case id
    decided: dict[str, str] = field(default_factory=dict)  # case id → the act with a 2xx
    broken: list[str] = field(default_factory=list)
    resent: int = 0
    acts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, external_id: str, case_id: str) -> None:
        """Note the case a report became; the same report must always be the same case."""
        with self.lock:
            before = self.cases.setdefault(external_id, case_id)
            if before != case_id:
                self.broken.append(f"{external_id} became {before} and then {case_id}")


class Sender(threading.Thread):
    """One platform: reports, sends again what got no answer, now and then decides a case."""

    def __init__(self, name: str, base_url: str, seed: int, promises: Promises, gap_s: float):
        super().__init__(name=name, daemon=True)
        self._chance = random.Random(seed)
        self._url = f"{base_url}/v1"
        self._promises = promises
        self._gap_s = gap_s
        self.stop = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Send until told to stop; what was begun is brought to its end."""
        serial = 0
        try:
            while not self.stop.wait(self._gap_s * self._chance.random()):
                serial += 1
                self._report(serial)
        except BaseException as error:
            self.failure = error
            raise

    def _report(self, serial: int) -> None:
        # Every tenth report comes from all platforms at once, under one number.
        shared = serial % 10 == 0
        external_id = f"shared-{serial}" if shared else f"{self.name}-{serial}"
        spot = SPOTS[serial % len(SPOTS)] if shared else self._chance.choice(SPOTS)
        body = {"source": "12345", "external_id": external_id, "description": f"第{serial}件"}
        if spot is not None:
            body |= {"lon": spot[0], "lat": spot[1], "crs": "WGS84", "accuracy_m": 5}
            body["to_sector"] = "140901"
        told = self._insist("/cases", body)
        self._promises.keep(external_id, told["case"]["id"])
        if not shared and told["case"]["status"] == "received" and serial % 3 == 0:
            self._accept(told["case"])

    def _accept(self, case: dict) -> None:
        answer = self._insist(f"/cases/{case['id']}/acceptance", {"version": case["version"]})
        with self._promises.lock:
            self._promises.decided[case["id"]] = "CaseAccepted"
            self._promises.acts += answer is not None

    def _insist(self, path: str, body: dict) -> dict:
        deadline = time.monotonic() + PATIENCE_S
        headers = signed.headers("coordinator-140901" if "acceptance" in path else "platform-12345")
        while True:
            with contextlib.suppress(httpx2.TransportError):
                answer = httpx2.post(self._url + path, json=body, headers=headers, timeout=5)
                if answer.is_success:
                    return answer.json()
                # The first try went through although its answer was lost.
                if answer.status_code == 409 and "version" in answer.json():
                    return answer.json()
                assert answer.status_code == 503, (answer.status_code, answer.text)
            assert time.monotonic() < deadline, f"{path} got no answer for {PATIENCE_S} s"
            with self._promises.lock:
                self._promises.resent += 1
            time.sleep(0.05 + 0.2 * self._chance.random())


class Follower(threading.Thread):
    """A map that stays open: reads the live stream and comes back with its last event's id."""

    def __init__(self, base_url: str):
        super().__init__(name="follower", daemon=True)
        self._url = f"{base_url}/v1/live"
        self.first: str | None = None
        self.heard: Counter[str] = Counter()
        self.resyncs = 0
        self.last: str | None = None
        self.stop = threading.Event()

    def run(self) -> None:
        """Follow until told to stop."""
        timeout = httpx2.Timeout(2, read=16)
        while not self.stop.is_set():
            headers = signed.headers("street-centre")
            headers |= {"Last-Event-ID": self.last} if self.last else {}
            with (
                contextlib.suppress(httpx2.TransportError),
                httpx2.stream("GET", self._url, headers=headers, timeout=timeout) as stream,
            ):
                self._read(stream)
            self.stop.wait(0.2)

    def _read(self, stream: httpx2.Response) -> None:
        if stream.status_code != 200:
            return
        event = cursor = None
        for line in stream.iter_lines():
            if self.stop.is_set():
                return
            if line.startswith("id: "):
                cursor = line[4:]
            elif line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: ") and event == "change":
                self.heard[json.loads(line[6:])["id"]] += 1
            elif line.startswith("data: ") and event == "resync":
                self.resyncs += 1
            elif not line and cursor:
                # Only a whole frame moves the mark, as in a browser.
                self.last, cursor = cursor, None
                self.first = self.first or self.last


class Storm:
    """A private cluster with server and worker on it, and someone with kill -9."""

    def __init__(self, folder: Path, port: int, seed: int):
        self.folder = folder
        self.chance = random.Random(seed)
        self.seed = seed
        # An empty address is an unset one: the site keeps a private cluster of its own.
        self.site = Site(
            folder, database_url="", port=port, settings={"PIANQU_AUTO_REFUSE": "true"}
        )
        self.promises = Promises()
        self.killed: Counter[str] = Counter()
        self.ended_alone: list[str] = []
        self._killed_now: set[str] = set()

    def run(self, kills: int, *, senders: int = 4, gap_s: float = 0.1, acks: int = 4) -> None:
        """Kill that often; after each kill wait for so many new promises."""
        self.site.start("serve", "worker")
        follower = Follower(self.site.base_url)
        follower.start()
        platforms = [
            Sender(f"p{i}", self.site.base_url, self.seed * 100 + i, self.promises, gap_s)
            for i in range(senders)
        ]
        for platform in platforms:
            platform.start()
        self._wait_for_promises(platforms, acks)
        for turn in range(kills):
            what = KILLS[turn % len(KILLS)] if turn < len(KILLS) else self.chance.choice(KILLS)
            self._kill(what)
            # In the middle of its starting, too.
            time.sleep(self.chance.random() * 0.5)
            self._wait_for_promises(platforms, acks)
        for platform in platforms:
            platform.stop.set()
        self._keep_running(lambda: not any(platform.is_alive() for platform in platforms))
        failed = [platform.failure for platform in platforms if platform.failure]
        assert not failed, failed
        self._keep_running(self._is_all_delivered)
        self._keep_running(lambda: self._has_heard_all(follower))
        follower.stop.set()
        self.follower = follower

    def stop(self) -> None:
        """Stop everything in order; the follower ends with its stream."""
        self.site.stop()
        cluster.stop(self.folder)

    def _kill(self, what: str) -> None:
        self.killed[what] += 1
        if what in ("serve", "all", "cluster and serve"):
            self._kill_part("serve")
        if what in ("worker", "all"):
            self._kill_part("worker")
        if what in ("cluster", "all", "cluster and serve"):
            self._kill_pid(self._postmaster())
        if what == "backend":
            # One session's process: PostgreSQL then restarts all of them.
            self._kill_pid(self._some_backend())

    def _kill_part(self, part: str) -> None:
        self._killed_now.add(part)
        self.site.kill(part)

    @staticmethod
    def _kill_pid(pid: int | None) -> None:
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _postmaster(self) -> int | None:
        try:
            lock = self.folder / "postgres" / "data" / "postmaster.pid"
            return int(lock.read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return None

    def _some_backend(self) -> int | None:
        """A session of our database, asked of PostgreSQL itself."""
        try:
            engine = make_engine(cluster.url(self.folder), pool_size=1)
            with transaction(engine) as conn:
                pids = conn.execute(
                    text(
                        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        " AND pid <> pg_backend_pid() ORDER BY pid"
                    )
                ).scalars()
                found = list(pids)
            engine.dispose()
        except Exception:
            return None
        return self.chance.choice(found) if found else None

    def _wait_for_promises(self, platforms: list[Sender], more: int) -> None:
        wanted = len(self.promises.cases) + more
        self._keep_running(
            lambda: len(self.promises.cases) >= wanted or not any(p.is_alive() for p in platforms)
        )

    def _keep_running(self, done) -> None:
        """Start again what is down, as a service manager does, until it is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            for part in ("serve", "worker"):
                if not self.site.is_running(part):
                    if part not in self._killed_now:
                        self.ended_alone.append(f"{part}: {self.site.log(part, 3)}")
                    self._killed_now.discard(part)
                    self.site.start(part, ready=False)
            assert time.monotonic() < deadline, self._state()
            time.sleep(0.05)

    def _state(self) -> str:
        return "\n".join(
            [f"killed {dict(self.killed)}", self.site.log("serve"), self.site.log("worker")]
        )

    def _is_all_delivered(self) -> bool:
        """Whether nothing waits; a person presses 重发 rather than sit through long pauses."""
        url = f"{self.site.base_url}/v1/deliveries"
        time.sleep(0.5)
        headers = signed.headers("street-centre")
        try:
            answer = httpx2.get(url, params={"status": "pending"}, headers=headers, timeout=5)
            if answer.status_code != 200:
                return False
            waiting = [item["id"] for item in answer.json()["items"] if item["attempts"] > 3]
            for id in waiting:
                httpx2.post(f"{url}/{id}/retry", headers=headers, timeout=5)
        except httpx2.TransportError:
            return False
        return not answer.json()["items"]

    def _has_heard_all(self, follower: Follower) -> bool:
        time.sleep(0.3)
        engine = make_engine(cluster.url(self.folder), pool_size=1)
        try:
            with transaction(engine) as conn:
                return not missed(conn, follower)
        finally:
            engine.dispose()


def missed(conn: Connection, follower: Follower) -> list[str]:
    """The facts behind the follower's first mark that it has not heard of."""
    epoch, xid, number = (follower.first or "x.0.0").split(".")
    rows = conn.execute(
        text(
            "SELECT xid::text || '.' || id AS mark FROM feed"
            " WHERE (xid, id) > (CAST(:xid AS xid8), :id)"
        ),
        {"xid": xid, "id": int(number)},
    ).scalars()
    return [mark for mark in rows if f"{epoch}.{mark}" not in follower.heard]


def check(conn: Connection, promises: Promises) -> dict[str, int]:
    """Count up every promise; what is not as it must be fails with its name.

    Returns:
        What there was to count.
    """
    assert not promises.broken, promises.broken
    _check_reports(conn, promises)
    refusals = _check_refusals(conn)
    events = _check_histories(conn, promises)
    return {
        "reports": len(promises.cases),
        "cases": len(set(promises.cases.values())),
        "events": events,
        "refusals": refusals,
        "sent again": promises.resent,
        "copies in the inbox": conn.execute(
            text("SELECT coalesce(sum(copies - 1), 0) FROM street_centre_inbox")
        ).scalar_one(),
    }


def _check_reports(conn: Connection, promises: Promises) -> None:
    stored = {
        row.number: str(row.case_id)
        for row in conn.execute(text("SELECT number, case_id FROM case_number"))
    }
    assert stored == promises.cases, "each acknowledged report is one case, and nothing else is"
    promised = set(promises.cases.values())
    for table in ("case_now", "case_report"):
        column = "id" if table == "case_now" else "case_id"
        found = conn.execute(text(f"SELECT {column} FROM {table}")).scalars().all()
        assert Counter(map(str, found)) == Counter(promised), f"one row a case in {table}"
    numbers = conn.execute(text("SELECT number FROM case_now")).scalars().all()
    assert len(set(numbers)) == len(numbers)


def _check_refusals(conn: Connection) -> int:
    rows = conn.execute(
        text(
            "SELECT r.id, count(DISTINCT o.id) AS letters, min(o.status) AS status,"
            " count(DISTINCT i.delivery_id) AS arrived,"
            " (SELECT count(*) FROM case_event e WHERE e.case_id = r.case_id"
            "   AND e.type = 'RejectionDelivered' AND e.data ->> 'refusal_id' = r.id::text) AS told"
            " FROM refusal r"
            " LEFT JOIN outbox o ON o.payload -> 'data' ->> 'refusal_id' = r.id::text"
            " LEFT JOIN street_centre_inbox i ON i.delivery_id = o.id"
            " GROUP BY r.id"
        )
    ).all()
    for row in rows:
        assert (row.letters, row.status, row.arrived, row.told) == (1, "delivered", 1, 1), row
    strangers = conn.execute(
        text(
            "SELECT count(*) FROM street_centre_inbox"
            " WHERE delivery_id NOT IN (SELECT id FROM outbox)"
        )
    ).scalar_one()
    assert strangers == 0, "the street centre heard of what never happened"
    return len(rows)


def _check_histories(conn: Connection, promises: Promises) -> int:
    total = 0
    for case_id in sorted(set(promises.cases.values())):
        history = journal.history(conn, case_id)
        kinds = [type(record.event).__name__ for record in history]
        total += len(kinds)
        assert [record.version for record in history] == list(range(1, len(kinds) + 1))
        assert len(set(kinds)) == len(kinds), f"something happened twice: {kinds}"
        assert kinds[0] == "CaseReceived"
        if wanted := promises.decided.get(case_id):
            assert wanted in kinds
        told = conn.execute(
            text("SELECT type FROM feed WHERE subject = :id ORDER BY xid, id"), {"id": case_id}
        ).scalars()
        assert list(told) == kinds, "each event is told once, in order"
        case = queries.case(conn, case_id)
        assert journal.replayed(conn, case_id) == case, "the projection is the replay"
        _check_deadlines(conn, case)
    return total


def _check_deadlines(conn: Connection, case) -> None:
    rows = conn.execute(
        text(
            "SELECT code, seq, started_at, warn_at, due_at, internal_due_at, stopped_at, breached,"
            " warned, subject, policy_version FROM deadline WHERE case_id = :id"
        ),
        {"id": case.id},
    ).mappings()
    found = {(row["code"], row["seq"]): dict(row) for row in rows}
    clocks = {(clock.code, clock.seq): dataclasses.asdict(clock) for clock in case.clocks}
    wanted = {key: {k: clock[k] for k in found.get(key, clock)} for key, clock in clocks.items()}
    assert found == wanted, "the deadlines are the case's clocks"
