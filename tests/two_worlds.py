"""A world in two halves for the matrix of `access_table`: the same happened in the west and east.

Every text of the east carries the word 东密 and every one of the west 西密, so that a text which
gets out of its half is found in whatever answer it is in.
"""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import signed
from access_table import POSTS
from duty_people import give_phone, put_on_duty
from fastapi.testclient import TestClient
from photos import photo
from sqlalchemy import text

from boundaries.locate import edition_in_force
from cases import mailbox, report_jobs
from cases.notices import Notice
from cases.people import seed_roster
from pianqu.reporting import make_report

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
OUTSIDE = {"lon": 121.30, "lat": 31.3885}
AT = {"crs": "WGS84", "accuracy_m": 10}


@dataclass(frozen=True, kw_only=True)
class Half:
    """One 片区 and whoever has a part in its case."""

    word: str
    desk: str
    station: str
    spot: dict[str, float]
    department: str
    sender: str
    source: str
    phone: str

    def post(self, role: str) -> str:
        return f"{role}-{self.desk}"

    @property
    def called(self) -> list[str]:
        roles = ("police", "chengguan", "market", "patrol")
        posts = [self.post(role) for role in roles]
        return [*posts, self.post("responder") + "-1", f"station-{self.station}", self.department]


WEST = Half(
    word="西密", desk="140901", station="14090102", department="department-water",
    spot={"lon": 121.2610566, "lat": 31.3904594}, sender="platform-grid", source="12345",
    phone="13900001111",
)  # fmt: skip
EAST = Half(
    word="东密", desk="140902", station="14090201", department="department-housing",
    spot={"lon": 121.270, "lat": 31.3865}, sender="platform-12319", source="12319",
    phone="13700002222",
)  # fmt: skip


