"""Every operation of the OpenAPI gets odd input; none may answer 5xx or off its own schema.

The sample is fixed; `PIANQU_FUZZ` multiplies it (`make prove` does). The live stream has no end
and is tested in `tests/http`.
"""

import os
import uuid
from datetime import datetime

import httpx2
import pytest
import schemathesis
import signed
from hypothesis import HealthCheck, settings
from places import IN_MALU, ON_THE_LINE, SURE_140901, report
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
    use_after_free,
)

from api.app import create_app
from api.runtime import Runtime
from boundaries.locate import Locator
from cases.policy import Policy
from store.engine import make_engine

SIGNED = signed.headers()
TIMES = int(os.environ.get("PIANQU_FUZZ", "1"))
CHECKS = [
    not_a_server_error,
    response_schema_conformance,
    response_headers_conformance,
    content_type_conformance,
    status_code_conformance,
    negative_data_rejection,
    unsupported_method,
    use_after_free,
]
_ALSO_AN_ID = ("/v1/reports/situation",)
bounded = settings(
    max_examples=8 * TIMES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def _description() -> dict:
    """The application's own OpenAPI; nothing is connected, so one test an operation is known."""
    house = Runtime(
        engine=make_engine("postgresql://nobody@localhost/nothing"),
        database_url="",
        locator=Locator(),
        policy=Policy(),
        webhook_secret=b"",
        now=datetime.now,
        new_id=uuid.uuid4,
    )
    return create_app(house).openapi()


schema = schemathesis.openapi.from_dict(_description()).exclude(path="/v1/live")


@pytest.fixture(scope="module")
def url(open_site):
    """A site of its own with something in it, so that lists are not empty."""
    site = open_site(PIANQU_AUTO_REFUSE="true")
    for spot in (SURE_140901, ON_THE_LINE, IN_MALU, None):
        httpx2.post(
            f"{site.base_url}/v1/cases", json=report(spot), headers=SIGNED
        ).raise_for_status()
    return site.base_url


def test_the_server_describes_itself_as_the_application_does(url):
    assert httpx2.get(f"{url}/openapi.json").json() == _description()


@schema.parametrize()
@bounded
def test_odd_input_gets_a_proper_answer(case, url):
    # `GET /v1/reports/situation` is declared all the same: as the report of that id.
    checks = [c for c in CHECKS if c is not unsupported_method or case.path not in _ALSO_AN_ID]
    case.call_and_validate(base_url=url, checks=checks, timeout=30, headers=SIGNED)


def test_answers_lead_on_to_requests_that_fit_together(url):
    """Cases made by one request are accepted, refused and looked up by the next."""
    schema.config.update(base_url=url)

    class Machine(schema.as_state_machine()):
        def validate_response(self, response, case, **_):
            case.validate_response(response, checks=CHECKS)

        def get_call_kwargs(self, _case):
            return {"timeout": 30, "headers": SIGNED}

    Machine.run(settings=settings(bounded, max_examples=3 * TIMES, stateful_step_count=8))
