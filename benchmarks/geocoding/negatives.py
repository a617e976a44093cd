"""The half that must not be taken: other towns, impossible crossings, two places, wrong datums.

Each maker yields (draft, given) for one chance; `given` is the report's own pair, or None.
"""

from itertools import combinations

from benchmarks.geocoding import operators
from benchmarks.geocoding.entities import Entity
from benchmarks.geocoding.naming import CHAINS, HEADS, TAILS
from benchmarks.geocoding.templates import Draft, Piece, cut
from geo.datums import Datum, from_cgcs2000

CITIES = (
    "北京市朝阳区", "苏州市姑苏区", "南京市鼓楼区", "新疆塔城市", "新疆乌鲁木齐市天山区",
    "甘肃省临夏州和政县", "新疆喀什地区叶城县", "杭州市西湖区", "深圳市南山区", "重庆市渝中区",
    "成都市武侯区", "广州市天河区", "西安市雁塔区", "武汉市江汉区", "江苏省太仓市", "昆山市",
    "上海市闵行区", "上海市浦东新区", "上海市宝山区", "青岛市市南区", "天津市河西区",
    "长沙市岳麓区", "甘肃省永靖县", "安徽省合肥市蜀山区", "福建省厦门市思明区",
    "辽宁省沈阳市和平区",
)  # fmt: skip
CITY_ROADS = (
    "人民路", "解放路", "中山路", "建设路", "和平路", "新华路", "文化路", "北京路", "长江路",
    "青年路", "胜利街", "朝阳大道", "环城路", "学府路", "滨河路", "科技路",
)  # fmt: skip
NO_PLACE = (
    "有人打架，快来", "路灯坏了", "想咨询一下居住证怎么办理", "小区里太吵了", "12345没人接",
    "谢谢你们的帮助，问题解决了", "垃圾分类什么时候开始", "我要投诉出租车拒载", "停水了怎么办",
    "请问养老金怎么领", "楼上漏水，物业不管", "快递被偷了", "我家对面在施工", "门口有个坑",
    "那条路上全是泥", "路口红绿灯坏了", "桥下面有人钓鱼", "公交车不停站", "就在老地方",
    "你们上次来过的那个地方", "学校门口堵车", "菜场旁边有人乱停车", "下水道又堵了，老位置",
    "来电人情绪激动，未说明地址", "市民表扬民警", "疫苗接种点在哪里", "12号那天来过", "3号楼没电了",
    "第二个路口右转", "地铁站旁边", "河边有死鱼", "公园里有人唱歌扰民", "工地噪音扰民",
)  # fmt: skip
_STREET = ("real", "reworded")
# How many rows of each kind one world gives, at full size.
SHARES = {
    "beyond": 300, "impossible": 500, "two": 500, "caller only": 250, "caller and place": 350,
    "corrected": 250, "vague": 400, "brand": 60, "opposite": 150, "foreign": 700, "nowhere": 450,
    "unknown road": 400, "datum": 700,
}  # fmt: skip


def make(kind, world, chance):
    """One draft of a kind and its given pair; None where this chance has none."""
    return _MAKERS[kind](world, chance)


def _entity(kind, key, truth, reason, **more):
    return Entity(
        key=key, kind=kind, slots=more.pop("slots", {}), keys=more.pop("keys", ()), truth=truth,
        reason=reason, **more,
    )  # fmt: skip


def _draft(entity, pieces, template, *, expected=False):
    return Draft(
        pieces=pieces, entity=entity, template=template, truth=entity.truth,
        reason=entity.reason, expected=expected,
    )  # fmt: skip


def filled(entity, world, chance):
    """The pieces of an entity in one of its templates, complete."""
    template = chance.choice(world.wording.of_kind(entity))
    slots = dict(entity.slots)
    slots["admin"] = admin(entity, world, chance)
    joined = chance.choice(world.wording.connectors)
    # Without 路口 behind them, 近 and 靠近 make a stretch of road and not a crossing.
    if joined in ("近", "靠近") and not any(
        w in template for w in ("路口", "交叉口", "十字", "角")
    ):
        joined = "和"
    slots["conn"] = joined
    return cut(template, slots), template


