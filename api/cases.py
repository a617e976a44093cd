"""Cases from outside: a report comes in, a coordinator decides, everybody reads."""

from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import msgspec
from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.deps import House, Now, Tx, Who, connected
from api.views import CaseView, case_view, event_view
from boundaries.model import Assignment, Named
from cases import commands as do
from cases import desk, intake, queries
from cases.hours import SHANGHAI
from cases.model import Case, Number, RawPoint, Report
from cases.sources import SOURCES

router = APIRouter(prefix="/v1", tags=["cases"])

SourceCode = Literal[
    "12345",
    "grid",
    "12319",
    "110",
    "department",
    "station",
    "video_patrol",
    "inspection",
    "machine",
]
Tab = Literal[
    "todo", "received", "no_location", "boundary_review", "accepted", "overdue", "rejected"
]
Words = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=60, pattern=r"^[^\s].*$")]
Sector = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
# "A1" and "A1 " are one number: a blank must not make a second case.
OtherNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_YEARS = (1990, 2100)
_DEEPEST = 60
_INTEGERS = range(-(2**63), 2**64)


def storable(value: Any) -> None:
    """Refuse what PostgreSQL or JSON cannot keep, anywhere in a body, before half of it is stored.

    NUL and lone surrogates, NaN and infinity, integers beyond 64 bits, and nesting without end.

    Raises:
        ValueError: which pydantic turns into a 422.
    """
    waiting = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if depth > _DEEPEST:
            raise ValueError("嵌套太深")
        if isinstance(item, dict):
            waiting.extend((part, depth + 1) for pair in item.items() for part in pair)
        elif isinstance(item, list):
            waiting.extend((part, depth + 1) for part in item)
        else:
            _storable_value(item)


def _storable_value(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("文字里有不能保存的空字符")
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise ValueError("文字编码有误")
    elif isinstance(value, float) and not isfinite(value):
        raise ValueError("数字不是有限的数")
    elif isinstance(value, int) and value not in _INTEGERS:
        raise ValueError("整数太大")


class Body(BaseModel):
    """What all our bodies share: text that can be stored."""

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        storable(value)
        return value


class KnownNumber(Body):
    """A number another system knows the case by; `kind` is that system's source code."""

    kind: Code
    number: OtherNumber


class NewReporter(Body):
    """Who reported; stored apart, never shown in lists, maps or exports."""

    name: Annotated[str, Field(max_length=100)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None


class NewCase(Body):
    """A report from any source. Fields we do not know are kept with it."""

    model_config = ConfigDict(extra="allow")
    source: SourceCode
    external_id: OtherNumber | None = None
    external_ids: Annotated[list[KnownNumber], Field(max_length=20)] = []
    to_sector: Sector | None = None
    forwarded_by: Words | None = None
    forwarded_at: datetime | None = None
    forward_no: Words | None = None
    title: Words | None = None
    description: Annotated[str, Field(max_length=20_000)] = ""
    category: Words | None = None
    address: Annotated[str, Field(max_length=500)] | None = None
    lon: float | None = Field(None, examples=[121.2655])
    lat: float | None = Field(None, examples=[31.3885])
    crs: Annotated[str, Field(max_length=60)] | None = Field(None, examples=["GCJ-02"])
    accuracy_m: float | None = Field(None, ge=0, le=100_000, allow_inf_nan=False)
    urgent: bool = False
    supervised: bool = False
    reported_at: datetime | None = None
    reporter: NewReporter | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.title or self.description or self.address):
            raise ValueError("title、description、address 至少要有一项")
        for moment in (self.forwarded_at, self.reported_at):
            if moment is not None and not _YEARS[0] <= moment.year <= _YEARS[1]:
                raise ValueError("时间超出可用范围")
        return self


class Acceptance(Body):
    """受理: the chosen grid where the map left it open."""

    community: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None
    version: int | None = None


class Owner(Body):
    """建议归属."""

    code: Annotated[str, Field(max_length=20)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=60)]


class Rejection(Body):
    """不予受理（非本片区）."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    belongs_to: Owner | None = None
    version: int | None = None


class Reason(Body):
    """A step that must say why."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    version: int | None = None


class Reinstatement(Reason):
    """指定受理."""

    refusal_id: UUID | None = None
    to_sector: Sector | None = None


