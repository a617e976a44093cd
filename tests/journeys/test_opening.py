"""`pianqu serve --with-worker` on a private cluster: what is killed comes back."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx2
import psycopg
import pytest
from places import SURE_140901, report
from processes import children_of, lives

from store import cluster, folders

pytestmark = pytest.mark.slow
ENDED_S = 30


class House:
    """The product in a state folder of its own, as `make serve` runs it."""

    def __init__(self, state, port):
        self.state = state
        self.base_url = f"http://127.0.0.1:{port}"
        self.token = None
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PIANQU_")},
            "PIANQU_STATE_DIR": str(state),
            "PIANQU_PORT": str(port),
        }

    def command(self, *arguments):
        return [sys.executable, "-m", "pianqu", *arguments]

    @contextmanager
    def open(self):
        with (self.state / "said.log").open("ab") as log:
            process = subprocess.Popen(
                self.command("serve", "--with-worker"),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self.wait_until_ready(process)
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(40)

    def wait_until_ready(self, process=None, seconds=90):
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            assert time.monotonic() < deadline, self.said()
            assert process is None or process.poll() is None, self.said()
            time.sleep(0.1)

    def is_ready(self):
        try:
            answer = httpx2.get(f"{self.base_url}/readyz", timeout=5, trust_env=False)
        except httpx2.HTTPError:
            return False
        return answer.status_code == 200

    def said(self):
        logs = [self.state / "said.log", *sorted((self.state / "log").glob("*.log"))]
        return "\n".join(log.read_text()[-1500:] for log in logs if log.exists())

    def desk(self):
        """The header of a coordinator, whose account and token the command line makes."""
        if self.token is None:
            self.says("account", "add", "coordinator-140901")
            self.token = self.says("account", "token", "coordinator-140901", "--days", "1")
        return {"Authorization": f"Bearer {self.token}"}

    def says(self, *arguments):
        return subprocess.run(
            self.command(*arguments),
            check=True,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
        ).stdout.strip()

    def report(self):
        body = report(SURE_140901)
        answer = httpx2.post(
            f"{self.base_url}/v1/cases", json=body, headers=self.desk(), timeout=20, trust_env=False
        )
        assert answer.status_code == 201, answer.text
        return answer.json()["case"]["id"]

    def has(self, case_id):
        url = f"{self.base_url}/v1/cases/{case_id}"
        answer = httpx2.get(url, headers=self.desk(), timeout=20, trust_env=False)
        return answer.status_code == 200

    def refuses_the_demo(self, more):
        done = subprocess.run(
            self.command("demo"),
            check=False,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 1, done.stdout
        return done.stdout + done.stderr


@pytest.fixture
def house(short_folder, free_port):
    yield House(short_folder, free_port())
    cluster.stop(short_folder)


def test_what_is_killed_comes_back_and_the_data_are_kept(house):
    with house.open() as parent:
        kept = [house.report()]
        postmaster = (folders.data_dir(house.state) / "postmaster.pid").read_text().split()[0]
        os.kill(int(postmaster), signal.SIGKILL)
        time.sleep(1)
        house.wait_until_ready(parent)
        kept.append(house.report())
        for part in ("serve", "worker"):
            os.kill(children_of(parent.pid)[part], signal.SIGKILL)
            time.sleep(1.5)
            house.wait_until_ready(parent)
            kept.append(house.report())
        assert set(children_of(parent.pid)) == {"serve", "worker"}
        assert all(house.has(case) for case in kept)
    # An orderly end takes the private cluster along.
    assert parent.returncode == 0, house.said()
    assert not cluster.is_running(house.state)

    with house.open() as parent:
        assert all(house.has(case) for case in kept)
        children = children_of(parent.pid)
        parent.kill()
        parent.wait()
        wait_for(lambda: not any(lives(pid) for pid in children.values()))

    # The demo keeps out of true cases, and RESET does not empty them.
    for more in ({}, {"RESET": "1"}):
        said = house.refuses_the_demo(more)
        assert "cases that are not the demo's" in said
    with psycopg.connect(cluster.url(house.state).replace("+psycopg", "")) as connection:
        count = connection.execute("SELECT count(*) FROM case_now").fetchone()
    assert count == (len(kept),)


def wait_for(condition):
    deadline = time.monotonic() + ENDED_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
