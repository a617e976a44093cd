"""The shareable map as bytes: whole, the same each time, and deaf to hostile text."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_sample import HOSTILE, case, figures, invented_day

import web
from web.report_assets import AssetsMissing, collect, read
from web.report_figures import report_id
from web.reports import situation_html

NODE_MODULES = Path(web.__file__).parent / "app" / "node_modules"


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assets")
    collect(NODE_MODULES, folder)
    return read(folder)


class Page(HTMLParser):
    """The elements of a page, and the text of each script and style."""

    CDATA_CONTENT_ELEMENTS = ("script", "style")

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.raw = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.raw.append((tag, dict(attrs), []))

    def handle_data(self, data):
        if self.raw:
            self.raw[-1][2].append(data)

    @property
    def facts(self):
        (found,) = (text for _, attrs, text in self.raw if attrs.get("id") == "figures")
        return json.loads("".join(found))


@pytest.fixture(scope="module")
def day_page(assets):
    return Page(situation_html(invented_day(), assets))


def test_nothing_is_fetched(day_page):
    for tag, attributes in day_page.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert not {"src", "href", "action"} & set(attributes), (tag, attributes)
    for tag, _, text in day_page.raw:
        told = "".join(text)
        if tag == "style":
            assert "@import" not in told
            assert all(
                url.startswith(("data:", "#")) for url in re.findall(r"url\(['\"]?([^)]*)", told)
            )
        assert "sourceMappingURL" not in told
    policy = next(
        a["content"] for _, a in day_page.elements if "http-equiv" in a and "src" in a["content"]
    )
    assert "default-src 'none'" in policy


def test_the_same_figures_give_the_same_bytes(assets):
    assert situation_html(invented_day(), assets) == situation_html(invented_day(), assets)


def test_the_number_follows_what_is_shown():
    shown = figures(case())
    assert report_id(shown) == report_id(figures(case()))
    assert report_id(replace(shown, refused_today=99)) != report_id(shown)
    assert re.fullmatch(r"20260311-1830-[0-9A-F]{6}", report_id(shown))


def test_hostile_text_stays_text(assets):
    cases = [
        case(f"0311-{n:04d}", title=text, description=text, category=text, community=text)
        for n, text in enumerate(HOSTILE)
    ]
    plain = Page(situation_html(figures(case()), assets))
    hostile = figures(*cases, desk_name=HOSTILE[1], notice=HOSTILE[0], licence=HOSTILE[3])
    html = situation_html(hostile, assets)
    page = Page(html)
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert [one["title"] for one in page.facts["cases"]] == list(HOSTILE)
    assert [one["description"] for one in page.facts["cases"]] == list(HOSTILE)
    assert page.facts["licence"] == HOSTILE[3]
    for text in HOSTILE:
        assert text not in html


def test_hostile_names_of_areas_stay_text(assets):
    shown = figures(case())
    ground = json.loads(json.dumps(shown.ground))
    for collection in ground.values():
        for feature in collection["features"]:
            feature["properties"]["name"] = HOSTILE[1]
            feature["properties"]["code"] = HOSTILE[2]
    page = Page(situation_html(replace(shown, ground=ground), assets))
    plain = Page(situation_html(shown, assets))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]


def test_it_says_what_it_is_worth(day_page):
    facts = day_page.facts
    assert facts["provisional"] is True
    assert "示意边界" in facts["notice"]
    assert "OpenStreetMap" in facts["licence"]
    assert facts["title"] == "新成路街道 案件态势图"
    assert len(facts["cameras"]) == 40


def test_an_empty_house_has_a_map_too(assets):
    empty = figures(ground={}, cameras=(), edition="", notice="", licence="")
    assert Page(situation_html(empty, assets)).facts["bounds"] is None


def test_what_is_not_built_is_said(tmp_path):
    with pytest.raises(AssetsMissing, match="setup-web"):
        read(tmp_path)
    with pytest.raises(AssetsMissing, match="setup-web"):
        collect(tmp_path, tmp_path / "out")


def test_a_style_that_asks_outside_is_refused(tmp_path):
    for name in ("leaflet/dist/leaflet.js", "leaflet.markercluster/dist/leaflet.markercluster.js",
                 "leaflet.markercluster/dist/MarkerCluster.css"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "leaflet/dist/leaflet.css").write_text("a{src:url('//example.org/font.woff')}")
    with pytest.raises(AssetsMissing, match="example"):
        collect(tmp_path, tmp_path / "out")
