"""Cases from outside: a report comes in, everybody reads what they may."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from api.bodies import Day, NewCase, Sector, SourceCode
from api.carrying import etag
from api.deps import House, Now, Tx, Who, connected, who_asks
from api.history_views import PlaceView, event_view, place_view
from api.step_bodies import Grid, Post
from api.views import CaseView, ClockView, case_view, clock_view, eyes
from boundaries.model import Assignment
from cases import intake, past, queries, scope
from cases.hours import SHANGHAI
from cases.model import Number, RawPoint, Report
from cases.ownership import audience
from cases.roles import Actor, scope_keys
from cases.sources import SOURCES
from cases.work import Attachment

router = APIRouter(prefix="/v1", tags=["cases"])
# Asks who it is in its own transaction: the busiest door opens but one.
intake_router = APIRouter(prefix="/v1", tags=["cases"])

Tab = Literal[
    "todo", "mine", "received", "no_location", "boundary_review", "accepted", "to_dispatch",
    "to_instruct", "to_coordinate", "to_respond", "disposing", "to_verify", "to_close",
    "returned", "overdue", "rejected", "returned_to_source", "escalated", "supervised",
    "handed_over", "closed",
]  # fmt: skip
Key = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z-]+$")]
Name = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_]+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedView:
    """The answer to a report: its case and what the map says of it.

    Both are null when the number is that of a case the sender does not see: the report is kept.
    """

    case: CaseView | None
    assignment: Assignment | None
    created: bool
    supplemented: bool


_RECEIVED = TypeAdapter(ReceivedView)


class CaseList(BaseModel):
    """A page of cases, newest first."""

    items: list[CaseView]
    next: str | None
    total: int


class EventList(BaseModel):
    """The history of a case, oldest first."""

    items: list[dict[str, Any]]


class ClockList(BaseModel):
    """The clocks of a case, in the order they were started."""

    items: list[ClockView]


class PlaceList(BaseModel):
    """Whose a case has been, oldest first."""

    items: list[PlaceView]


@intake_router.post(
    "/cases",
    status_code=201,
    response_model=ReceivedView,
    responses={200: {"model": ReceivedView}},
)
def receive(
    request: Request,
    new: NewCase,
    house: House,
    now: Now,
    idempotency_key: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Take a report. Stored first, whatever it says; a known number is the same case (200)."""
    # The busiest door: its transaction opens and closes in this one thread, before the answer is
    # written, and the answer is not checked against its own schema again (a test does that).
    with connected(house.engine) as tx:
        who = who_asks(request, tx)
        incoming = _incoming(new, who, idempotency_key)
        received = intake.receive(tx, house.office, incoming, actor=who, now=now)
        viewer = eyes(tx, [received.case], who, now)
    # A number alone opens no foreign case.
    seen = scope.seen_by(audience(received.case), scope_keys(who))
    told_back = ReceivedView(
        case=case_view(received.case, viewer) if seen else None,
        assignment=received.case.place if seen else None,
        created=received.created,
        supplemented=received.supplemented,
    )
    status = 201 if received.created else 200
    return Response(
        _RECEIVED.dump_json(told_back, by_alias=True),
        status,
        headers={"ETag": etag(received.case)} if seen else {},
        media_type="application/json",
    )


def _incoming(new: NewCase, who: Actor, key: str | None) -> intake.Incoming:
    told = new.reporter
    return intake.Incoming(
        report=_report(new),
        reporter=intake.Reporter(name=told.name, phone=told.phone) if told else None,
        extra=dict(new.model_extra or {}),
        # Two senders may count their sendings alike, so the key is the sender's own.
        attachments=tuple(Attachment(**ref.model_dump()) for ref in new.attachments),
        key=Number(kind="idempotency-key", number=f"{who.post} {key}") if key else None,
    )