@dataclass
class Things:
    """What of a half can be asked for by name."""

    half: Half
    number: str = ""
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    mail: dict[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not get out: words, numbers, names, ids."""
        named = [self.ids[thing][name] for thing, name in NAMES if thing in self.ids]
        return (self.half.word, self.number, self.number[4:], self.half.phone, *named)


NAMES = (("case", "key"), ("refusal", "id"), ("refusal", "key"), ("file", "sha256"),
         ("task", "id"), ("report", "id"), ("delivery", "id"))  # fmt: skip


class Builder:
    """Fills one half by the product's own doors."""

    def __init__(self, client: TestClient, engine, half: Half):
        self.client, self.engine, self.half = client, engine, half

    def build(self) -> Things:
        half, things = self.half, Things(half=self.half)
        told = self.report("A", half.spot, urgent=False)
        key = told["case"]["id"]
        things.number = told["case"]["number"]
        things.ids["case"] = {"key": key, "other": key}
        coordinator = half.post("coordinator")
        self.ask(coordinator, f"cases/{key}/acceptance", kind="joint", reason=half.word)
        place = {"place": f"{half.word}地点", "appointment_at": "2026-03-11T10:30:00+08:00"}
        self.ask(coordinator, f"cases/{key}/coordination", posts=half.called, **place)
        for post in half.called:
            self.ask(post, f"cases/{key}/response", reason=f"{half.word}到场")
        duties = [
            {"post": post, "role": "assist", "text": f"{half.word}职责",
             "due_at": "2026-03-11T18:00:00+08:00"}
            for post in half.called
        ]  # fmt: skip
        duties[0]["role"] = "lead"
        self.ask(coordinator, f"cases/{key}/coordination-result", duties=duties)
        responder = half.post("responder") + "-1"
        file = self.upload(responder)
        things.ids["file"] = {"sha256": file, "key": key}
        files = [{"sha256": file, "kind": "after", "name": f"{half.word}.jpg"}]
        feedback = {"text": f"{half.word}反馈", "attachments": files}
        self.ask(responder, f"cases/{key}/feedback", **feedback)
        self.ask(coordinator, f"cases/{key}/phone-call", post=responder, outcome="reached",
                 note=f"{half.word}通话")  # fmt: skip
        self.ask(coordinator, f"cases/{key}/reporter-reveal", reason=f"{half.word}核实情况")
        refused = self.report("B", OUTSIDE, to_sector=half.desk)["case"]
        things.ids["refusal"] = {"id": refused["refusals"][0]["id"], "key": refused["id"]}
        task = {"title": f"{half.word}事项", "to_post": responder, "desk": half.desk}
        things.ids["task"] = {"id": self.ask(coordinator, "tasks", **task)["id"]}
        report = self.ask(coordinator, "reports/situation", desk=half.desk)["id"]
        things.ids["report"] = {"id": report}
        self.make_reports()
        things.ids["desk"] = {"desk": half.desk}
        things.ids["delivery"] = {"id": self.one(
            "SELECT id::text FROM outbox WHERE recipient = :post AND subject = :case LIMIT 1",
            post=responder, case=key)}  # fmt: skip
        self.man(things)
        return things

    def report(self, number: str, spot: dict[str, float], **more: Any) -> Any:
        half = self.half
        return self.ask(
            half.sender, "cases", source=half.source, external_id=f"{half.word}-{number}",
            title=f"{half.word}标题", description=f"{half.word}描述", address=f"{half.word}地址",
            reporter={"name": f"{half.word}人", "phone": half.phone}, **spot, **AT, **more,
        )  # fmt: skip

    def upload(self, post: str) -> str:
        taken = photo(shade=int(self.half.desk[-1]) * 40, at=(121.26, 31.38))
        answer = self.client.post(
            "/v1/attachments",
            files={"file": (f"{self.half.word}.jpg", taken, "image/jpeg")},
            headers=signed.headers(post),
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["sha256"]

    def man(self, things: Things) -> None:
        """A person of the roster with a post and a shift; and letters."""
        half, staff = self.half, f"staff-{self.half.desk}"
        centre = POSTS["S"]
        self.ask(centre, "roster/staff", id=staff, name=f"{half.word}账号", body="police")
        holding = {"post": half.post("patrol"), "staff_id": staff}
        told = self.ask(centre, "roster/holdings", **holding, from_at="2026-03-11T09:00:00+08:00")
        things.ids["holding"] = {"id": str(told["id"]), "staff": staff, "desk": half.desk}
        shift = {"desk": half.desk, "day": "2026-03-19", "start": "08:30", "end": "17:00"}
        told = self.ask(centre, "roster/shifts", staff_id=staff, **shift)
        things.ids["shift"] = {"id": told["id"]}
        with self.engine.begin() as conn:
            person = f"person-{half.desk}"
            put_on_duty(conn, NOW, person=person, post=half.post("patrol"), sector=half.desk)
            _, number = give_phone(conn, NOW, person)
            things.ids["person"] = {"id": person, "device": str(number)}
        posts = POSTS.values() if half is WEST else [half.post("coordinator")]
        for post in posts:
            with self.engine.begin() as conn:
                id = uuid.uuid4()
                letter = {"kind": "task", "title": f"{half.word}信", "text": "", "urgent": True}
                notice = Notice(id=id, topic="push", payload=letter, recipient=post, mail=True)
                mailbox.send(conn, notice, subject=str(id), now=NOW)
            things.mail[post] = str(id)

    def ask(self, post: str, path: str, /, **body: Any) -> Any:
        answer = self.client.post(f"/v1/{path}", json=body, headers=signed.headers(post))
        assert answer.is_success, f"{post} {path}: {answer.text}"
        return answer.json()

    def one(self, statement: str, **values: Any) -> Any:
        with self.engine.begin() as conn:
            return conn.execute(text(statement), values).scalar_one()

    def make_reports(self) -> None:
        """What the worker does with what was asked for."""
        with self.engine.begin() as conn:
            while job := report_jobs.claim(conn):
                report_jobs.finish(conn, job.id, make_report(conn, job, NOW), NOW)


def build(client: TestClient, engine) -> tuple[Things, Things]:
    """Both halves."""
    with engine.begin() as conn:
        seed_roster.install(conn, edition_in_force(conn, NOW), NOW)
    west = Builder(client, engine, WEST).build()
    east = Builder(client, engine, EAST).build()
    with engine.begin() as conn:
        rows = conn.execute(text("SELECT account, min(id)::text AS id FROM token GROUP BY account"))
        tokens = {row.account: row.id for row in rows}
    west.ids["account"] = {"tokens": tokens}  # type: ignore[dict-item]
    east.ids["account"] = {"name": "coordinator-140902", "id": tokens["coordinator-140902"]}
    return west, east
