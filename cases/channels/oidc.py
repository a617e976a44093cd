"""Single sign-on by OpenID Connect (政务统一身份认证): code flow with PKCE, state and nonce.

The provider says who somebody is; which account that is, and what it may do, is ours to say.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import (
    parse_authorization_code_response,
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet, KeySetSerialization

from cases.people.account_errors import Unauthenticated

# No "none", and no shared-secret ones, which a leaked client secret would forge.
ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY_S = 60
TIMEOUT_S = 10.0
_REFUSED = "统一身份认证没有成功，请重新登录"


class SignOnUnavailable(Unauthenticated):
    """The provider does not answer, or not as it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleSignOn:
    """A provider as it was set up; `ca_bundle` and `proxy` are the way there."""

    issuer: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    scope: str = "openid"
    ca_bundle: str | None = None
    proxy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What must be the same when the browser comes back."""

    state: str
    nonce: str
    verifier: str


def start(provider: SingleSignOn, flow: Flow) -> str:
    """Where to send the browser."""
    with _client(provider) as client:
        about = _discovered(client, provider)
    return str(
        prepare_grant_uri(
            about["authorization_endpoint"],
            provider.client_id,
            "code",
            redirect_uri=provider.redirect_uri,
            scope=provider.scope,
            state=flow.state,
            nonce=flow.nonce,
            code_challenge=create_s256_code_challenge(flow.verifier),
            code_challenge_method="S256",
        )
    )


def subject(provider: SingleSignOn, flow: Flow, uri: str, now: datetime) -> str:
    """Who came back by `uri`.

    Raises:
        Unauthenticated: another state or nonce, a forged or stale answer, or none at all.
    """
    try:
        code = parse_authorization_code_response(uri, flow.state)["code"]
        with _client(provider) as client:
            about = _discovered(client, provider)
            answer = _exchanged(client, provider, about["token_endpoint"], code, flow)
            keys = KeySet.import_key_set(
                cast(KeySetSerialization, _json(client.get(about["jwks_uri"])))
            )
        claims = jwt.decode(answer["id_token"], keys, algorithms=ALGORITHMS).claims
        _registry(provider, flow, now).validate(claims)
    except SignOnUnavailable:
        raise
    except httpx2.HTTPError as error:
        raise SignOnUnavailable("统一身份认证暂时连不上，请稍后再试") from error
    except Exception as error:
        raise Unauthenticated(_REFUSED) from error
    return str(claims["sub"])


def _client(provider: SingleSignOn) -> httpx2.Client:
    return httpx2.Client(
        timeout=TIMEOUT_S,
        verify=provider.ca_bundle or True,
        proxy=provider.proxy,
        trust_env=False,
    )


def _discovered(client: httpx2.Client, provider: SingleSignOn) -> dict[str, Any]:
    try:
        about = _json(client.get(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"))
        ours = urlsplit(provider.issuer)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            there = urlsplit(about[name])
            # Never down from TLS, whatever the answer says.
            if there.scheme not in ("https", ours.scheme):
                raise SignOnUnavailable(_REFUSED)
    except (httpx2.HTTPError, KeyError, ValueError) as error:
        raise SignOnUnavailable("统一身份认证暂时连不上，请稍后再试") from error
    if about.get("issuer") != provider.issuer:
        raise SignOnUnavailable(_REFUSED)
    return about


def _exchanged(
    client: httpx2.Client, provider: SingleSignOn, endpoint: str, code: str, flow: Flow
) -> dict[str, Any]:
    body = prepare_token_request(
        "authorization_code",
        code=code,
        redirect_uri=provider.redirect_uri,
        code_verifier=flow.verifier,
        client_id=provider.client_id,
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    method = "client_secret_basic" if provider.client_secret else "none"
    auth = ClientAuth(provider.client_id, provider.client_secret, method)
    uri, headers, body = auth.prepare("POST", endpoint, headers, body)
    return _json(client.post(uri, headers=headers, content=body))


def _registry(provider: SingleSignOn, flow: Flow, now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": flow.nonce},
    )


def _json(answer: httpx2.Response) -> dict[str, Any]:
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found
