"""参数值: the values in force, setting them, and who set what when (R77, A-n)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from api.bodies import Body, Moment
from api.deps import Now, Tx, Who
from api.preconditions import IfMatch, etag, expected
from api.views import local
from cases import policies
from cases.errors import NotYourPost
from cases.people.roster import calendar_finding
from cases.policies import Version
from cases.policy import Policy
from cases.roles import label

router = APIRouter(prefix="/v1", tags=["policy"])
SETTERS = frozenset({"street-centre", "admin"})


class NewValues(Body):
    """Values to set by their code; the others stay."""

    values: Annotated[dict[str, Any], Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    from_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One setting of values: what changed, from when, by whom and why."""

    version: int
    values: dict[str, Any]
    valid_from: datetime
    set_by: str
    set_by_label: str | None
    account: str | None
    reason: str
    created_at: datetime
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """The values in force with their words; `newest` is the version a change must name."""

    version: int
    newest: int
    values: list[dict[str, Any]]
    coming: list[VersionView]
    calendar_finding: str | None
    may_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All versions, newest first."""

    items: list[VersionView]


@router.get("/policy")
def read(tx: Tx, now: Now, who: Who, response: Response) -> PolicyView:
    """The values in force now, and what is set to come."""
    return _view(tx, now, who, response)


@router.put("/policy")
def change(
    body: NewValues, tx: Tx, now: Now, who: Who, response: Response, if_match: IfMatch = None
) -> PolicyView:
    """Set values, at once or from a later moment; the plan's own limits can only be tightened."""
    if who.role not in SETTERS:
        raise NotYourPost("参数值由街道城运中心调整（方案九）")
    policies.set_values(
        tx,
        body.values,
        by=who.post,
        account=who.account,
        reason=body.reason,
        now=now,
        from_at=body.from_at,
        after=expected(if_match),
    )
    return _view(tx, now, who, response)


@router.get("/policy/history")
def history(tx: Tx, now: Now, _who: Who) -> History:
    """Who set what, from when and why."""
    versions = policies.history(tx)
    said = {v.version for v in policies.in_order(versions, now)}
    return History(items=[_version(v, v.version in said) for v in reversed(versions)])


def _view(tx: Tx, now: datetime, who: Who, response: Response) -> PolicyView:
    versions = policies.history(tx)
    said = policies.in_order(versions, now)
    policy = policies.folded(Policy(), said)
    newest = versions[-1].version if versions else 0
    response.headers["ETag"] = etag(newest)
    return PolicyView(
        version=policy.version,
        newest=newest,
        values=[dict(row) for row in policy.rows()],
        coming=[_version(v, False) for v in versions if v.valid_from > now and v not in said],
        calendar_finding=calendar_finding(tx, now),
        may_set=who.role in SETTERS,
    )


def _version(version: Version, in_force: bool) -> VersionView:
    return VersionView(
        version=version.version,
        values=dict(version.values),
        valid_from=local(version.valid_from),
        set_by=version.set_by,
        set_by_label=label(version.set_by),
        account=version.account,
        reason=version.reason,
        created_at=local(version.created_at),
        in_force=in_force,
    )
