"""Keeps child processes running: starts them, starts them again when they end, stops them all.

The children get a session of their own, so that Ctrl-C reaches us only and they end in order; a
child whose parent was killed ends by itself (`end_with_parent`).
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PARENT = "PIANQU_PARENT"
PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
# A child that lived this long was well: its next end is a first one again.
WELL_AFTER_S = 60.0
STOP_S = 15.0
LARGEST_LOG = 20_000_000


@dataclass(slots=True)
class Child:
    """One process that must run, and how its last starts went."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    next_start: float = field(default=0.0)


class Household:
    """The children of one parent, with a log file each."""

    def __init__(
        self, logs: Path, environment: Mapping[str, str], say: Callable[[str], None] = print
    ) -> None:
        self._logs = logs
        self._environment = {**os.environ, **environment, PARENT: str(os.getpid())}
        self._say = say
        self._children: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, *arguments: str) -> None:
        """Start `pianqu ARGUMENTS` under a name, to be kept running."""
        child = Child(name, arguments)
        self._children.append(child)
        self._spawn(child)

    def watch(self, stop: threading.Event, also: Callable[[], object] = lambda: None) -> None:
        """Start again whatever ends, with growing pauses, and do the rest, until told to stop."""
        while not stop.wait(0.2):
            also()
            self.look_after(time.monotonic())

    def look_after(self, now: float) -> None:
        """One round of `watch`."""
        for child in self._children:
            if child.process is None:
                if now >= child.next_start:
                    self._spawn(child)
            elif (code := child.process.poll()) is not None:
                self._plan_restart(child, code, now)

    def log_of(self, name: str) -> Path:
        """Where a child's output goes."""
        return self._logs / f"{name}.log"

    def has_ended(self, name: str) -> bool:
        """Whether a child is down at this moment."""
        child = next(child for child in self._children if child.name == name)
        return child.process is None or child.process.poll() is not None

    def stop(self) -> None:
        """End all children, last started first, and wait for them."""
        running = [c for c in reversed(self._children) if c.process and c.process.poll() is None]
        for child in running:
            if child.process:
                child.process.send_signal(signal.SIGTERM)
        for child in running:
            _wait_or_kill(child)
        self._children.clear()

    def _spawn(self, child: Child) -> None:
        path = self.log_of(child.name)
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.rename(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            child.process = subprocess.Popen(
                [sys.executable, "-m", "pianqu", *child.arguments],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        child.started = time.monotonic()

    def _plan_restart(self, child: Child, code: int, now: float) -> None:
        if now - child.started > WELL_AFTER_S:
            child.failures = 0
        pause = PAUSES_S[min(child.failures, len(PAUSES_S) - 1)]
        child.failures += 1
        child.process, child.next_start = None, now + pause
        self._say(f"{child.name} ended ({_how(code)}); it starts again in {pause:g} s.")


def _how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _wait_or_kill(child: Child) -> None:
    if child.process is None:
        return
    try:
        child.process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.process.kill()
        child.process.wait()


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set; a second Ctrl-C ends the process at once."""
    stop = threading.Event()

    def ask(_number: int, _frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


def has_parent() -> bool:
    """Whether this process is a child of a household."""
    return PARENT in os.environ


def end_with_parent() -> None:
    """In a child of a household: end in order when the parent is gone, however it went."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
