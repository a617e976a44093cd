"""What a person's confirmed place teaches: kept in the transaction that moves the case (R2–R5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from boundaries.model import Assignment
from cases.by_words import Reading
from cases.model import Case
from cases.redaction import redact
from cases.roles import Actor
from geo.labels import Label, Offered, add_label, learn
from geo.points import distance_m
from geo.readings import Geocoded, Part

# A click this far from the candidate it names is another place.
_APART_M = 100.0


def keep_label(
    conn: Connection,
    reading: Reading,
    case: Case,
    place: Assignment,
    *,
    id: UUID,
    chosen: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what a text was and which place a person gave it; learn a name two people agree on.

    Args:
        conn: the transaction in which the case is moved.
        reading: the text and what the geocoder offered for it.
        case: the case.
        place: what the map says of the place given.
        id: the label's own.
        chosen: the candidate the person took; None for a point on the map.
        actor: who it was.
        now: the moment.
    """
    told = reading.geocoded
    name = _unmatched(told.parts)
    add_label(
        conn,
        Label(
            id=id,
            case_id=case.id,
            at=now,
            account=actor.account or actor.post,
            clause=redact(told.clause) or name or "",
            chosen=chosen if _is_there(told, chosen, place) else None,
            point=place.point,
            radius_m=place.radius_m,
            unmatched_name=name,
            candidates=tuple(
                Offered(key=found.key, confidence=round(found.confidence, 4))
                for found in told.candidates
            ),
            outcome=told.outcome.value,
            gazetteer_version=told.gazetteer_version,
        ),
    )
    if name is not None:
        learn(conn, at=now, names=(name,))


def _is_there(told: Geocoded, chosen: str | None, place: Assignment) -> bool:
    """Whether the point is that of the candidate; one that was not offered is taken at its word."""
    found = next((found for found in told.candidates if found.key == chosen), None)
    if found is None or found.point is None or place.point is None:
        return True
    return distance_m(found.point, place.point) <= max(_APART_M, found.radius_m)


def _unmatched(parts: Sequence[Part]) -> str | None:
    """The one piece that looked like a name and is none we know, without people in it."""
    unknown = {part.text for part in parts if part.role == "unknown"}
    if len(unknown) != 1:
        return None
    [name] = unknown
    return name if redact(name) == name else None
