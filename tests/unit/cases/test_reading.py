"""Types are ready before threads read: msgspec ends the process otherwise."""

import subprocess
import sys

RACE = """
import sys, threading
sys.setswitchinterval(1e-6)
import msgspec
import api.steps
from cases import commands, events
from cases.clocks import Changes
from cases.model import Case

types = [Case, Changes, *events.TYPES.values(), *(getattr(commands, n) for n in api.steps.DOORS)]
together = threading.Barrier(8)

def read():
    together.wait()
    for one in types:
        try:
            msgspec.convert({"place": {"explanation": []}, "numbers": [{"kind": "a"}]}, one)
        except msgspec.ValidationError:
            pass

threads = [threading.Thread(target=read) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
"""


def test_eight_threads_may_be_the_first_to_read():
    # Without `make_ready` about every run ends with a segmentation fault.
    for _ in range(3):
        run = subprocess.run([sys.executable, "-c", RACE], capture_output=True, check=False)
        assert run.returncode == 0, (run.returncode, run.stderr[-500:])
