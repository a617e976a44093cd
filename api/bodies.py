"""What comes in as a body: text that can be stored, a report from any source, shared types."""

from datetime import date, datetime
from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from cases.hours import SHANGHAI

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
FileKind = Literal["before", "after", "check", "enforcement", "plan", "other"]
Words = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=60, pattern=r"^[^\s].*$")]
Sector = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
# "A1" and "A1 " are one number: a blank must not make a second case.
OtherNumber = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_YEARS = (1990, 2100)
_DEEPEST = 60
_INTEGERS = range(-(2**63), 2**64)


def _when(moment: datetime) -> datetime:
    """A time without an offset is Shanghai's; one beyond all use is a slip."""
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise ValueError("时间超出可用范围")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _day(day: date) -> date:
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise ValueError("日期超出可用范围")
    return day


Moment = Annotated[datetime, AfterValidator(_when)]
Day = Annotated[date, AfterValidator(_day)]


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


class FileRef(Body):
    """A file that was brought before (POST /v1/attachments)."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    kind: FileKind
    name: Annotated[str, Field(min_length=1, max_length=120)]


Files = Annotated[tuple[FileRef, ...], Field(max_length=30)]


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
    forwarded_at: Moment | None = None
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
    reported_at: Moment | None = None
    due_at: Moment | None = Field(None, description="The source's own limit (A-1)")
    reporter: NewReporter | None = None
    attachments: Files = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.title or self.description or self.address):
            raise ValueError("title、description、address 至少要有一项")
        return self


class Owner(Body):
    """建议归属."""

    code: Annotated[str, Field(max_length=20)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=60)]
