"""What phones send, read into fixes: OsmAnd (Traccar Client) and OwnTracks over HTTP. Pure.

Both protocols give degrees of WGS84. Times are Unix seconds or milliseconds, or ISO 8601; OsmAnd's
"yyyy-MM-dd HH:mm:ss" has no zone and is read as Shanghai's. A number that cannot be read becomes
NaN, which the filters refuse as INVALID: a phone cannot do anything about an error but send again.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from cases.hours import SHANGHAI
from layers.fixes import Fix

CRS = "WGS84"
UNKNOWN_ACCURACY_M = 50.0
# An ordinary phone's error for a dilution of one; for programs that tell only hdop.
METRES_PER_HDOP = 5.0
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = 1e11  # as seconds that would be the year 5138
_TOKEN_NAMES = ("token", "id", "deviceid", "device_id")
_NAMES_MOST = 60


def form_fields(query: str, body: bytes, content_type: str) -> dict[str, Any]:
    """The fields of an OsmAnd request: of its query, else its form, else its JSON.

    >>> form_fields("id=a&lat=31.4", b"", "")
    {'id': 'a', 'lat': '31.4'}
    """
    fields: dict[str, Any] = dict(_pairs(query))
    if "json" in content_type:
        return fields | _object(body)
    text = body.decode("utf-8", "replace")
    if text.lstrip().startswith("{"):
        return fields | _object(body)
    return fields | dict(_pairs(text))


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, max_num_fields=_NAMES_MOST)
    except ValueError:
        return []


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def token_in(fields: Mapping[str, Any]) -> str | None:
    """The token among the fields: Traccar Client can send it as its device id only."""
    for name in _TOKEN_NAMES:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def osmand_fix(fields: Mapping[str, Any], person_id: str, now: datetime) -> Fix | None:
    """The fix of an OsmAnd request; None when it carries no position (a heartbeat)."""
    if isinstance(fields.get("location"), dict):
        return _traccar_json(fields["location"], person_id, now)
    lat, lon = fields.get("lat"), fields.get("lon")
    pair = fields.get("location")
    if lat is None and lon is None and isinstance(pair, str) and "," in pair:
        lat, lon = pair.split(",")[:2]
    if lat is None and lon is None:
        return None
    known = str(fields.get("valid", "true")).lower() not in ("false", "0")
    return Fix(
        device_id=person_id,
        lon=_number(lon) if known else math.nan,
        lat=_number(lat) if known else math.nan,
        crs=CRS,
        accuracy_m=_accuracy(fields.get("accuracy"), fields.get("hdop")),
        fix_at=_moment(fields["timestamp"]) if "timestamp" in fields else now,
    )


def _traccar_json(location: Mapping[str, Any], person_id: str, now: datetime) -> Fix | None:
    coords = location.get("coords")
    if not isinstance(coords, dict):
        return None
    return Fix(
        device_id=person_id,
        lon=_number(coords.get("longitude")),
        lat=_number(coords.get("latitude")),
        crs=CRS,
        accuracy_m=_accuracy(coords.get("accuracy"), None),
        fix_at=_moment(location["timestamp"]) if "timestamp" in location else now,
    )


def owntracks_fix(body: bytes, person_id: str) -> Fix | None:
    """The fix of an OwnTracks message; None for its other kinds, and for an empty one."""
    told = _object(body)
    if told.get("_type") != "location":
        return None
    return Fix(
        device_id=person_id,
        lon=_number(told.get("lon")),
        lat=_number(told.get("lat")),
        crs=CRS,
        accuracy_m=_accuracy(told.get("acc"), None),
        fix_at=_moment(told.get("tst")),
    )


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan


def _accuracy(accuracy: Any, hdop: Any) -> float:
    told = _number(accuracy)
    # Nought is what programs send that do not know.
    if accuracy is not None and told != 0:
        return told
    dilution = _number(hdop)
    return dilution * METRES_PER_HDOP if dilution > 0 else UNKNOWN_ACCURACY_M


def _moment(value: Any) -> datetime:
    """A moment as a phone writes it; what cannot be read is the year 1970, which is PAST."""
    seconds = _number(value)
    try:
        if math.isfinite(seconds):
            seconds = seconds / 1000 if abs(seconds) > _MILLISECONDS else seconds
            return datetime.fromtimestamp(seconds, UTC)
        read = datetime.fromisoformat(str(value).strip())
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=SHANGHAI)
    except (ValueError, OverflowError, OSError):
        return _NEVER