def admin(entity, world, chance):
    city, district, street = world.ours
    if entity.truth == "outside":
        town = entity.slots.get("town", "")
        return chance.choice((f"{city}{district}{town}", f"{district}{town}", town))
    return chance.choice(
        (f"{city}{district}{street}", f"{district}{street}", street, district, f"{city}{district}")
    )


def _some(world, chance, *, truth=("auto_ok",), kinds=None):
    pool = [
        e for e in world.entities
        if e.truth in truth and (kinds is None or e.kind in kinds)
    ]  # fmt: skip
    return chance.choice(pool) if pool else None


_INCIDENTS = ("compound", "poi", "plate", "lane", "crossing", "corner")


def _beyond(world, chance):
    road = chance.choice(world.roads)
    known = world.numbers.get(road)
    highest = max(known) if known else 2000
    number = highest + chance.randrange(300, 4000)
    plate = f"{number}{chance.choice('号弄')}"
    entity = _entity(
        "beyond", f"b:{road}", "confirm", "no such number stands on the road",
        slots={"road": road, "plate": plate},
    )  # fmt: skip
    template = chance.choice(world.wording.kinds["plate"])
    slots = {**entity.slots, "admin": admin(entity, world, chance)}
    return _draft(entity, cut(template, slots), template), None


def _impossible(world, chance):
    pairs = [p for p in combinations(world.roads, 2) if frozenset(p) not in world.meets]
    a, b = chance.sample(chance.choice(pairs), 2)
    if world.name in _STREET and chance.random() < 0.25:
        a, b = chance.sample(("塔城路", "墅沟路"), 2)
    entity = _entity(
        "impossible", f"i:{'×'.join(sorted((a, b)))}", "confirm", "these roads do not meet",
        slots={"a": a, "b": b},
    )  # fmt: skip
    template = chance.choice(world.wording.kinds["crossing"] + world.wording.kinds["corner"])
    slots = {"a": a, "b": b, "conn": chance.choice(("和", "与", "、", "")), "corner": "东北"}
    slots["admin"] = admin(entity, world, chance)
    return _draft(entity, cut(template, slots), template), None


def _two(world, chance):
    first = _some(world, chance, truth=("auto_ok", "confirm"), kinds=_INCIDENTS)
    second = _some(world, chance, truth=("auto_ok", "confirm"), kinds=_INCIDENTS)
    if first.needs == second.needs or _related(first, second):
        return None
    a, one = filled(first, world, chance)
    b, _ = filled(second, world, chance)
    joined = chance.choice(("，还有", "、", "和", "，另外", "，以及"))
    behind = chance.choice(("都有人乱停车", "两处都有垃圾", "都积水了", "均存在占道经营"))
    entity = _entity(
        "two", first.key, "confirm", "two places", slots={}, needs=first.needs, grid=first.grid
    )
    pieces = [*a, Piece("literal", joined), *b, Piece("literal", behind)]
    return _draft(entity, pieces, f"{one} + …"), None


def _related(first, second):
    ours = {first.slots.get(k) for k in ("road", "a", "b", "name")} - {None}
    theirs = {second.slots.get(k) for k in ("road", "a", "b", "name")} - {None}
    return bool(ours & theirs)


def _caller_only(world, chance):
    home = _some(world, chance, truth=("auto_ok", "confirm"), kinds=("compound", "lane", "plate"))
    words = _plain(home)
    text = chance.choice(("我住{h}，", "来电人住{h}，", "家住{h}的市民", "投诉人居住在{h}，"))
    told = chance.choice(
        ("反映最近垃圾车来得太早", "说路上有人乱丢烟头", "投诉公交车绕路", "咨询医保")
    )
    entity = _entity(
        "caller only", home.key, "confirm", "only the caller's home is named", needs=home.needs
    )
    return _draft(entity, [Piece("literal", text.format(h=words) + told)], text), None


