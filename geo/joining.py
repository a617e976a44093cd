"""Names and small words, read from left to right, become spots (`geocoding.md` 3.2). Pure.

The gaps between known names are read here: which words join two roads to a crossing, which number
belongs to which road, what stands behind a place and says how far from it.
"""

import re
from dataclasses import replace

from geo.lexicon import Mention
from geo.spots import Link, Spot
from geo.text.clauses import Cues
from geo.text.tokens import COVER, VAGUE, Token, cover
from geo.text.tokens import directions as direction_in

__all__ = ["Joiner"]

_CONN = re.compile(
    r"^[(（]?(?:的)?(?:靠近|紧靠|靠|近|临近|临|以?及|和|与|跟|同|、|/|\\|-+|~|到|至|x|X|×|&|\+|·|交|交叉|相交|连接?|接|对着?|碰|夹|转|,|的|从|自)?,?(?:路口)?$"
)
_NEAR = re.compile(r"^[,(（]?(?:位于|在)?(?:靠近|紧靠|靠|近|临近|临|毗邻|挨着)$")
_TO = re.compile(r"^(?:起|开始)?(?:-+|~|到|至|往|一直到|一直至|直到)$")
# 甲路上乙路和丙路之间, 甲路介于乙路与丙路之间, 甲路自乙路起至丙路止.
_BEGINS = re.compile(r"^(?:上|路上)?的?[,]?(?:从|自|介于|在|位于)$|^(?:上|路上)$")
_ENDS = re.compile(r"^(?:起|开始)?(?:和|与|跟|同|及|、|至|到|-+|~|一直到|直到)$")
_STRETCH = re.compile(r"^[)）]?(?:之间|中间|路段|这段|那段|一段|区间|段|止)")
_ALSO = re.compile(r"^,?还有,?$")
_MEET = re.compile(
    r"^(?:的|这个|那个)*(?:十字|丁字|三岔)?(?:路口|交叉|交汇|交界|口)|^的?(?:东|南|西|北){1,2}[面侧]?角"
)
_ALONG = re.compile(r"^,?沿着?,?$")
# What may stand between a place and its tail without a meaning of its own.
_LOOSE = ",的(（)）:、 在约那这儿里边第处"
_ON_ROAD = re.compile(r"^,?(?:上|路上)?,?的?,?$|^门牌$")
# Words of space that were not understood near a place: it is not quite there (V7).
_LOOSE_SPACE = re.compile(
    r"附近|一带|周边|周围|一片|一圈|不远|那块|这块|那片|这片|方圆|沿(?:着|线|途)?|之间|中间|路段|这段|那段"
    r"|(?:往|向|朝)(?:东|南|西|北|前|后|里)|以(?:东|南|西|北)|\d+米|百米|几十米|过去(?:一|点)|再过去"
)
# Two places side by side, said in so many words.
_AND = re.compile(r"^,?(?:和|与|跟|同|以?及|还有|另外|另有)$")
_SEVERAL = re.compile(
    r"(?:两|二|三|几|多)(?:处|个地方|个点|个地点|个位置|个小区)|两地|另外|(?:都|均)(?:有|存在|是|在|被|没|积|出现|发现)"
)
_LOOSE_BEFORE = re.compile(r"(?:沿着?|(?<![路经])过了?|快到|还?没到|不到|距离?|离|从)$")
_CLOSE = re.compile(r"^[,的(（)）:在内里\x01、]{0,3}(?:与|和|靠近)?$")
_AFTER = r"^(?:(?:那边|这边|旁边|对面|附近|隔壁)?的)?(?:大)?"
_STOP = re.compile(_AFTER + r"(?:公交|地铁|轻轨|班车)?(?:车站|站台?)(?!着|在|立)|^公交")
_FACILITY = re.compile(
    _AFTER
    + r"(?:(?:公交|地铁|轻轨)?(?:车站|站台?(?!着|在|立))|公交|幼儿园|小学|中学|学校|菜场|菜市场"
    r"|派出所|村委|居委|酒店|宾馆|饭店|医院|卫生|银行|加油站|公园|大厦|广场(?!舞)|大楼|商场"
    r"|路(?![口边上灯面段旁过人障名])|支路|河|桥)"
)
_NUMBERED = re.compile(r"\d{1,5}[甲乙丙丁]?(?:[-~至到]\d{1,5})?(?:号|弄)")


_SENTENCE = re.compile(r"[。;!?\n]")


