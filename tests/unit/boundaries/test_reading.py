"""Boundary files in every format and datum become the same drafts."""

import json
from importlib.resources import as_file, files

import geopandas
import numpy as np
import pytest
import shapely

from boundaries.model import Level
from boundaries.reading import UnreadableBoundaries, read_areas
from boundaries.seed import read_seed
from boundaries.topology import findings
from geo.datums import Datum, from_cgcs2000
from geo.projections import geometry_to_metres

SEED = read_seed()
FORMATS = ["gpkg", "shp", "geojson", "kml"]


def table(areas, **columns):
    """A table as another system may export it: codes as numbers, Chinese level words."""
    return geopandas.GeoDataFrame(
        {
            "level": [area.level.value for area in areas],
            "code": [area.code for area in areas],
            "name": [area.name for area in areas],
            "parent": [area.parent for area in areas],
            **columns,
        },
        geometry=[area.geometry for area in areas],
        crs=4490,
    )


def write(frame, path, **options):
    if path.suffix == ".kml":
        options["driver"] = "KML"
        frame = frame.rename(columns={"name": "Name"})
    frame.to_file(path, **options)
    return path


def shifted(frame, datum):
    moved = frame.copy()
    moved.geometry = shapely.transform(
        frame.geometry.to_numpy(),
        lambda xy: np.column_stack(from_cgcs2000(lon=xy[:, 0], lat=xy[:, 1], datum=datum)),
    )
    return moved.set_crs(4326, allow_override=True)


def read(source, crs=None, **more):
    return read_areas(source, crs=crs, provisional=False, **more)


def check(areas):
    of = {level: [area for area in areas if area.level is level] for level in Level}
    return findings(
        of[Level.STREET][0], of[Level.SECTOR], of[Level.COMMUNITY], of[Level.POLICE_AREA],
        SEED.split_line.geometry,
    )  # fmt: skip


def worst_gap_m(ours, theirs):
    a = geometry_to_metres(np.array([area.geometry for area in ours]))
    b = geometry_to_metres(np.array([area.geometry for area in theirs]))
    return shapely.hausdorff_distance(a, b).max()


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format(tmp_path, ending):
    source = write(table(SEED.communities), tmp_path / f"网格.{ending}")
    areas = read(source, crs="CGCS2000")
    assert [(a.level, a.code, a.name, a.parent) for a in areas] == [
        (c.level, c.code, c.name, c.parent) for c in SEED.communities
    ]
    assert not any(area.provisional for area in areas)
    for area, original in zip(areas, SEED.communities, strict=True):
        assert area.geometry.geom_type == "Polygon"
        assert area.geometry.exterior.is_ccw  # a Shapefile stores them the other way round
        assert shapely.equals_exact(area.geometry, original.geometry, normalize=True)


@pytest.mark.parametrize("datum", ["WGS84", "GCJ-02", "BD-09"])
@pytest.mark.parametrize("ending", ["gpkg", "geojson"])
def test_declared_datums_in_degrees(tmp_path, datum, ending):
    """GCJ-02 and BD-09 travel under the name of WGS84; only the person can declare them."""
    frame = shifted(table(SEED.areas[:15]), Datum.parse(datum))
    areas = read(write(frame, tmp_path / f"a.{ending}"), crs=datum)
    assert worst_gap_m(areas, SEED.areas[:15]) < 1e-3


@pytest.mark.parametrize("epsg", [4549, 4528, 4490, 4326, 4547])
def test_systems_the_file_declares(tmp_path, epsg):
    frame = table(SEED.communities).to_crs(epsg)
    areas = read(write(frame, tmp_path / "a.gpkg"))
    assert worst_gap_m(areas, SEED.communities) < 1e-3
    assert shapely.coverage_is_valid([area.geometry for area in areas])


def test_degrees_are_kept_to_the_digit(tmp_path):
    for crs in (4490, 4326):
        frame = table(SEED.sectors).set_crs(crs, allow_override=True)
        for area, sector in zip(
            read(write(frame, tmp_path / f"{crs}.gpkg")), SEED.sectors, strict=True
        ):
            assert shapely.equals_exact(area.geometry, sector.geometry, normalize=True)


def test_the_shipped_folder_is_a_sound_source():
    with as_file(files("boundaries") / "data") as folder:
        areas = read_areas(folder, crs="CGCS2000", provisional=True)
    assert [(a.level, a.code) for a in areas] == [(a.level, a.code) for a in SEED.areas]
    assert all(area.provisional for area in areas)
    assert areas[3].properties["placement_confidence"] == "low"
    json.dumps([dict(area.properties) for area in areas])
    assert check(areas) == ()


def test_a_plane_survey_of_all_levels_stays_sound(tmp_path):
    """Levels projected, written and read one by one still share their vertices."""
    source = write(table(SEED.areas).to_crs(4549), tmp_path / "all.gpkg")
    assert check(read(source)) == ()


