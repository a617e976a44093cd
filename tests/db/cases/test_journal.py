"""The journal: append-only, and the projection is what its events tell."""

import random
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from stories import NOW

from boundaries.locate import Locator
from cases import commands as do
from cases import desk, journal, queries
from cases.desk import Office
from cases.errors import CaseError
from cases.history import Recorded
from cases.model import Number, RawPoint, Status
from cases.policy import Policy
from cases.roles import actor
from store import feed, outbox

WEST, EAST, CENTRE = map(actor, ("coordinator-140901", "coordinator-140902", "street-centre"))
COURIER, CLOCK, PLATFORM = map(actor, ("courier", "clock", "platform-12345"))
OUTSIDE = RawPoint(lon=121.30, lat=31.3885, crs="WGS84")
IN_THE_EAST = RawPoint(lon=121.2709, lat=31.3891, crs="WGS84")


@pytest.fixture
def act(conn, office):
    def acted(case, command, by, now=NOW):
        return desk.handle(conn, office, case.id, command, actor=by, now=now)

    return acted


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_event SET actor = 'nobody'",
        "DELETE FROM case_event",
        "TRUNCATE case_event",
    ],
)
def test_history_is_never_rewritten(conn, bring, statement):
    bring(conn)
    with pytest.raises(IntegrityError, match="append-only"), conn.begin_nested():
        conn.execute(text(statement))
    assert conn.execute(text("SELECT count(*) FROM case_event")).scalar_one() == 1


def projection(conn, case_id):
    return conn.execute(text("SELECT * FROM case_now WHERE id = :id"), {"id": case_id}).one()


def deadlines(conn, case_id):
    rows = conn.execute(
        text(
            "SELECT code, seq, started_at, warn_at, internal_due_at, due_at, stopped_at, breached"
            " FROM deadline WHERE case_id = :id ORDER BY seq"
        ),
        {"id": case_id},
    )
    return [tuple(row) for row in rows]


def check(conn, case_id):
    """Everything the tables say of a case is what its events say."""
    told = journal.replayed(conn, case_id)
    assert queries.case(conn, case_id) == told
    row = projection(conn, case_id)
    assert (row.version, row.status, row.desk, row.number) == (
        told.version,
        told.status,
        told.desk,
        told.number,
    )
    assert (row.urgent, row.supervised) == (told.report.urgent, told.report.supervised)
    assert row.sector == (told.sector.code if told.sector else None)
    assert row.community == (told.community.code if told.community else None)
    assert (row.geom is None) == (told.point is None)
    assert (row.accepted_at, row.updated_at) == (told.accepted_at, told.updated_at)
    assert deadlines(conn, case_id) == [
        (
            c.code, c.seq, c.started_at, c.warn_at, c.internal_due_at, c.due_at, c.stopped_at,
            c.breached,
        )
        for c in told.clocks
    ]  # fmt: skip
    refusals = conn.execute(
        text("SELECT id, state, desk FROM refusal WHERE case_id = :id ORDER BY rejected_at"),
        {"id": case_id},
    )
    assert {tuple(r) for r in refusals} == {(r.id, r.state, r.desk) for r in told.refusals}
    kinds = conn.execute(text("SELECT type FROM feed WHERE subject = :id"), {"id": str(case_id)})
    assert len(kinds.all()) == told.version, "one fact for each event"


POINTS = [
    None,
    RawPoint(lon=121.2604, lat=31.3854, crs="WGS84"),
    IN_THE_EAST,
    OUTSIDE,
    RawPoint(lon=121.50, lat=31.23, crs="WGS84"),
    RawPoint(lon=121.2636769, lat=31.3844737, crs="CGCS2000"),
    RawPoint(lon=31.38, lat=121.26, crs="WGS84"),
]


def random_command(chance, case):
    refusals = [r.id for r in case.refusals] or [uuid.UUID(int=0)]
    id = chance.choice(refusals)
    return chance.choice(
        [
            (do.Accept(), WEST),
            (do.Accept(community="14090201"), EAST),
            (do.Accept(community="14090101"), WEST),
            (do.Reject(reason="不在"), chance.choice([WEST, EAST])),
            (do.WithdrawRejection(reason="错"), WEST),
            (do.Acknowledge(refusal_id=id), CENTRE),
            (do.Reinstate(reason="定", to_sector=chance.choice(["140901", None])), CENTRE),
            (do.Redispatch(refusal_id=id, to_sector="140902"), CENTRE),
            (do.Forward(refusal_id=id), CENTRE),
            (do.NoteDelivered(refusal_id=id, attempts=1), COURIER),
            (do.NoteUndelivered(refusal_id=id, attempts=20, error="x"), COURIER),
            (do.MarkOverdue(code="refusal_feedback", seq=0), CLOCK),
            (do.MarkOverdue(code="acceptance_alarm", seq=1), CLOCK),
        ]
    )


