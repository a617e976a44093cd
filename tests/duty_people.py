"""People of the map who are on duty by the roster, for tests of positions."""

from datetime import timedelta

from sqlalchemy import text

from boundaries.locate import edition_in_force
from cases.people import seed_roster, tokens
from layers import devices, people
from layers.model import DutyMode, Person

POST = "patrol-140901"
_STAFF = text("""
    INSERT INTO staff (id, name, body, duty_mode) VALUES (:staff, '账号', 'police', :mode)
    ON CONFLICT DO NOTHING""")
_HOLDING = text("""
    INSERT INTO holding (post, staff_id, from_at, set_by)
    SELECT CAST(:post AS text), :staff, CAST(:at AS timestamptz), 'test'
    WHERE NOT EXISTS (SELECT FROM holding WHERE post = :post)""")


def put_on_duty(conn, now, *, person="P1", post=POST, mode="fixed", **told):
    """A person of the map whose post somebody holds since yesterday."""
    if not conn.execute(text("SELECT count(*) FROM body")).scalar_one():
        seed_roster.install(conn, edition_in_force(conn, now), now)
    staff = f"staff-{person}"
    conn.execute(_STAFF, {"staff": staff, "mode": mode})
    conn.execute(_HOLDING, {"post": post, "staff": staff, "at": now - timedelta(days=1)})
    fields = {"name": "巡防队员02", "chip": "巡", "sector": "140901"} | told
    one = Person(id=person, post=post, duty_mode=DutyMode(mode), **fields)
    people.upsert(conn, [one])
    return staff


def give_phone(conn, now, person="P1", label="手机"):
    """A phone's token and number."""
    token = tokens.fresh()
    return token, devices.issue(conn, person, token, label=label, by="test", now=now)