def _plain(entity):
    slots = entity.slots
    if entity.kind == "crossing":
        return f"{slots['a']}{slots['b']}路口"
    return slots.get("name") or f"{slots['road']}{slots['plate']}"


def _caller_and_place(world, chance):
    home = _some(world, chance, truth=("auto_ok", "confirm"), kinds=("compound", "lane", "plate"))
    real = _some(world, chance, truth=("auto_ok", "confirm"), kinds=_INCIDENTS)
    if home.needs == real.needs or _related(home, real):
        return None
    pieces, template = filled(real, world, chance)
    frame = chance.choice(world.wording.caller)
    before = frame.split("{place}")[0].format(home=_plain(home))
    draft = _draft(real, [Piece("literal", before), *pieces], f"{frame} {template}", expected=True)
    draft.pieces.append(Piece("literal", chance.choice(world.wording.suffixes)))
    return draft, None


def _corrected(world, chance):
    wrong = _some(world, chance, truth=("auto_ok", "confirm"), kinds=("compound", "poi", "plate"))
    real = _some(world, chance, truth=("auto_ok", "confirm"), kinds=("compound", "poi", "plate"))
    if wrong.needs == real.needs or _related(wrong, real):
        return None
    frame = chance.choice(world.wording.corrected)
    before = frame.split("{place}")[0].format(wrong=_plain(wrong))
    pieces = [Piece("literal", before), Piece("literal", _plain(real))]
    return _draft(real, pieces, frame, expected=True), None


def _vague(world, chance):
    real = _some(world, chance, kinds=("compound", "poi", "plate", "lane", "crossing"))
    word = chance.choice(world.wording.vague)
    words = _plain(real)
    entity = _entity(
        "vague", real.key, "confirm", f"a vague relation: {word}", slots=real.slots,
        keys=real.keys, needs=real.needs, grid=real.grid, border_m=real.border_m,
    )  # fmt: skip
    pieces = [Piece("admin", admin(real, world, chance)), Piece("literal", words + word)]
    return _draft(entity, pieces, "{place}{vague}", expected=True), None


def _opposite(world, chance):
    """Opposite a place beside a border: the other side of the road may be another grid."""
    pool = [
        e for e in world.entities
        if e.kind in ("poi", "plate") and e.border_m < 35 and e.truth == "confirm"
    ]  # fmt: skip
    if not pool:
        return None
    real = chance.choice(pool)
    words = _plain(real) + chance.choice(("对面", "马路对面", "斜对面", "对过"))
    entity = _entity(
        "opposite", real.key, "confirm", "opposite, beside a border", slots=real.slots,
        needs=real.needs,
    )  # fmt: skip
    pieces = [Piece("admin", admin(real, world, chance)), Piece("literal", words)]
    return _draft(entity, pieces, "{place}对面"), None


def _brand(world, chance):
    name = chance.choice(("中国石化加油站", "中石化加油站") if world.name in _STREET else CHAINS)
    entity = _entity(
        "brand", f"c:{name}", "confirm", "a chain with several shops", slots={"name": name}
    )
    template = chance.choice(world.wording.kinds["name"])
    slots = {"name": name, "admin": admin(entity, world, chance)}
    return _draft(entity, cut(template, slots), template), None


