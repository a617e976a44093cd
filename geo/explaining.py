"""The answer of the geocoder in the words of a coordinator. Pure.

Only what was recognised as part of a place is repeated, never the rest of the text.
"""

from collections.abc import Sequence

from geo.addresses import Reading
from geo.lexicon import Mention
from geo.matching import Match, Matched
from geo.readings import Found, Outcome, Part, Tier, Veto
from geo.spots import Spot
from geo.streets import StreetMap

__all__ = ["clause_of", "explanation", "parts_of"]

_HOW = {
    Tier.PINYIN: "同音",
    Tier.FUZZY: "读音相近",
    Tier.LOOK_ALIKE: "字形相近",
    Tier.SIMILAR: "名称相似",
    Tier.ALIAS: "别名",
}


def parts_of(reading: Reading, raw: str, matched: Matched, streets: StreetMap) -> tuple[Part, ...]:
    """The recognised pieces, in the order of the raw text."""
    found: list[Part] = []
    for spot in reading.spots:
        for mention in (*spot.mentions, *spot.by):
            found.append(_mention(reading, raw, mention, _role(spot, mention), streets))
    for admin in matched.admins:
        role = "community" if admin.kind == "own_community" else "admin"
        found.append(_part(reading, raw, admin.start, admin.end, role, admin.name))
    for token, taken in reading.tokens:
        if taken and token.kind not in ("unit", "room"):
            found.append(_part(reading, raw, token.start, token.end, token.kind, None))
    for start, end, name in reading.unknown:
        found.append(_part(reading, raw, start, end, "unknown", name))
    return tuple(sorted(found, key=lambda part: (part.start, part.end)))


def _role(spot: Spot, mention: Mention) -> str:
    if spot.role == "caller" or spot.taken_back:
        return "caller"
    if mention is spot.road or mention is spot.cross or mention is spot.until:
        return "road" if spot.cross is None else "crossing"
    return "near" if mention in spot.by else "poi"


def _mention(reading: Reading, raw: str, mention: Mention, role: str, streets: StreetMap) -> Part:
    ref = mention.refs[0]
    if role == "poi":
        place = streets.places.get(ref.ref)
        role = str(place.kind) if place is not None else role
    part = _part(reading, raw, mention.start, mention.end, role, ref.name)
    return Part(
        role=part.role, text=part.text, start=part.start, end=part.end, value=ref.name,
        tier=ref.tier,
    )  # fmt: skip


def _part(reading: Reading, raw: str, start: int, end: int, role: str, value: str | None) -> Part:
    first, last = reading.normal.raw_span(start, end)
    return Part(role=role, text=raw[first:last], start=first, end=last, value=value)


def clause_of(reading: Reading) -> str:
    """The place words of the incident alone, in the gazetteer's spelling; fit to leave the house.

    Rooms and units, names and telephones cannot be in it: it is put together from what was found.
    """
    spots = reading.incident or reading.caller
    return "，".join(_spot_words(spot) for spot in spots[:2])[:80]


def _spot_words(spot: Spot) -> str:
    words = [mention.refs[0].name for mention in (spot.road,) if mention]
    if spot.cross is not None:
        words += [spot.cross.refs[0].name, "路口"]
    if spot.lane is not None:
        words.append(f"{spot.lane}弄")
    if spot.sublane is not None:
        words.append(f"{spot.sublane}支弄")
    if spot.number is not None:
        words.append(f"{spot.number}{spot.suffix}号")
    words += [mention.refs[0].name for mention in spot.names[:2]]
    if spot.fang is not None:
        words.append(f"{spot.fang}坊")
    if spot.corner is not None:
        words.append(f"{spot.corner}角")
    if spot.offset is not None:
        words.append(f"{spot.offset[0] or ''}{spot.offset[1]}米")
    return "".join(words)


def explanation(
    outcome: Outcome,
    best: Match | None,
    found: Found | None,
    parts: Sequence[Part],
    vetoes: Sequence[Veto],
    *,
    grid_open: bool,
    belongs_to: str | None,
) -> tuple[str, ...]:
    """Why it came out so, one short line a step."""
    lines = [
        f"“{part.text}”按{_HOW[part.tier]}理解为“{part.value}”"
        for part in parts
        if part.tier in _HOW and part.value and part.text != part.value
    ]
    if best is not None and found is not None:
        lines.append(_where(found))
        lines += [line for line in best.site.why if line not in lines]
        lines += _grid(found)
    lines += [f"{veto.text}，请确认" if outcome is Outcome.ASK else veto.text for veto in vetoes]
    if outcome is Outcome.NOT_FOUND:
        lines.append("文字里没有找到地名库中的地点，请在地图上选点")
    if outcome is Outcome.ASK and not vetoes:
        lines.append("位置的误差跨网格，请确认" if grid_open else "把握不够，请确认")
    if outcome is Outcome.OUT_OF_AREA:
        lines.append("位置在街道外" + (f"，建议归属：{belongs_to}" if belongs_to else ""))
    return tuple(dict.fromkeys(lines))


def _where(found: Found) -> str:
    if found.point is None:
        return f"理解为：{found.label}"
    return f"理解为：{found.label}，位置误差约 {found.radius_m:.0f} 米"


def _grid(found: Found) -> list[str]:
    if not found.shares:
        return []
    first = found.shares[0]
    if first.share >= 0.98:
        return [f"位置在{first.name}内" if first.code else "位置在街道以外"]
    told = "、".join(f"{share.name} {share.share:.0%}" for share in found.shares[:3])
    return [f"可能的网格：{told}"]
