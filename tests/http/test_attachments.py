"""Files over HTTP: brought in two ways, read by who sees the case, never run by a browser."""

import io
import uuid
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import quote

import pytest
import signed
from clamd import EICAR, Clamd
from fastapi.testclient import TestClient
from lent import application
from photos import HEIC, PDF, office, photo
from PIL import Image
from spots import WEST
from sqlalchemy import text

from cases import attachments
from cases.queries import case as load
from cases.work import Attachment

pytestmark = pytest.mark.db

DESK, OTHER, STATION = "coordinator-140901", "coordinator-140902", "station-14090101"


@pytest.fixture
def acting(house):
    """Clients acting for a post."""
    with ExitStack() as opened:

        def client(post, **settings):
            app = opened.enter_context(application(replace(house, **settings)))
            entered = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
            entered.headers.update(signed.headers(post))
            return opened.enter_context(entered)

        yield client


@pytest.fixture
def case(acting, house):
    """A case of the west desk and its first station."""
    body = {
        "source": "12345", "title": "路灯不亮", "external_id": uuid.uuid4().hex, "crs": "WGS84",
        "accuracy_m": 10, "reporter": {"name": "王建国", "phone": "13800131234"}, **WEST,
    }  # fmt: skip
    made = acting("platform-12345").post("/v1/cases", json=body).json()["case"]
    with house.engine.begin() as tx:
        tx.execute(text("UPDATE case_now SET audience = ARRAY['street', '140901', '14090101']"))
        assert load(tx, uuid.UUID(made["id"])).desk == "140901"
    return made["id"]


def bring(client, data, name="处置后.jpg"):
    return client.post("/v1/attachments", files={"file": (name, data, "application/x-msdownload")})


def refer(house, case_id, told, kind="after"):
    ref = Attachment(sha256=told["sha256"], kind=kind, name=told["name"])
    with house.engine.begin() as tx:
        attachments.link(tx, uuid.UUID(case_id), 2, [ref])


def test_a_photo_from_the_station_to_the_desk(acting, house, case):
    station, desk = acting(STATION), acting(DESK)
    data = photo(at=(WEST["lon"], WEST["lat"]), taken="2026:03:11 09:30:00")
    answer = bring(station, data)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["type"], told["size"], told["scanned"]) == ("image/jpeg", len(data), None)
    path = f"/v1/attachments/{told['sha256']}"
    assert desk.get(path).status_code == 404
    refer(house, case, told)

    plain = desk.get(path, params={"case": case})
    assert plain.status_code == 200
    assert not Image.open(io.BytesIO(plain.content)).getexif()
    assert plain.headers["content-type"] == "image/jpeg"
    assert plain.headers["x-content-type-options"] == "nosniff"
    assert plain.headers["content-security-policy"].startswith("sandbox")
    shown = plain.headers["content-disposition"]
    assert shown.startswith("attachment; ")
    assert f"filename*=UTF-8''{quote('处置后.jpg')}" in shown
    tag = {"If-None-Match": plain.headers["etag"]}
    assert desk.get(path, params={"case": case}, headers=tag).status_code == 304

    assert desk.get(path, params={"case": case, "exif": "keep"}).content == data
    refused = station.get(path, params={"case": case, "exif": "keep"})
    assert refused.json()["type"] == "/problems/not-your-post"
    small = station.get(f"{path}/thumbnail", params={"case": case})
    assert max(Image.open(io.BytesIO(small.content)).size) == 320
    for blind in (OTHER, "admin", "department-water"):
        for address in (path, f"{path}/thumbnail", f"/v1/cases/{case}/attachments"):
            assert acting(blind).get(address).status_code == 404

    (inside,) = desk.get(f"/v1/cases/{case}/attachments").json()["items"]
    assert inside["distance_m"] < 1
    assert inside["taken_at"].startswith("2026-03-11T")
    (outside,) = station.get(f"/v1/cases/{case}/attachments").json()["items"]
    assert (outside["distance_m"], outside["taken_at"], outside["taken_lon"]) == (None, None, None)
    assert outside["kind_label"] == "处置后照片"


def test_a_body_of_its_own_and_documents(acting):
    station = acting(STATION)
    for data, name, ending in (
        (PDF, "执法文书.pdf", ".pdf"),
        (office(), "../方案.docx", ".docx"),
        (HEIC, "IMG_1", ".heic"),
        ("已清运".encode(), "", ".txt"),
    ):
        headers = {"X-Filename": quote(name), "Content-Type": "application/octet-stream"}
        told = station.post("/v1/attachments", content=data, headers=headers)
        assert told.status_code == 201, told.text
        assert told.json()["name"].endswith(ending)
        assert "/" not in told.json()["name"]
        path = f"/v1/attachments/{told.json()['sha256']}"
        assert station.get(path).status_code == 200
    assert station.get(f"{path}/thumbnail").status_code == 404


def test_what_is_refused_says_why_and_is_not_stored(acting, house):
    with Clamd() as clamd:
        scanned = acting(STATION, clamd=clamd.address)
        assert bring(scanned, photo(shade=7)).json()["scanned"] is True
        for data, status, slug in (
            (b"text " + EICAR, 422, "file-infected"),
            (b"MZ\x00\x01", 415, "file-type"),
            (b"", 415, "file-type"),
            (photo() + bytes(20 * attachments.MIB), 413, "file-too-large"),
        ):
            answer = bring(scanned, data)
            assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    gone = bring(scanned, photo(shade=8))
    assert (gone.status_code, gone.json()["type"]) == (503, "/problems/scanner-unavailable")
    no_file = scanned.post("/v1/attachments", files={"other": ("a", b"x")})
    assert no_file.status_code == 415
    with house.engine.begin() as tx:
        assert tx.execute(text("SELECT count(*) FROM attachment")).scalar_one() == 1


def test_only_this_door_takes_much_and_not_without_end(acting):
    station = acting(STATION)
    pieces = (bytes(attachments.MIB) for _ in range(52))
    assert station.post("/v1/attachments", content=pieces).status_code == 413
    declared = station.post("/v1/attachments", content=bytes(52 * attachments.MIB))
    assert declared.status_code == 413
    assert station.post("/v1/cases", content=bytes(5 * attachments.MIB)).status_code == 413
    assert bring(acting("admin"), PDF).status_code == 403


def test_reporters_masked_revealed_and_noted(acting, case):
    desk, station = acting(DESK), acting(STATION)
    masked = station.get(f"/v1/cases/{case}/reporters").json()
    assert masked["may_reveal"] is False
    assert [(one["name"], one["phone"]) for one in masked["items"]] == [("王**", "138****1234")]
    asked = {"reason": "回访核实诉求"}
    refused = station.post(f"/v1/cases/{case}/reporter-reveal", json=asked)
    assert refused.status_code == 403
    assert "13800131234" not in refused.text
    hidden = acting(OTHER).post(f"/v1/cases/{case}/reporter-reveal", json=asked)
    assert hidden.status_code == 404
    short = desk.post(f"/v1/cases/{case}/reporter-reveal", json={"reason": "看看"})
    assert short.status_code == 409
    whole = desk.post(f"/v1/cases/{case}/reporter-reveal", json=asked)
    assert whole.json()["items"][0]["phone"] == "13800131234"
    assert whole.headers["cache-control"] == "no-store"
    assert desk.get("/v1/access-log").status_code == 403
    log = acting("deputy-140901").get("/v1/access-log", params={"subject": case})
    assert [line["reason"] for line in log.json()["items"]] == ["回访核实诉求"]
    assert "13800131234" not in log.text