def _report(new: NewCase) -> Report:
    numbers = [Number(kind=n.kind, number=n.number) for n in new.external_ids]
    if new.external_id:
        numbers.insert(0, Number(kind=new.source, number=new.external_id))
    placed = new.lon is not None or new.lat is not None or new.crs is not None
    return Report(
        source=new.source,
        title=new.title or _title(new),
        description=new.description,
        numbers=tuple(dict.fromkeys(numbers)),
        to_sector=new.to_sector,
        forwarded_by=new.forwarded_by,
        forwarded_at=new.forwarded_at,
        forward_no=new.forward_no,
        category=new.category,
        address=new.address,
        raw=RawPoint(lon=new.lon, lat=new.lat, crs=new.crs) if placed else None,
        accuracy_m=new.accuracy_m,
        urgent=new.urgent,
        supervised=new.supervised,
        reported_at=new.reported_at,
        due_at=new.due_at,
    )


def _title(new: NewCase) -> str:
    first = (new.description or new.address or "").strip().split("\n")[0]
    return first[:30] or SOURCES[new.source].label


class CaseFilter(BaseModel):
    """The filter of lists and exports; days are Shanghai's, both included."""

    model_config = ConfigDict(extra="forbid")
    tab: Tab | None = None
    status: Annotated[str, Field(max_length=40, pattern=r"^[a-z_0-9]+$")] | None = None
    desk: Sector | None = None
    sector: Sector | None = None
    community: Grid | None = None
    source: SourceCode | None = None
    kind: Name | None = None
    grade: Name | None = None
    station: Grid | None = None
    owner: Post | None = None
    since: Day | None = None
    until: Day | None = None
    q: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] | None = None
    open: bool | None = None

    def wanted(self) -> queries.Filter:
        """As the queries take it."""
        plain = self.model_dump(include=set(CaseFilter.model_fields) - {"since", "until"})
        after = self.until + timedelta(days=1) if self.until else None
        return queries.Filter(**plain, since=_midnight(self.since), until=_midnight(after))


class ListFilter(CaseFilter):
    """A page of the list."""

    limit: Annotated[int, Field(ge=1, le=2000)] = 100
    cursor: Annotated[str, Field(max_length=300)] | None = None
    order: Annotated[
        Literal["received", "due"],
        Field(description="`due`: the first page by the limit that comes first, without a next"),
    ] = "received"


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) if day else None


@router.get("/cases")
def listed(asked: Annotated[ListFilter, Query()], tx: Tx, now: Now, who: Who) -> CaseList:
    """The cases this post sees, newest first, by an opaque cursor."""
    page = queries.cases(
        tx, asked.wanted(), who, now=now, limit=asked.limit, cursor=asked.cursor,
        by_limit=asked.order == "due",
    )  # fmt: skip
    viewer = eyes(tx, page.items, who, now)
    return CaseList(
        items=[case_view(case, viewer) for case in page.items],
        next=page.next,
        total=page.total,
    )


@router.get("/cases/{key}")
def one(key: Key, response: Response, tx: Tx, now: Now, who: Who) -> CaseView:
    """One case by its id, its number, or the short number of the day (1124-0031)."""
    case = queries.case(tx, scope.seen_id(tx, key, who))
    response.headers["ETag"] = etag(case)
    return case_view(case, eyes(tx, [case], who, now), whole=True)


@router.get("/cases/{key}/events")
def events(key: Key, tx: Tx, now: Now, who: Who) -> EventList:
    """The history of a case."""
    case = queries.case(tx, scope.seen_id(tx, key, who))
    known = eyes(tx, [case], who, now).known.get(case.id, ())
    rows = queries.events(tx, case.id)
    return EventList(items=[event_view(row, case, who, known) for row in rows])


@router.get("/cases/{key}/clocks")
def clocks(key: Key, tx: Tx, now: Now, who: Who) -> ClockList:
    """All clocks of a case, running and stopped."""
    case = queries.case(tx, scope.seen_id(tx, key, who))
    return ClockList(items=[clock_view(clock, now) for clock in case.clocks])


@router.get("/cases/{key}/assignments")
def assignments(key: Key, tx: Tx, who: Who) -> PlaceList:
    """Whose a case has been and why: each decision of the map, each change of desk or station."""
    case_id = scope.seen_id(tx, key, who)
    return PlaceList(items=[place_view(placing) for placing in past.placings(tx, case_id)])
