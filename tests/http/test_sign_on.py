"""Single sign-on against a provider of our own: who is vouched for, and what is not believed."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey
from lent import application
from oidc_provider import CLIENT, SECRET, provider

from cases.channels.oidc import SingleSignOn
from cases.people import accounts

BACK = "/v1/session/oidc/callback"


@pytest.fixture
def told(clock):
    with provider(clock) as told:
        yield told


@pytest.fixture
def browser(house, told):
    sign_on = SingleSignOn(
        issuer=told.issuer,
        client_id=CLIENT,
        client_secret=SECRET,
        redirect_uri=f"http://127.0.0.1{BACK}",
    )
    with house.engine.begin() as conn:
        accounts.link_subject(conn, "coordinator-140901", "u-7", now=house.now())
    with (
        application(replace(house, single_sign_on=sign_on)) as app,
        TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as browser,
    ):
        yield browser


def leave(browser):
    away = browser.get("/v1/session/oidc")
    assert away.status_code == 302, away.text
    return away.headers["location"]


def test_who_the_provider_vouches_for_is_logged_in(browser, told):
    back = browser.get(BACK, params=told.agree(leave(browser)))
    assert (back.status_code, back.headers["location"]) == (302, "/")
    assert browser.get("/v1/session").json()["account"] == "coordinator-140901"
    assert told.asked[0]["grant_type"] == "authorization_code"


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://elsewhere.example"}, {"aud": "another"}, {"nonce": "an old one"},
        {"exp": 1}, {"sub": "u-8"},
    ],
    ids=lambda lie: next(iter(lie)),
)  # fmt: skip
def test_what_is_not_for_us_is_not_believed(browser, told, lie):
    told.claims = lie
    assert browser.get(BACK, params=told.agree(leave(browser))).status_code == 401
    assert browser.get("/v1/session").status_code == 401


def test_a_foreign_key_another_state_a_second_use_and_no_cookie_are_refused(browser, told):
    query = told.agree(leave(browser))
    assert browser.get(BACK, params=query | {"state": "x"}).status_code == 401
    query = told.agree(leave(browser))
    assert browser.get(BACK, params=query).status_code == 302
    browser.cookies.clear()
    assert browser.get(BACK, params=query).status_code == 401
    told.key = ECKey.generate_key("P-256", {"kid": "1"})
    assert browser.get(BACK, params=told.agree(leave(browser))).status_code == 401
    assert browser.get(BACK, params={"error": "access_denied"}).status_code == 401


def test_an_account_that_was_disabled_is_not_let_in(browser, told, house):
    with house.engine.begin() as conn:
        accounts.disable(conn, "coordinator-140901", now=house.now())
    assert browser.get(BACK, params=told.agree(leave(browser))).status_code == 401


def test_without_a_provider_there_is_no_such_door(client):
    assert client.get("/v1/session/oidc", headers={"X-Test-Nobody": "1"}).status_code == 404
