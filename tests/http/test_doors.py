"""Every door opens once, and every problem is met once: both tables must be complete."""

import uuid

import doors_people
import psycopg
import pytest
from duty_people import POST, give_phone, put_on_duty
from photos import photo
from spots import EAST, MALU, NOBODY, ROAD, SECRET, WEST
from sqlalchemy import event, text

from api import problems
from boundaries.errors import EditionsOverlap, UnsoundEdition
from boundaries.findings import Finding, FindingKind
from cases import mailbox
from cases.channels.signing import signed_headers
from cases.notices import Notice
from cases.steps import STEPS

pytestmark = pytest.mark.db

WEST_DESK = {"X-Pianqu-Post": "coordinator-140901"}
INSPECTOR = {"X-Pianqu-Post": "inspector-140901"}
CENTRE = {"X-Pianqu-Post": "street-centre"}
# A road between two communities of the west: the 片区 is sure, the community is not.
PLACE = {**WEST, "crs": "WGS84", "accuracy_m": 10}


def case_of(report, **told):
    return report(**{"external_id": uuid.uuid4().hex, **WEST} | told).json()["case"]["id"]


def post(client, path, body=None, headers=None):
    return client.post(path, json={} if body is None else body, headers=headers)


def on_refusal(step, body=None):
    def call(client, refusal, **_):
        path = f"/v1/street-centre/refusals/{refusal['id']}/{step}"
        return post(client, path, body, CENTRE)

    return call


def on_case(step, body, headers=WEST_DESK):
    def call(client, report, **_):
        return post(client, f"/v1/cases/{case_of(report)}/{step}", body, headers)

    return call


def refused_by_hand(step, body, headers):
    """On a case that the west desk has refused."""

    def call(client, report, **_):
        id = case_of(report, to_sector="140901", **MALU | {"accuracy_m": None})
        refused = post(client, f"/v1/cases/{id}/rejection", {"reason": "不在本片区"}, WEST_DESK)
        assert refused.json()["status"] == "rejected_out_of_area"
        return post(client, f"/v1/cases/{id}/{step}", body, headers)

    return call


def reject(client, report, **_):
    id = case_of(report, to_sector="140901", **EAST | {"accuracy_m": None})
    return post(client, f"/v1/cases/{id}/rejection", {"reason": "在对侧"}, WEST_DESK)


def inbox(client, clock, **_):
    body = b'{"id": "11111111-1111-1111-1111-111111111111"}'
    headers = signed_headers(SECRET, delivery_id="1", body=body, now=clock())
    return client.post("/v1/street-centre/inbox", content=body, headers=headers)


def retry(client, refusal, **_):
    return post(client, f"/v1/deliveries/{refusal['delivery']['id']}/retry", headers=CENTRE)


def a_report(path):
    def call(client, house, **_):
        id = post(client, "/v1/reports/situation").json()["id"]
        with house.engine.begin() as conn:
            conn.execute(text("UPDATE report_job SET file = 'x', status = 'done'"))
        return client.get(path.format(id=id))

    return call


def position(client, house, clock, **_):
    with house.engine.begin() as conn:
        put_on_duty(conn, clock(), person="D1")
    body = {"device_id": "D1", **WEST, "accuracy_m": 10, "fix_at": clock().isoformat()}
    return post(client, "/v1/positions", body, {"X-Pianqu-Post": POST})


def by_phone(method, form):
    """A phone's message: the token in its fields, or as the password."""

    def call(client, house, clock, **_):
        with house.engine.begin() as conn:
            put_on_duty(conn, clock(), person="D1")
            token, _ = give_phone(conn, clock(), "D1")
        if form == "owntracks":
            told = {"_type": "location", **WEST, "tst": int(clock().timestamp())}
            return client.post("/v1/positions/owntracks", json=told, auth=("t", token))
        told = {"id": token, **WEST}
        by = {"params": told} if method == "GET" else {"data": told}
        return client.request(method, "/v1/positions/osmand", headers=doors_people.NOBODY, **by)

    return call


