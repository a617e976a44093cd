"""What happens now, as server-sent events: the only async module (architecture 8.2).

One thread per process listens to PostgreSQL and hands each new fact to every subscriber's bounded
queue; one that falls behind is told to read everything anew rather than fill the memory. No
database connection is held while a stream is open.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from api.deps import connected, runtime
from cases.hours import SHANGHAI
from layers import people
from store import feed
from store.errors import DatabaseUnavailable
from store.listen import wake_ups

router = APIRouter(prefix="/v1", tags=["live"])
QUEUE = 512
LIFE_S = 600.0
HEARTBEAT_S = 15.0
POLL_S = 0.05
TOGETHER_S = 0.05  # under load, what is told within this time is read at once
PAGE = 500
REPLAY_MOST = 2000
_END = b""


@dataclass(eq=False)
class Subscriber:
    """One open stream."""

    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[tuple[str, bytes]] = field(
        default_factory=lambda: asyncio.Queue(maxsize=QUEUE)
    )

    def offer(self, cursor: str, frame: bytes) -> None:
        """Hand over a frame from any thread; a full queue is emptied and told to resync."""
        self.loop.call_soon_threadsafe(self._put, cursor, frame)

    def _put(self, cursor: str, frame: bytes) -> None:
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            cursor, frame = "", _frame("resync", b"{}")
        self.queue.put_nowait((cursor, frame))


class Hub:
    """Follows the feed in one thread and fans out to the open streams."""

    def __init__(self, engine: Engine, url: str, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._url = url
        self._now = now
        self._subscribers: set[Subscriber] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="feed", daemon=True)
        self._cursor: str | None = None
        self._waiting = False

    def start(self) -> None:
        """Begin to listen, from here on: a fact between this line and the thread's is not lost."""
        try:
            self._cursor = self.head()
        except DatabaseUnavailable:
            self._cursor = None  # the thread begins when the database is there
        self._thread.start()

    def stop(self) -> None:
        """End all streams and the thread."""
        self._stop.set()
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.offer("", _END)
        try:
            # Wake the listener, which else sleeps until the next fact.
            with self._engine.begin() as conn:
                conn.execute(text(f"NOTIFY {feed.CHANNEL}"))
        except SQLAlchemyError:
            pass  # the database is away; the thread is a daemon and ends with the process
        self._thread.join(timeout=3)

    def subscribe(self) -> Subscriber:
        """Open a stream on the running loop."""
        subscriber = Subscriber(loop=asyncio.get_running_loop())
        with self._lock:
            self._subscribers.add(subscriber)
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Close a stream."""
        with self._lock:
            self._subscribers.discard(subscriber)

    def head(self) -> str:
        """The newest cursor."""
        with connected(self._engine) as conn:
            return feed.head(conn)

    def replay(self, cursor: str) -> list[tuple[str, bytes]] | None:
        """The frames behind a cursor; None when it is stale or too far back."""
        frames: list[tuple[str, bytes]] = []
        try:
            with connected(self._engine) as conn:
                while batch := feed.after(conn, cursor):
                    frames.extend((fact.cursor, _fact_frame(fact)) for fact in batch)
                    cursor = batch[-1].cursor
                    if len(frames) > REPLAY_MOST:
                        return None
        except feed.StaleCursor:
            return None
        return frames

    def _follow(self) -> None:
        # A row at or above xmin is not readable yet and no second NOTIFY comes for it: poll.
        channels = [feed.CHANNEL, people.CHANNEL]
        pause = lambda: POLL_S if self._waiting else 10.0  # noqa: E731 - a one-line choice
        told: datetime | None = None
        for channel in wake_ups(self._url, channels, timeout_s=pause, stopped=self._stop.is_set):
            if channel == people.CHANNEL:
                now = self._now()
                if told is None or (now - told).total_seconds() >= 1.0:
                    told = now
                    at = orjson.dumps({"at": now.astimezone(SHANGHAI).isoformat()})
                    self._broadcast("", _frame("positions", at))
                continue
            if channel is not None:
                self._stop.wait(TOGETHER_S)
            try:
                self._read()
            except SQLAlchemyError:
                # The listener reconnects and then reads from the same cursor again.
                self._waiting = True

    def _read(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            # Asked before reading: a row that becomes readable in between has no wake-up of its
            # own when what it waited for was no fact.
            waiting = feed.rows_wait(conn)
            if self._cursor is None:
                self._cursor = feed.head(conn)
                self._broadcast("", _frame("resync", b"{}"))
            while True:
                try:
                    batch = feed.after(conn, self._cursor, PAGE)
                except feed.StaleCursor:
                    self._cursor = feed.head(conn)
                    self._broadcast("", _frame("resync", b"{}"))
                    continue
                for fact in batch:
                    self._broadcast(fact.cursor, _fact_frame(fact))
                    self._cursor = fact.cursor
                if len(batch) < PAGE:
                    break
            self._waiting = waiting

    def _broadcast(self, cursor: str, frame: bytes) -> None:
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.offer(cursor, frame)


def _fact_frame(fact: feed.Fact) -> bytes:
    data = orjson.dumps(
        {
            "id": fact.cursor,
            "kind": fact.kind,
            "case": fact.subject if fact.kind == "case" else None,
            "subject": fact.subject,
            "type": fact.type,
            "areas": fact.areas,
        }
    )
    return f"id: {fact.cursor}\n".encode() + _frame("change", data)


def _frame(event: str, data: bytes) -> bytes:
    return b"event: " + event.encode() + b"\ndata: " + data + b"\n\n"


@router.get(
    "/live",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def live(
    request: Request, last_event_id: Annotated[str | None, Header(max_length=100)] = None
) -> StreamingResponse:
    """Changes as they happen; `Last-Event-ID` first replays what was missed."""
    hub: Hub = request.app.state.hub
    assert runtime(request) is not None
    return StreamingResponse(
        _stream(hub, last_event_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(hub: Hub, last: str | None) -> AsyncIterator[bytes]:
    # Subscribe before replaying, so that nothing falls between; what comes twice is left out.
    subscriber = hub.subscribe()
    try:
        seen: set[str] = set()
        if last:
            frames = await run_in_threadpool(hub.replay, last)
            if frames is None:
                yield _frame("resync", b"{}")
            for cursor, frame in frames or ():
                seen.add(cursor)
                yield frame
        else:
            start = await run_in_threadpool(hub.head)
            yield f"id: {start}\nretry: 1000\nevent: hello\ndata: {{}}\n\n".encode()
        end = asyncio.get_running_loop().time() + LIFE_S
        while (left := end - asyncio.get_running_loop().time()) > 0:
            try:
                cursor, frame = await asyncio.wait_for(
                    subscriber.queue.get(), min(HEARTBEAT_S, left)
                )
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if frame == _END:
                return
            if cursor not in seen or not cursor:
                yield frame
    finally:
        hub.unsubscribe(subscriber)
