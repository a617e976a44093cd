"""The rim of the HTTP door: failing commits, foreign pages, large bodies, a database away."""

import pytest
from fastapi.testclient import TestClient
from spots import WEST
from sqlalchemy import event, text

from api import problems
from api.app import create_app

pytestmark = pytest.mark.db


def test_a_commit_that_fails_is_not_a_201(house, report):
    """FastAPI's default scope would commit after the answer (architecture 8.3)."""

    def fail(_connection):
        raise RuntimeError("the disk is full")

    event.listen(house.engine, "commit", fail)
    try:
        answer = report(external_id="1", **WEST)
    finally:
        event.remove(house.engine, "commit", fail)
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal"
    with house.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM case_now")).scalar_one() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1:8000"}, 201),
        ({"Host": "[::1]:8000"}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 201),
    ],
)
def test_other_pages_cannot_act(client, headers, status):
    body = {"source": "12345", "title": "x", **WEST, "crs": "WGS84"}
    answer = client.post("/v1/cases", json=body, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_of_more_than_four_mebibytes_is_refused(client, chunked):
    big = b'{"source":"12345","title":"x","description":"' + b"a" * (5 * 1024 * 1024) + b'"}'
    content = (big[i : i + 65536] for i in range(0, len(big), 65536)) if chunked else big
    answer = client.post("/v1/cases", content=content)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


def test_without_a_database_the_door_says_so(house):
    with TestClient(
        create_app(house), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as client:
        house.engine.dispose()
        event.listen(house.engine, "do_connect", _unreachable)
        try:
            answer = client.post("/v1/cases", json={"source": "12345", "title": "x"})
            ready = client.get("/readyz")
            alive = client.get("/healthz")
        finally:
            event.remove(house.engine, "do_connect", _unreachable)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert ready.status_code == 503
    assert ready.json()["checks"]["database"] is False
    assert alive.status_code == 200


def _unreachable(*_args):
    import psycopg

    raise psycopg.OperationalError("connection refused")


def test_without_an_edition_in_force_cases_are_kept_and_questions_wait(client, house, report):
    with house.engine.begin() as conn:
        conn.execute(text("UPDATE edition SET status = 'draft'"))
    case = report(external_id="1", **WEST).json()["case"]
    assert (case["status"], case["location_problem"]) == ("no_location", "AREA_NOT_IN_FORCE")
    answer = client.post("/v1/assignments", json={**WEST, "crs": "WGS84"})
    assert answer.status_code in (422, 503)
    batch = {"lon": [WEST["lon"]], "lat": [WEST["lat"]], "crs": "WGS84"}
    told = client.post("/v1/assignments/batch", json=batch)
    assert (told.status_code, told.json()["type"]) == (503, "/problems/no-edition")
    assert client.get("/readyz").status_code == 503


def test_every_problem_has_one_status_and_a_chinese_title():
    kinds = [*problems.PROBLEMS.values(), *problems.BY_STATUS.values(), problems.BAD_INPUT]
    by_slug = {}
    for kind in kinds:
        assert by_slug.setdefault(kind.slug, kind.status) == kind.status
        assert any("\u4e00" <= sign <= "\u9fff" for sign in kind.title)