class Joiner:
    """Reads names and tokens from left to right and joins them to spots."""

    def __init__(self, text: str, covered: str, cues: Cues) -> None:
        self.text, self.covered, self.cues = text, covered, cues
        self.several = bool(_SEVERAL.search(text))
        self.spot: Spot | None = None
        self.done: list[Spot] = []
        self.used: list[Token | Mention] = []
        self.strays: list[Token] = []
        self.seen: list[tuple[Token, bool]] = []

    def take_road(self, road: Mention) -> None:
        """A road begins a spot, or crosses the road of the one before."""
        spot, gap = self.spot, self._gap(road.start)
        if spot is not None and not self._breaks(gap) and not self._leaves_home(road):
            if spot.link is Link.SEGMENT and gap == "的" and self._is_stretch(spot):
                # 乙路到丙路之间的甲路: the road that is meant comes last.
                self._change(road.end, road=road, cross=spot.road, until=spot.cross)
                return
            if spot.cross is not None and _ALONG.match(gap) and self._same_road(spot, road):
                self._change(road.end, along=road)
                return
            if (
                spot.road
                and not spot.has_number
                and not spot.names
                and self._joins(spot, road, gap)
            ):
                self._join(spot, road, gap)
                return
            if (spot.has_number or spot.names) and _NEAR.match(gap):
                self._change(road.end, by=(*spot.by, road))
                return
            if (spot.has_number or spot.names) and self._between(gap, road):
                self._change(road.end, by=(*spot.by, road), vague=True)
                return
            numbered = _NUMBERED.match(self.text[road.end : road.end + 7])
            beside = _CLOSE.match(gap) and not self._is_twin(gap)
            if spot.names and not spot.road and numbered and beside:
                # 嘉珉小区墅沟路550弄: the name stands before its plate.
                self._change(road.end, road=road)
                return
        self._open(Spot(start=road.start, end=road.end, road=road), twin=self._is_twin(gap))

    def _joins(self, spot: Spot, road: Mention, gap: str) -> bool:
        if spot.cross is None:
            # 甲路还有乙路 are two roads, 甲路还有乙路路口 is their crossing.
            if _ALSO.match(gap):
                return bool(_MEET.match(self.text[road.end : road.end + 8]))
            return bool(_CONN.match(gap) or _BEGINS.match(gap))
        stretch = spot.link is Link.SEGMENT or _STRETCH.match(self.text[road.end : road.end + 4])
        pattern = _ENDS if stretch else _TO
        return spot.until is None and bool(pattern.match(gap))

    def _is_stretch(self, spot: Spot) -> bool:
        return spot.until is None and self.text[: spot.end].endswith(("之间", "中间", "段"))

    def _same_road(self, spot: Spot, road: Mention) -> bool:
        named = [m for m in (spot.road, spot.cross) if m is not None]
        return any(set(_road_names(one)) & set(_road_names(road)) for one in named)

    def _join(self, spot: Spot, road: Mention, gap: str) -> None:
        assert spot.road is not None
        if spot.cross is not None:
            self._change(road.end, until=road, link=Link.SEGMENT)
            return
        if set(_road_names(spot.road)) & set(_road_names(road)):
            self._open(Spot(start=road.start, end=road.end, road=road))
            return
        bare = gap.strip("(（,的")
        if _BEGINS.match(gap):
            link = Link.SEGMENT
        elif bare.endswith("路口"):
            link = Link.CROSSING
        elif "近" in bare or "靠" in bare or "临" in bare:
            link = Link.NEAR
        elif bare in ("到", "至", "往", "从", "自"):
            link = Link.SEGMENT
        elif bare in ("", "-", "--", "~", "转"):
            link = Link.BARE
        else:
            link = Link.CROSSING
        self._change(road.end, cross=road, link=link)

    def take_name(self, name: Mention) -> None:
        """A compound, POI or village: with the address beside it, or a spot of its own."""
        spot, gap = self.spot, self._gap(name.start)
        if spot is not None and not self._breaks(gap) and not self._leaves_home(name):
            if _NEAR.match(gap) and (spot.road or spot.names):
                self._change(name.end, by=(*spot.by, name))
                return
            if self._between(gap, name):
                self._change(name.end, by=(*spot.by, name), vague=True)
                return
            fits = spot.road is None or spot.has_number or len(gap) <= 1
            if spot.link is None and fits and _CLOSE.match(gap) and not self._is_twin(gap):
                self._change(name.end, names=(*spot.names, name))
                return
        self._open(Spot(start=name.start, end=name.end, names=(name,)), twin=self._is_twin(gap))

    def take_token(self, token: Token) -> None:
        """A number or tail joins the spot it stands behind."""
        taken = self._attach(token)
        self.seen.append((token, taken))
        if taken:
            self.used.append(token)
        elif token.kind in ("lane", "sublane", "number", "range", "building", "dashes", "fang"):
            self.strays.append(token)

    def pass_by(self, area: Mention) -> None:
        """A town or community ends nothing; it only stands between."""
        if self.spot is not None and self._gap(area.start).strip(",(（属于") == "":
            self.spot = replace(self.spot, end=area.end)

    def _attach(self, token: Token) -> bool:
        spot = self.spot
        if spot is None:
            return False
        gap = self._gap(token.start)
        if self._breaks(gap) or (len(gap.strip(_LOOSE)) > 0 and not _ON_ROAD.match(gap)):
            return False
        taker = getattr(self, f"_token_{token.kind}", None)
        return bool(taker and taker(spot, token, gap))

    def _token_lane(self, spot: Spot, token: Token, gap: str) -> bool:
        if spot.road is None or spot.has_number or spot.cross or not _ON_ROAD.match(gap):
            return False
        return self._change(token.end, lane=token.number)

    def _token_sublane(self, spot: Spot, token: Token, gap: str) -> bool:
        if spot.lane is None or spot.number is not None or len(gap) > 1:
            return False
        return self._change(token.end, sublane=token.number)

    def _token_number(self, spot: Spot, token: Token, gap: str) -> bool:
        if spot.number is not None or spot.cross or not _ON_ROAD.match(gap.strip("里内第")):
            return spot.number is not None and spot.number == token.number
        suffix = next((s for s in token.word if s in "甲乙丙丁"), "")
        in_compound = bool(spot.names or spot.fang is not None) and spot.road is None
        if spot.lane is not None or in_compound or (spot.names and spot.road):
            return self._change(token.end, building=token.number, suffix=suffix)
        return self._change(token.end, number=token.number, suffix=suffix, to_number=None)

    def _token_range(self, spot: Spot, token: Token, gap: str) -> bool:
        if spot.road is None or spot.has_number or spot.cross or not _ON_ROAD.match(gap):
            return False
        return self._change(token.end, number=token.number, to_number=token.second)

    def _token_building(self, spot: Spot, token: Token, _gap: str) -> bool:
        if spot.road is not None and not spot.has_number and not spot.names:
            return False
        return spot.building is None and self._change(token.end, building=token.number)

    def _token_dashes(self, spot: Spot, token: Token, _gap: str) -> bool:
        if not (spot.names or spot.lane is not None) or spot.building is not None:
            return False
        return self._change(token.end, building=token.number)

    def _token_fang(self, spot: Spot, token: Token, gap: str) -> bool:
        estate = any(m.of("estate") for m in spot.names)
        if not estate or spot.fang is not None or gap:
            return False
        return self._change(token.end, fang=token.number)

    def _token_unit(self, spot: Spot, token: Token, _gap: str) -> bool:
        return (spot.has_number or bool(spot.names)) and self._change(token.end)

    _token_room = _token_unit

    def _token_cross(self, spot: Spot, token: Token, gap: str) -> bool:
        if spot.road is None or spot.has_number or gap.strip("的)） "):
            return False
        if spot.cross is None:
            return token.word == "口" and self._change(token.end)
        link = spot.link if spot.link is Link.SEGMENT and spot.until else Link.CROSSING
        return self._change(token.end, link=link)

    def _token_between(self, spot: Spot, token: Token, _gap: str) -> bool:
        if spot.cross is None:
            return spot.road is not None and self._change(token.end)
        return self._change(token.end, link=Link.SEGMENT)

    def _token_corner(self, spot: Spot, token: Token, _gap: str) -> bool:
        if spot.corner is not None:
            return False
        link = Link.CROSSING if spot.link in (Link.BARE, Link.NEAR) else spot.link
        return self._change(token.end, corner=direction_in(token.word), link=link)

    def _token_offset(self, spot: Spot, token: Token, _gap: str) -> bool:
        if spot.offset is not None:
            return False
        return self._change(token.end, offset=(direction_in(token.word), token.number or 0))

    def _token_metres(self, spot: Spot, token: Token, _gap: str) -> bool:
        if spot.offset is not None or token.number is None:
            return False
        return self._change(token.end, offset=(spot.side, token.number))

    def _token_side(self, spot: Spot, token: Token, _gap: str) -> bool:
        word = "单号" if "单号" in token.word else "双号" if "双号" in token.word else None
        return self._change(token.end, side=spot.side or word or direction_in(token.word))

    def _token_gate(self, spot: Spot, token: Token, _gap: str) -> bool:
        if not (spot.names or spot.has_number):
            return token.word in ("门口", "门卫", "门岗") and self._change(token.end)
        word = direction_in(token.word) or token.word[0]
        return self._change(token.end, gate=spot.gate or ("门" if word == "门" else word))

    def _token_vague(self, _spot: Spot, token: Token, _gap: str) -> bool:
        return self._change(token.end, vague=True)

    def _token_near(self, spot: Spot, token: Token, _gap: str) -> bool:
        vague = spot.vague or (spot.near is not None and token.word in VAGUE)
        return self._change(token.end, near=spot.near or token.word, vague=vague)

    def _is_twin(self, gap: str) -> bool:
        """Whether what follows the gap is told as another place beside the one before."""
        spot = self.spot
        if spot is None or not (spot.has_number or spot.names):
            return False
        return bool(_AND.match(gap)) or (self.several and ("、" in gap or "," in gap))

    def _leaves_home(self, name: Mention) -> bool:
        """我住甲路1号,乙小区门口: behind the comma it is no longer the home."""
        spot = self.spot
        home = spot is not None and self.cues.role_at(spot.start) == "caller"
        return home and spot is not None and "," in self.text[spot.start : name.start]

    def _between(self, gap: str, name: Mention) -> bool:
        """甲和乙之间 is neither at 甲 nor at 乙."""
        behind = self.text[name.end : name.end + 2]
        return behind in ("之间", "中间") and bool(_ENDS.match(gap))

    def _gap(self, until: int) -> str:
        return self.text[self.spot.end : until] if self.spot else ""

    @staticmethod
    def _breaks(gap: str) -> bool:
        return len(gap) > 6 or any(sign in "。;!?\n" for sign in gap)

    def _change(self, end: int, **changes: object) -> bool:
        assert self.spot is not None
        self.spot = replace(self.spot, end=max(self.spot.end, end), **changes)  # type: ignore[arg-type]
        return True

    def _open(self, spot: Spot, *, twin: bool = False) -> None:
        self.close()
        role = self.cues.role_at(spot.start)
        home = self.done[-1] if self.done else None
        if role == "caller" and home is not None and home.role != "incident":
            gap = self.text[home.start : spot.start]
            if "," in gap and not any(sign in gap for sign in "。;!?\n"):
                role = "after_home"
        self.spot = replace(spot, role=role, twin=twin)

    def close(self) -> None:
        """What is being read is whole."""
        if self.spot is not None:
            self.done.append(self.spot)
            self.spot = None

    def finished(self) -> tuple[Spot, ...]:
        """All spots, those taken back marked."""
        self.close()
        starts = [spot.start for spot in self.done]
        rest = cover(self.covered, self.used)
        return tuple(
            replace(
                spot,
                named_after=_is_named_after(self.text, spot),
                vague=spot.vague or _is_loose(rest, spot),
                taken_back=self.cues.is_taken_back(
                    spot.start, spot.end, starts[at + 1] if at + 1 < len(starts) else None
                ),
            )
            for at, spot in enumerate(self.done)
        )


def _is_loose(rest: str, spot: Spot) -> bool:
    """Whether words of space that nobody has read stand right before or behind a spot."""
    behind, *more = _SENTENCE.split(rest[spot.end : spot.end + 14])[0].split(COVER)[0].split(",")
    if not behind and more:
        behind = more[0][:6]
    before = rest[max(spot.start - 3, 0) : spot.start]
    distance = spot.link is None and _LOOSE_BEFORE.search(before) and not before.endswith("从")
    return bool(_LOOSE_SPACE.search(behind) or distance)


def _is_named_after(text: str, spot: Spot) -> bool:
    if spot.cross is not None or not (spot.has_number or spot.names):
        return False
    if spot.names and spot.road is None and text[spot.start - 1 : spot.start] in ("新", "老", "旧"):
        return True
    behind = text[spot.end : spot.end + 9]
    if spot.number is not None and not spot.names:
        return bool(_STOP.match(behind))
    return bool(_FACILITY.match(behind))


def _road_names(road: Mention) -> list[str]:
    return [ref.ref for ref in road.of("road")]
