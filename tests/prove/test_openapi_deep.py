"""The OpenAPI's fuzzing of `tests/conformance`, twenty times as long."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_interfaces_stand_a_long_series_of_odd_input():
    command = [sys.executable, "-m", "pytest", "tests/conformance/test_openapi.py", "-q"]
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PIANQU_FUZZ": "20"},
        capture_output=True,
        text=True,
        check=False,
    )
    print(ran.stdout[-400:])
    assert ran.returncode == 0, ran.stdout[-4000:]
