"""Figures for tests of the shareable map: the real ground, and a day of invented cases on it."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import shapely

from boundaries.seed import places, read_seed
from cases.hours import SHANGHAI, end_of_next_day
from geo.datums import read_point
from layers.figures import CameraMark, CaseMark, Situation
from pianqu.demo_day import Ground, day
from pianqu.demo_registers import cameras

AT = datetime(2026, 3, 11, 18, 30, tzinfo=SHANGHAI)
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\">",
    "</script><script>document.title='owned'</script>",
    "`${document.title='owned'}` {{7*7}} {% raw %} \\u003cb\\u003e",
    "</style><!-- --><svg/onload=document.title='owned'> ' \" & \u2028 \u2029",
)


def case(number="0311-0001", **given):
    fields = {
        "number": number, "source": "12345", "status": "received", "title": "占道堆物",
        "description": "路口有堆物", "category": "09006 占道经营", "community": "迎园社区网格",
        "urgent": False, "supervised": False, "reported_at": AT - timedelta(hours=2),
        "received_at": AT - timedelta(hours=2), "warn_at": None, "due_at": None,
        "lon": 121.2625, "lat": 31.3885,
    }  # fmt: skip
    return CaseMark(**(fields | given))


def collection(*drafts):
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {**one.properties, "name": one.name},
                "geometry": json.loads(shapely.to_geojson(one.geometry)),
            }
            for one in drafts
        ],
    }


def figures(*cases, **given):
    seed = read_seed()
    fields = {
        "at": AT, "since": AT - timedelta(days=1), "desk": None, "desk_name": "新成路街道",
        "edition": seed.name, "provisional": True, "notice": seed.notice, "licence": seed.licence,
        "ground": {
            "neighbours": collection(*seed.neighbours), "street": collection(seed.street),
            "sectors": collection(*seed.sectors), "communities": collection(*seed.communities),
            "split_line": collection(seed.split_line), "roads": collection(*seed.roads),
            "water": collection(*seed.water),
        },
        "cases": cases, "cases_in_all": len(cases), "received_today": len(cases) + 30,
        "refused_today": 21, "without_location": 9,
        "cameras": tuple(
            CameraMark(name=one.name, heading=one.heading, fov=one.fov, range_m=one.range_m,
                       online=one.status == "online", lon=one.point.lon, lat=one.point.lat)
            for one in cameras(seed, 1409)
        ),
    }  # fmt: skip
    return Situation(**(fields | given))


def invented_day():
    """A day as it may stand on the map in the evening."""
    seed = read_seed()
    ground = Ground.of(seed, places())
    marks = []
    for report in day(ground, seed=1409, on=AT.date()):
        body = report.body
        read = read_point(lon=body.get("lon"), lat=body.get("lat"), crs=body.get("crs"))
        shown = report.trait in ("inside", "road", "split_line")
        if not shown or read.point is None or report.at > AT:
            continue
        done = len(marks) % 4 == 0
        slow = timedelta(minutes=30) if len(marks) % 3 == 0 and report.at.hour > 16 else None
        due = report.at + slow if slow else end_of_next_day(report.at)
        one = case(
            f"0311-{len(marks) + 1:04d}", source=body["source"], title=body["title"],
            description=body["description"], category=body.get("category"),
            urgent=body.get("urgent", False), reported_at=report.at, received_at=report.at,
            lon=read.point.lon, lat=read.point.lat, status="accepted" if done else "received",
        )  # fmt: skip
        warn = report.at + 0.7 * (due - report.at)
        marks.append(one if done else replace(one, warn_at=warn, due_at=due))
    return figures(*marks)
