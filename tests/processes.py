"""The product as its users run it: `pianqu serve` and `pianqu worker` as processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import signed

READY_S = 90.0
STOP_S = 20.0
PARTS = ("serve", "worker")


def lives(pid: int) -> bool:
    """Whether a process runs; a zombie that nobody reaps has ended all the same."""
    try:
        return _state(pid) != "Z"
    except FileNotFoundError:
        return False


def children_of(pid: int) -> dict[str, int]:
    """The children of a process by the last word of their command; from files, as a bare machine
    has no `ps`.
    """
    pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in pids}
    return {words[-2].decode(): pid for pid, words in commands.items() if len(words) > 1}


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


class Site:
    """A server and a worker on a database of their own, reachable at `base_url`.

    `kill` is kill -9, `stop` is SIGTERM and waits; both take "serve", "worker" or nothing for
    both. `start` starts what is down and waits until the server says that it is ready.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str,
        port: int,
        settings: dict[str, str] | None = None,
        python: str = sys.executable,
    ):
        self._python = python
        self.folder = folder
        self.database_url = database_url
        self.base_url = f"http://127.0.0.1:{port}"
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PIANQU_")},
            "PIANQU_DATABASE_URL": database_url,
            "PIANQU_PORT": str(port),
            "PIANQU_STATE_DIR": str(folder),
            **(settings or {}),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *parts: str, ready: bool = True) -> None:
        """Start the parts that are down; with `ready`, wait for the server's word."""
        for part in parts or PARTS:
            if self.is_running(part):
                continue
            with (self.folder / f"{part}.log").open("ab") as log:
                self._running[part] = subprocess.Popen(
                    [self._python, "-m", "pianqu", part],
                    env=self._environment,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        if ready and self.is_running("serve"):
            self.wait_until_ready()

    def client(self, post: str = signed.DEFAULT, **options) -> httpx2.Client:
        """A client that acts for a post, with the token its account has in the template."""
        return httpx2.Client(
            base_url=self.base_url, headers=signed.headers(post), timeout=30, **options
        )

    def headers(self, post: str = signed.DEFAULT) -> dict[str, str]:
        """The header that makes a request the post's."""
        return signed.headers(post)

    def is_running(self, part: str) -> bool:
        """Whether the part's process lives."""
        return part in self._running and self._running[part].poll() is None

    def pid(self, part: str) -> int:
        """The process number, for tests that are hard on it."""
        return self._running[part].pid

    def kill(self, *parts: str) -> None:
        """Kill -9: no last words."""
        for part in parts or PARTS:
            if self.is_running(part):
                self._running[part].kill()
                self._running[part].wait()

    def stop(self, *parts: str) -> None:
        """Ask the parts to end, as a service manager does, and insist that they do."""
        running = [part for part in parts or PARTS if self.is_running(part)]
        for part in running:
            self._running[part].send_signal(signal.SIGTERM)
        for part in running:
            try:
                self._running[part].wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.kill(part)
                raise AssertionError(f"{part} did not end on SIGTERM:\n{self.log(part)}") from None

    def restart(self, *parts: str) -> None:
        """Stop and start."""
        self.stop(*parts)
        self.start(*parts)

    def wait_until_ready(self) -> None:
        """Wait for the server to say that it is ready, or show why it does not."""
        deadline = time.monotonic() + READY_S
        said = "no answer"
        while time.monotonic() < deadline:
            if not self.is_running("serve"):
                raise AssertionError(f"the server ended:\n{self.log('serve')}")
            try:
                answer = httpx2.get(f"{self.base_url}/readyz", timeout=5)
            except httpx2.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code == 200:
                return
            said = answer.text
            time.sleep(0.1)
        raise AssertionError(f"not ready after {READY_S} s: {said}\n{self.log('serve')}")

    def log(self, part: str, lines: int = 60) -> str:
        """The end of what the part has said."""
        path = self.folder / f"{part}.log"
        text = path.read_text(errors="replace") if path.exists() else ""
        return "\n".join(text.splitlines()[-lines:])
