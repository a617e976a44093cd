"""The doors of accounts, roster, policy and 交办事项, each opened once, and their problems."""

import itertools
import uuid

from sqlalchemy import text

from boundaries.locate import edition_in_force
from cases import policies
from cases.people import accounts, seed_roster, totp
from cases.policy import Policy
from store.engine import transaction

NOBODY = {"X-Test-Nobody": "yes"}
ADMIN = {"X-Pianqu-Post": "admin"}
CENTRE = {"X-Pianqu-Post": "street-centre"}
DEPUTY = {"X-Pianqu-Post": "deputy-140901"}
PASSWORD = "Wet-Stone-41-Bridge"


def name():
    return f"desk-{uuid.uuid4().hex[:8]}"


def as_post(method, path, headers, body=None):
    return lambda client, **_: client.request(method, f"/v1/{path}", json=body, headers=headers)


# accounts


def of_account(method, path, body=None, status="made"):
    """On an account of its own."""

    def call(client, house, **_):
        who = name()
        with transaction(house.engine) as conn:
            accounts.add(conn, who, now=house.now(), post="inspector-140901", password=PASSWORD)
            if status == "disabled":
                accounts.disable(conn, who, now=house.now())
        return client.request(method, f"/v1/accounts/{who}{path}", json=body, headers=ADMIN)

    return call


def revoking(client, house, **_):
    who = name()
    with transaction(house.engine) as conn:
        accounts.add(conn, who, now=house.now(), post="inspector-140901", password=PASSWORD)
    tokens = f"/v1/accounts/{who}/tokens"
    assert client.post(tokens, json={}, headers=ADMIN).status_code == 201
    (made,) = client.get(tokens, headers=ADMIN).json()["items"]
    return client.delete(f"{tokens}/{made['id']}", headers=ADMIN)


# the browser's session


def opened(client, house, **told):
    """An account logged in as by a browser: name, and the headers its browser sends."""
    who = name()
    with transaction(house.engine) as conn:
        told = {"post": "coordinator-140901", "password": PASSWORD} | told
        accounts.add(conn, who, now=house.now(), **told)
    answer = client.post("/v1/session", json={"name": who, "password": PASSWORD}, headers=NOBODY)
    cookie = answer.headers["set-cookie"].split(";")[0]
    client.cookies.clear()
    return answer, {"Cookie": cookie, "X-CSRF-Token": answer.json()["csrf"]}


def in_session(method, path, body=None):
    def call(client, house, **_):
        _, headers = opened(client, house)
        return client.request(method, f"/v1/session{path}", json=body, headers=headers)

    return call


def demo(client, **_):
    body = {"post": "coordinator-140901"}
    answer = client.post("/v1/session/demo", json=body, headers=NOBODY)
    client.cookies.clear()
    return answer


