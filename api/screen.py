"""What the screen needs besides cases: live numbers, its configuration, unreadable reports."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.bodies import Sector
from api.deps import House, Now, Perhaps, Tx, Who
from api.views import local
from cases import queries
from cases.errors import NotYourPost
from cases.hours import start_of_day
from cases.people import accounts
from cases.roles import DESKS, PLATFORMS, actor, label
from cases.sources import SOURCES

router = APIRouter(prefix="/v1", tags=["screen"])
# The page before the log-in asks for it, too.
open_router = APIRouter(prefix="/v1", tags=["screen"])
NOTICE = "示意边界：非官方测绘成果，待街道城运中心提供正式边界"


@router.get("/summary")
def summary(
    tx: Tx, now: Now, who: Who, desk: Annotated[Sector | None, Query()] = None
) -> dict[str, Any]:
    """The numbers of the top bar and of every queue, of the cases this post sees."""
    return queries.summary(tx, who, desk=desk, now=now, today=start_of_day(now))


@open_router.get("/config")
def config(tx: Tx, house: House, now: Now, caller: Perhaps) -> dict[str, Any]:
    """What this installation is: demo or not, posts, sources, policy values, base map.

    Without an account only what the log-in needs; in the demonstration that is every post.
    """
    greeting = {
        "demo": house.demo,
        "now": local(now),
        "loopback_only": not house.beyond_loopback,
        "single_sign_on": house.single_sign_on is not None,
        "basemap": house.basemap,
        "notice": NOTICE,
        "posts": [_post(post) for post in (accounts.demo_accounts(tx) if house.demo else ())],
    }
    if caller is None:
        return greeting
    policy = house.office.policy_at(tx, now)
    return {
        **greeting,
        "posts": [_post(post) for post in caller.posts],
        "demo_posts": greeting["posts"],
        "desks": [{"code": code, "name": name} for code, name in DESKS.items()],
        "platforms": PLATFORMS,
        "tiles_above": house.tiles_above,
        "desk_phones": dict(house.desk_phones),
        "auto_refuse": policy.auto_refuse,
        "policy": policy.rows(),
        "sources": [
            {
                "code": source.code,
                "label": source.label,
                "default_accuracy_m": source.default_accuracy_m,
            }
            for source in SOURCES.values()
        ],
    }


def _post(post: str) -> dict[str, Any]:
    return {"id": post, "label": label(post), "desk": actor(post).desk}


@router.get("/intake-rejected")
def intake_rejected(tx: Tx, who: Who) -> dict[str, list[dict[str, Any]]]:
    """Reports that could not be read; their bytes are kept. For who takes reports in."""
    if who.role not in ("street-centre", "coordinator"):
        raise NotYourPost("无法读取的报文由街道城运中心和协调指挥员查看")
    rows = queries.unreadable(tx)
    return {"items": [{**row, "at": local(row["at"])} for row in rows]}
