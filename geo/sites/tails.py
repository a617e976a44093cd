"""What stands behind a place: beside, opposite, near, so many metres on. Pure."""

from dataclasses import replace
from math import hypot

from geo.readings import Precision
from geo.sites.site import Site
from geo.spots import Spot
from geo.streets import COMPASS, Spot2, StreetMap, moved
from geo.text.tokens import VAGUE

__all__ = ["with_tail"]

_NEAR_ADDS = {
    "旁": 15.0, "旁边": 15.0, "隔壁": 20.0, "后面": 40.0, "后侧": 40.0, "前面": 25.0, "楼下": 5.0,
    "里面": 5.0, "对面": 20.0, "正对面": 20.0, "斜对面": 30.0,
}  # fmt: skip
_VAGUE_ADDS = 60.0


def with_tail(site: Site, spot: Spot, streets: StreetMap) -> Site:
    """A position with what is said behind it."""
    if spot.named_after:
        site = replace(site, against=site.against | {"named_after"})
    if site.spot is None:
        return site
    if spot.vague or spot.near in VAGUE or spot.near == "之间":
        return replace(
            site, radius_m=site.radius_m + _VAGUE_ADDS, against=site.against | {"V7"},
            label=f"{site.label}{spot.near or '附近'}",
        )  # fmt: skip
    if spot.near is not None:
        site = _beside_of(site, spot.near, streets)
    if spot.offset is not None and spot.cross is None:
        site = _straight(site, spot.offset)
    if spot.gate is not None and site.precision in (Precision.COMPOUND, Precision.LANE):
        site = replace(site, marks=site.marks | {"gate"})
    return site


def _beside_of(site: Site, near: str, streets: StreetMap) -> Site:
    assert site.spot is not None
    radius = site.radius_m + _NEAR_ADDS.get(near, 30.0)
    spot = site.spot
    if near in ("对面", "正对面", "斜对面"):
        spot = _mirrored(spot, streets) or spot
    return replace(
        site, spot=spot, radius_m=radius, label=f"{site.label}{near}",
        marks=site.marks | {"beside"},
    )  # fmt: skip


def _mirrored(spot: Spot2, streets: StreetMap) -> Spot2 | None:
    """The spot on the other side of the nearest traced road."""
    found = streets.nearest_piece(spot, 120.0)
    if found is None:
        return None
    piece = found[0]
    foot = piece.at(piece.along(spot))
    return 2 * foot[0] - spot[0], 2 * foot[1] - spot[1]


def _straight(site: Site, offset: tuple[str | None, int]) -> Site:
    direction, metres = offset
    assert site.spot is not None
    if direction is None:
        return replace(
            site, radius_m=site.radius_m + metres, against=site.against | {"V7"},
            label=f"{site.label}{metres}米",
        )  # fmt: skip
    return replace(
        site,
        key=f"offset:{site.key}/{direction}{metres}米",
        label=f"{site.label}往{direction}{metres}米",
        precision=Precision.OFFSET,
        spot=moved(site.spot, COMPASS[direction], metres),
        radius_m=round(hypot(10.0 + 0.2 * metres, site.radius_m), 1),
    )