def confirmed(client, house, **_):
    _, headers = opened(client, house)
    secret = client.post("/v1/session/totp", headers=headers).json()["secret"]
    code = totp.code(secret, int(house.now().timestamp()) // totp.STEP_S)
    return client.post("/v1/session/totp/confirmation", json={"code": code}, headers=headers)


# roster

# More than one house has doors: a post has one holder at a time.
VACANT = itertools.cycle(["head-140901", "inspector-140901", "head-140902", "inspector-140902"])


def on_roster(method, path, body=None, headers=CENTRE):
    """With a roster; `{staff}`, `{holding}` and `{shift}` in path and body are of its own."""

    def call(client, house, **_):
        now = house.now()
        with transaction(house.engine) as conn:
            if not conn.execute(text("SELECT count(*) FROM body")).scalar_one():
                seed_roster.install(conn, edition_in_force(conn, now), now)
        staff = name()
        person = {"id": staff, "name": "账号", "body": "police"}
        assert client.post("/v1/roster/staff", json=person, headers=CENTRE).status_code == 201
        ours = {"staff": staff}
        version = {}
        if "{holding}" in path:
            held = client.post("/v1/roster/holdings", json=holding(staff), headers=CENTRE)
            ours["holding"] = held.json()["id"]
            version = {"If-Match": held.headers["etag"]}
        if "{shift}" in path:
            ours["shift"] = client.post(
                "/v1/roster/shifts", json=shift(staff), headers=CENTRE
            ).json()["id"]
        told = body(staff) if callable(body) else body
        return client.request(
            method, f"/v1/{path.format(**ours)}", json=told, headers=headers | version
        )

    return call


def holding(staff):
    told = {"post": next(VACANT), "staff_id": staff}
    return told | {"from_at": "2026-03-01T00:00:00+08:00"}


def held_alone(staff):
    told = {"post": "coordinator-140902", "staff_id": staff}
    return told | {"from_at": "2026-03-01T00:00:00+08:00"}


def shift(staff):
    day = {"desk": "140901", "day": "2026-03-11", "start": "20:00", "end": "04:00"}
    return day | {"staff_id": staff}


def signing(staff):
    return {"desk": "140901", "staff_id": staff}


def taking_in(client, house, **_):
    on_roster("GET", "roster")(client=client, house=house)
    rows = f"人员编号,称呼,单位编号\n{name()},账号,police\n".encode()
    file = {"file": ("人员.csv", rows, "text/csv")}
    return client.post("/v1/roster/import", files=file, headers=CENTRE)


def register(query):
    """A register of one door plate: to be compared, or without its datum."""

    def call(client, **_):
        rows = "名称,地址,经度,纬度\n某店,仓场路333号,121.262,31.3837\n".encode()
        file = {"file": ("门牌.csv", rows, "text/csv")}
        return client.post("/v1/gazetteer/import", params=query, files=file, headers=CENTRE)

    return call


# policy


def on_policy(values, version=None):
    """`version` None: the newest; else what the request says, "" for nothing."""

    def call(client, house, **_):
        with transaction(house.engine) as conn:
            policies.ensure_first(conn, Policy(), house.now())
        newest = client.get("/v1/policy", headers=CENTRE).headers["etag"]
        match = {"If-Match": newest if version is None else version} if version != "" else {}
        body = {"values": values, "reason": "试行"}
        return client.put("/v1/policy", json=body, headers=CENTRE | match)

    return call


# 交办事项

STATION = {"X-Pianqu-Post": "station-14090101"}
TASK = {"title": "查排水口", "to_post": "station-14090101"}
BEFORE = {"taking-up": (), "feedback": (), "return": ("feedback",), "closing": ("feedback",)}


def on_task(step):
    def call(client, **_):
        path = f"/v1/tasks/{client.post('/v1/tasks', json=TASK, headers=DEPUTY).json()['id']}"
        for earlier in BEFORE.get(step, ()):
            client.post(f"{path}/{earlier}", json={"text": "已查"}, headers=STATION)
        if not step:
            return client.get(path, headers=STATION)
        by = STATION if step in ("taking-up", "feedback") else DEPUTY
        return client.post(f"{path}/{step}", json={"text": "再看"}, headers=by)

    return call


DOORS = {
    ("GET", "/v1/accounts"): (200, as_post("GET", "accounts", ADMIN)),
    ("POST", "/v1/accounts"): (
        201,
        as_post("POST", "accounts", ADMIN, {"name": "desk-new", "post": "inspector-140901"}),
    ),
    ("GET", "/v1/accounts/{name}"): (200, of_account("GET", "")),
    ("POST", "/v1/accounts/{name}/disabling"): (200, of_account("POST", "/disabling", {})),
    ("POST", "/v1/accounts/{name}/enabling"): (
        200,
        of_account("POST", "/enabling", {}, status="disabled"),
    ),
    ("POST", "/v1/accounts/{name}/unlocking"): (200, of_account("POST", "/unlocking", {})),
    ("POST", "/v1/accounts/{name}/password-reset"): (
        200,
        of_account("POST", "/password-reset", {}),
    ),
    ("PUT", "/v1/accounts/{name}/sign-on"): (
        200,
        of_account("PUT", "/sign-on", {"subject": "subject-1"}),
    ),
    ("GET", "/v1/accounts/{name}/tokens"): (200, of_account("GET", "/tokens")),
    ("POST", "/v1/accounts/{name}/tokens"): (201, of_account("POST", "/tokens", {"label": "x"})),
    ("DELETE", "/v1/accounts/{name}/tokens/{id}"): (204, revoking),
    ("POST", "/v1/session"): (200, lambda client, house, **_: opened(client, house)[0]),
    ("GET", "/v1/session"): (200, in_session("GET", "")),
    ("DELETE", "/v1/session"): (204, in_session("DELETE", "")),
    ("POST", "/v1/session/demo"): (200, demo),
    ("POST", "/v1/session/post"): (
        200,
        in_session("POST", "/post", {"post": "coordinator-140901"}),
    ),
    ("PUT", "/v1/session/password"): (
        204,
        in_session("PUT", "/password", {"old": PASSWORD, "new": "Dry-Stone-42-Bridge"}),
    ),
    ("POST", "/v1/session/totp"): (201, in_session("POST", "/totp")),
    ("POST", "/v1/session/totp/confirmation"): (204, confirmed),
    ("DELETE", "/v1/session/totp"): (204, in_session("DELETE", "/totp")),
    ("GET", "/v1/roster"): (200, on_roster("GET", "roster")),
    ("GET", "/v1/duty"): (200, on_roster("GET", "duty?desk=140901")),
    ("POST", "/v1/duty/signing"): (201, on_roster("POST", "duty/signing", signing)),
    ("POST", "/v1/roster/bodies"): (
        201,
        on_roster(
            "POST", "roster/bodies", {"id": "water", "kind": "department", "name": "水务部门"}
        ),
    ),
    ("POST", "/v1/roster/staff"): (
        201,
        on_roster("POST", "roster/staff", {"id": "Z", "name": "账号Z", "body": "police"}),
    ),
    ("POST", "/v1/roster/posts"): (
        201,
        on_roster("POST", "roster/posts", {"id": "responder-140901-7", "body": "police"}),
    ),
    ("POST", "/v1/roster/holdings"): (201, on_roster("POST", "roster/holdings", holding)),
    ("GET", "/v1/roster/holdings/{id}"): (200, on_roster("GET", "roster/holdings/{holding}")),
    ("POST", "/v1/roster/holdings/{id}/ending"): (
        200,
        on_roster("POST", "roster/holdings/{holding}/ending", {}),
    ),
    ("POST", "/v1/roster/shifts"): (201, on_roster("POST", "roster/shifts", shift)),
    ("DELETE", "/v1/roster/shifts/{id}"): (204, on_roster("DELETE", "roster/shifts/{shift}")),
    ("POST", "/v1/roster/running-hours"): (
        201,
        on_roster(
            "POST",
            "roster/running-hours",
            {"desk": "140902", "from_day": "2026-05-01", "opens": "07:00", "closes": "21:00"},
        ),
    ),
    ("POST", "/v1/roster/days"): (
        201,
        on_roster("POST", "roster/days", {"day": "2026-08-08", "worked": True, "reason": "调休"}),
    ),
    ("POST", "/v1/roster/import"): (200, taking_in),
    ("GET", "/v1/gazetteer"): (200, as_post("GET", "gazetteer", DEPUTY)),
    ("GET", "/v1/gazetteer/places"): (200, as_post("GET", "gazetteer/places?q=331", DEPUTY)),
    ("POST", "/v1/gazetteer/import"): (200, register({"crs": "WGS84", "map": "name=名称"})),
    ("GET", "/v1/policy"): (200, as_post("GET", "policy", CENTRE)),
    ("GET", "/v1/policy/history"): (200, as_post("GET", "policy/history", CENTRE)),
    ("PUT", "/v1/policy"): (200, on_policy({"dispatch_minutes": 45})),
    ("GET", "/v1/tasks"): (200, as_post("GET", "tasks", DEPUTY)),
    ("POST", "/v1/tasks"): (201, as_post("POST", "tasks", DEPUTY, TASK)),
    ("GET", "/v1/tasks/{id}"): (200, on_task("")),
} | {("POST", f"/v1/tasks/{{id}}/{step}"): (200, on_task(step)) for step in BEFORE}
# With a provider of its own, in test_sign_on.py.
ELSEWHERE = {("GET", "/v1/session/oidc"), ("GET", "/v1/session/oidc/callback")}


# problems


def without_csrf(client, house, **_):
    _, headers = opened(client, house)
    return client.delete("/v1/session", headers={"Cookie": headers["Cookie"]})


def first_password(client, house, **_):
    _, headers = opened(client, house, must_change=True)
    return client.get("/v1/cases", headers=headers)


def narrow_token(client, house, **_):
    account = "coordinator-140901"
    with transaction(house.engine) as conn:
        narrow = accounts.make_token(conn, account, now=house.now(), scope=["read"], days=1)
    headers = {"Authorization": f"Bearer {narrow}"}
    return client.post("/v1/reports/situation", json={}, headers=headers)


def locked_out(client, **_):
    body = {"name": name(), "password": "x"}
    answers = [client.post("/v1/session", json=body, headers=NOBODY) for _ in range(6)]
    return answers[-1]


def held_twice(client, house, **_):
    for _ in range(2):
        answer = on_roster("POST", "roster/holdings", held_alone)(client=client, house=house)
    return answer


PROBLEMS = {
    "register-unusable": (422, register({})),
    "unauthenticated": (401, as_post("GET", "cases", NOBODY)),
    "too-many-attempts": (429, locked_out),
    "csrf": (403, without_csrf),
    "token-scope": (403, narrow_token),
    "password-change-needed": (403, first_password),
    "account-exists": (
        409,
        as_post("POST", "accounts", ADMIN, {"name": "admin", "post": "admin"}),
    ),
    "account-invalid": (
        422,
        as_post("POST", "accounts", ADMIN, {"name": "a b", "post": "inspector-140901"}),
    ),
    "weak-password": (
        422,
        as_post(
            "POST",
            "accounts",
            ADMIN,
            {"name": "desk-weak", "post": "inspector-140901", "password": "short"},
        ),
    ),
    "post-taken": (409, held_twice),
    "roster-invalid": (
        422,
        on_roster("POST", "roster/staff", {"id": "Q", "name": "账号Q", "body": "nowhere"}),
    ),
    "policy-invalid": (422, on_policy({"dispatch_minutes": 90})),
    "precondition-failed": (412, on_policy({"dispatch_minutes": 50}, version='"99"')),
    "precondition-required": (428, on_policy({"dispatch_minutes": 50}, version="")),
}
