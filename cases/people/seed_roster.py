"""The bodies and posts of the plan, as a first roster: roles only, nobody's name (三, 四, A-5).

What the plan says is written down as such; what we inferred (the four of "4+16+X") or made up as an
example (departments, kinds of dynamic forces) is marked, for the street centre to put right.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from boundaries.model import Edition
from cases.people.roster_changes import Body, Staff, body_row, post_row, staff_row
from cases.roles import DESKS, UNIT_LEADS

INFERRED = "推断：“4+16+X”中的 4，待街道城运中心核实（A-5）"
EXAMPLE = "示例：名单由街道城运中心提供"
_FORCES = {"police": "新成路派出所", "chengguan": "城管中队", "market": "市场监管所"}
_DEPARTMENTS = {
    "water": "水务部门", "road": "道路管理部门", "greening": "绿化市容部门",
    "housing": "房屋管理部门", "fire": "消防部门", "environment": "生态环境部门",
    "transport": "交通部门",
}  # fmt: skip
_DYNAMIC = (
    ("force-management", "巡防队（管理）", "16", "管理"),
    ("force-service", "物业服务（服务）", "16", "服务"),
    ("force-works", "市政养护（作业）", "16", "作业"),
    ("force-volunteers", "社区志愿者（志愿者）", "X", "志愿者"),
)
# Who may stand in for whom, and who must have allowed it (R18); any other pair is refused.
ACTING = (
    ("coordinator", "inspector", ("deputy", "street-centre")),
    ("inspector", "coordinator", ("deputy", "street-centre")),
)
RESPONDERS, PATROLS = 4, 2


def install(conn: Connection, edition: Edition, now: datetime, *, holders: bool = False) -> int:
    """Write down the plan's bodies and posts; what is there already stays as it is.

    Args:
        conn: inside a transaction.
        edition: whose communities get their stations.
        now: from when the demonstration's people hold their posts.
        holders: also a role account for each post, for the demonstration.

    Returns:
        How many posts were new.
    """
    found = conn.execute(
        text("SELECT code, name FROM area WHERE edition_id = :id AND level = 'community'"
             " AND code IS NOT NULL ORDER BY code"),
        {"id": edition.id},
    )  # fmt: skip
    stations = {row.code: row.name for row in found}
    bodies = list(_bodies(stations))
    _insert_bodies(conn, bodies)
    names = {body.id: body.name for body in bodies}
    posts = [post_row(id, body, _words(id, names[body])) for id, body in _posts(stations)]
    new = 0
    for post in posts:
        new += conn.execute(
            text(
                "INSERT INTO post (id, role, area, body, label)"
                " VALUES (:id, :role, :area, :body, :label) ON CONFLICT DO NOTHING"
            ),
            post,
        ).rowcount
    conn.execute(
        text(
            "INSERT INTO acting_for (role, by_role, authorised_by) VALUES (:role, :by, :allowing)"
            " ON CONFLICT DO NOTHING"
        ),
        [{"role": role, "by": by, "allowing": list(allowing)} for role, by, allowing in ACTING],
    )
    if holders:
        _man(conn, posts, now)
    return new


def _insert_bodies(conn: Connection, bodies: list[Body]) -> None:
    conn.execute(
        text("""
            INSERT INTO body (id, kind, name, area, force_group, force_kind, provisional, note)
            VALUES (:id, :kind, :name, :area, :force_group, :force_kind, :provisional, :note)
            ON CONFLICT DO NOTHING"""),
        [body_row(body) for body in bodies],
    )


def _bodies(stations: dict[str, str]) -> Iterator[Body]:
    four = {"force_group": "4", "force_kind": "管理", "provisional": True, "note": INFERRED}
    yield Body(id="street-centre", kind="street_centre", name="街道城运中心", **four)  # type: ignore[arg-type]
    for code, name in DESKS.items():
        yield Body(id=f"desk-{code}", kind="sector_desk", name=f"{name}城运分中心", area=code)
    for id, name in _FORCES.items():
        yield Body(id=id, kind="department", name=name, **four)  # type: ignore[arg-type]
    for code, name in stations.items():
        yield Body(
            id=f"station-{code}",
            kind="station",
            name=f"{name.removesuffix('社区网格').removesuffix('网格')}工作站",
            area=code,
        )
    for id, name in _DEPARTMENTS.items():
        yield Body(
            id=f"department-{id}", kind="department", name=name, provisional=True, note=EXAMPLE
        )
    for id, name, group, kind in _DYNAMIC:
        yield Body(
            id=id, kind="force", name=name, force_group=group, force_kind=kind,
            provisional=True, note=EXAMPLE,
        )  # fmt: skip


def _posts(stations: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each post with its body (words 2)."""
    yield "street-centre", "street-centre"
    yield "admin", "street-centre"
    for desk in DESKS:
        for role in ("head", "deputy", "coordinator", "inspector"):
            yield f"{role}-{desk}", f"desk-{desk}"
        for role in sorted(UNIT_LEADS):
            yield f"{role}-{desk}", role
        yield f"patrol-{desk}", "force-management"
        for number in range(1, PATROLS + 1):
            yield f"patrol-{desk}-{number}", "force-management"
        for number in range(1, RESPONDERS + 1):
            yield f"responder-{desk}-{number}", _DYNAMIC[number % len(_DYNAMIC)][0]
    for code in stations:
        yield f"station-{code}", f"station-{code}"
    for id in _DEPARTMENTS:
        yield f"department-{id}", f"department-{id}"


def _words(post: str, body: str) -> str | None:
    """Stations and departments are told apart by their own names."""
    if post.startswith("station-"):
        return f"{body}参勤人员"
    return body if post.startswith("department-") else None


def _man(conn: Connection, posts: list[dict[str, Any]], now: datetime) -> None:
    """A role account in each post, as the demonstration needs; never a person's name."""
    people = [
        Staff(
            id=f"demo-{post['id']}",
            name=post["label"],
            body=post["body"],
            duty_mode=_mode(post["id"]),
        )
        for post in posts
        if post["id"] != "admin"
    ]
    conn.execute(
        text(
            "INSERT INTO staff (id, name, body, wecom_id, phone_masked, duty_mode, active)"
            " VALUES (:id, :name, :body, :wecom_id, :phone_masked, :duty_mode, :active)"
            " ON CONFLICT DO NOTHING"
        ),
        [staff_row(person) for person in people],
    )
    conn.execute(
        text("""
            INSERT INTO holding (post, staff_id, from_at, reason, set_by)
            SELECT CAST(:post AS text), CAST(:staff AS text), :now, '演示账号', 'admin'
            WHERE NOT EXISTS (SELECT 1 FROM holding WHERE post = :post)"""),
        [
            {"post": person.id.removeprefix("demo-"), "staff": person.id, "now": now}
            for person in people
        ],
    )


def _mode(post: str) -> str:
    if post.startswith("responder"):
        return "sign_in"
    return "rota" if post.startswith("patrol") else "fixed"
