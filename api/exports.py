"""The case list as a file: what a screen shows, row by row, or all of a filter (R67, R68)."""

from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from api.bodies import Body
from api.cases import CaseFilter
from api.deps import Asking, House, Now, Tx
from api.runtime import Runtime
from api.views import local
from cases import exporting, sheets
from cases.people import access_log
from cases.people.callers import Caller
from cases.redaction import redact
from cases.roles import label

router = APIRouter(prefix="/v1", tags=["cases"])

Format = Literal["csv", "xlsx"]
EXPORTED = "cases.export"
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WRITERS = {"csv": sheets.write_csv, "xlsx": sheets.write_xlsx}
_PIECE = 256 * 1024


class ExportFilter(CaseFilter):
    """The filter of the list, and the form of the file."""

    format: Format = "csv"


class ShownCases(Body):
    """The rows a screen shows, in its order, and how it came to show them."""

    format: Format = "csv"
    ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=20_000)]
    filter: Annotated[str, Field(max_length=500)] = ""


@router.get("/cases/export", response_class=StreamingResponse)
def by_filter(
    asked: Annotated[ExportFilter, Query()], tx: Tx, house: House, now: Now, caller: Asking
) -> StreamingResponse:
    """All cases of a filter that this post sees, newest first."""
    rows = exporting.filtered(tx, asked.wanted(), caller.actor(), now=now)
    told = asked.model_dump(exclude={"format"}, exclude_none=True)
    file = _Export(house, now, caller, asked.format)
    return file.sent(tx, rows, " ".join(f"{name}={value}" for name, value in told.items()))


@router.post("/cases/export", response_class=StreamingResponse)
def as_shown(body: ShownCases, tx: Tx, house: House, now: Now, caller: Asking) -> StreamingResponse:
    """The cases a screen shows, the same rows in the same order; foreign ones are left out."""
    rows = exporting.shown(tx, body.ids, caller.actor(), now=now)
    return _Export(house, now, caller, body.format).sent(tx, rows, body.filter)


class _Export:
    """One file and its line in the access log."""

    def __init__(self, house: Runtime, now: datetime, caller: Caller, format: Format) -> None:
        self._who, self._account, self._now, self._format = (
            caller.actor(),
            caller.account,
            now,
            format,
        )
        # Short enough to be read out over the telephone.
        self._id = f"{local(now):%m%d}-{house.new_id().hex[:8]}"

    def sent(self, tx: Tx, rows: Iterator[exporting.Row], told: str) -> StreamingResponse:
        """The file, written whole before the first byte goes: half a list must not pass for one.

        It lies on the disk, so that 100,000 rows take no more memory than a few.
        """
        mark = sheets.Mark(
            export=self._id,
            account=self._account,
            post=label(self._who.post) or self._who.post,
            at=f"{local(self._now):%Y-%m-%d %H:%M}",
        )
        file = TemporaryFile()  # noqa: SIM115 - closed when it has been sent
        try:
            count = _WRITERS[self._format](file, exporting.COLUMNS, rows, mark)
        except BaseException:
            file.close()
            raise
        access_log.note(
            tx,
            EXPORTED,
            account=self._account,
            at=self._now,
            subject=self._id,
            post=self._who.post,
            rows=count,
            format=self._format,
            # What was searched for may be a person's number.
            filter=redact(told) or None,
        )
        name = f"cases-{local(self._now):%Y%m%d-%H%M}-{self._id}.{self._format}"
        file.seek(0)
        return StreamingResponse(
            _pieces(file),
            media_type=_TYPES[self._format],
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
                "X-Pianqu-Rows": str(count),
            },
        )


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
