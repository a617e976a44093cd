"""Thousands of random steps on cases; `tests/unit/cases/test_case_lives.py` takes a few."""

import os

from hypothesis import HealthCheck, settings
from lives import Life

# Each life is up to sixty commands of random posts; PIANQU_PROVE_LIVES asks for more of them.
LIVES = int(os.environ.get("PIANQU_PROVE_LIVES", "100"))

TestLongLife = Life.TestCase
TestLongLife.settings = settings(
    max_examples=LIVES,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
