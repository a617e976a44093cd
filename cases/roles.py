"""Posts, their words and what each sees; who may do what is `cases.steps` (words.md section 2)."""

import re
from dataclasses import dataclass

from cases.errors import NotYourPost

# A post's name is a role, with a 片区, a grid or a kind behind it: coordinator-140901.
_AREA = re.compile(r"^[a-z0-9]{2,20}(-[0-9]{1,4})?$")

INTERNAL = frozenset({"courier", "clock", "router"})
LABELS = {
    "coordinator": "协调指挥员",
    "street-centre": "街道城运中心",
    "inspector": "综合督查员",
    "deputy": "专职副网格长",
    "head": "片区网格长",
    "police": "派出所片区负责人",
    "chengguan": "城管中队片区负责人",
    "market": "市场监管所片区负责人",
    "patrol": "巡防队员",
    "responder": "动态参勤人员",
    "department": "职能部门（单位）",
    "station": "工作站参勤人员",
    "admin": "系统管理员",
    "router": "系统（自动判定）",
    "clock": "系统（计时）",
    "courier": "系统（送达）",
    "platform": "来源平台",
    "platform-grid": "1+3+N网格化平台",
}
PLATFORMS = {"12345": "12345热线平台", "12319": "12319热线平台", "110": "110（非警情类）"}
DESKS = {"140901": "迎园片区", "140902": "新成片区"}
# The three department leads resident in the sub-centre, who are the line leads too (R19, A-14).
UNIT_LEADS = frozenset({"police", "chengguan", "market"})
# Who brings cases or is asked for help, but does not see where people and cameras are.
OUTSIDE = frozenset({"platform", "platform-grid", "department", "admin"})
# The posts that work for one 片区.
OF_SECTOR = frozenset({"coordinator", "inspector", "deputy", "head", "patrol", "responder"})
OF_SECTOR |= UNIT_LEADS


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: a post, for a 片区's post the 片区 it works for, and the account behind it."""

    post: str
    role: str
    area: str | None = None
    account: str | None = None

    @property
    def desk(self) -> str | None:
        """The 片区 a post works for, if it works for one."""
        return self.area[:6] if self.area and self.role in OF_SECTOR else None


def actor(post: str) -> Actor:
    """Read a post's name.

    >>> actor("coordinator-140901").desk
    '140901'

    Raises:
        NotYourPost: not the name of a post.
    """
    for role in sorted(LABELS, key=len, reverse=True):
        if post == role:
            return Actor(post=post, role=role)
        area = post.removeprefix(role + "-")
        if area != post and _AREA.match(area):
            return Actor(post=post, role=role, area=area)
    raise NotYourPost(f"没有“{post[:40]}”这个岗位")


def scope_keys(who: Actor) -> frozenset[str]:
    """What a post may see: a case is visible when its audience holds one of these keys.

    >>> sorted(scope_keys(actor("station-14090101")))
    ['14090101', 'station-14090101']
    """
    if who.role == "street-centre":
        return frozenset({"street"})
    if who.role in ("coordinator", "inspector", "deputy", "head") and who.desk:
        # What has no desk yet may be taken up by either.
        return frozenset({who.desk, who.post, "any-desk"})
    if who.role in UNIT_LEADS and who.desk:
        return frozenset({who.desk, who.post})
    if who.role == "station" and who.area:
        return frozenset({who.area, who.post})
    if who.role in ("responder", "patrol", "department", "platform", "platform-grid"):
        return frozenset({who.post})
    if who.role in INTERNAL:
        return frozenset({"street"})
    return frozenset()


ROUTER = actor("router")
CLOCK = actor("clock")
COURIER = actor("courier")


def label(post: str | None) -> str | None:
    """A post in the words of the screen."""
    if post is None:
        return None
    who = actor(post)
    if who.role == "platform":
        return PLATFORMS.get(who.area or "", LABELS["platform"])
    where = DESKS.get((who.area or "")[:6], "")
    number = who.area.partition("-")[2] if who.area else ""
    return f"{where}{LABELS[who.role]}{number}"