def of_person(method, path):
    def call(client, house, clock, **_):
        with house.engine.begin() as conn:
            put_on_duty(conn, clock(), person="D2")
            _, number = give_phone(conn, clock(), "D2")
        told = {"json": {}} if method == "POST" else {}
        url = f"/v1/personnel/D2/{path.format(device=number)}"
        return client.request(method, url, headers=CENTRE, **told)

    return call


def got(path):
    return lambda client, **_: client.get(path)


def of_case(path):
    return lambda client, report, **_: client.get(path.format(key=case_of(report)))


def taken_out(client, report, **_):
    return post(client, "/v1/cases/export", {"ids": [case_of(report)], "format": "csv"})


def looked_at(client, report, **_):
    return client.put(f"/v1/cases/{case_of(report)}/viewing", json={"seat": "seat-one-0001"})


WHY = {"reason": "核实"}
TO_EAST = {"to_sector": "140902"}
BATCH = {"lon": [WEST["lon"]], "lat": [WEST["lat"]], "crs": "WGS84"}
DOORS = {
    ("GET", "/healthz"): (200, got("/healthz")),
    ("GET", "/readyz"): (200, got("/readyz")),
    ("POST", "/v1/assignments"): (
        200,
        lambda client, **_: post(client, "/v1/assignments", PLACE),
    ),
    ("GET", "/v1/coverage"): (200, lambda client, **_: client.get("/v1/coverage", params=PLACE)),
    ("POST", "/v1/geocode"): (
        200,
        lambda client, **_: post(client, "/v1/geocode", {"text": "仓场路331号"}),
    ),
    ("GET", "/v1/geocode/suggest"): (
        200,
        lambda client, **_: client.get("/v1/geocode/suggest", params={"q": "仓场"}),
    ),
    ("GET", "/v1/geocode/reverse"): (
        200,
        lambda client, **_: client.get("/v1/geocode/reverse", params={**WEST, "crs": "WGS84"}),
    ),
    ("GET", "/v1/cases/{key}/places"): (200, of_case("/v1/cases/{key}/places")),
    ("POST", "/v1/assignments/batch"): (
        200,
        lambda client, **_: post(client, "/v1/assignments/batch", BATCH),
    ),
    ("POST", "/v1/cases"): (201, lambda report, **_: report(**WEST)),
    ("GET", "/v1/cases"): (200, got("/v1/cases")),
    ("GET", "/v1/cases/{key}"): (200, of_case("/v1/cases/{key}")),
    ("GET", "/v1/cases/{key}/events"): (200, of_case("/v1/cases/{key}/events")),
    ("POST", "/v1/cases/{key}/acceptance"): (200, on_case("acceptance", {})),
    ("POST", "/v1/cases/{key}/rejection"): (200, reject),
    ("POST", "/v1/cases/{key}/rejection-withdrawal"): (
        200,
        refused_by_hand("rejection-withdrawal", WHY, WEST_DESK),
    ),
    ("POST", "/v1/cases/{key}/reinstatement"): (
        200,
        refused_by_hand("reinstatement", WHY, CENTRE),
    ),
    ("POST", "/v1/cases/{key}/location"): (200, on_case("location", {**PLACE, **WHY})),
    ("GET", "/v1/street-centre/refusals"): (200, got("/v1/street-centre/refusals")),
    ("POST", "/v1/street-centre/refusals/{id}/acknowledgement"): (
        200,
        on_refusal("acknowledgement"),
    ),
    ("POST", "/v1/street-centre/refusals/{id}/reinstatement"): (
        200,
        on_refusal("reinstatement", WHY),
    ),
    ("POST", "/v1/street-centre/refusals/{id}/redispatch"): (
        200,
        on_refusal("redispatch", TO_EAST),
    ),
    ("POST", "/v1/street-centre/refusals/{id}/forwarding"): (200, on_refusal("forwarding")),
    ("POST", "/v1/street-centre/inbox"): (202, inbox),
    ("GET", "/v1/deliveries"): (200, got("/v1/deliveries")),
    ("POST", "/v1/deliveries/{id}/retry"): (202, retry),
    ("GET", "/v1/layers"): (200, got("/v1/layers")),
    ("GET", "/v1/layers/{id}"): (200, got("/v1/layers/sectors")),
    ("GET", "/v1/editions"): (200, got("/v1/editions")),
    ("POST", "/v1/positions"): (204, position),
    ("GET", "/v1/positions/osmand"): (200, by_phone("GET", "osmand")),
    ("POST", "/v1/positions/osmand"): (200, by_phone("POST", "osmand")),
    ("POST", "/v1/positions/owntracks"): (200, by_phone("POST", "owntracks")),
    ("GET", "/v1/personnel/{id}/devices"): (200, of_person("GET", "devices")),
    ("POST", "/v1/personnel/{id}/devices"): (201, of_person("POST", "devices")),
    ("DELETE", "/v1/personnel/{id}/devices/{device}"): (
        204,
        of_person("DELETE", "devices/{device}"),
    ),
    ("GET", "/v1/personnel/{id}/track"): (200, of_person("GET", "track")),
    ("GET", "/v1/summary"): (200, got("/v1/summary?desk=140901")),
    ("GET", "/v1/config"): (200, got("/v1/config")),
    ("GET", "/v1/intake-rejected"): (200, got("/v1/intake-rejected")),
    ("POST", "/v1/reports/situation"): (
        202,
        lambda client, **_: post(client, "/v1/reports/situation", {"desk": "140901"}),
    ),
    ("GET", "/v1/reports/{id}"): (200, a_report("/v1/reports/{id}")),
    ("GET", "/v1/reports/{id}/file"): (200, a_report("/v1/reports/{id}/file")),
}