def _foreign(world, chance):
    city = chance.choice(CITIES)
    ours = chance.random() < 0.5
    road = chance.choice(world.roads) if ours else chance.choice(CITY_ROADS)
    plate = f"{chance.randrange(1, 1200)}号"
    if ours and chance.random() < 0.4:
        real = _some(world, chance, truth=("auto_ok", "confirm"), kinds=("plate", "lane"))
        if real is not None:
            road, plate = real.slots["road"], real.slots["plate"]
    entity = _entity(
        "foreign", f"f:{city}{road}", "outside", "another city or district",
        slots={"road": road, "plate": plate},
    )  # fmt: skip
    template = chance.choice(("{admin}{road}{plate}", "地址：{admin}{road}{plate}",
                              "{admin}{road}", "{admin}{road}{plate}门口"))  # fmt: skip
    pieces = cut(template, {"road": road, "plate": plate, "admin": city})
    for piece in pieces:
        piece.role = "literal"  # the city is what makes it foreign: it stays
    return _draft(entity, pieces, template), None


def _nowhere(world, chance):
    words = chance.choice(NO_PLACE)
    entity = _entity("nowhere", f"w:{words}", "nowhere", "no place is named")
    pieces = [Piece("literal", words + chance.choice(("", "", *world.wording.suffixes)))]
    return _draft(entity, pieces, "{words}"), None


def _unknown_road(world, chance):
    """A road or compound nobody knows: it may not become the nearest name we have."""
    while True:
        stem = chance.choice(HEADS) + chance.choice(TAILS)
        if not any(stem in name for name in world.names):
            break
    number = chance.randrange(1, 1500)
    words = stem + chance.choice(
        (f"路{number}号", f"路{number}弄", "花园", "小学", f"路{number}弄12号", "路", "大厦")
    )
    key = {operators.naming.accent(stem + "路"), operators.naming.accent(words)}
    if any(operators.naming.accent(name) in key for name in world.names):
        return None
    entity = _entity("unknown road", f"w:{stem}", "nowhere", "a name the gazetteer does not have")
    pieces = [Piece("admin", admin(entity, world, chance)), Piece("literal", words)]
    return _draft(entity, pieces, "{admin}{unknown}"), None


def _datum(world, chance):
    """A pair beside the text, in a datum that is declared, not declared, or wrongly declared."""
    real = _some(world, chance, kinds=("compound", "poi", "plate", "lane", "crossing"))
    if real is None or real.sigma_m > 90:
        return None
    pieces, template = filled(real, world, chance)
    case = chance.choice(_PAIRS)
    name, datum, declared, truth = case
    point = real.point
    pair = from_cgcs2000(lon=point.lon, lat=point.lat, datum=datum)
    entity = _entity(
        "datum", real.key, truth, name if truth != "auto_ok" else "", slots=real.slots,
        keys=real.keys, needs=real.needs, grid=real.grid, point=real.point,
        border_m=real.border_m, sigma_m=real.sigma_m,
    )  # fmt: skip
    draft = _draft(entity, pieces, f"{template} | {name}", expected=truth == "auto_ok")
    given = {"lon": round(pair[0], 6), "lat": round(pair[1], 6), "crs": declared}
    return draft, given | {"accuracy_m": 10.0}


_PAIRS = (
    ("pair and text agree", Datum.CGCS2000, "CGCS2000", "auto_ok"),
    ("pair and text agree in GCJ-02", Datum.GCJ02, "GCJ-02", "auto_ok"),
    ("GCJ-02 not declared", Datum.GCJ02, None, "confirm"),
    ("BD-09 not declared", Datum.BD09, None, "confirm"),
    ("WGS84 not declared", Datum.CGCS2000, None, "confirm"),
    ("GCJ-02 declared as WGS84", Datum.GCJ02, "WGS84", "confirm"),
    ("BD-09 declared as GCJ-02", Datum.BD09, "GCJ-02", "confirm"),
    ("WGS84 declared as BD-09", Datum.CGCS2000, "BD-09", "confirm"),
)

_MAKERS = {
    "beyond": _beyond, "impossible": _impossible, "two": _two, "caller only": _caller_only,
    "caller and place": _caller_and_place, "corrected": _corrected, "vague": _vague,
    "brand": _brand, "opposite": _opposite, "foreign": _foreign, "nowhere": _nowhere,
    "unknown road": _unknown_road, "datum": _datum,
}  # fmt: skip
