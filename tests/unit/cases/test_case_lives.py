"""Random actors and commands on one case: a small budget here, thousands in tests/prove."""

from hypothesis import settings
from lives import Life

TestLife = Life.TestCase
TestLife.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
