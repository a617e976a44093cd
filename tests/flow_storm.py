"""Cases are carried through the plan while everything is killed; then every command is counted.

A command is promised once its HTTP 2xx came. Whoever got no answer does not know, and sends it
again under the same Idempotency-Key, until there is one.
"""

import contextlib
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2
import signed
from places import SURE_140901
from sqlalchemy import Connection, text
from storm import KILLS, PATIENCE_S, Storm

from cases import audit, queries

GRID = "14090103"
COORDINATOR, STATION = "coordinator-140901", f"station-{GRID}"
FORCES = ("responder-140901-1", "responder-140901-2", "chengguan-140901")
POINTS = ("description", "law", "opinion", "photos", "language")
# What people's commands leave in a history; each is promised by one answer.
OF_PEOPLE = frozenset(
    {
        "CaseReceived", "CaseAccepted", "CaseDispatched", "DutySigned", "CallLogged",
        "CoordinationStarted", "ResponseConfirmed", "DutiesAgreed", "DisposalStarted",
        "FeedbackSubmitted", "ReviewStarted", "CaseClosed",
    }
)  # fmt: skip


@dataclass
class Deeds:
    """What was answered with 2xx: case → how often each event must be in its history."""

    of: dict[str, Counter[str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    acknowledged: int = 0
    resent: int = 0
    replayed: int = 0
    overtaken: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, case_id: str, events: tuple[str, ...], note: str | None, replayed: bool) -> None:
        """One command has been acknowledged."""
        with self.lock:
            self.of.setdefault(case_id, Counter()).update(events)
            if note:
                self.notes.setdefault(case_id, []).append(note)
            self.acknowledged += 1
            self.replayed += replayed


class Walker(threading.Thread):
    """Carries one case after the other from its report to its end."""

    def __init__(self, name: str, base_url: str, seed: int, deeds: Deeds, gap_s: float):
        super().__init__(name=name, daemon=True)
        self._chance = random.Random(seed)
        self._url = f"{base_url}/v1"
        self._deeds = deeds
        self._gap_s = gap_s
        self._sent = 0
        self.stop = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Walk until told to stop; a command that was sent is brought to its answer."""
        try:
            while not self.stop.is_set():
                self._walk()
        except BaseException as error:
            self.failure = error
            raise

    def _walk(self) -> None:
        lon, lat = SURE_140901
        place = {"lon": lon, "lat": lat, "crs": "WGS84", "accuracy_m": 5}
        report = {"source": "12345", "external_id": f"{self.name}-{self._sent}", "title": "积水"}
        told = self._insist("/cases", "platform-12345", report | place)
        case = told["case"]["id"]
        self._deeds.keep(case, ("CaseReceived",), None, False)
        steps = self._joint(place) if self._chance.random() < 0.5 else self._community()
        for post, step, body, events in steps:
            # Telephone calls in between: the one step that may be done again and again.
            if self._chance.random() < 0.5:
                note = f"{self.name} 第{self._sent}次"
                call = {"post": FORCES[0], "outcome": "reached", "note": note}
                self._command(case, COORDINATOR, "phone-call", call, ("CallLogged",), note)
            if self.stop.wait(self._gap_s * self._chance.random()):
                return
            self._command(case, post, step, body, events)

    @staticmethod
    def _community():
        yield COORDINATOR, "acceptance", {}, ("CaseAccepted",)
        yield COORDINATOR, "dispatch", {"station": GRID}, ("CaseDispatched",)
        yield STATION, "signing", {}, ("DutySigned",)
        yield STATION, "feedback", {"text": "已处置"}, ("DisposalStarted", "FeedbackSubmitted")
        yield COORDINATOR, "closing", _closing(), ("ReviewStarted", "CaseClosed")

    @staticmethod
    def _joint(place):
        later = (datetime.now().astimezone() + timedelta(hours=1)).isoformat()
        why = {"kind": "joint", "grades": ["simple"], "reason": "需联动"}
        yield COORDINATOR, "acceptance", why, ("CaseAccepted",)
        meeting = {"posts": FORCES, "place": "现场", "appointment_at": later}
        yield COORDINATOR, "coordination", meeting, ("CoordinationStarted",)
        for post in FORCES:
            yield post, "response", place, ("ResponseConfirmed",)
        duties = [
            {"post": post, "role": role, "text": "处置", "due_at": later}
            for post, role in zip(FORCES, ("lead", "assist", "assist"), strict=True)
        ]
        yield COORDINATOR, "coordination-result", {"duties": duties}, ("DutiesAgreed",)
        feedback = ("DutySigned", "DisposalStarted", "FeedbackSubmitted")
        for post in FORCES:
            yield post, "feedback", {"text": "已处置"}, feedback
        yield COORDINATOR, "closing", _closing(), ("ReviewStarted", "CaseClosed")

    def _command(self, case, post, step, body, events, note=None) -> None:
        answer = self._insist(f"/cases/{case}/{step}", post, body)
        self._deeds.keep(case, events, note, bool(answer.get("replayed")))

    def _insist(self, path: str, post: str, body: dict) -> dict:
        self._sent += 1
        headers = signed.headers(post) | {"Idempotency-Key": f"{self.name}-{self._sent}"}
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(httpx2.TransportError):
                # Now and then one does not wait for the answer, which comes to nobody then.
                patience = 0.01 if self._chance.random() < 0.1 else 10
                answer = httpx2.post(self._url + path, json=body, headers=headers, timeout=patience)
                if answer.is_success:
                    return answer.json() | {"replayed": "Idempotency-Replayed" in answer.headers}
                # The courier's note got in between; nothing of the command was done.
                overtaken = answer.status_code == 409 and "version" in answer.json()
                assert overtaken or answer.status_code == 503, (path, answer.text)
                with self._deeds.lock:
                    self._deeds.overtaken += overtaken
            assert time.monotonic() < deadline, f"{path} got no answer for {PATIENCE_S} s"
            with self._deeds.lock:
                self._deeds.resent += 1
            time.sleep(0.05 + 0.2 * self._chance.random())


def _closing() -> dict:
    points = [{"code": code, "passed": True} for code in POINTS]
    return {"points": points, "report": "处置及时，现场已恢复。"}


class FlowStorm(Storm):
    """The storm of `storm.py` with walkers in it."""

    def walk(
        self, commands: int, *, kills: int, walkers: int = 4, every: int = 20, gap_s: float = 0.1
    ) -> Deeds:
        """Kill something after about `every` commands, until enough of both have happened."""
        self.site.start("serve", "worker")
        deeds = Deeds()
        walking = [
            Walker(f"w{i}", self.site.base_url, self.seed * 100 + i, deeds, gap_s)
            for i in range(walkers)
        ]
        for walker in walking:
            walker.start()
        turn = 0
        while (turn < kills or deeds.acknowledged < commands) and all(
            walker.is_alive() for walker in walking
        ):
            wanted = deeds.acknowledged + self.chance.randint(every // 2, every * 3 // 2)
            self._keep_running(lambda wanted=wanted: self._is_far(deeds, wanted, walking))
            time.sleep(self.chance.random() * 0.2)
            self._kill(KILLS[turn % len(KILLS)] if turn < len(KILLS) else self.chance.choice(KILLS))
            # In the middle of its starting, too.
            time.sleep(self.chance.random() * 0.5)
            turn += 1
        for walker in walking:
            walker.stop.set()
        self._keep_running(lambda: not any(walker.is_alive() for walker in walking))
        failed = [walker.failure for walker in walking if walker.failure]
        assert not failed, failed
        self._keep_running(self._is_all_delivered)
        return deeds

    @staticmethod
    def _is_far(deeds: Deeds, wanted: int, walking: list[Walker]) -> bool:
        return deeds.acknowledged >= wanted or not all(walker.is_alive() for walker in walking)


def check_flow(conn: Connection, deeds: Deeds) -> dict[str, int]:
    """Count up every command; what is not as promised fails with its name."""
    verdict = audit.verify(conn)
    # Chain, versions without a gap, texts, replay against projection, each event on the feed.
    assert not verdict.findings, verdict.findings
    stored = set(conn.execute(text("SELECT id::text FROM case_now")).scalars())
    assert stored == set(deeds.of), "each acknowledged report is one case, and nothing else is"
    pushes = 0
    for case_id, promised in deeds.of.items():
        case = queries.case(conn, case_id)
        rows = conn.execute(
            text("SELECT type, data FROM case_event WHERE case_id = :id ORDER BY version"),
            {"id": case_id},
        ).all()
        kinds = Counter(row.type for row in rows if row.type in OF_PEOPLE)
        assert kinds == promised, (case.number, kinds - promised, promised - kinds)
        notes = Counter(call.note for call in case.work.calls)
        assert notes == Counter(deeds.notes.get(case_id, [])), case.number
        noted = Counter(row.data["push_id"] for row in rows if row.type == "PushDelivered")
        assert noted == Counter(str(push.id) for push in case.work.pushes), case.number
        assert all(push.delivered_at for push in case.work.pushes)
        pushes += len(case.work.pushes)
        _check_clocks(conn, case)
    _check_letters(conn)
    return {
        "commands acknowledged": deeds.acknowledged,
        "sent again without an answer": deeds.resent,
        "of these done already and told so": deeds.replayed,
        "overtaken by the courier and sent again": deeds.overtaken,
        "cases": verdict.cases,
        "events": verdict.events,
        "pushes": pushes,
    }


def _check_clocks(conn: Connection, case) -> None:
    rows = conn.execute(
        text("SELECT code, seq, started_at, due_at, stopped_at FROM deadline WHERE case_id = :id"),
        {"id": case.id},
    ).all()
    wanted = {(c.code, c.seq, c.started_at, c.due_at, c.stopped_at) for c in case.clocks}
    assert {tuple(row) for row in rows} == wanted, f"the deadlines are {case.number}'s clocks"


def _check_letters(conn: Connection) -> None:
    """Each message to a post is one letter and one sending, and all have arrived."""
    lost = conn.execute(
        text(
            "SELECT o.id, o.status, m.id AS letter FROM outbox o FULL JOIN mailbox m ON m.id = o.id"
            " WHERE o.id IS NULL OR (o.topic = 'push' AND m.id IS NULL) OR o.status <> 'delivered'"
        )
    ).all()
    assert not lost, lost
