"""The named opponent of `intake`: the same report taken the usual way.

One FastAPI handler, a pydantic body, SQLAlchemy's ORM with GeoAlchemy2 as the unit of work, the
grid looked up by ST_Covers in the database. It writes what ours writes: case, number, event, two
deadlines, a feed row, and a stored report; with the same indexes, the same driver, the same pool
and the same durability. It decides less than ours: no disc, no explanation, no refusal.
"""

import uuid
from datetime import UTC, datetime, timedelta

from fastapi import Depends, FastAPI, Request
from geoalchemy2 import Geometry, WKTElement
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, Index, String, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from store.engine import make_engine


class Base(DeclarativeBase):
    pass


class OrmCase(Base):
    __tablename__ = "orm_case"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    number: Mapped[str] = mapped_column(String, unique=True)
    status: Mapped[str]
    source: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    address: Mapped[str | None]
    sector: Mapped[str | None]
    community: Mapped[str | None]
    received_at: Mapped[datetime]
    geom: Mapped[object] = mapped_column(Geometry("POINT", srid=4490))
    events: Mapped[list["OrmEvent"]] = relationship(back_populates="case")
    deadlines: Mapped[list["OrmDeadline"]] = relationship(back_populates="case")
    numbers: Mapped[list["OrmNumber"]] = relationship(back_populates="case")
    reports: Mapped[list["OrmReport"]] = relationship(back_populates="case")
    __table_args__ = (
        Index("ix_orm_case_status", "status", "received_at"),
        Index("ix_orm_case_sector", "sector", "received_at"),
        Index("ix_orm_case_received", "received_at", "id"),
    )


class OrmEvent(Base):
    __tablename__ = "orm_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orm_case.id"), index=True)
    type: Mapped[str]
    data: Mapped[dict] = mapped_column(JSONB)
    actor: Mapped[str]
    at: Mapped[datetime]
    case: Mapped[OrmCase] = relationship(back_populates="events")


class OrmDeadline(Base):
    __tablename__ = "orm_deadline"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orm_case.id"), index=True)
    code: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(index=True)
    case: Mapped[OrmCase] = relationship(back_populates="deadlines")


class OrmNumber(Base):
    __tablename__ = "orm_number"
    kind: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orm_case.id"), index=True)
    case: Mapped[OrmCase] = relationship(back_populates="numbers")


class OrmReport(Base):
    __tablename__ = "orm_report"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("orm_case.id"), index=True)
    body: Mapped[dict] = mapped_column(JSONB)
    case: Mapped[OrmCase] = relationship(back_populates="reports")


class OrmOutbox(Base):
    __tablename__ = "orm_outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[uuid.UUID]
    at: Mapped[datetime]


class NewCase(BaseModel):
    source: str
    external_id: str
    title: str
    description: str = ""
    address: str | None = None
    lon: float
    lat: float
    accuracy_m: float | None = None


class CaseOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    number: str
    status: str
    source: str
    title: str
    description: str
    address: str | None
    sector: str | None
    community: str | None
    received_at: datetime


COVERING = text(
    "SELECT level, code FROM area WHERE edition_id = 1 AND level IN ('sector', 'community')"
    " AND ST_Covers(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)) ORDER BY code"
)


def make_app(url: str) -> FastAPI:
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE SEQUENCE IF NOT EXISTS orm_serial"))
    app = FastAPI()

    def session(request: Request):
        with Session(request.app.state.engine) as opened:
            yield opened

    app.state.engine = engine

    @app.get("/readyz")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.post("/v1/cases", status_code=201)
    def receive(new: NewCase, db: Session = Depends(session)) -> CaseOut:
        known = db.scalar(
            select(OrmNumber).where(
                OrmNumber.kind == new.source, OrmNumber.number == new.external_id
            )
        )
        if known is not None:
            return CaseOut.model_validate(known.case)
        now = datetime.now(UTC)
        areas = {row.level: row.code for row in db.execute(COVERING, new.model_dump())}
        serial = db.scalar(func.nextval("orm_serial"))
        case = OrmCase(
            number=f"{now:%Y%m%d}-{serial:04d}",
            status="received",
            source=new.source,
            title=new.title,
            description=new.description,
            address=new.address,
            sector=areas.get("sector"),
            community=areas.get("community"),
            received_at=now,
            geom=WKTElement(f"POINT({new.lon} {new.lat})", srid=4490),
        )
        case.numbers.append(OrmNumber(kind=new.source, number=new.external_id))
        case.reports.append(OrmReport(body=new.model_dump()))
        event = {**new.model_dump(), **areas}
        case.events.append(OrmEvent(type="CaseReceived", data=event, actor="platform", at=now))
        case.deadlines += [
            OrmDeadline(code="refusal_feedback", due_at=now + timedelta(days=1)),
            OrmDeadline(code="acceptance_alarm", due_at=now + timedelta(minutes=30)),
        ]
        db.add(case)
        db.flush()
        db.add(OrmOutbox(kind="case", subject=case.id, at=now))
        db.commit()
        return CaseOut.model_validate(case)

    return app