class Location(Reason):
    """更正位置."""

    lon: float
    lat: float
    crs: Annotated[str, Field(max_length=60)]
    accuracy_m: float | None = Field(None, ge=0, le=100_000, allow_inf_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedView:
    """The answer to a report: its case and what the map says of it."""

    case: CaseView
    assignment: Assignment | None
    created: bool
    supplemented: bool


class CaseList(BaseModel):
    """A page of cases, newest first."""

    items: list[CaseView]
    next: str | None
    total: int


class EventList(BaseModel):
    """The history of a case, oldest first."""

    items: list[dict[str, Any]]


@router.post(
    "/cases",
    status_code=201,
    response_model=ReceivedView,
    responses={200: {"model": ReceivedView}},
)
def receive(
    new: NewCase,
    house: House,
    now: Now,
    who: Who,
    idempotency_key: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Take a report. Stored first, whatever it says; a known number is the same case (200)."""
    # The busiest door: its transaction opens and closes in this one thread, before the answer is
    # written, and the answer is not checked against its own schema again (a test does that).
    told = new.reporter
    incoming = intake.Incoming(
        report=_report(new),
        reporter=intake.Reporter(name=told.name, phone=told.phone) if told else None,
        extra=dict(new.model_extra or {}),
        # Two senders may count their sendings alike, so the key is the sender's own.
        key=Number(kind="idempotency-key", number=f"{who.post} {idempotency_key}")
        if idempotency_key
        else None,
    )
    with connected(house.engine) as tx:
        received = intake.receive(tx, house.office, incoming, actor=who, now=now)
        refused = queries.deliveries(tx, [received.case.id]) if received.case.refusals else None
    told_back = ReceivedView(
        case=case_view(received.case, now, deliveries=refused),
        assignment=received.case.place,
        created=received.created,
        supplemented=received.supplemented,
    )
    status = 201 if received.created else 200
    return Response(msgspec.json.encode(told_back), status, media_type="application/json")


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
        forwarded_at=_aware(new.forwarded_at),
        forward_no=new.forward_no,
        category=new.category,
        address=new.address,
        raw=RawPoint(lon=new.lon, lat=new.lat, crs=new.crs) if placed else None,
        accuracy_m=new.accuracy_m,
        urgent=new.urgent,
        supervised=new.supervised,
        reported_at=_aware(new.reported_at),
    )


def _title(new: NewCase) -> str:
    first = (new.description or new.address or "").strip().split("\n")[0]
    return first[:30] or SOURCES[new.source].label


def _aware(moment: datetime | None) -> datetime | None:
    """A time without an offset is Shanghai's."""
    if moment is not None and moment.tzinfo is None:
        return moment.replace(tzinfo=SHANGHAI)
    return moment


class ListFilter(BaseModel):
    """The filter of lists and, later, exports."""

    model_config = ConfigDict(extra="forbid")
    tab: Tab | None = None
    status: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")] | None = None
    desk: Sector | None = None
    sector: Sector | None = None
    community: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = None
    source: SourceCode | None = None
    q: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] | None = None
    open: bool | None = None
    limit: Annotated[int, Field(ge=1, le=2000)] = 100
    cursor: Annotated[str, Field(max_length=300)] | None = None


@router.get("/cases")
def listed(asked: Annotated[ListFilter, Query()], tx: Tx, now: Now) -> CaseList:
    """Cases, newest first, by an opaque cursor."""
    wanted = queries.Filter(**asked.model_dump(exclude={"limit", "cursor"}))
    page = queries.cases(tx, wanted, now=now, limit=asked.limit, cursor=asked.cursor)
    deliveries = queries.deliveries(tx, [case.id for case in page.items if case.refusals])
    return CaseList(
        items=[case_view(case, now, deliveries=deliveries) for case in page.items],
        next=page.next,
        total=page.total,
    )


Key = Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z-]+$")]


@router.get("/cases/{key}")
def one(key: Key, tx: Tx, now: Now) -> CaseView:
    """One case by its id, its number, or the short number of the day (1124-0031)."""
    case = queries.case(tx, desk.case_id_of(tx, key))
    return _whole(tx, case, now)


@router.get("/cases/{key}/events")
def events(key: Key, tx: Tx) -> EventList:
    """The history of a case."""
    case_id = desk.case_id_of(tx, key)
    return EventList(items=[event_view(row) for row in queries.events(tx, case_id)])


@router.post("/cases/{key}/acceptance")
def accept(key: Key, body: Acceptance, tx: Tx, house: House, now: Now, who: Who) -> CaseView:
    """受理 (R49)."""
    command = do.Accept(community=body.community)
    return _handled(tx, house, key, command, who, now, body.version)


@router.post("/cases/{key}/rejection")
def reject(key: Key, body: Rejection, tx: Tx, house: House, now: Now, who: Who) -> CaseView:
    """不予受理 (R50): the street centre is told in the same transaction."""
    owner = body.belongs_to
    command = do.Reject(
        reason=body.reason,
        belongs_to=Named(code=owner.code, name=owner.name) if owner else None,
    )
    return _handled(tx, house, key, command, who, now, body.version)


@router.post("/cases/{key}/rejection-withdrawal")
def withdraw(key: Key, body: Reason, tx: Tx, house: House, now: Now, who: Who) -> CaseView:
    """撤回不予受理, until the street centre has signed for it (A-7)."""
    command = do.WithdrawRejection(reason=body.reason)
    return _handled(tx, house, key, command, who, now, body.version)


@router.post("/cases/{key}/reinstatement")
def reinstate(key: Key, body: Reinstatement, tx: Tx, house: House, now: Now, who: Who) -> CaseView:
    """指定受理: the street centre's ruling (A-20)."""
    command = do.Reinstate(reason=body.reason, refusal_id=body.refusal_id, to_sector=body.to_sector)
    return _handled(tx, house, key, command, who, now, body.version)


@router.post("/cases/{key}/location")
def relocate(key: Key, body: Location, tx: Tx, house: House, now: Now, who: Who) -> CaseView:
    """更正位置: the grid is decided anew."""
    case = desk.relocate(
        tx,
        house.office,
        desk.case_id_of(tx, key),
        desk.BetterPlace(
            raw=RawPoint(lon=body.lon, lat=body.lat, crs=body.crs),
            accuracy_m=body.accuracy_m,
            reason=body.reason,
        ),
        actor=who,
        now=now,
        version=body.version,
    )
    return _whole(tx, case, now)


def _handled(
    tx: Tx, house: House, key: str, command: do.Command, who: Who, now: Now, version: int | None
) -> CaseView:
    case_id = desk.case_id_of(tx, key)
    case = desk.handle(tx, house.office, case_id, command, actor=who, now=now, version=version)
    return _whole(tx, case, now)


def _whole(tx: Tx, case: Case, now: datetime) -> CaseView:
    return case_view(case, now, deliveries=queries.deliveries(tx, [case.id]), whole=True)
