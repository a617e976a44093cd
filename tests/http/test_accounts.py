"""Who is let in, as whom, and that no door opens without an account."""

import pytest
import signed
from sqlalchemy import text

from cases.people import accounts, totp

NOBODY = {"X-Test-Nobody": "yes"}
PASSWORD = "Wet-Stone-41-Bridge"
# What needs no account, as (method, path); everything else answers 401.
OPEN = {
    ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/v1/config"),
    ("GET", "/v1/layers"), ("GET", "/v1/layers/{id}"),
    ("POST", "/v1/session"), ("POST", "/v1/session/demo"),
    ("GET", "/v1/session/oidc"), ("GET", "/v1/session/oidc/callback"),
    ("GET", "/v1/wecom/callback"), ("POST", "/v1/wecom/callback"),
    ("POST", "/v1/street-centre/inbox"),
}  # fmt: skip
OPEN_LAYERS = "street sectors communities police_areas neighbours split_line roads water places"


def doors(app):
    found = []
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        waiting += list(getattr(getattr(route, "original_router", None), "routes", []))
        for method in getattr(route, "methods", None) or ():
            if method != "HEAD" and route.path != "/openapi.json":
                found.append((method, route.path))
    return found


def filled(path):
    for name in ("key", "id", "sha256", "name", "case_id", "device"):
        path = path.replace(f"{{{name}}}", "1")
    path = path.replace("{layer}/{z}/{x}/{y}", "cases/12/3427/1671")
    return path.split("{")[0]


def test_no_door_opens_without_an_account(client):
    found = doors(client.app)
    assert len(found) > 60
    let_in = set()
    for method, path in found:
        answer = client.request(method, filled(path), headers=NOBODY, json={})
        if answer.status_code != 401 or not answer.json()["type"].endswith("unauthenticated"):
            let_in.add((method, path))
    assert let_in <= OPEN, let_in - OPEN


def test_before_the_log_in_there_is_the_map_and_nothing_on_it(client):
    for layer in OPEN_LAYERS.split():
        assert client.get(f"/v1/layers/{layer}", headers=NOBODY).status_code == 200
    for layer in ("cases", "cameras", "personnel", "nothing"):
        assert client.get(f"/v1/layers/{layer}", headers=NOBODY).status_code == 401
    told = client.get("/v1/config", headers=NOBODY).json()
    assert "policy" not in told
    assert told["posts"][0] == {"id": "street-centre", "label": "街道城运中心", "desk": None}
    assert "policy" in client.get("/v1/config").json()


@pytest.fixture
def add(house):
    def added(name="desk-one", **told):
        with house.engine.begin() as conn:
            told = {"post": "coordinator-140901", "password": PASSWORD} | told
            return accounts.add(conn, name, now=house.now(), **told)

    return added


@pytest.fixture
def log_in(client):
    """Log in as a browser; returns the answer, and the client keeps the cookie."""

    def logged_in(name="desk-one", password=PASSWORD, **told):
        body = {"name": name, "password": password} | told
        return client.post("/v1/session", json=body, headers=NOBODY)

    return logged_in


def test_a_browser_logs_in_works_and_logs_out(client, add, log_in):
    add()
    answer = log_in()
    assert answer.status_code == 200, answer.text
    session = answer.json()
    assert session["post"] == "coordinator-140901"
    assert session["desk"] == "140901"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/v1/session").json()["csrf"] == session["csrf"]
    # Reading needs the cookie only, writing the session's own token, too.
    assert client.get("/v1/cases").status_code == 200
    position = {"lon": 121.26, "lat": 31.38, "fix_at": "2026-03-11T09:30:00"}
    refused = client.post("/v1/positions", json=position)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/csrf")
    csrf = {"X-CSRF-Token": session["csrf"]}
    assert client.post("/v1/positions", json=position, headers=csrf).status_code != 403
    assert client.delete("/v1/session", headers=csrf).status_code == 204
    client.cookies.set("pianqu_session", cookie.split("=")[1].split(";")[0])
    assert client.get("/v1/session").status_code == 401