def test_a_geopackage_with_one_layer_a_level(tmp_path):
    source = tmp_path / "edition.gpkg"
    for name, areas in (("sectors", SEED.sectors), ("communities", SEED.communities)):
        table(areas).drop(columns="level").to_file(source, layer=name)
    areas = read(source)
    assert {area.level for area in areas} == {Level.SECTOR, Level.COMMUNITY}
    assert len(areas) == 14


def test_columns_of_others(tmp_path):
    frame = table(SEED.communities).rename(
        columns={"code": "WGBM", "name": "名称", "parent": "SSPQ", "level": "层级"}
    )
    frame["WGBM"] = frame["WGBM"].astype(float)  # a table with gaps writes numbers so
    frame["层级"] = "社区网格"
    source = write(frame, tmp_path / "a.gpkg")
    areas = read(source, columns={"code": "wgbm", "parent": "SSPQ"})
    assert [(a.code, a.name, a.parent) for a in areas] == [
        (c.code, c.name, c.parent) for c in SEED.communities
    ]
    assert {area.level for area in areas} == {Level.COMMUNITY}
    with pytest.raises(UnreadableBoundaries, match="no column BM"):
        read(source, columns={"code": "BM"})


def test_missing_codes_are_left_for_the_check(tmp_path):
    frame = table(SEED.areas)
    frame.loc[4, "code"] = None
    areas = read(write(frame, tmp_path / "a.gpkg"))
    assert areas[4].code is None
    assert "MISSING_CODE" in {finding.kind for finding in check(areas)}


def test_chinese_tables_without_a_declared_encoding(tmp_path):
    source = write(table(SEED.sectors), tmp_path / "a.shp", encoding="GBK")
    source.with_suffix(".cpg").unlink()
    assert [area.name for area in read(source, encoding="GBK")] == [s.name for s in SEED.sectors]


def test_holes_parts_and_heights(tmp_path):
    from shapely.geometry import MultiPolygon, box

    ring = box(121.26, 31.38, 121.27, 31.39).difference(box(121.262, 31.382, 121.264, 31.384))
    both = shapely.force_3d(MultiPolygon([ring, box(121.28, 31.38, 121.29, 31.39)]), 4.0)
    frame = geopandas.GeoDataFrame({"level": ["sector"], "code": [7]}, geometry=[both], crs=4490)
    (area,) = read(write(frame, tmp_path / "a.gpkg"))
    assert area.code == "7"
    assert not area.geometry.has_z
    assert len(area.geometry.geoms) == 2
    for part in area.geometry.geoms:
        assert part.exterior.is_ccw
        assert not any(hole.is_ccw for hole in part.interiors)


def bare_geojson(folder):
    """As RFC 7946 has it, without a `crs` member: the standard's WGS84, or a map service's?"""
    return write(table(SEED.sectors).to_crs(4326), folder / "a.geojson", RFC7946="YES")


def undeclared(frame, folder):
    source = write(frame, folder / "a.shp")
    source.with_suffix(".prj").unlink()
    return source


def line_file(folder):
    line = geopandas.GeoDataFrame(
        {"level": ["sector"]}, geometry=[SEED.split_line.geometry], crs=4490
    )
    return write(line, folder / "a.gpkg")


def broken_file(folder):
    source = folder / "a.geojson"
    source.write_text('{"type": "FeatureCollection", "features": [', encoding="utf-8")
    return source


def two_unknown_layers(folder):
    for name in ("甲", "乙"):
        table(SEED.sectors).to_file(folder / "a.gpkg", layer=name)
    return folder / "a.gpkg"


METRES = table(SEED.sectors).to_crs(4549)
BEIJING_54 = table(SEED.sectors).set_crs(4214, allow_override=True)


@pytest.mark.parametrize(
    ("make", "crs", "words"),
    [
        (bare_geojson, None, "which datum"),
        (lambda d: write(table(SEED.sectors), d / "a.kml"), None, "which datum"),
        (lambda d: undeclared(table(SEED.sectors), d), None, "which datum"),
        (lambda d: undeclared(METRES, d), "GCJ-02", "outside the area"),
        (lambda d: write(METRES, d / "a.gpkg"), "WGS84", "declares"),
        (lambda d: write(table(SEED.sectors), d / "a.gpkg"), "EPSG:4549", "declares"),
        (lambda d: write(table(SEED.sectors), d / "a.gpkg"), "火星", "unknown reference system"),
        (lambda d: write(BEIJING_54, d / "a.gpkg"), None, "surveyed transformation"),
        (line_file, None, "polygon"),
        (broken_file, "WGS84", "a.geojson"),
        (two_unknown_layers, None, "none of its layers"),
        (lambda d: write(METRES.drop(columns="level"), d / "a.gpkg"), None, "level is"),
        (lambda d: d, None, "no areas"),
        (lambda d: d / "missing.gpkg", None, "missing.gpkg"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, make, crs, words):
    source = make(tmp_path)
    with pytest.raises(UnreadableBoundaries, match=words):
        read(source, crs=crs)
