"""Files in the database: each content once, seen by few, dropped when nobody refers to it."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from photos import PDF, photo
from spots import WEST
from sqlalchemy import text
from stories import NOW

from cases import attachments
from cases.files.errors import AttachmentMissing, FileTooLarge
from cases.roles import actor
from cases.work import Attachment
from store.engine import transaction

pytestmark = pytest.mark.db

DESK = actor("coordinator-140901")
OTHER = actor("coordinator-140902")
STATION = actor("station-14090101")
LIMITS = attachments.Limits()


def put(conn, data, who=STATION, *, name="照片", at=NOW):
    return attachments.store(conn, attachments.examine(data, name, LIMITS), who, at)


def ref(stored, kind="after"):
    return Attachment(sha256=stored.sha256, kind=kind, name=stored.name)


@pytest.fixture
def seen_case(bring):
    """A case of the west desk and its first station; returns its id."""

    def brought(where):
        case = bring(where, numbers=(), title=uuid.uuid4().hex).case
        set_audience(where, case.id, ["street", "140901", "14090101"])
        return case.id

    return brought


def set_audience(conn, case_id, keys):
    conn.execute(
        text("UPDATE case_now SET audience = :keys, desk = '140901' WHERE id = :id"),
        {"keys": keys, "id": case_id},
    )


def test_the_same_content_is_one_row_and_whole(conn):
    data = photo(2000, 1500, at=(WEST["lon"], WEST["lat"])) + bytes(3 * attachments.MIB)
    first, second = put(conn, data), put(conn, data, OTHER, name="另一名")
    assert first.sha256 == second.sha256
    assert (first.name, second.name) == ("照片.jpg", "另一名.jpg")
    assert conn.execute(text("SELECT count(*) FROM attachment")).scalar_one() == 1
    assert attachments.content(conn, first.sha256, "original") == data
    assert attachments.content(conn, first.sha256, "thumbnail")
    assert attachments.broken(conn) == []
    conn.execute(text("UPDATE attachment_piece SET bytes = 'x' WHERE copy = 'original' AND n = 1"))
    assert attachments.broken(conn) == [first.sha256]


def test_who_may_read_it(conn, seen_case):
    stored = put(conn, photo())
    # Before a case refers to it, only who brought it, by account if there is one.
    assert attachments.readable(conn, stored.sha256, STATION, None)
    assert attachments.readable(conn, stored.sha256, DESK, None) is None
    assert attachments.readable(conn, stored.sha256, replace(STATION, account="x"), None) is None
    case_id = seen_case(conn)
    attachments.link(conn, case_id, 2, [ref(stored)])
    assert attachments.readable(conn, stored.sha256, DESK, None)
    assert attachments.readable(conn, stored.sha256, actor("street-centre"), case_id)
    for blind in (OTHER, actor("admin"), actor("responder-140901-1"), actor("department-water")):
        assert attachments.readable(conn, stored.sha256, blind, case_id) is None
    # As it was taken only within the desk, and for who took it.
    assert attachments.readable(conn, stored.sha256, DESK, case_id, original=True)
    assert attachments.readable(conn, stored.sha256, STATION, case_id, original=True) is None
    assert attachments.readable(conn, stored.sha256, STATION, None, original=True)


def test_a_command_names_only_what_is_the_posts_to_use(conn, seen_case):
    stored = put(conn, PDF, name="方案.pdf")
    attachments.check(conn, [ref(stored, "plan")], STATION)
    attachments.check(conn, [], OTHER)
    with pytest.raises(AttachmentMissing, match="方案"):
        attachments.check(conn, [ref(stored, "plan")], OTHER)
    with pytest.raises(AttachmentMissing, match="类别"):
        attachments.check(conn, [ref(stored, "selfie")], STATION)
    missing = Attachment(sha256="0" * 64, kind="after", name="没有.jpg")
    with pytest.raises(AttachmentMissing, match="没有"):
        attachments.check(conn, [ref(stored, "plan"), missing], STATION)
    attachments.link(conn, seen_case(conn), 3, [ref(stored, "plan")])
    attachments.check(conn, [ref(stored, "plan")], DESK)


def test_facts_help_to_judge_a_photo(conn, seen_case):
    east = (WEST["lon"] + 0.001, WEST["lat"])
    stored = put(conn, photo(at=east, taken="2026:03:11 09:30:00"))
    case_id = seen_case(conn)
    attachments.link(conn, case_id, 2, [ref(stored)])
    attachments.link(conn, case_id, 2, [ref(stored)])
    (row,) = attachments.of_case(conn, case_id)
    assert (row["kind"], row["version"], row["scanned"]) == ("after", 2, False)
    assert row["taken_at"] == datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
    conn.execute(text("UPDATE case_now SET geom = NULL"))
    assert attachments.of_case(conn, case_id)[0]["distance_m"] is None
    conn.execute(
        text("UPDATE case_now SET geom = ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)"), WEST
    )
    (row,) = attachments.of_case(conn, case_id)
    assert 94 < row["distance_m"] < 96


def test_orphans_go_after_a_week(conn, seen_case):
    kept, lost, again = put(conn, PDF), put(conn, PDF + b" %%EOF"), put(conn, b"text " * 9)
    attachments.link(conn, seen_case(conn), 2, [ref(kept, "other")])
    later = NOW + timedelta(days=6)
    assert attachments.purge_orphans(conn, later) == 0
    put(conn, b"text " * 9, OTHER, at=later)
    assert attachments.purge_orphans(conn, NOW + timedelta(days=8)) == 1
    left = set(conn.execute(text("SELECT sha256 FROM attachment")).scalars())
    assert left == {kept.sha256, again.sha256}
    assert lost.sha256 not in left
    # The uploader's own right ends with the week; the case's stays.
    assert attachments.readable(conn, kept.sha256, STATION, None)
    assert attachments.readable(conn, again.sha256, STATION, None) is None


def test_a_case_lets_go_when_its_time_is_over(conn, seen_case):
    stored, case_id = put(conn, PDF), seen_case(conn)
    attachments.link(conn, case_id, 2, [ref(stored, "other")])
    assert attachments.forget_case(conn, case_id) == 1
    assert attachments.purge_orphans(conn, NOW + timedelta(days=8)) == 1


def test_uploads_and_purges_race_and_no_upload_is_lost(wide, together):
    file = attachments.examine(PDF, "方案.pdf", LIMITS)

    def job(number):
        with transaction(wide) as conn:
            if number % 2:
                attachments.store(conn, file, actor("station-14090101"), NOW)
            else:
                attachments.purge_orphans(conn, NOW + timedelta(seconds=1), timedelta(0))
        return True

    for _ in range(3):
        assert together(job, 8) == [True] * 8
    with transaction(wide) as conn:
        attachments.store(conn, file, actor("station-14090101"), NOW)
        assert attachments.content(conn, file.sha256, "original") == PDF
        assert attachments.broken(conn) == []


def test_limits_are_values():
    small = attachments.Limits(photo=1000, document=10)
    with pytest.raises(FileTooLarge, match="照片"):
        attachments.examine(photo(), "x", small)
    with pytest.raises(FileTooLarge, match="文件"):
        attachments.examine(PDF, "x", small)
