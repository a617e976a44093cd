"""The shareable map: figures in, one HTML file out that opens without any network.

folium does not escape what it writes into popups, tooltips and names, so no text of a case goes
through it: texts travel as JSON in an inert element and `situation/page.js` puts them on the page
as text nodes. A content security policy inside the file forbids every request.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.plugins import HeatMap, MarkerCluster
from folium.template import Template
from folium.utilities import JsCode

from layers.figures import Situation
from web.report_assets import Assets
from web.report_figures import sector_look, shown

CENTRE = (31.3845, 121.2650)
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
    " img-src data:; base-uri 'none'; form-action 'none'"
)

Style = dict[str, Any]
# Not the clocks' colours: those mean one thing each.
_HEAT = {0.25: "#cbc9e2", 0.5: "#9e9ac8", 0.75: "#756bb1", 1.0: "#54278f"}
_ROAD_WIDTHS = {"motorway": 8, "trunk": 7, "primary": 6, "secondary": 5, "tertiary": 4}
_AREA_STYLES: dict[str, Callable[[Mapping[str, Any]], Style]] = {
    "neighbours": lambda _: {"color": "#c3c9d1", "weight": 1, "fillOpacity": 0, "dashArray": "2 4"},
    "street": lambda _: {"stroke": False, "fillColor": "#f3f4f5", "fillOpacity": 1},
    "sectors": lambda area: _sector_style(str(area.get("code"))),
    "water": lambda _: {"color": "#bcd8ea", "weight": 5, "fill": False},
    "roads": lambda road: {
        "color": "#ffffff",
        "weight": _ROAD_WIDTHS.get(str(road.get("highway")), 3),
        "fill": False,
    },
    "communities": lambda _: {
        "color": "#737e8c",
        "weight": 1.5,
        "dashArray": "6 4",
        "fillOpacity": 0,
    },
    "split_line": lambda _: {"color": "#26344d", "weight": 3.5, "fill": False},
}


def _sector_style(code: str) -> Style:
    look = sector_look(code)
    return {"color": look.edge, "weight": 3, "fillColor": look.tint, "fillOpacity": 0.11}


def situation_html(figures: Situation, assets: Assets) -> str:
    """The situation as one self-contained HTML page; the same figures give the same bytes."""
    page = folium.Map(
        location=list(CENTRE),
        zoom_start=15,
        tiles=None,
        maxZoom=19,
        minZoom=12,
        attributionControl=False,
        zoomSnap=0.25,
    )
    page.default_js, page.default_css = [], []
    _named(page, "situation")
    for layer, title in (
        ("neighbours", None),
        ("street", None),
        ("sectors", None),
        ("water", None),
        ("roads", None),
        ("communities", "社区网格"),
        ("split_line", None),
    ):
        _add(page, _ground(figures, layer, title), layer)
    heat = _plain(
        HeatMap(  # type: ignore[no-untyped-call]
            [], name="热力", show=False, radius=24, blur=18, min_opacity=0.3, gradient=_HEAT
        )
    )
    cases = _plain(
        MarkerCluster(  # type: ignore[no-untyped-call]
            name="案件",
            icon_create_function="situationClusterIcon",
            maxClusterRadius=52,
            showCoverageOnHover=False,
            disableClusteringAtZoom=18,
            # A slider moved in the middle of an animation would leave marks behind.
            animate=False,
        )
    )
    cameras = folium.FeatureGroup(name="视频")
    names = folium.FeatureGroup(name="地名")
    for element, name in ((heat, "heat"), (cameras, "cameras"), (names, "names"), (cases, "cases")):
        _add(page, element, name)
    _add(page, _layer_control(), "layers")
    _add(page, _Start(page, heat, cases, cameras, names), "start")
    return _document(page, figures, assets)


def _layer_control() -> folium.LayerControl:
    control = folium.LayerControl(position="topright", collapsed=False)
    # A telephone has no room for an open list.
    options: dict[str, Any] = {
        "collapsed": JsCode("window.innerWidth < 760"),
        "sortLayers": True,
        "sortFunction": JsCode("situationOrder"),
    }
    control.options |= options
    return control


class _Start(MacroElement):
    """Hands the map and its layers to our own script, after folium has made them."""

    _template = Template("""
        {% macro script(this, kwargs) %}
            situationPage({
                map: {{ this.map }}, heat: {{ this.heat }}, cases: {{ this.cases }},
                cameras: {{ this.cameras }}, names: {{ this.names }}
            });
        {% endmacro %}
    """)

    def __init__(
        self, page: Element, heat: Element, cases: Element, cameras: Element, names: Element
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self.map, self.heat, self.cases = page.get_name(), heat.get_name(), cases.get_name()
        self.cameras, self.names = cameras.get_name(), names.get_name()


def _add(page: folium.Map, element: Element, name: str) -> None:
    page.add_child(_named(element, name), name=name)


def _named(element: Element, name: str) -> Element:
    """Give an element a fixed name; folium's own are random, so no two pages would be equal."""
    element._id = name
    return element


def _plain(element: Any) -> Any:
    """Keep a plug-in from asking an outside host for its files; they are in the page already."""
    element.default_js, element.default_css = [], []
    return element


def _ground(figures: Situation, layer: str, title: str | None) -> folium.GeoJson:
    """One base layer, with its look and nothing else of its properties but code and name."""
    style = _AREA_STYLES[layer]
    features = []
    for number, feature in enumerate(figures.ground.get(layer, {}).get("features", [])):
        properties = feature["properties"]
        features.append(
            {
                "type": "Feature",
                "id": f"{layer}-{number}",
                "geometry": feature["geometry"],
                "properties": {"style": {**style(properties), "interactive": False}},
            }
        )
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=title,
        control=title is not None,
        style_function=None,
        smooth_factor=0.5,
        interactive=False,
    )


def _document(page: folium.Map, figures: Situation, assets: Assets) -> str:
    facts = shown(figures)
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    figure = page.get_root()
    assert isinstance(figure, Figure)
    _named(figure, "figure")
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{_html(facts['title'])}</title>",
        *(f"<style>{css}</style>" for css in assets.styles),
        *(f"<script>{_script(js)}</script>" for js in assets.scripts),
        f'<script type="application/json" id="figures">{_inert(written)}</script>',
    ]
    for number, part in enumerate(head):
        figure.header.add_child(_Raw(part), name=f"our_{number:02d}", index=number)
    return str(figure.render())


class _Raw(Element):
    """Markup of our own that no template engine reads again."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self._markup = markup

    def render(self, **_: Any) -> str:
        return self._markup


def _inert(written: str) -> str:
    """JSON that cannot end the element it stands in, nor start another."""
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return written


def _script(js: str) -> str:
    """A script that cannot end its own element by a string it holds."""
    return js.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