def of_file(path, headers=WEST_DESK):
    def call(client, **_):
        file = {"file": ("处置后.jpg", photo(), "image/jpeg")}
        told = client.post("/v1/attachments", files=file, headers=WEST_DESK)
        return client.get(path.format(**told.json()), headers=headers) if path else told

    return call


def of_case_as(path, headers=WEST_DESK):
    return lambda client, report, **_: client.get(path.format(key=case_of(report)), headers=headers)


DOORS |= {
    ("POST", "/v1/attachments"): (201, of_file("")),
    ("GET", "/v1/attachments/{sha256}"): (200, of_file("/v1/attachments/{sha256}")),
    ("GET", "/v1/attachments/{sha256}/thumbnail"): (
        200,
        of_file("/v1/attachments/{sha256}/thumbnail"),
    ),
    ("GET", "/v1/cases/{key}/attachments"): (200, of_case_as("/v1/cases/{key}/attachments")),
    ("GET", "/v1/cases/{key}/reporters"): (200, of_case_as("/v1/cases/{key}/reporters")),
    ("POST", "/v1/cases/{key}/reporter-reveal"): (
        200,
        on_case("reporter-reveal", {"reason": "回访核实"}),
    ),
    ("GET", "/v1/access-log"): (
        200,
        lambda client, **_: client.get("/v1/access-log", headers=CENTRE),
    ),
}


def of_mail(step):
    def call(client, house, clock, **_):
        id = uuid.uuid4()
        told = {"kind": "task", "title": "交办", "text": "请办", "urgent": True}
        to = WEST_DESK["X-Pianqu-Post"]
        with house.engine.begin() as conn:
            notice = Notice(id=id, topic="push", payload=told, recipient=to, mail=True)
            mailbox.send(conn, notice, subject=str(id), now=clock())
        return post(client, f"/v1/mailbox/{id}/{step}", headers=WEST_DESK)

    return call