def test_a_wrong_password_an_unknown_name_and_a_disabled_one_are_told_alike(add, house, log_in):
    add()
    add("desk-two")
    with house.engine.begin() as conn:
        accounts.disable(conn, "desk-two", now=house.now())
    answers = [log_in(password="x"), log_in(name="nobody"), log_in(name="desk-two")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    with house.engine.begin() as conn:
        lines = conn.execute(
            text("SELECT account, detail ->> 'why' FROM access_log WHERE action='session.failure'")
        ).all()
    assert sorted(tuple(line) for line in lines) == [
        ("desk-one", "password"), ("desk-two", "disabled"), ("nobody", "unknown"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["desk-one", "nobody"])
def test_five_failures_lock_a_name_known_or_not(add, clock, log_in, name):
    add()
    assert [log_in(name=name, password="x").status_code for _ in range(5)] == [401] * 5
    answer = log_in(name=name)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900
    clock.on(minutes=15, seconds=1)
    assert log_in(name=name).status_code == (200 if name == "desk-one" else 401)


def test_who_is_disabled_or_revoked_is_out_at_once(client, add, house, log_in):
    add()
    with house.engine.begin() as conn:
        token = accounts.make_token(conn, "desk-one", now=house.now())
    bearer = {"Authorization": f"Bearer {token}"}
    log_in()
    assert client.get("/v1/cases", headers=bearer).status_code == 200
    assert client.get("/v1/session").status_code == 200
    body = {"X-Pianqu-Post": "admin", **signed.headers("admin")}
    for step in ("disabling", "enabling"):
        path = f"/v1/accounts/desk-one/{step}"
        assert client.post(path, json={}, headers=body).status_code == 200
        assert client.get("/v1/cases", headers=bearer).status_code == 401
        assert client.get("/v1/session").status_code == 401


def test_a_token_is_good_for_what_it_was_made_for(client, house, clock):
    with house.engine.begin() as conn:
        made = [
            accounts.make_token(conn, "coordinator-140901", now=house.now(), scope=[scope], days=1)
            for scope in ("read", "report", "post:coordinator-140901")
        ]
    read, bring, post = ({"Authorization": f"Bearer {token}"} for token in made)
    case = {"source": "grid", "title": "x"}
    assert client.get("/v1/cases", headers=read).status_code == 200
    refused = client.post("/v1/cases", json=case, headers=read)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/token-scope")
    assert client.post("/v1/cases", json=case, headers=bring).status_code == 201
    assert client.get("/v1/cases", headers=bring).status_code == 403
    assert client.post("/v1/cases", json=case, headers=post).status_code == 201
    clock.on(days=1)
    assert client.get("/v1/cases", headers=read).status_code == 401


def test_an_account_acts_for_the_posts_it_holds_only(client, add, house, log_in):
    stranger = {**signed.headers(), "X-Pianqu-Post": "street-centre"}
    refused = client.get("/v1/cases", headers=stranger)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-your-post")
    with house.engine.begin() as conn:
        conn.execute(
            text("""
            INSERT INTO body (id, kind, name) VALUES ('b', 'force', 'b');
            INSERT INTO post (id, role, body, label) VALUES
                ('coordinator-140902', 'coordinator', 'b', 'c'),
                ('inspector-140902', 'inspector', 'b', 'i');
            INSERT INTO staff (id, name, body) VALUES ('s1', '值班席', 'b');
            INSERT INTO holding (post, staff_id, from_at) VALUES
                ('coordinator-140902', 's1', '2026-01-01+08'),
                ('inspector-140902', 's1', '2026-01-01+08');""")
        )
    account = add("both", post=None, staff="s1")
    with house.engine.begin() as conn:
        held = accounts.posts_of(conn, account, house.now())
    assert held == ("coordinator-140902", "inspector-140902")
    session = log_in("both").json()
    assert [post["id"] for post in session["posts"]] == list(held)
    csrf = {"X-CSRF-Token": session["csrf"]}
    switched = client.post("/v1/session/post", json={"post": held[1]}, headers=csrf).json()
    assert switched["role"] == "inspector"
    assert client.get("/v1/session").json()["post"] == held[1]
    with house.engine.begin() as conn:
        conn.execute(text("UPDATE holding SET to_at = '2026-01-02+08'"))
    assert client.get("/v1/session").json()["post"] is None
    assert client.get("/v1/cases").status_code == 403


def test_the_first_password_must_go_before_anything_else(client, add, log_in):
    add(must_change=True)
    session = log_in().json()
    assert session["must_change_password"]
    csrf = {"X-CSRF-Token": session["csrf"]}
    refused = client.get("/v1/cases")
    assert refused.json()["type"] == "/problems/password-change-needed"

    def change(old, new):
        return client.put("/v1/session/password", json={"old": old, "new": new}, headers=csrf)

    assert change("wrong", "Another-Good-One-7").status_code == 422
    assert change(PASSWORD, "short").json()["type"] == "/problems/weak-password"
    assert change(PASSWORD, "Another-Good-One-7").status_code == 204
    assert client.get("/v1/cases").status_code == 200
    client.cookies.clear()
    assert log_in().status_code == 401
    assert log_in(password="Another-Good-One-7").status_code == 200


def test_the_second_factor_counts_once(client, add, clock, log_in):
    add()
    csrf = {"X-CSRF-Token": log_in().json()["csrf"]}
    secret = client.post("/v1/session/totp", headers=csrf).json()["secret"]

    def code():
        return totp.code(secret, int(clock.now.timestamp()) // totp.STEP_S)

    def confirm(told):
        return client.post("/v1/session/totp/confirmation", json={"code": told}, headers=csrf)

    assert confirm("000000").status_code == 422
    assert confirm(code()).status_code == 204
    client.cookies.clear()
    asked = log_in()
    assert (asked.status_code, asked.json()["reason_code"]) == (401, "TOTP_REQUIRED")
    assert log_in(totp=code()).status_code == 401  # used for the confirmation
    clock.on(seconds=30)
    assert log_in(totp=code()).status_code == 200
    client.cookies.clear()
    assert log_in(totp=code()).json()["reason_code"] == "TOTP_WRONG"


def test_one_click_a_post_in_the_demonstration_only(client, add):
    answer = client.post("/v1/session/demo", json={"post": "station-14090101"}, headers=NOBODY)
    assert answer.json()["post"] == "station-14090101"
    add()
    client.cookies.clear()
    body = {"post": "desk-one"}
    assert client.post("/v1/session/demo", json=body, headers=NOBODY).status_code == 404


def test_the_administrator_keeps_the_accounts(client):
    admin = {"X-Pianqu-Post": "admin"}
    made = {"name": "wang-desk", "post": "inspector-140902", "password": "Some-First-Word-9"}
    assert client.post("/v1/accounts", json=made).status_code == 403
    assert client.post("/v1/accounts", json=made, headers=admin).status_code == 201
    again = client.post("/v1/accounts", json=made, headers=admin)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/account-exists")
    bad = made | {"name": "x", "post": "router"}
    assert client.post("/v1/accounts", json=bad, headers=admin).status_code == 422
    tokens = "/v1/accounts/wang-desk/tokens"
    token = client.post(tokens, json={"label": "t"}, headers=admin).json()["token"]
    own = {"Authorization": f"Bearer {token}"}
    (row,) = client.get(tokens, headers=own).json()["items"]
    assert token not in str(row)
    assert client.get("/v1/accounts", headers=own).status_code == 403
    assert client.delete(f"{tokens}/{row['id']}", headers=own).status_code == 204
    assert client.get(tokens, headers=own).status_code == 401
    listed = client.get("/v1/accounts", headers=admin).json()["items"]
    assert "wang-desk" in {row["name"] for row in listed}
    reset = client.post("/v1/accounts/wang-desk/password-reset", json={}, headers=admin).json()
    body = {"name": "wang-desk", "password": reset["password"]}
    session = client.post("/v1/session", json=body, headers=NOBODY)
    assert session.json()["must_change_password"]


def test_an_idle_session_ends(client, add, clock, log_in):
    add()
    log_in()
    for _ in range(3):
        clock.on(hours=7)
        assert client.get("/v1/session").status_code == 200
    clock.on(hours=8)
    assert client.get("/v1/session").status_code == 401
