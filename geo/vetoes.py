"""What forbids taking a place without a person (`geocoding.md` 3.6, V1–V13), in words. Pure."""

from geo.addresses import Reading
from geo.matching import Match, Matched, Nature
from geo.readings import Tier, Veto

__all__ = ["adjacent_admin", "vetoes"]

_SITE_WORDS = {
    "V2": "文字里的名称和门牌不是同一处",
    "V3": "门牌号不在已知范围内",
    "V4": "两条路在地图上不相交",
    "gap": "两条路在底图上没有画到一起，路口位置是推定的",
    "twice": "两条路有不止一个路口",
    "V6": "只说了路、小区群或社区，没有说到具体位置",
    "V7": "只说了大概（附近、靠近、左右）",
    "named_after": "说的像是以这个地点命名的另一处",
    "V11": "地点已停用",
    "V12": "同名的地点不止一处",
    "coarse": "这个地点的坐标资料粗略",
    "similar": "名称只是相似",
}
_NOT_EXACT = frozenset({Tier.FUZZY, Tier.LOOK_ALIKE, Tier.SIMILAR})


def vetoes(best: Match, reading: Reading, matched: Matched) -> tuple[Veto, ...]:
    """All that speaks against taking the best match unasked."""
    found = [_own(code) for code in sorted(best.site.against) if code in _SITE_WORDS]
    admin = _foreign(matched)
    if admin is not None and not best.site.in_ring:
        found.append(Veto(code="V1", text=f"文字提到“{admin.name}”，和找到的位置不一致"))
    if matched.groups > 1:
        found.append(Veto(code="V5", text="文字里说了不止一处地点"))
    if reading.unknown:
        found.append(Veto(code="V9", text="文字里有地名库没有的地名"))
    elif reading.stray_numbers:
        found.append(Veto(code="V9", text="文字里有对不上的门牌号"))
    if matched.caller_only:
        found.append(Veto(code="V10", text="只说了来电人的住址，没有说事发地点"))
    found += _unsure_names(best, matched)
    return tuple({veto.code + veto.text: veto for veto in found}.values())


def _own(code: str) -> Veto:
    named = {"gap": "V4", "twice": "V4", "coarse": "V6", "similar": "V13", "named_after": "V12"}
    return Veto(code=named.get(code, code), text=_SITE_WORDS[code])


def _foreign(matched: Matched) -> Nature | None:
    return next((a for a in matched.admins if a.kind in ("ring", "far")), None)


def adjacent_admin(match: Match, matched: Matched) -> Nature | None:
    """The town elsewhere that is named right before the place, as in an address."""
    if match.spot is None:
        return _foreign(matched)
    for admin in matched.admins:
        if admin.kind in ("ring", "far") and 0 <= match.spot.start - admin.end <= 12:
            return admin
    return None


def _unsure_names(best: Match, matched: Matched) -> list[Veto]:
    tiers = [ref.tier for ref in best.site.refs]
    unsure = sum(tier in _NOT_EXACT for tier in tiers)
    if unsure >= 2:
        return [Veto(code="V13", text="两处名称都只是读音或字形相近")]
    rival = any(
        m.site.in_ring and m.site.key != best.site.key and "other" not in m.site.marks
        for m in matched.matches
    )
    if rival and any(tier is not Tier.EXACT for tier in tiers) and not best.site.in_ring:
        return [Veto(code="V13", text="读音相近的地点街道外也有")]
    if best.features.get("rivals") and not best.site.in_ring:
        return [Veto(code="V12", text="说得通的地点不止一处")]
    return []
