"""Policy values as versions that are never rewritten: who set what, from when, and why (A-n).

A version holds only what it changes. The values in force at a moment are the newest said of each,
so that a change announced for next month does not undo what is set until then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from threading import Lock
from typing import Any

import orjson
from sqlalchemy import Connection, text

from cases.errors import CaseError
from cases.policy import Mistake, Policy, PolicyInvalid, checked

_HELD = "pianqu_policy_versions"
_SETTING = "pianqu_policy_set_by"
_CODES = frozenset(item.name for item in fields(Policy) if item.metadata)
_ALL = text("""
    SELECT version, values, valid_from, set_by, account, reason, created_at
    FROM policy_version ORDER BY version""")
_NEWEST = text("SELECT coalesce(max(version), 0) FROM policy_version")
_FIRST = text("""
    INSERT INTO policy_version (version, values, valid_from, set_by, reason, created_at)
    VALUES (1, CAST(:values AS jsonb), :now, 'admin', '初始值', :now)
    ON CONFLICT DO NOTHING""")
_INSERT = text("""
    INSERT INTO policy_version (version, values, valid_from, set_by, account, reason, created_at)
    VALUES (:version, CAST(:values AS jsonb), :from_at, :by, :account, :reason, :now)""")


class PolicyMoved(CaseError):
    """Somebody else has set values since; `version` is the newest."""

    def __init__(self, version: int) -> None:
        super().__init__("参数值刚被他人修改，请核对后再改")
        self.version = version


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One setting of values."""

    version: int
    values: Mapping[str, Any]
    valid_from: datetime
    set_by: str
    account: str | None
    reason: str
    created_at: datetime


class PolicyBook:
    """Answers with the values in force; a version of another process is seen at the next question.

    One cheap statement a transaction asks for the newest version; the versions themselves never
    change and are read once.
    """

    def __init__(self, initial: Policy | None = None) -> None:
        self._initial = initial or Policy()
        self._versions: tuple[Version, ...] = ()
        self._known: dict[tuple[int, ...], Policy] = {}
        self._lock = Lock()

    def policy(self, conn: Connection, at: datetime) -> Policy:
        """The values in force at a moment; without any version, those of the installation."""
        said = in_order(self._read(conn), at)
        if _is_setting(conn):
            return folded(self._initial, said)
        key = tuple(v.version for v in said)
        found = self._known.get(key)
        if found is None:
            found = folded(self._initial, said)
            self._known[key] = found
        return found

    def told(self, conn: Connection, newest: int) -> None:
        """Remember for this transaction which version is the newest, if it is known here."""
        versions = self._versions
        if newest == (versions[-1].version if versions else 0) and not _is_setting(conn):
            conn.info[_HELD] = (conn.get_transaction(), self, versions)

    def _read(self, conn: Connection) -> tuple[Version, ...]:
        asked = conn.get_transaction()
        held = conn.info.get(_HELD)
        if held is not None and held[0] is asked and held[1] is self:
            remembered: tuple[Version, ...] = held[2]
            return remembered
        newest: int = conn.execute(_NEWEST).scalar_one()
        versions = self._versions
        if newest != (versions[-1].version if versions else 0):
            versions = history(conn)
            # What this transaction has set may be rolled back yet: it is not kept for others.
            if not _is_setting(conn):
                with self._lock:
                    self._versions = versions
        conn.info[_HELD] = (asked, self, versions)
        return versions


def _is_setting(conn: Connection) -> bool:
    return _SETTING in conn.info and conn.info[_SETTING] is conn.get_transaction()


def in_order(versions: Sequence[Version], at: datetime) -> tuple[Version, ...]:
    """The versions that count at a moment, the last word last.

    Before the first one came into force it counts all the same: there was no other.
    """
    said = sorted(
        (v for v in versions if v.valid_from <= at), key=lambda v: (v.valid_from, v.version)
    )
    return tuple(said) or tuple(versions[:1])


def folded(initial: Policy, said: Sequence[Version]) -> Policy:
    """The values a row of versions comes to; a code of an older release is passed over."""
    values: dict[str, Any] = {}
    for version in said:
        values |= {code: value for code, value in version.values.items() if code in _CODES}
    return replace(initial, version=said[-1].version if said else 0, **values)


def policy_at(conn: Connection, now: datetime) -> Policy:
    """The values in force at a moment, for those who keep no book."""
    return folded(Policy(), in_order(history(conn), now))


def ensure_first(conn: Connection, initial: Policy, now: datetime) -> None:
    """Write version 1 from the installation's settings, unless there is one."""
    conn.execute(_FIRST, {"values": orjson.dumps(initial.values()).decode(), "now": now})
    conn.info.pop(_HELD, None)


def set_values(
    conn: Connection,
    changed: Mapping[str, object],
    *,
    by: str,
    reason: str,
    now: datetime,
    from_at: datetime | None = None,
    after: int | None = None,
    account: str | None = None,
) -> Policy:
    """Write a new version with some values changed.

    Args:
        conn: inside a transaction.
        changed: the values that change, by code.
        by: the post that sets them.
        reason: why.
        now: the moment of setting.
        from_at: from when they hold; None: at once.
        after: the version the setter has seen; None: whichever is newest.
        account: the account behind the post.

    Returns:
        The values as they will be in force from then on, as known today.

    Raises:
        PolicyInvalid: an unknown code, a value out of bounds, no reason, a moment that is past.
        PolicyMoved: somebody was quicker.
    """
    conn.execute(text("LOCK TABLE policy_version IN SHARE ROW EXCLUSIVE MODE"))
    newest: int = conn.execute(_NEWEST).scalar_one()
    if after is not None and after != newest:
        raise PolicyMoved(newest)
    values = checked(changed)
    wrong = _wrong(changed, reason, now, from_at)
    if wrong:
        raise PolicyInvalid(wrong)
    told = {"version": newest + 1, "values": orjson.dumps(values).decode(), "by": by}
    moment = from_at or now
    conn.execute(
        _INSERT,
        {**told, "from_at": moment, "account": account, "reason": reason.strip(), "now": now},
    )
    conn.info.pop(_HELD, None)
    conn.info[_SETTING] = conn.get_transaction()
    return policy_at(conn, moment)


def _wrong(
    changed: Mapping[str, object], reason: str, now: datetime, from_at: datetime | None
) -> tuple[Mistake, ...]:
    wrong = []
    if not changed:
        wrong.append(Mistake(code="values", detail="请给出要修改的参数值"))
    if not reason.strip():
        wrong.append(Mistake(code="reason", detail="请写明修改理由"))
    if from_at is not None and from_at.tzinfo is None:
        wrong.append(Mistake(code="from_at", detail="生效时间要带时区"))
    elif from_at is not None and from_at < now:
        wrong.append(Mistake(code="from_at", detail="生效时间不能早于现在"))
    return tuple(wrong)


def newest_version(conn: Connection) -> int:
    """The number of the newest version; 0 when nobody has set anything."""
    found: int = conn.execute(_NEWEST).scalar_one()
    return found


def history(conn: Connection) -> tuple[Version, ...]:
    """All versions, oldest first."""
    return tuple(Version(**row) for row in conn.execute(_ALL).mappings())
