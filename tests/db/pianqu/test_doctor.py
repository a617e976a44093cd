"""The doctor finds what is amiss and names the repair; on a sound house it finds nothing."""

import io
from datetime import datetime, timedelta

import pytest
from rich.console import Console
from sqlalchemy import text

from cases.people import roster
from pianqu import checks, doctor
from pianqu.settings import Settings
from store.engine import transaction

pytestmark = pytest.mark.db
NOW = datetime.now().astimezone()


@pytest.fixture
def examine(database, tmp_path, free_port, monkeypatch):
    monkeypatch.setenv("PIANQU_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("PIANQU_PORT", str(free_port()))

    def run(url=database):
        monkeypatch.setenv("PIANQU_DATABASE_URL", url)
        page = io.StringIO()
        patient = checks.patient(Settings(), datetime.now().astimezone())
        sound = doctor.examine(patient, Console(file=page))
        return sound, page.getvalue()

    return run


def lines(page, mark):
    return [line for line in page.splitlines() if line.startswith(mark)]


def test_a_sound_house_has_nothing_to_repair(examine, engine):
    with transaction(engine) as connection:
        connection.execute(text("INSERT INTO heartbeat VALUES ('worker', now())"))
    _, page = examine()
    amiss = [line for line in lines(page, "✗") if "front end" not in line]
    assert not amiss
    assert "✓ Boundaries are in force and sound" in page
    assert "✓ A worker is alive" in page
    assert "✓ The schema is this version's" in page


def test_without_a_database_the_rest_waits(examine):
    sound, page = examine("postgresql://nobody@127.0.0.1:1/none")
    assert not sound
    assert "✗ The database answers" in page
    assert "– Boundaries are in force and sound: the database does not answer" in page


def test_a_dead_letter_is_found(examine, engine):
    with transaction(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO outbox (id, topic, subject, payload, next_at, created_at, status,"
                " last_error) VALUES (gen_random_uuid(), 't', 's', '{}', now(), now(), 'dead',"
                " 'refused by the receiver')"
            )
        )
    sound, page = examine()
    assert not sound
    assert "refused by the receiver" in page
    assert "POST /v1/deliveries" in page


def test_a_silent_worker_is_worth_a_look(examine, engine):
    with transaction(engine) as connection:
        connection.execute(
            text("INSERT INTO heartbeat VALUES ('worker', :at)"), {"at": NOW - timedelta(hours=1)}
        )
    assert lines(examine()[1], "! A worker is alive")


def test_boundaries_with_a_gap_are_found(examine, engine):
    with transaction(engine) as connection:
        connection.execute(text("DELETE FROM area WHERE level = 'community' AND code = '14090101'"))
    sound, page = examine()
    assert not sound
    assert lines(page, "✗ Boundaries are in force and sound")


def test_a_house_without_an_administrator_is_found(examine, engine):
    assert lines(examine()[1], "✓ An administrator can log in")
    with transaction(engine) as connection:
        connection.execute(
            text("UPDATE account SET disabled_at = now() WHERE post = 'admin'"),
        )
    assert lines(examine()[1], "! An administrator can log in")
    with transaction(engine) as connection:
        connection.execute(text("UPDATE account SET disabled_at = now()"))
    sound, page = examine()
    assert not sound
    assert lines(page, "✗ An administrator can log in")
    assert "pianqu account add admin" in page


def test_holidays_that_run_out_are_worth_a_look(database, monkeypatch):
    monkeypatch.setenv("PIANQU_DATABASE_URL", database)
    later = roster.calendar_ends() + timedelta(days=1)
    at = datetime(later.year, later.month, later.day, tzinfo=NOW.tzinfo)
    page = io.StringIO()
    doctor.examine(checks.patient(Settings(), at), Console(file=page))
    assert lines(page.getvalue(), "! The holidays are known for the month to come")


def test_every_check_has_a_title_and_a_repair():
    assert len(doctor.CHECKS) > 12
    assert all(one.title and one.hint for one in doctor.CHECKS)
    assert len({one.title for one in doctor.CHECKS}) == len(doctor.CHECKS)
