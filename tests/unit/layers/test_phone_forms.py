"""What phones send, as a table: both protocols, all ways of writing, and what is not one."""

import math
from datetime import UTC, datetime

import pytest

from layers import phone_forms as forms

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
AT = datetime(2026, 3, 11, 1, 29, 0, tzinfo=UTC)
S = int(AT.timestamp())


def osmand(query="", body=b"", kind=""):
    return forms.osmand_fix(forms.form_fields(query, body, kind), "P1", NOW)


@pytest.mark.parametrize(
    "query",
    [
        f"id=x&lat=31.39&lon=121.26&timestamp={S}&accuracy=9&speed=1&bearing=2&batt=70",
        f"deviceid=x&lat=31.39&lon=121.26&timestamp={S}000&accuracy=9",
        "id=x&lat=31.39&lon=121.26&timestamp=2026-03-11T01:29:00Z&accuracy=9.0",
        "id=x&lat=31.39&lon=121.26&timestamp=2026-03-11T09:29:00%2B08:00&accuracy=9",
        "id=x&lat=31.39&lon=121.26&timestamp=2026-03-11 09:29:00&accuracy=9",
        f"id=x&location=31.39,121.26&timestamp={S}&hdop=1.8",
        f"id=x&lat=31.39&lon=121.26&timestamp={S}&accuracy=0&hdop=1.8",
    ],
)
def test_osmand_in_all_ways_of_writing(query):
    for fix in (
        osmand(query),
        osmand(body=query.encode(), kind="application/x-www-form-urlencoded"),
    ):
        assert (fix.device_id, fix.lon, fix.lat, fix.crs) == ("P1", 121.26, 31.39, "WGS84")
        assert (fix.fix_at, round(fix.accuracy_m)) == (AT, 9)


def test_traccar_clients_json():
    body = (
        b'{"location": {"timestamp": "2026-03-11T01:29:00.000Z", "coords": {"latitude": 31.39,'
        b' "longitude": 121.26, "accuracy": 9, "speed": 1, "heading": 2}, "battery": {}},'
        b' "device_id": "tok"}'
    )
    for kind in ("application/json", ""):
        fix = osmand(body=body, kind=kind)
        assert (fix.lon, fix.lat, fix.accuracy_m, fix.fix_at) == (121.26, 31.39, 9.0, AT)
        assert forms.token_in(forms.form_fields("", body, kind)) == "tok"


@pytest.mark.parametrize(
    "query",
    ["", "id=x", "id=x&batt=3", "id=x&location=here", "&&&=", "%00=%ff", "=" * 5000, "a&" * 5000],
)
def test_what_carries_no_position(query):
    assert osmand(query) is None
    assert osmand(body=query.encode(), kind="x") is None


def test_what_cannot_be_read_is_left_to_the_filters():
    for query in ("lat=x&lon=1", "lat=1", "lat=1e999&lon=nan", "lat=31&lon=121&valid=false"):
        fix = osmand(query)
        assert not math.isfinite(fix.lon) or not math.isfinite(fix.lat), query
    for moment in ("", "x", "1e400", "-1e18", "99999999999999999", "2026-13-40T00:00:00", "nan"):
        assert osmand(f"lat=31&lon=121&timestamp={moment}").fix_at.year <= 2026 or moment[0] == "9"
    assert osmand("lat=31&lon=121").fix_at == NOW
    assert osmand("lat=31&lon=121").accuracy_m == forms.UNKNOWN_ACCURACY_M


def test_owntracks():
    told = f'{{"_type":"location","lat":31.39,"lon":121.26,"tst":{S},"acc":9,"vel":4,"tid":"p1"}}'
    fix = forms.owntracks_fix(told.encode(), "P1")
    assert (fix.lon, fix.lat, fix.accuracy_m, fix.fix_at) == (121.26, 31.39, 9.0, AT)
    for other in (b"", b"[]", b"{", b'{"_type":"lwt"}', b'{"_type":["location"]}', b"[" * 9999,
                  b'{"_type":"transition","lat":31.39,"lon":121.26}', b"\xff\xfe"):  # fmt: skip
        assert forms.owntracks_fix(other, "P1") is None
    odd = forms.owntracks_fix(b'{"_type":"location","lat":true,"lon":{},"tst":null}', "P1")
    assert math.isnan(odd.lon)
    assert math.isnan(odd.lat)
    assert odd.fix_at.year == 1970
