"""The named opponent of `flow`: the same five commands written the usual way.

One FastAPI handler a verb, SQLAlchemy's ORM as the unit of work, the state in columns, an audit
table, deadlines, an outbox and mailbox row for who is told, a feed row, and a token looked up for
the caller. It decides less than ours: no scope table, no chain, no clock table, no replay.
"""

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from store.engine import make_engine


class Base(DeclarativeBase):
    pass


class FlowToken(Base):
    __tablename__ = "ormf_token"
    hash: Mapped[str] = mapped_column(primary_key=True)
    post: Mapped[str]


class FlowCase(Base):
    __tablename__ = "ormf_case"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String, unique=True)
    version: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    desk: Mapped[str] = mapped_column(index=True)
    community: Mapped[str]
    station: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    feedback_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    feedback: Mapped[str | None]
    report: Mapped[str | None]
    points: Mapped[dict | None] = mapped_column(JSONB)
    updated_at: Mapped[datetime]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way
    deadlines: Mapped[list["FlowDeadline"]] = relationship(back_populates="case")


class FlowAudit(Base):
    __tablename__ = "ormf_audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ormf_case.id"), index=True)
    actor: Mapped[str]
    action: Mapped[str]
    before: Mapped[dict] = mapped_column(JSONB)
    after: Mapped[dict] = mapped_column(JSONB)
    at: Mapped[datetime]


class FlowDeadline(Base):
    __tablename__ = "ormf_deadline"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ormf_case.id"), index=True)
    code: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    stopped_at: Mapped[datetime | None]
    case: Mapped[FlowCase] = relationship(back_populates="deadlines")


class FlowOutbox(Base):
    __tablename__ = "ormf_outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(index=True)
    recipient: Mapped[str]
    payload: Mapped[dict] = mapped_column(JSONB)
    status: Mapped[str]
    at: Mapped[datetime]


class FlowMail(Base):
    __tablename__ = "ormf_mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(index=True)
    case_id: Mapped[uuid.UUID]
    text: Mapped[str]
    at: Mapped[datetime]


class FlowFeed(Base):
    __tablename__ = "ormf_feed"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID]
    type: Mapped[str]
    areas: Mapped[list] = mapped_column(JSONB)
    at: Mapped[datetime]


class CaseOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    number: str
    version: int
    status: str
    title: str
    desk: str
    community: str
    station: str | None
    accepted_at: datetime | None
    dispatched_at: datetime | None
    signed_at: datetime | None
    feedback_at: datetime | None
    closed_at: datetime | None
    feedback: str | None
    report: str | None
    points: dict | None
    deadlines: list["DeadlineOut"]


class DeadlineOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    code: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None


class Dispatch(BaseModel):
    station: str


class Feedback(BaseModel):
    text: str


class Point(BaseModel):
    code: str
    passed: bool


class Closing(BaseModel):
    points: list[Point]
    report: str


def snapshot(case):
    return json.loads(CaseOut.model_validate(case).model_dump_json())


# verb → (status before, status after, role, column of the moment, clocks stopped, clock started)
VERBS = {
    "acceptance": ("received", "accepted", "coordinator", "accepted_at", ("alarm",),
                   ("dispatch", 60)),
    "dispatch": ("accepted", "dispatched", "coordinator", "dispatched_at", ("dispatch",),
                 ("signing", 60)),
    "signing": ("dispatched", "signed_for", "station", "signed_at", ("signing",), None),
    "feedback": ("signed_for", "feedback_submitted", "station", "feedback_at", (),
                 ("closing", 2880)),
    "closing": ("feedback_submitted", "closed", "coordinator", "closed_at", ("closing",), None),
}  # fmt: skip


def make_app(url):
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    app = FastAPI()
    app.state.engine = engine

    def session(request: Request):
        with Session(request.app.state.engine) as opened:
            yield opened

    def caller(db: Session = Depends(session), authorization: str = Header()):
        digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
        token = db.get(FlowToken, digest)
        if token is None:
            raise HTTPException(401)
        return token.post

    @app.get("/readyz")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    def carry_out(db, id, verb, post, changes, told):
        before, after, role, column, stops, start = VERBS[verb]
        case = db.scalar(select(FlowCase).where(FlowCase.id == id).with_for_update())
        if case is None:
            raise HTTPException(404)
        if not post.startswith(role) or case.status != before:
            raise HTTPException(409)
        now = datetime.now(UTC)
        old = snapshot(case)
        case.status = after
        case.updated_at = now
        setattr(case, column, now)
        for name, value in changes.items():
            setattr(case, name, value)
        for deadline in case.deadlines:
            if deadline.code in stops and deadline.stopped_at is None:
                deadline.stopped_at = now
        if start:
            code, minutes = start
            due = now + timedelta(minutes=minutes)
            case.deadlines.append(FlowDeadline(code=code, started_at=now, due_at=due))
        db.flush()
        new = snapshot(case)
        db.add(FlowAudit(case_id=id, actor=post, action=verb, before=old, after=new, at=now))
        if told:
            payload = {"kind": verb, "case": str(id), "title": case.title}
            db.add(FlowOutbox(case_id=id, recipient=told, payload=payload, status="pending",
                              at=now))  # fmt: skip
            db.add(FlowMail(recipient=told, case_id=id, text=verb, at=now))
        db.add(FlowFeed(case_id=id, type=verb, areas=[case.desk, case.community], at=now))
        db.commit()
        return CaseOut.model_validate(case)

    @app.post("/v1/cases/{id}/acceptance")
    def accept(id: uuid.UUID, db: Session = Depends(session), post: str = Depends(caller)):
        return carry_out(db, id, "acceptance", post, {}, None)

    @app.post("/v1/cases/{id}/dispatch")
    def dispatch(
        id: uuid.UUID,
        body: Dispatch,
        db: Session = Depends(session),
        post: str = Depends(caller),
    ):
        told = f"station-{body.station}"
        return carry_out(db, id, "dispatch", post, {"station": body.station}, told)

    @app.post("/v1/cases/{id}/signing")
    def sign(id: uuid.UUID, db: Session = Depends(session), post: str = Depends(caller)):
        return carry_out(db, id, "signing", post, {}, None)

    @app.post("/v1/cases/{id}/feedback")
    def feedback(
        id: uuid.UUID,
        body: Feedback,
        db: Session = Depends(session),
        post: str = Depends(caller),
    ):
        changes = {"feedback": body.text}
        return carry_out(db, id, "feedback", post, changes, "coordinator-140901")

    @app.post("/v1/cases/{id}/closing")
    def close(
        id: uuid.UUID,
        body: Closing,
        db: Session = Depends(session),
        post: str = Depends(caller),
    ):
        points = {point.code: point.passed for point in body.points}
        return carry_out(db, id, "closing", post, {"report": body.report, "points": points}, None)

    return app


def fill(url, tokens, cases):
    """Tokens and received cases for the peer: (id, number) pairs."""
    engine = make_engine(url)
    now = datetime.now(UTC)
    with Session(engine) as db:
        db.add_all(
            FlowToken(hash=hashlib.sha256(token.encode()).hexdigest(), post=post)
            for post, token in tokens.items()
        )
        for id, number in cases:
            case = FlowCase(
                id=id, number=number, version=1, status="received", title="路灯不亮",
                desk="140901", community="14090102", updated_at=now,
            )  # fmt: skip
            case.deadlines.append(
                FlowDeadline(code="alarm", started_at=now, due_at=now + timedelta(minutes=30))
            )
            db.add(case)
        db.commit()
    engine.dispose()
