"""Who may open which door, written down from the plan and the issue, not from the code.

One line a probe. A letter is a post of the west; the world of `test_authorisation.py` has a case
in which each post of the west has a part, and the same in the east. `may` lists the posts for
which the door opens on what is their own. What one does not see is not there (404), what one sees
but may not do is another post's (403).
"""

from dataclasses import dataclass, field
from typing import Any

POSTS = {
    "S": "street-centre",
    "A": "admin",
    "C": "coordinator-140901",
    "I": "inspector-140901",
    "D": "deputy-140901",
    "H": "head-140901",
    "P": "police-140901",
    "G": "chengguan-140901",
    "M": "market-140901",
    "R": "patrol-140901",
    "F": "responder-140901-1",
    "T": "station-14090102",
    "U": "department-water",
    "Z": "platform-12345",
    "W": "platform-grid",
}
NOBODY = "nobody"
ALL = "SACIDHPGMRFTUZW"
LINE_LEADS = "PGM"
SUB_CENTRE = "CIDH" + LINE_LEADS
PARTIES = "DRFTU" + LINE_LEADS
# Of the whole case: all but the administrator, who keeps accounts and sees no case.
CASE = ALL.replace("A", "")
UUID0 = "00000000-0000-4000-8000-000000000000"
WHY = {"reason": "按规定办理"}
LATER, SOON = "2026-03-12T15:00:00+08:00", "2026-03-11T15:00:00+08:00"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A request to a door, and for whom it opens.

    Attributes:
        thing: what the path or the body names, own or foreign; empty where it names nothing.
        may: the posts for which it opens.
        sees: the posts for which the own thing is there at all.
        everywhere: the posts for which a foreign one is as good as an own one.
        foreign: what the others hear of a foreign one.
        fine: what an open door may answer besides success.
        nobody: what one hears without an account; 0 where none is needed.
    """

    method: str
    path: str
    may: str = ALL
    thing: str = ""
    sees: str = ALL
    everywhere: str = "S"
    foreign: int = 404
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    fine: frozenset[int] = frozenset()
    nobody: int = 401

    def expected(self, letter: str, *, own: bool) -> frozenset[int]:
        """The statuses that are right."""
        if letter == NOBODY:
            return frozenset({self.nobody}) if self.nobody else _OPEN | self.fine
        everywhere = own or letter in self.everywhere
        hidden = letter not in self.sees or not (everywhere or self.foreign != 404)
        if hidden and (letter in self.may or self.thing in _NOT_THERE):
            return frozenset({404})
        if hidden or letter not in self.may:
            return frozenset({403})
        return _OPEN | self.fine if everywhere else frozenset({self.foreign})


# Things whose very existence is not told.
_NOT_THERE = frozenset({"case", "refusal", "file", "task", "report"})
_OPEN = frozenset({200, 201, 202, 204})


def get(path: str, may: str = ALL, **more: Any) -> Probe:
    return Probe(method="GET", path=path, may=may, **more)


def post(path: str, may: str = ALL, body: Any = None, **more: Any) -> Probe:
    return Probe(method="POST", path=path, may=may, body={} if body is None else body, **more)


# They are about a refusal, which the case of this world does not have.
_OF_REFUSAL = frozenset({"rejection-withdrawal", "reinstatement"})


def step(path: str, may: str, body: dict[str, Any] | None = None) -> Probe:
    """A step of the plan; at another step of the case it is refused with 409."""
    wrong = {409, 404} if path in _OF_REFUSAL else {409}
    return post(
        f"/v1/cases/{{key}}/{path}", may, body, thing="case", sees=CASE, fine=frozenset(wrong)
    )


STEPS = (
    step("acceptance", "CS"),
    step("rejection", "CS", WHY),
    step("location", "CS", {"lon": 121.26, "lat": 31.39, "crs": "WGS84", **WHY}),
    step("rejection-withdrawal", "C", WHY),
    step("reinstatement", "S", WHY),
    step("return-to-source", "CS", {"kind": "supplement", **WHY}),
    step("send-back", "S", WHY),
    step("dispatch", "CS", {"station": "14090102"}),
    step("signing", PARTIES),
    step("station-return", "T", {"reason_code": "other", **WHY}),
    step("station-return-decision", "CDS", {"approve": True, **WHY}),
    step("joint-request", "T", WHY),
    step("instruction", "DS" + LINE_LEADS, {"text": "先行处置"}),
    step("phone-call", "CDS", {"post": "patrol-140901", "outcome": "reached"}),
    step("head-report", "CDS", {"kind": "start", "text": "报告案情"}),
    step(
        "coordination",
        "CS",
        {"posts": ["patrol-140901"], "place": "现场", "appointment_at": SOON},
    ),
    step("response", PARTIES + "HCS", WHY),
    step(
        "coordination-result",
        "CS",
        {"duties": [{"post": "patrol-140901", "role": "lead", "text": "处置", "due_at": LATER}]},
    ),
    step("sub-task", "CS", {"post": "head-140901", "text": "协办", "due_at": LATER}),
    step("duty-dropping", "CS", {"duty_id": UUID0, **WHY}),
    step("disposal", PARTIES),
    step("disposal-end", PARTIES),
    step("feedback", PARTIES, {"text": "已处置"}),
    step("verification", "CS", {"kind": "before", "post": "inspector-140901"}),
    step("verification-result", PARTIES + "IC", {"result": "true", "text": "属实"}),
    step("evaluation", "CS", {"report": "草稿"}),
    step("return", "CS", WHY),
    step("closing", "CS", {"points": [], "report": "办结"}),
    step("escalation", "DH", {"level": 2, "reason_code": "hard", **WHY}),
    step("head-coordination", "DH", {"text": "已协调"}),
    step("escalation-settlement", "HS", {"text": "已协调"}),
    step("urging", "CDHS", {"post": "patrol-140901", "text": "请抓紧"}),
    step("help-request", PARTIES, {"text": "人手不够"}),
    step("supervision", "DHS", WHY),
    step("supervision-answer", "CS", {"text": "已办"}),
    step("supervision-lifting", "DHS", WHY),
    step("extension", PARTIES + "CS", {"new_due_at": "2026-03-13T15:00:00+08:00", **WHY}),
    step("extension-decision", "CDS", {"approve": True, **WHY}),
    step("suspension", "CST", {"owner": "head-140901", "review_on": "2026-04-11", **WHY}),
    step("suspension-decision", "D", {"approve": True, **WHY}),
    step("suspension-end", "CDS", WHY),
    step("hand-over", "CD", WHY),
    step("hand-back", "S"),
    step("reclassification", "CS", {"grades": ["complex"], **WHY}),
    step("merge", "CS", {"into": "{other}", **WHY}),
    step("merge-undoing", "CS", WHY),
    step("link", "CS", {"kind": "related_to", "other": "{other}", **WHY}),
    step("withdrawal", "ZWUTS", WHY),
    step("first-contact", "CST", {"made": False, **WHY}),
    step("return-visit", "CSZ", {"satisfaction": "satisfied"}),
    step("reopening", "CSZW", {"cause": "again", **WHY}),
    step("archiving", "CS"),
)

_CASE_READING = {"thing": "case", "sees": CASE}
_REFUSAL = {"thing": "refusal", "sees": "S" + SUB_CENTRE + "ZW", "fine": frozenset({409})}
_FILE = {"thing": "file", "sees": CASE}
_TASK = {"thing": "task", "sees": "SCIDHF", "fine": frozenset({409})}
_REPORT = {"thing": "report", "sees": "S" + SUB_CENTRE}
_ACCOUNT = {"thing": "account", "everywhere": "A", "foreign": 403}
_OF_ROSTER = "SARFT" + SUB_CENTRE
_ROSTER = {"everywhere": "SA", "foreign": 403}
_KEEPS = "SAD"
_PERSON = {"thing": "person", "foreign": 403}
_IF = {"If-Match": '"1"'}
_MOVED = frozenset({409, 412, 422, 428})
_BROWSER = {"fine": frozenset({401})}  # with a token: where a browser's session is meant
PLACE = {"lon": 121.2610566, "lat": 31.3904594, "crs": "WGS84", "accuracy_m": 10}
PNG = bytes.fromhex("89504e470d0a1a0a")

OTHERS = (
    # Open to everybody
    get("/healthz", nobody=0),
    get("/readyz", nobody=0),
    get("/openapi.json", nobody=0),
    get("/v1/config", nobody=0),
    get("/v1/layers", nobody=0),
    *(
        get(f"/v1/layers/{id}", nobody=0)
        for id in ("street", "sectors", "communities", "police_areas", "neighbours", "split_line",
                   "roads", "water", "places")
    ),
    post("/v1/session", nobody=0, fine=frozenset({422})),
    post("/v1/session/demo", nobody=0, fine=frozenset({422})),
    get("/v1/session/oidc", nobody=0, fine=frozenset({404})),
    get("/v1/session/oidc/callback", nobody=0, fine=frozenset({404})),
    # The signature is the key, which nobody here has
    post("/v1/street-centre/inbox", fine=frozenset({401})),
    get("/v1/wecom/callback", nobody=0, fine=frozenset({404, 422})),
    post("/v1/wecom/callback", nobody=0, fine=frozenset({404, 422})),
    # One's own log-in
    get("/v1/session"),
    Probe(method="DELETE", path="/v1/session", **_BROWSER),
    post("/v1/session/post", body={"post": "coordinator-140902"}, **_BROWSER),
    Probe(
        method="PUT", path="/v1/session/password", body={"old": "x", "new": "Wet-Stone-41-Bridge"},
        **_BROWSER,
    ),
    post("/v1/session/totp", **_BROWSER),
    post("/v1/session/totp/confirmation", body={"code": "000000"}, **_BROWSER),
    Probe(method="DELETE", path="/v1/session/totp", **_BROWSER),
    # Cases: what one reads
    get("/v1/cases"),
    get("/v1/cases", query={"q": "密"}),
    get("/v1/cases", query={"desk": "140902", "limit": "2000"}),
    get("/v1/summary"),
    get("/v1/summary", query={"desk": "140902"}),
    get("/v1/layers/cases"),
    get("/v1/layers/cameras"),
    get("/v1/layers/personnel"),
    get("/v1/map/around", query={"lon": "121.26", "lat": "31.39"}),
    get("/v1/map/around", query={"lon": "121.26", "lat": "31.39", "case": "{key}"},
        **_CASE_READING),
    get("/v1/map/grids"),
    get("/v1/map/summary"),
    *(get(f"/v1/tiles/{layer}/12/3427/1671.mvt") for layer in ("cases", "cameras", "personnel")),
    get("/v1/map/coverage", "SCIDHPGMRFT", query={"desk": "140902"}),
    *(get(f"/v1/cases/{{key}}{part}", **_CASE_READING)
      for part in ("", "/events", "/clocks", "/assignments", "/attachments", "/reporters",
                   "/places")),
    # Who is where with how much work, and what is like it: for who leads the handling
    *(get(f"/v1/cases/{{key}}/{part}", "S" + SUB_CENTRE, **_CASE_READING)
      for part in ("proposals", "similar")),
    get("/v1/changes", query={"since": "2026-03-10T00:00:00+08:00"}),
    Probe(method="PUT", path="/v1/cases/{key}/viewing", may=ALL, body={"seat": "seat-one-0001"},
          **_CASE_READING),
    Probe(method="DELETE", path="/v1/cases/{key}/viewing", may=ALL,
          query={"seat": "seat-one-0001"}, **_CASE_READING),
    post("/v1/cases/{key}/reporter-reveal", "SCID", WHY, **_CASE_READING),
    get("/v1/attachments/{sha256}", **_FILE),
    get("/v1/attachments/{sha256}", query={"case": "{key}"}, **_FILE),
    # As it was taken, with time and place: within the desk, and for who brought it.
    get("/v1/attachments/{sha256}", "SF" + SUB_CENTRE, query={"exif": "keep"}, **_FILE),
    get("/v1/attachments/{sha256}/thumbnail", **_FILE),
    get("/v1/street-centre/refusals"),
    # Cases: what comes in
    post("/v1/cases", "SCIRFTUZW" + LINE_LEADS,
         {"source": "grid", "title": "新报案件", **PLACE}, fine=frozenset({409})),
    Probe(method="POST", path="/v1/attachments", may=CASE, body=PNG,
          headers={"X-Filename": "a.png"}, fine=frozenset({415, 422})),
    *(post(f"/v1/street-centre/refusals/{{id}}/{verb}", "S", body, **_REFUSAL)
      for verb, body in (("acknowledgement", {}), ("reinstatement", WHY),
                         ("redispatch", {"to_sector": "140902"}), ("forwarding", {}))),
    *STEPS,
    # The map and the plan's own tables
    post("/v1/assignments", body=PLACE),
    post("/v1/assignments", body={"address": "仓场路331号"}),
    post("/v1/geocode", body={"text": "仓场路331号"}),
    get("/v1/geocode/suggest", query={"q": "仓场"}),
    get("/v1/geocode/reverse", query={"lon": "121.26", "lat": "31.39", "crs": "WGS84"}),
    get("/v1/coverage", query={"lon": "121.26", "lat": "31.39", "crs": "WGS84"}),
    post("/v1/assignments/batch", body={"lon": [121.26], "lat": [31.39], "crs": "WGS84"}),
    get("/v1/steps"),
    get("/v1/clocks"),
    get("/v1/editions"),
    get("/v1/policy"),
    get("/v1/policy/history"),
    Probe(method="PUT", path="/v1/policy", may="SA", headers=_IF, fine=_MOVED,
          body={"values": {"internal_hours": 20}, "reason": "收紧"}),
    # Where people are: a phone has a token of its own, which nobody here has
    *(Probe(method=method, path=f"/v1/positions/{form}", fine=frozenset({401}))
      for method, form in (("GET", "osmand"), ("POST", "osmand"), ("POST", "owntracks"))),
    post("/v1/positions", "R", {"device_id": "{id}", "lon": 121.26, "lat": 31.39,
         "fix_at": "2026-03-11T09:30:00+08:00"}, everywhere="", **_PERSON),
    get("/v1/personnel/{id}/devices", "SACD", everywhere="SA", **_PERSON),
    post("/v1/personnel/{id}/devices", "SACD", {"label": "手机"}, everywhere="SA", **_PERSON),
    Probe(method="DELETE", path="/v1/personnel/{id}/devices/{device}", may="SACD",
          everywhere="SA", **_PERSON),
    get("/v1/personnel/{id}/track", "SCIDHR", **_PERSON),
    # What leaves the house as a file
    post("/v1/reports/situation", "S" + SUB_CENTRE, {"desk": "{desk}"}, thing="desk", foreign=403),
    get("/v1/cases/export"),
    get("/v1/cases/export", query={"format": "xlsx", "q": "密"}),
    # Ids of others are passed over: the file is as empty as the list.
    post("/v1/cases/export", body={"ids": [UUID0]}),
    get("/v1/reports/{id}", "S" + SUB_CENTRE, **_REPORT),
    get("/v1/reports/{id}/file", "S" + SUB_CENTRE, **_REPORT),
    # Who looked at whom, and what could not be read
    get("/v1/access-log", "SAD"),
    get("/v1/intake-rejected", "SC"),
    # Telling people
    get("/v1/mailbox"),
    post("/v1/mailbox/{id}/reading", thing="mail", everywhere=""),
    post("/v1/mailbox/{id}/acknowledgement", thing="mail", everywhere=""),
    get("/v1/deliveries"),
    get("/v1/deliveries", query={"recipient": "responder-140902-1"}),
    post("/v1/deliveries/{id}/retry", "SAC", thing="delivery", everywhere="SA"),
    # The roster
    get("/v1/roster", _OF_ROSTER, query={"desk": "{desk}"}, thing="desk", **_ROSTER),
    get("/v1/duty", _OF_ROSTER, query={"desk": "{desk}"}, thing="desk", **_ROSTER),
    # For oneself, as the west's patrol, or by who keeps the roster
    post("/v1/duty/signing", "SADCR", {"desk": "{desk}", "staff_id": "{staff}"}, thing="holding",
         **_ROSTER),
    post("/v1/roster/bodies", "SA", {"id": "team", "kind": "force", "name": "一队",
                                     "force_group": "4"}, fine=_MOVED),
    post("/v1/roster/staff", "SA", {"id": "new", "name": "账号", "body": "police"}, fine=_MOVED),
    post("/v1/roster/posts", "SA", {"id": "patrol-140901-9", "body": "police"}, fine=_MOVED),
    post("/v1/roster/holdings", _KEEPS, {"post": "patrol-{desk}", "staff_id": "{staff}",
         "from_at": LATER}, thing="holding", fine=_MOVED, **_ROSTER),
    get("/v1/roster/holdings/{id}", _OF_ROSTER, thing="holding", **_ROSTER),
    post("/v1/roster/holdings/{id}/ending", _KEEPS, headers=_IF, thing="holding", fine=_MOVED,
         **_ROSTER),
    post("/v1/roster/shifts", _KEEPS, {"desk": "{desk}", "day": "2026-03-20", "start": "08:30",
         "end": "17:00", "staff_id": "{staff}"}, thing="holding", fine=_MOVED, **_ROSTER),
    Probe(method="DELETE", path="/v1/roster/shifts/{id}", may=_KEEPS, thing="shift", fine=_MOVED,
          **_ROSTER),
    post("/v1/roster/running-hours", "SA", {"desk": "140901", "from_day": "2026-04-01",
         "opens": "08:30", "closes": "17:00"}, fine=_MOVED),
    post("/v1/roster/days", "SA", {"day": "2026-04-06", "worked": False}, fine=_MOVED),
    Probe(method="POST", path="/v1/roster/import", may=_KEEPS, body=b"x,y\n", fine=_MOVED,
          query={"dry_run": "true"}, headers={"X-Filename": "a.csv"}),
    # The gazetteer
    get("/v1/gazetteer"),
    get("/v1/gazetteer/places", query={"q": "仓场路"}),
    Probe(method="POST", path="/v1/gazetteer/import", may="SA", fine=_MOVED,
          body="名称,地址\n某店,仓场路331号\n".encode(), query={"dry_run": "true"},
          headers={"X-Filename": "a.csv"}),
    # 交办事项
    get("/v1/tasks"),
    post("/v1/tasks", "SCDH", {"title": "排查", "to_post": "patrol-{desk}"}, thing="desk",
         foreign=403),
    get("/v1/tasks/{id}", **_TASK),
    post("/v1/tasks/{id}/taking-up", "F", {"text": "接办"}, **_TASK),
    post("/v1/tasks/{id}/feedback", "F", {"text": "已办"}, **_TASK),
    post("/v1/tasks/{id}/return", "SC", {"text": "补充"}, **_TASK),
    post("/v1/tasks/{id}/closing", "SC", {"text": "办结"}, **_TASK),
    # Accounts
    get("/v1/accounts", "A"),
    post("/v1/accounts", "A", {"name": "somebody", "post": "patrol-140901"}),
    get("/v1/accounts/{name}", ALL, **_ACCOUNT),
    *(post(f"/v1/accounts/{{name}}/{verb}", "A", fine=frozenset({403, 409}), **_ACCOUNT)
      for verb in ("disabling", "enabling", "unlocking", "password-reset")),
    Probe(method="PUT", path="/v1/accounts/{name}/sign-on", may="A", body={"subject": None},
          **_ACCOUNT),
    get("/v1/accounts/{name}/tokens", ALL, **_ACCOUNT),
    post("/v1/accounts/{name}/tokens", ALL, {"label": "手机"}, **_ACCOUNT),
    Probe(method="DELETE", path="/v1/accounts/{name}/tokens/{id}", may=ALL, **_ACCOUNT),
)  # fmt: skip
# Read to its end in a test of its own.
STREAM = ("GET", "/v1/live")
