"""Changes to bodies, people, posts and who holds them; each is checked before it is written."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from cases.errors import NotYourPost
from cases.people.roster_errors import HoldingMoved, NotOnRoster, PostTaken, RosterInvalid
from cases.roles import INTERNAL, actor, label

BODY_KINDS = {
    "street_centre": "街道城运中心",
    "sector_desk": "片区城运分中心",
    "station": "网格城运工作站",
    "department": "职能部门（单位）",
    "force": "参勤力量",
}
GROUPS = ("4", "16", "X")
FORCE_KINDS = ("管理", "服务", "作业", "志愿者")
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
# A number is kept only with its middle hidden: the roster is no telephone book.
_MASKED = re.compile(r"[0-9+ -]{0,6}\*{2,8}[0-9]{0,4}")

PUT_BODY = text("""
    INSERT INTO body (id, kind, name, area, force_group, force_kind, provisional, note)
    VALUES (:id, :kind, :name, :area, :force_group, :force_kind, :provisional, :note)
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name,
        area = excluded.area, force_group = excluded.force_group,
        force_kind = excluded.force_kind, provisional = excluded.provisional,
        note = excluded.note""")
PUT_STAFF = text("""
    INSERT INTO staff (id, name, body, wecom_id, phone_masked, duty_mode, active)
    VALUES (:id, :name, :body, :wecom_id, :phone_masked, :duty_mode, :active)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body,
        wecom_id = excluded.wecom_id, phone_masked = excluded.phone_masked,
        duty_mode = excluded.duty_mode, active = excluded.active""")
_POST = text("""
    INSERT INTO post (id, role, area, body, label) VALUES (:id, :role, :area, :body, :label)
    ON CONFLICT (id) DO UPDATE SET body = excluded.body, label = excluded.label""")
_HOLDING = text("""
    INSERT INTO holding (post, staff_id, from_at, to_at, stand_in, authorised_by, reason, set_by)
    VALUES (:post, :staff_id, :from_at, :to_at, :stand_in, :authorised_by, :reason, :by)
    RETURNING id""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body as it is written down (words 1)."""

    id: str
    kind: str
    name: str
    area: str | None = None
    force_group: str | None = None
    force_kind: str | None = None
    provisional: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A person, under the name of an account and not its own."""

    id: str
    name: str
    body: str
    wecom_id: str | None = None
    phone_masked: str | None = None
    duty_mode: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A person in a post from–to; `stand_in` (代岗) says who allowed it and why."""

    post: str
    staff_id: str
    from_at: datetime
    to_at: datetime | None = None
    stand_in: bool = False
    authorised_by: str | None = None
    reason: str | None = None


def body_mistakes(body: Body) -> list[str]:
    """What is wrong with a body, in Chinese."""
    wrong = _id_mistakes(body.id, "单位编号")
    if body.kind not in BODY_KINDS:
        wrong.append(f"单位类型“{body.kind[:20]}”不对，可填：{'、'.join(BODY_KINDS.values())}")
    if not body.name.strip():
        wrong.append("请填单位名称")
    if body.force_group is not None and body.force_group not in GROUPS:
        wrong.append("力量分组只能是 4、16、X")
    return wrong


def staff_mistakes(staff: Staff) -> list[str]:
    """What is wrong with a person, in Chinese."""
    wrong = _id_mistakes(staff.id, "人员编号")
    if not staff.name.strip():
        wrong.append("请填人员称呼（岗位账号名，不必是姓名）")
    if staff.duty_mode is not None and staff.duty_mode not in ("fixed", "rota", "sign_in"):
        wrong.append("执勤方式可填：固点定岗、机动轮岗、动态报到")
    if staff.phone_masked and not _MASKED.fullmatch(staff.phone_masked):
        wrong.append("电话只存打码后的号码，如 138****5678")
    return wrong


def post_mistakes(id: str) -> list[str]:
    """What is wrong with a post's name, in Chinese."""
    try:
        who = actor(id)
    except NotYourPost as error:
        return [str(error)]
    return ["系统岗位不能登记"] if who.role in INTERNAL else []


def _id_mistakes(id: str, what: str) -> list[str]:
    good = ID.fullmatch(id)
    return [] if good else [f"{what}用字母、数字和 -_. 写，不超过 60 个字"]


def holding_mistakes(holding: Holding, rules: dict[tuple[str, str], list[str]]) -> list[str]:
    """What is wrong with a holding in itself, in Chinese."""
    wrong = []
    zones = [m.tzinfo for m in (holding.from_at, holding.to_at) if m is not None]
    if not all(zones):
        wrong.append("任职起止要带时区")
    elif holding.to_at is not None and holding.to_at <= holding.from_at:
        wrong.append("任职的结束要晚于开始")
    if holding.stand_in:
        if not (holding.authorised_by or "").strip() or not (holding.reason or "").strip():
            wrong.append("代岗要写明授权人和原因")
        if holding.to_at is None:
            wrong.append("代岗要写明结束时间")
        wrong += _authority(holding, rules)
    return wrong


def _authority(holding: Holding, rules: dict[tuple[str, str], list[str]]) -> list[str]:
    """Who allows a stand-in must be a post that may; the pair is checked when it is written."""
    try:
        allowed_by = actor((holding.authorised_by or "").strip())
        post = actor(holding.post)
    except NotYourPost:
        return ["授权人要写岗位，如 deputy-140901 或 street-centre"]
    allowing = {role for (of, _), by in rules.items() if of == post.role for role in by}
    if not allowing:
        return [f"{label(holding.post)}没有代岗规则，请先由街道城运中心登记"]
    if allowed_by.role not in allowing:
        return [f"{label(allowed_by.post)}不能授权{label(holding.post)}的代岗"]
    if allowed_by.desk is not None and allowed_by.desk != (post.area or "")[:6]:
        return ["授权人不是本片区的岗位"]
    return []


