"""Thousands of random steps on cases; `tests/unit/cases/test_case_lives.py` takes a few."""

from hypothesis import HealthCheck, settings
from lives import Life

TestLongLife = Life.TestCase
TestLongLife.settings = settings(
    max_examples=400,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