DOORS |= {
    ("GET", "/v1/mailbox"): (200, lambda client, **_: client.get("/v1/mailbox", headers=WEST_DESK)),
    ("POST", "/v1/mailbox/{id}/reading"): (200, of_mail("reading")),
    ("POST", "/v1/mailbox/{id}/acknowledgement"): (200, of_mail("acknowledgement")),
}
DOORS |= {
    ("GET", "/v1/steps"): (200, got("/v1/steps")),
    **{
        ("GET", f"/v1/map/{tool}"): (200, got(f"/v1/map/{tool}{asked}"))
        for tool, asked in (
            ("around", "?lon=121.26&lat=31.39&crs=WGS84"),
            ("grids", ""),
            ("coverage", "?desk=140901"),
            ("summary", ""),
        )
    },
    ("GET", "/v1/tiles/{layer}/{z}/{x}/{y}.mvt"): (200, got("/v1/tiles/cases/12/3427/1671.mvt")),
    ("GET", "/v1/changes"): (200, got("/v1/changes?since=2026-03-11T00:00:00%2B08:00")),
    ("GET", "/v1/cases/{key}/proposals"): (200, of_case("/v1/cases/{key}/proposals")),
    ("GET", "/v1/cases/{key}/similar"): (200, of_case("/v1/cases/{key}/similar")),
    ("GET", "/v1/cases/export"): (200, got("/v1/cases/export?format=csv")),
    ("POST", "/v1/cases/export"): (200, taken_out),
    ("PUT", "/v1/cases/{key}/viewing"): (200, looked_at),
    ("DELETE", "/v1/cases/{key}/viewing"): (
        204,
        lambda client, report, **_: client.delete(
            f"/v1/cases/{case_of(report)}/viewing?seat=seat-one-0001"
        ),
    ),
    ("GET", "/v1/clocks"): (200, got("/v1/clocks")),
    ("GET", "/v1/cases/{key}/clocks"): (
        200,
        lambda client, report, **_: client.get(f"/v1/cases/{case_of(report)}/clocks"),
    ),
    ("GET", "/v1/cases/{key}/assignments"): (
        200,
        lambda client, report, **_: client.get(f"/v1/cases/{case_of(report)}/assignments"),
    ),
}
ELSEWHERE = {("GET", "/v1/live")}  # test_live.py
DOORS |= doors_people.DOORS
ELSEWHERE |= doors_people.ELSEWHERE
# Each with a body of its own in test_steps_http.py.
ELSEWHERE |= {("POST", f"/v1/cases/{{key}}/{step.path}") for step in STEPS if step.path}


def doors(app):
    schema = app.openapi()["paths"]
    told = {(method.upper(), path) for path, verbs in schema.items() for method in verbs}
    return told | {("POST", "/v1/street-centre/inbox")}  # a machine's door, not in the OpenAPI


def test_the_table_of_doors_is_complete(client):
    assert set(DOORS) | ELSEWHERE == doors(client.app)


def test_every_door_once(client, house, clock, report):
    """One house for all of them: each door brings the cases it needs."""
    for (method, path), (status, call) in DOORS.items():
        needs = {"client": client, "house": house, "clock": clock, "report": report}
        if "refusals/{id}" in path or "deliveries/{id}" in path:
            case = report(to_sector="140901", external_id=uuid.uuid4().hex, **MALU).json()["case"]
            needs["refusal"] = case["refusals"][0]
        answer = call(**needs)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
        assert answer.headers["x-content-type-options"] == "nosniff"


# problems


def old_version(client, report, **_):
    return on_case("acceptance", {"version": 7})(client=client, report=report)


def out_of_area(client, report, **_):
    id = case_of(report, to_sector="140901", **EAST | {"accuracy_m": None})
    return post(client, f"/v1/cases/{id}/acceptance", headers=WEST_DESK)


def grid_open(client, report, **_):
    return post(client, f"/v1/cases/{case_of(report, **ROAD)}/acceptance", headers=WEST_DESK)


def twice(client, report, **_):
    id = case_of(report)
    post(client, f"/v1/cases/{id}/acceptance", headers=WEST_DESK)
    return post(client, f"/v1/cases/{id}/acceptance", headers=WEST_DESK)


def same_key(client, report, **_):
    path = f"/v1/cases/{case_of(report)}"
    key = {**WEST_DESK, "Idempotency-Key": uuid.uuid4().hex}
    post(client, f"{path}/acceptance", headers=key)
    return post(client, f"{path}/dispatch", {"station": "14090102"}, key)


def not_done(client, **_):
    id = post(client, "/v1/reports/situation").json()["id"]
    return client.get(f"/v1/reports/{id}/file")


def no_edition(client, house, **_):
    with house.engine.begin() as conn:
        conn.execute(text("UPDATE edition SET status = 'draft'"))
    return post(client, "/v1/assignments", PLACE)


def broken(client, house, **_):
    with house.engine.begin() as conn:
        conn.execute(text("ALTER TABLE edition RENAME TO gone"))
    return client.get("/v1/editions")