def acting_rules(conn: Connection) -> dict[tuple[str, str], list[str]]:
    """(role stood in for, role that may) → who may allow it."""
    rows = conn.execute(text("SELECT role, by_role, authorised_by FROM acting_for"))
    return {(row.role, row.by_role): list(row.authorised_by) for row in rows}


def put_body(conn: Connection, body: Body) -> None:
    """Add or renew a body."""
    _refuse(body_mistakes(body))
    conn.execute(PUT_BODY, body_row(body))


def put_staff(conn: Connection, staff: Staff) -> None:
    """Add or renew a person."""
    _refuse(staff_mistakes(staff))
    _need(conn, "SELECT 1 FROM body WHERE id = :id", staff.body, "单位")
    conn.execute(PUT_STAFF, staff_row(staff))


def put_post(conn: Connection, id: str, body: str, words: str | None = None) -> None:
    """Add a post, or give it another body or name."""
    _refuse(post_mistakes(id))
    _need(conn, "SELECT 1 FROM body WHERE id = :id", body, "单位")
    conn.execute(_POST, post_row(id, body, words))


def appoint(conn: Connection, holding: Holding, by: str) -> int:
    """Let a person hold a post from–to.

    Returns:
        The number of the holding.

    Raises:
        RosterInvalid: something is missing or not allowed.
        PostTaken: somebody else holds it in that time.
    """
    rules = acting_rules(conn)
    _need(conn, "SELECT 1 FROM post WHERE id = :id", holding.post, "岗位")
    _need(conn, "SELECT 1 FROM staff WHERE id = :id AND active", holding.staff_id, "在册人员")
    _refuse(holding_mistakes(holding, rules))
    if holding.stand_in:
        _refuse(pair_mistakes(holding, roles_held(conn, holding), rules))
    try:
        # A savepoint, so that the caller's transaction can go on after a refusal.
        with conn.begin_nested():
            id: int = conn.execute(_HOLDING, {**holding_row(holding), "by": by}).scalar_one()
    except IntegrityError as error:
        raise PostTaken(taken(holding)) from error
    return id


def pair_mistakes(
    holding: Holding, held: set[str], rules: dict[tuple[str, str], list[str]]
) -> list[str]:
    """Whether one of the roles a person holds may stand in for a post's, and for whom it may."""
    role = actor(holding.post).role
    may = {by for (of, by) in rules if of == role}
    if held & may:
        return []
    words = "、".join(sorted(label(r) or r for r in may))
    return [f"{label(holding.post)}只能由{words}代岗"]


def roles_held(conn: Connection, holding: Holding) -> set[str]:
    """The roles a person holds of its own, in the 片区 of a holding's post, when that begins."""
    rows = conn.execute(
        text(
            "SELECT post FROM holding WHERE staff_id = :staff AND NOT stand_in"
            " AND from_at <= :at AND (to_at IS NULL OR to_at > :at)"
        ),
        {"staff": holding.staff_id, "at": holding.from_at},
    ).scalars()
    area = (actor(holding.post).area or "")[:6]
    found = [actor(post) for post in rows]
    return {who.role for who in found if (who.area or "")[:6] == area}


def taken(holding: Holding) -> str:
    """The sentence for a post that is held already."""
    return f"{label(holding.post)}在这段时间已有任职人，请先结束原任职，或登记为代岗"


def end_holding(conn: Connection, id: int, at: datetime, version: int) -> None:
    """End a holding at a moment.

    Raises:
        HoldingMoved: it is no longer at `version`.
        NotOnRoster: there is none of that number.
        RosterInvalid: it would end before it began, or after it ended.
    """
    row = conn.execute(
        text("SELECT post, from_at, to_at, version FROM holding WHERE id = :id FOR UPDATE"),
        {"id": id},
    ).one_or_none()
    if row is None:
        raise NotOnRoster("没有这条任职")
    if row.version != version:
        raise HoldingMoved(row.version)
    if at.tzinfo is None or at <= row.from_at:
        raise RosterInvalid("结束时间要晚于任职开始")
    if row.to_at is not None and row.to_at <= at:
        raise RosterInvalid("这条任职已经结束，或结束得更早")
    conn.execute(
        text("UPDATE holding SET to_at = :at, version = version + 1 WHERE id = :id"),
        {"id": id, "at": at},
    )


def body_row(body: Body) -> dict[str, Any]:
    """A body's columns."""
    return {name: getattr(body, name) for name in Body.__slots__}


def staff_row(staff: Staff) -> dict[str, Any]:
    """A person's columns."""
    return {name: getattr(staff, name) for name in Staff.__slots__}


def holding_row(holding: Holding) -> dict[str, Any]:
    """A holding's columns."""
    return {name: getattr(holding, name) for name in Holding.__slots__}


def post_row(id: str, body: str, words: str | None = None) -> dict[str, Any]:
    """A post's columns, from its name."""
    who = actor(id)
    told = words or label(id)
    return {"id": id, "role": who.role, "area": who.area, "body": body, "label": told}


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise RosterInvalid(*wrong)


def _need(conn: Connection, question: str, id: str, what: str) -> None:
    if conn.execute(text(question), {"id": id}).first() is None:
        raise RosterInvalid(f"没有“{id[:40]}”这个{what}，请先登记")
