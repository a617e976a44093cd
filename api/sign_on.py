"""Single sign-on (OIDC): off to the provider and back with a session, where it is set up.

What must be the same at both ends travels in a cookie that we sign: nothing is kept meanwhile.
"""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import connected, runtime
from api.problems import NotFound
from api.runtime import Runtime
from api.sessions import address, is_secure, set_cookie
from cases.channels import oidc
from cases.channels.oidc import Flow, SingleSignOn
from cases.people import sessions
from cases.people.account_errors import Unauthenticated

router = APIRouter(prefix="/v1", tags=["accounts"])

_COOKIE, _PATH = "pianqu_sign_on", "/v1/session/oidc"
_LASTS_S = 600


@router.get("/session/oidc", status_code=302, response_class=RedirectResponse)
def leave(request: Request) -> Response:
    """Off to the provider."""
    house = runtime(request)
    provider = _provider(house)
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    flow = Flow(state=state, nonce=nonce, verifier=verifier)
    away = RedirectResponse(oidc.start(provider, flow), 302)
    away.set_cookie(
        _COOKIE,
        _sealed(house, flow, house.now()),
        max_age=_LASTS_S,
        path=_PATH,
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    away.headers["Cache-Control"] = "no-store"
    return away


@router.get("/session/oidc/callback", status_code=302, response_class=RedirectResponse)
def come_back(request: Request) -> Response:
    """Back from the provider: a session for the account linked to whom it vouches for."""
    house = runtime(request)
    provider = _provider(house)
    now = house.now()
    flow = _opened(house, request.cookies.get(_COOKIE, ""), now)
    subject = oidc.subject(provider, flow, str(request.url), now)
    with connected(house.engine) as tx:
        opened = sessions.begin_oidc(tx, subject, now=now, address=address(request))
    home = RedirectResponse("/", 302)
    set_cookie(request, home, opened, now)
    home.delete_cookie(_COOKIE, path=_PATH)
    return home


def _provider(house: Runtime) -> SingleSignOn:
    if house.single_sign_on is None:
        raise NotFound("没有设置统一身份认证")
    return house.single_sign_on


def _sealed(house: Runtime, flow: Flow, now: datetime) -> str:
    until = int(now.timestamp()) + _LASTS_S
    words = f"{until}.{flow.state}.{flow.nonce}.{flow.verifier}"
    return f"{words}.{_mark(house, words)}"


def _opened(house: Runtime, cookie: str, now: datetime) -> Flow:
    words, _, mark = cookie.rpartition(".")
    parts = words.split(".")
    true = hmac.compare_digest(_mark(house, words).encode(), mark.encode("utf-8", "replace"))
    if not true or len(parts) != 4 or int(parts[0]) < now.timestamp():
        raise Unauthenticated("登录已过期，请重新登录")
    return Flow(state=parts[1], nonce=parts[2], verifier=parts[3])


def _mark(house: Runtime, words: str) -> str:
    said = b"sign-on " + words.encode("utf-8", "replace")
    return hmac.new(house.webhook_secret, said, sha256).hexdigest()
