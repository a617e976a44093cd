"""The gazetteer: what it holds, a look into it, and registers of door plates and POI."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.attachments import Sent, sent_file
from api.deps import House, Now, Tx, Who, connected
from api.views import local
from boundaries import gazetteer_desk
from cases.errors import NotYourPost
from cases.roles import Actor
from geo.places import Place, Quality
from geo.registers.importing import Wanted

router = APIRouter(prefix="/v1", tags=["gazetteer"])
KEEPERS = frozenset({"street-centre", "admin"})


class ChangeView(BaseModel):
    """A change of the gazetteer."""

    version: str
    at: datetime
    by: str
    reason: str
    counts: dict[str, int]


class GazetteerView(BaseModel):
    """What the gazetteer holds today; `provisional` while positions in the street are rough."""

    version: str
    provisional: bool
    notice: str
    licence: str
    places: dict[str, int]
    roads: int
    anchors: int
    learned: int
    changes: list[ChangeView]
    may_import: bool


class PlaceView(BaseModel):
    """A place, position in CGCS2000."""

    id: str
    kind: str
    label: str
    name: str | None
    address: str | None
    aliases: list[str]
    lon: float | None
    lat: float | None
    radius_m: float
    quality: str
    scope: str
    town: str | None
    source: str
    valid_from: date | None
    valid_to: date | None


class PlacesView(BaseModel):
    """Places whose name, further name or plate holds the words."""

    places: list[PlaceView]


class ConflictView(BaseModel):
    """A row somebody must look at; it is not written unless conflicts are accepted."""

    line: int
    problem: str
    title: str
    label: str
    detail: str
    metres: float | None
    acceptable: bool


class RegisterView(BaseModel):
    """What became of a register, or would become of it."""

    rows: int
    new: int
    changed: int
    unchanged: int
    repeated: int
    conflicts: list[ConflictView]
    conflict_counts: dict[str, int]
    columns: dict[str, str]
    crs: str | None
    written: bool
    version: str


@router.get("/gazetteer")
def overview(tx: Tx, now: Now, who: Who) -> GazetteerView:
    """What the gazetteer holds, how good it is and what changed last."""
    seen = gazetteer_desk.overview(tx, now)
    return GazetteerView(
        version=seen.version,
        provisional=seen.provisional,
        notice=seen.notice,
        licence=seen.licence,
        places=dict(seen.places),
        roads=seen.roads,
        anchors=seen.anchors,
        learned=seen.learned,
        changes=[
            ChangeView(
                version=f"g{change.version}",
                at=local(change.at),
                by=change.by,
                reason=change.reason,
                counts=dict(change.counts),
            )
            for change in seen.changes
        ],
        may_import=who.role in KEEPERS,
    )


@router.get("/gazetteer/places")
def places(
    tx: Tx,
    now: Now,
    q: Annotated[str, Query(max_length=60, description="part of a name or of a plate")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> PlacesView:
    """Look places up by part of a name, a further name or a plate."""
    found = gazetteer_desk.find(tx, now, q, limit)
    return PlacesView(places=[_view(place) for place in found])


_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/gazetteer/import", openapi_extra=_FORM)
def take_in(  # noqa: PLR0913, PLR0917 - each is a part of the request
    who: Who,
    now: Now,
    house: House,
    sent: Annotated[Sent, Depends(sent_file)],
    crs: Annotated[
        str | None,
        Query(max_length=40, description="the datum; never guessed", examples=["GCJ-02"]),
    ] = None,
    column: Annotated[
        list[str] | None,
        Query(alias="map", max_length=20, description="a field and its column: number=门牌"),
    ] = None,
    quality: Annotated[Quality, Query(description="how good the positions are")] = Quality.B,
    source: Annotated[str, Query(max_length=100, description="whose table it is")] = "",
    dry_run: Annotated[bool, Query(description="compare only")] = False,
    accept_conflicts: Annotated[bool, Query(description="write conflicts as well")] = False,
) -> RegisterView:
    """A register of door plates or POI: CSV, TSV, XLSX, GeoJSON or GeoPackage.

    New and changed places are written, conflicts only when accepted; every conflict is shown with
    its row.
    """
    _may_keep(who)
    wanted = Wanted(
        crs=crs,
        columns=dict(pair.partition("=")[::2] for pair in column or ()),
        quality=quality,
        source=source,
        dry_run=dry_run,
        accept_conflicts=accept_conflicts,
    )
    with connected(house.engine) as tx:
        territory = house.locator.territory(tx, now)
        outcome = gazetteer_desk.take_in(
            tx, sent.name, sent.data, wanted, territory=territory, by=who.post, at=now
        )
    return RegisterView(
        rows=outcome.rows,
        new=outcome.new,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        repeated=outcome.repeated,
        conflicts=[
            ConflictView(
                line=found.line,
                problem=found.problem,
                title=found.title,
                label=found.label,
                detail=found.detail,
                metres=None if found.metres is None else round(found.metres, 1),
                acceptable=found.acceptable,
            )
            for found in outcome.conflicts
        ],
        conflict_counts=dict(outcome.conflict_counts),
        columns=dict(outcome.columns),
        crs=outcome.crs,
        written=outcome.written,
        version=outcome.version,
    )


def _may_keep(who: Actor) -> None:
    if who.role not in KEEPERS:
        raise NotYourPost("地名地址库由街道城运中心和系统管理员维护")


def _view(place: Place) -> PlaceView:
    return PlaceView(
        id=place.id,
        kind=place.kind,
        label=place.label,
        name=place.name,
        address=place.address.text if place.address else None,
        aliases=[alias.text for alias in place.aliases],
        lon=round(place.point.lon, 7) if place.point else None,
        lat=round(place.point.lat, 7) if place.point else None,
        radius_m=place.radius_m,
        quality=place.quality,
        scope=place.scope,
        town=place.town,
        source=place.source,
        valid_from=place.valid_from,
        valid_to=place.valid_to,
    )