def away(client, house, **_):
    def refuse(*_args):
        raise psycopg.OperationalError("connection refused")

    house.engine.dispose()
    event.listen(house.engine, "do_connect", refuse)
    try:
        return client.get("/v1/cases")
    finally:
        event.remove(house.engine, "do_connect", refuse)


PROBLEMS = {
    "out-of-area": (409, out_of_area),
    "grid-open": (409, grid_open),
    "wrong-status": (409, twice),
    "not-your-post": (403, on_case("acceptance", {}, INSPECTOR)),
    "not-permitted": (409, on_case("rejection", WHY)),
    "version-conflict": (409, old_version),
    "not-found": (404, got("/v1/cases/0101-0001")),
    "idempotency-key": (422, same_key),
    "not-ready": (409, not_done),
    "too-large": (
        413,
        lambda client, **_: post(
            client, "/v1/assignments/batch", {"lon": [1.5] * 10_001, "lat": [1.5] * 10_001}
        ),
    ),
    "no-edition": (503, no_edition),
    "unsound-edition": (409, None),  # no door imports editions yet; answered below
    "editions-overlap": (409, None),
    "bad-location": (
        422,
        lambda client, **_: post(client, "/v1/assignments", {"lon": 31.4, "lat": 121.3}),
    ),
    "bad-input": (422, got("/v1/cases?cursor=x")),
    "bad-signature": (
        401,
        lambda client, **_: client.post("/v1/street-centre/inbox", content=b"{}"),
    ),
    "file-type": (
        415,
        lambda client, **_: client.post("/v1/attachments", content=b"MZ\0", headers=WEST_DESK),
    ),
    # With the stub of a scanner and real files, in test_attachments.py.
    "file-too-large": (413, None),
    "file-infected": (422, None),
    "scanner-unavailable": (503, None),
    "attachment-missing": (422, None),
    "unavailable": (503, away),
    "forbidden": (
        403,
        lambda client, **_: client.get("/healthz", headers={"Host": "evil.example"}),
    ),
    "method-not-allowed": (405, lambda client, **_: client.delete("/v1/cases")),
    "internal": (500, broken),
}
PROBLEMS |= doors_people.PROBLEMS


def test_the_table_of_problems_is_complete():
    kinds = [*problems.PROBLEMS.values(), *problems.BY_STATUS.values()]
    kinds += [problems.BAD_INPUT, problems.INTERNAL]
    assert {kind.slug for kind in kinds} == set(PROBLEMS)


@pytest.mark.parametrize("slug", [slug for slug, (_, call) in PROBLEMS.items() if call])
def test_every_problem_once(slug, client, house, clock, report):
    status, call = PROBLEMS[slug]
    answer = call(client=client, house=house, clock=clock, report=report)
    told = answer.json()
    assert (answer.status_code, told["status"]) == (status, status)
    assert told["type"] == f"/problems/{slug}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["detail"]
    assert any("一" <= sign <= "龥" for sign in told["title"])
    assert "Traceback" not in answer.text


def test_an_unsound_edition_is_told_with_its_findings():
    finding = Finding(kind=FindingKind.GAP, detail="两个网格之间有缝隙")
    answer = problems.answer(UnsoundEdition([finding]))
    assert answer.status_code == 409
    assert "两个网格之间有缝隙" in answer.body.decode()
    overlap = problems.answer(EditionsOverlap("“旧版”的启用时间不早于所给时间"))
    assert (overlap.status_code, b"editions-overlap" in overlap.body) == (409, True)


def test_members_of_a_problem_say_what_to_do_next(client, report):
    told = out_of_area(client, report).json()
    assert told["belongs_to"] == {"code": "140902", "name": "新成片区网格"}
    assert old_version(client, report).json()["version"] == 1
    place = post(client, "/v1/assignments", {"lon": 31.4, "lat": 121.3, "crs": "WGS84"}).json()
    assert place["reason_code"] == "AXES_SWAPPED"
    wrong = post(client, "/v1/assignments", {"lon": "east"}).json()
    assert wrong["errors"][0]["pointer"] == "/lon"
    lost = post(client, "/v1/assignments", {**NOBODY, "crs": "WGS84"}).json()
    assert (lost["status"], lost["belongs_to"]) == ("out_of_area", None)
