"""The same decision for many points at once, in columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boundaries.assignment import MIN_RADIUS_M, decide
from boundaries.model import AssignmentStatus
from boundaries.territory import Territory
from geo.datums import added_uncertainty_m, read_points

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Points as they came: two columns, one declared datum, an accuracy each (NaN = unstated)."""

    lon: Floats
    lat: Floats
    crs: str | None
    accuracy_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAnswer:
    """Answers in columns, in the order asked; codes, or None where a level stays open."""

    status: list[str]
    sector: list[str | None]
    community: list[str | None]
    reason_code: list[str | None]
    radius_m: list[float | None]
    edition: str


def decide_batch(
    territory: Territory, *, lon: Floats, lat: Floats, crs: str | None, accuracy_m: Floats
) -> BatchAnswer:
    """Decide n points; those that cannot be read are `no_location` with the reason."""
    read = read_points(lon=lon, lat=lat, crs=crs)
    good = np.array([problem is None for problem in read.problem], bool)
    extra = added_uncertainty_m(read.datum) if read.datum else 0.0
    radius = np.maximum(np.nan_to_num(accuracy_m, nan=MIN_RADIUS_M), MIN_RADIUS_M) + extra
    count = len(lon)
    status = np.full(count, AssignmentStatus.NO_LOCATION.value, dtype=object)
    sector = np.full(count, None, dtype=object)
    community = np.full(count, None, dtype=object)
    reason = np.array([None if p is None else str(p) for p in read.problem], dtype=object)
    if good.any():
        found = decide(territory, lon=read.lon[good], lat=read.lat[good], radius=radius[good])
        status[good] = found.status.astype(object)
        sector[good] = _codes(territory.sectors, found.sector)
        community[good] = _codes(territory.communities, found.community)
        told = found.reason.astype(object)
        told[found.reason == ""] = None
        reason[good] = told
    return BatchAnswer(
        status=status.tolist(),
        sector=sector.tolist(),
        community=community.tolist(),
        reason_code=reason.tolist(),
        radius_m=[float(r) if ok else None for r, ok in zip(radius, good, strict=True)],
        edition=territory.edition.name,
    )


def _codes(areas: Any, positions: NDArray[np.int32]) -> NDArray[np.object_]:
    table = np.array([*(area.code for area in areas), None], dtype=object)
    return table[positions]