@pytest.mark.parametrize("seed", range(8))
def test_replay_equals_projection_for_random_lives(conn, bring, seed):
    chance = random.Random(seed)
    policy = Policy(auto_refuse=seed % 2 == 0, auto_redispatch=seed % 4 == 0)
    office = Office(locator=Locator(), policy=policy, new_id=uuid.uuid4)
    for at in range(6):
        told = {
            "numbers": (Number(kind="12345", number=f"{seed}-{at}"),),
            "raw": chance.choice(POINTS),
            "to_sector": chance.choice([None, "140901", "140902", "149999"]),
            "urgent": chance.random() < 0.2,
        }
        now = NOW
        case = bring(conn, **told).case
        for _ in range(12):
            now += timedelta(minutes=chance.choice([0, 5, 45, 1500]))
            try:
                if chance.random() < 0.2:
                    told["raw"] = chance.choice(POINTS)
                    bring(conn, now=now, **told | {"title": f"补{now}"})
                elif chance.random() < 0.2:
                    better = desk.BetterPlace(
                        raw=chance.choice(POINTS[1:]), accuracy_m=10.0, reason="核实"
                    )
                    desk.relocate(conn, office, case.id, better, actor=WEST, now=now)
                else:
                    command, by = random_command(chance, queries.case(conn, case.id))
                    desk.handle(conn, office, case.id, command, actor=by, now=now)
            except CaseError:
                pass
            check(conn, case.id)


# what is written together


def test_a_refusal_puts_its_message_in_the_same_transaction(engine, bring, office):
    case = bring(engine, raw=OUTSIDE, to_sector="140901").case
    with engine.connect() as conn:
        desk.handle(conn, office, case.id, do.Reject(reason="x"), actor=WEST, now=NOW)
        assert len(outbox.messages(conn, status="pending")) == 1
        conn.rollback()
    with engine.connect() as conn:
        assert outbox.messages(conn, status=None) == ()
        assert queries.case(conn, case.id).status is Status.RECEIVED
        assert queries.events(conn, case.id)[-1]["type"] == "CaseReceived"


def test_each_refusal_has_one_message_that_names_it(conn, bring, act):
    case = bring(conn, raw=OUTSIDE, to_sector="140901").case
    case = act(case, do.Reject(reason="x"), WEST)
    message = outbox.messages(conn, status=None)[0]
    assert message.subject == str(case.id)
    assert message.payload["data"]["refusal_id"] == str(case.refusals[0].id)
    sent = queries.deliveries(conn, [case.id])
    assert sent[str(case.refusals[0].id)]["status"] == "pending"
    act(case, do.WithdrawRejection(reason="错"), WEST)
    assert len(outbox.messages(conn, status=None)) == 2
    assert queries.deliveries(conn, [case.id]).keys() == sent.keys()


def test_the_feed_names_every_area_concerned_and_nobody(conn, bring, strict):
    start = feed.head(conn)
    case = bring(conn, raw=IN_THE_EAST, to_sector="140901", title="绝密").case
    case = desk.handle(conn, strict, case.id, do.Reject(reason="x"), actor=WEST, now=NOW)
    rows = conn.execute(text("SELECT areas, subject, type FROM feed ORDER BY id")).all()[-2:]
    assert start
    assert [row.type for row in rows] == ["CaseReceived", "CaseRejected"]
    assert set(rows[-1].areas) == {"140901", "platform-12345", "street"}
    assert rows[-1].subject == str(case.id)


def test_the_same_version_is_written_once(conn, bring):
    case = bring(conn).case
    again = Recorded(
        version=1,
        event=journal.history(conn, case.id)[0].event,
        actor="platform-12345",
        on_behalf_of=None,
        at=NOW,
    )
    with pytest.raises(CaseError) as refusal, conn.begin_nested():
        journal.append(conn, case, [again], [])
    assert refusal.value.version == 1
    check(conn, case.id)


def test_a_command_that_changes_nothing_writes_nothing(conn, bring, act):
    case = bring(conn, raw=OUTSIDE, to_sector="140901").case
    case = act(case, do.Reject(reason="x"), WEST)
    delivered = do.NoteDelivered(refusal_id=case.refusals[0].id, attempts=1)
    after = act(case, delivered, COURIER)
    assert act(case, delivered, COURIER) == after
    assert len(queries.events(conn, case.id)) == after.version == 3


# lists


def test_clocks_past_their_limit_are_found_once(conn, bring, act):
    case = bring(conn).case
    assert queries.overdue_clocks(conn, NOW + timedelta(minutes=29)) == []
    late = queries.overdue_clocks(conn, NOW + timedelta(minutes=30))
    assert [(row.case_id, row.code, row.seq) for row in late] == [(case.id, "acceptance_alarm", 1)]
    command = do.MarkOverdue(code="acceptance_alarm", seq=1)
    act(case, command, CLOCK, NOW + timedelta(minutes=30))
    assert queries.overdue_clocks(conn, NOW + timedelta(hours=1)) == []


def test_the_numbers_of_the_top_bar(conn, bring, act):
    def case(n, **told):
        return bring(conn, numbers=(Number(kind="12345", number=str(n)),), **told).case

    waiting = case(1)
    act(case(2), do.Accept(), WEST)
    refused = case(3, raw=OUTSIDE, to_sector="140901")
    act(refused, do.Reject(reason="x"), WEST)
    case(4, raw=None)
    case(5, raw=IN_THE_EAST)
    now = NOW + timedelta(minutes=25)
    west = queries.summary(conn, actor("coordinator-140901"), desk="140901", now=now, today=NOW)
    assert {tab: count for tab, count in west["tabs"].items() if count} == {
        "todo": 2, "mine": 2, "received": 1, "no_location": 1, "accepted": 1, "to_dispatch": 1,
        "rejected": 1,
    }  # fmt: skip
    assert (west["amber"], west["red"], west["accepted_today"]) == (2, 0, 1)
    assert west["refusals"] == {"all": 1, "feedback_pending": 1}
    street = queries.summary(
        conn, actor("street-centre"), desk=None, now=NOW + timedelta(hours=1), today=NOW
    )
    assert street["todo"] == 3
    assert street["red"] == 4
    assert waiting.is_waiting
