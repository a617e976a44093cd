"""Every layer as GDAL and RFC 7946 understand it, over the wire."""

import json
from datetime import UTC, datetime

import numpy as np
import pyogrio
import pytest
import shapely
import signed
from places import IN_MALU, ON_THE_LINE, SURE_140901, SURE_140902, report

from layers.catalog import CATALOG
from pianqu.demo import install_registers
from store.engine import make_engine, transaction

LAYERS = [layer.id for layer in CATALOG]
# What RFC 7946 reserves, and so a foreign member may not be called (section 7.1).
RESERVED = {"coordinates", "geometries", "geometry", "properties"}
# Jiading and its neighbours: a swapped or shifted pair falls out of it.
BOX = (121.0, 31.1, 121.5, 31.6)


@pytest.fixture(scope="module")
def written(open_site):
    """Each layer's answer, from a site with registers, people and cases in it."""
    site = open_site(PIANQU_AUTO_REFUSE="false")
    engine = make_engine(site.database_url, pool_size=1)
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        install_registers(conn, now)
    engine.dispose()
    with signed.client(f"{site.base_url}/v1", "street-centre") as client:
        for spot in (SURE_140901, SURE_140902, ON_THE_LINE, IN_MALU, None):
            client.post("/cases", json=report(spot)).raise_for_status()
        fix = {"lon": 121.26, "lat": 31.385, "fix_at": now.isoformat()}
        own = {"X-Pianqu-Post": "police-140901"}
        client.post("/positions", json=fix, headers=own).raise_for_status()
        return {layer: client.get(f"/layers/{layer}") for layer in LAYERS}


@pytest.mark.parametrize("layer", CATALOG, ids=LAYERS)
def test_gdal_reads_it(written, layer, tmp_path):
    path = tmp_path / f"{layer.id}.geojson"
    path.write_bytes(written[layer.id].content)
    meta, _, shapes, columns = pyogrio.raw.read(path)
    assert meta["crs"] in ("EPSG:4326", "OGC:CRS84")
    geometries = shapely.from_wkb(shapes)
    assert len(geometries) > 0
    assert shapely.is_valid(geometries).all()
    kinds = {geometry.geom_type for geometry in geometries}
    allowed = {layer.geometry, layer.geometry.removeprefix("Multi"), f"Multi{layer.geometry}"}
    assert kinds <= allowed
    west, south, east, north = shapely.total_bounds(geometries)
    assert BOX[0] < west <= east < BOX[2]
    assert BOX[1] < south <= north < BOX[3]
    assert {len(column) for column in columns} == {len(geometries)}
    # Names arrive as they are, in Chinese.
    if "name" in meta["fields"]:
        name = str(columns[list(meta["fields"]).index("name")][0])
        assert name == json.loads(written[layer.id].content)["features"][0]["properties"]["name"]


@pytest.mark.parametrize("layer", LAYERS)
def test_it_keeps_to_rfc_7946(written, layer):
    answer = written[layer]
    assert answer.headers["content-type"] == "application/geo+json"
    collection = json.loads(answer.content)
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection, "4: one datum, and no member to name another"
    assert not RESERVED & set(collection)
    assert isinstance(collection["provisional"], bool)
    ids = [feature["id"] for feature in collection["features"]]
    assert len(set(ids)) == len(ids)
    for feature in collection["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature"
        assert "crs" not in feature["geometry"]
        _check_geometry(feature["geometry"])


def _check_geometry(geometry: dict) -> None:
    shape = shapely.from_geojson(json.dumps(geometry))
    for polygon in (p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"):
        assert polygon.exterior.is_ccw, "3.1.6: the right-hand rule"
        assert not any(hole.is_ccw for hole in polygon.interiors)
    for ring in _rings(geometry):
        assert ring[0] == ring[-1]
        assert len(ring) >= 4
    # 11.2: seven decimals are a centimetre, more only pretend.
    flat = np.array(shapely.get_coordinates(shape))
    assert np.array_equal(flat, flat.round(7))


def _rings(geometry: dict) -> list:
    if geometry["type"] == "Polygon":
        return geometry["coordinates"]
    if geometry["type"] == "MultiPolygon":
        return [ring for polygon in geometry["coordinates"] for ring in polygon]
    return []


def test_areas_speak_of_their_edition_and_are_provisional(written):
    for layer in ("street", "sectors", "communities", "police_areas", "neighbours"):
        collection = json.loads(written[layer].content)
        assert collection["provisional"] is True
        assert collection["notice"]
        assert collection["licence"]
        assert all(feature["properties"]["provisional"] for feature in collection["features"])
