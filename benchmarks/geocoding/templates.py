"""How callers and operators write a place: six to ten ways for each kind, and the words around it.

A template is cut into pieces; each slot keeps its role, so that an operator knows what it changes.
`{plate}` stands for number and unit on `{road}`, `{near}` for a relation that keeps the place.
"""

import re
from dataclasses import dataclass, field

NAMED = (
    "{admin}{name}",
    "在{name}里面",
    "{name}门口",
    "地点：{admin}{name}",
    "{admin}，{name}",
    "就是{name}那里",
    "反映{name}",
    "{name}大门口这里",
)
WITH_PLATE = (
    "{admin}{road}{plate}{name}",
    "{name}（{road}{plate}）",
    "{admin}{road}{plate}（{name}）",
    "{road}{plate}，{name}",
)
PLATE = (
    "{admin}{road}{plate}",
    "{road}{plate}门口",
    "在{road}{plate}这里",
    "地址：{admin}{road}{plate}",
    "位于{road}{plate}",
    "事发地点是{admin}{road}{plate}",
    "{admin}，{road}{plate}",
    "我在{road}{plate}",
)
CROSSING = (
    "{admin}{a}{conn}{b}路口",
    "{a}{conn}{b}交叉口",
    "{admin}{a}{b}路口",
    "{a}（{b}口）",
    "{a}{conn}{b}交汇处",
    "在{a}{conn}{b}的路口",
    "{a}{conn}{b}十字路口",
    "{admin}{a}{conn}{b}路口红绿灯",
)
CORNER = (
    "{admin}{a}{conn}{b}路口{corner}角",
    "{a}{conn}{b}{corner}角",
    "{a}{b}路口{corner}角",
    "{a}{conn}{b}路口的{corner}角上",
    "{admin}{a}、{b}交叉口{corner}角",
    "在{a}{conn}{b}路口{corner}角人行道",
)
OFFSET = (
    "{admin}{a}{conn}{b}路口往{direction}{metres}米",
    "{a}{conn}{b}路口向{direction}约{metres}米",
    "{a}{b}路口往{direction}大概{metres}米",
    "在{a}{conn}{b}路口{direction}侧{metres}米处",
    "{a}{conn}{b}交叉口以{direction}{metres}米",
    "{admin}{a}{conn}{b}路口朝{direction}走{metres}米",
)
BUILDING = (
    "{admin}{name}{building}号",
    "{name}{building}号楼",
    "{name}{building}幢",
    "{admin}{road}{plate}{building}号",
    "{admin}{road}{plate}{name}{building}号",
    "{name}{building}号楼下",
    "在{name}{building}号门口",
    "地点：{admin}{road}{plate}{building}号（{name}）",
)
GATE = (
    "{admin}{name}{gate}",
    "{name}{gate}口",
    "在{name}的{gate}",
    "{name}{gate}这里",
    "{admin}{name}{gate}门卫",
    "地点：{name}{gate}",
)
SEGMENT = (
    "{admin}{road}（{a}到{b}之间）",
    "{road}从{a}到{b}",
    "{admin}{road}（{a}—{b}段）",
    "{road}，{a}至{b}之间",
    "在{road}（{a}-{b}）",
    "{road}从{a}到{b}这一段",
)
ROAD = (
    "{admin}{road}",
    "{road}上",
    "{road}沿线",
    "整条{road}",
    "在{road}路边",
    "{admin}{road}人行道",
    "{road}非机动车道",
)
COMMUNITY = (
    "{admin}{name}",
    "{name}居委会辖区",
    "在{name}",
    "地点：{name}",
    "{admin}{name}范围内",
    "{name}网格",
)
VILLAGE = (
    "{admin}{name}",
    "{name}里面",
    "在{name}",
    "地点：{name}",
    "{name}村口",
    "{admin}{name}2组",
)
VAGUE = ("附近", "一带", "周边", "左右", "那一片")
CONNECTORS = ("和", "与", "跟", "、", "/", "近", "靠近", "×", "", "")

CALLER = ("我住{home}，{place}", "家住{home}的市民反映，{place}", "来电人住{home}，称{place}")
CORRECTED = ("{wrong}，不对，是{place}", "不是{wrong}，是{place}")

PREFIXES = (
    "市民反映",
    "来电人称",
    "市民来电：",
    "您好，我想反映一下，",
    "热线转办：",
    "网格巡查发现，",
    "昨天晚上10点左右，",
    "工单号202605120031，",
    "多次投诉，",
)
SUFFIXES = (
    "，有人乱设摊，请处理",
    "有大量垃圾没人清运",
    "，路灯不亮已经3天了",
    "井盖坏了，很危险",
    "有机动车乱停，车牌沪A12345",
    "，半夜11点还在施工，噪音很大",
    "下水道堵了，污水外溢",
    "，共享单车乱堆放",
    "树枝断了挡住行人，希望尽快处理",
    "，有人遛狗不牵绳，联系电话13800001111",
    "水管爆了，水流了一地",
    "，违章搭建，之前12345打过2次了",
    "墙上有小广告",
    "，餐饮店油烟扰民，请相关部门核实并回复",
)
FILLERS = ("嗯，", "那个，", "就是，", "呃，", "啊，", "就那个什么，", "怎么说呢，", "喂你好，")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass
class Piece:
    """Some text with the role it plays; `changed` names the operator that changed it."""

    role: str
    text: str
    changed: str = ""


@dataclass
class Draft:
    """A row while it is made."""

    pieces: list
    entity: object
    template: str
    truth: str
    reason: str
    operators: list = field(default_factory=list)
    excluded: str = ""
    expected: bool = True  # the entity should be among the candidates
    whole: str | None = None  # the text when an operator rewrote all of it

    @property
    def text(self):
        return self.whole or "".join(piece.text for piece in self.pieces)

    def roles(self, *roles):
        return [piece for piece in self.pieces if piece.role in roles and piece.text]


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One way of speaking: the templates of each kind and the words around them."""

    kinds: dict
    with_plate: tuple
    vague: tuple
    connectors: tuple
    caller: tuple
    corrected: tuple
    prefixes: tuple
    suffixes: tuple
    fillers: tuple

    def of_kind(self, entity):
        """The templates an entity can be written with."""
        if entity.kind in ("compound", "poi") and "plate" in entity.slots:
            return self.kinds["name"] + self.with_plate
        return self.kinds[_LIKE.get(entity.kind, entity.kind)]


# Kinds that are written like another.
_LIKE = {
    "compound": "name", "poi": "name", "estate": "name", "lane": "plate", "interpolated": "plate",
}  # fmt: skip
FIRST = Wording(
    kinds={
        "name": NAMED, "plate": PLATE, "crossing": CROSSING, "corner": CORNER, "offset": OFFSET,
        "building": BUILDING, "gate": GATE, "segment": SEGMENT, "road": ROAD,
        "community": COMMUNITY, "village": VILLAGE,
    },
    with_plate=WITH_PLATE, vague=VAGUE, connectors=CONNECTORS, caller=CALLER, corrected=CORRECTED,
    prefixes=PREFIXES, suffixes=SUFFIXES, fillers=FILLERS,
)  # fmt: skip


def cut(template, slots):
    """The pieces of a template filled from slots."""
    pieces, done = [], 0
    for found in _SLOT.finditer(template):
        if found.start() > done:
            pieces.append(Piece("literal", template[done : found.start()]))
        pieces.append(Piece(found[1], slots[found[1]]))
        done = found.end()
    if done < len(template):
        pieces.append(Piece("literal", template[done:]))
    return pieces
