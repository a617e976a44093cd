"""What happens now, as server-sent events: the only async module (architecture 8.2).

One thread per process listens to PostgreSQL and hands each new fact to every subscriber's bounded
queue; one that falls behind is told to read everything anew rather than fill the memory. No
database connection is held while a stream is open.

What a subscriber's post may hear is decided when a fact is published, by the same keys that
decide what it sees (`cases.scope`). Whose post it is, is settled when the stream opens; a session
that ends meanwhile is cut off when the stream ends itself, after ten minutes at the latest.
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

from api.deps import Who, connected, runtime
from api.viewing import views
from cases import viewing
from cases.hours import SHANGHAI
from cases.roles import scope_keys
from cases.scope import seen_by
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
SCAN_MOST = 20_000
# Facts that concern whoever has one of their areas as a key; all others concern everybody.
_SCOPED = frozenset({"case", "mail", "presence"})
_END = b""


@dataclass(eq=False)
class Subscriber:
    """One open stream and the keys of its post.

    `passed` is the cursor up to which there was nothing for it to hear since its last frame.
    """

    loop: asyncio.AbstractEventLoop
    keys: frozenset[str] = frozenset()
    skipped: bool = False
    passed: str | None = None
    queue: asyncio.Queue[tuple[str, bytes]] = field(
        default_factory=lambda: asyncio.Queue(maxsize=QUEUE)
    )

    def offer(self, cursor: str, frame: bytes) -> None:
        """Hand over a frame from any thread; a full queue is emptied and told to resync."""
        self.loop.call_soon_threadsafe(self._put, cursor, frame)

    def pass_by(self, cursor: str) -> None:
        """Tell from any thread how far it has been spared; in order with the frames."""
        self.loop.call_soon_threadsafe(self._pass, cursor)

    def _pass(self, cursor: str) -> None:
        self.passed = cursor

    def _put(self, cursor: str, frame: bytes) -> None:
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            cursor, frame = "", _frame("resync", b"{}")
        if cursor:
            self.passed = None  # the frame's own id is further on
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

    def subscribe(self, keys: frozenset[str]) -> Subscriber:
        """Open a stream on the running loop for a post with these keys."""
        subscriber = Subscriber(loop=asyncio.get_running_loop(), keys=keys)
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

    def replay(self, cursor: str, keys: frozenset[str]) -> list[tuple[str, bytes]] | None:
        """The frames behind a cursor for these keys; None when it is stale or too far back."""
        frames: list[tuple[str, bytes]] = []
        scanned = 0
        try:
            with connected(self._engine) as conn:
                while batch := feed.after(conn, cursor):
                    frames.extend(
                        (fact.cursor, _fact_frame(fact, keys))
                        for fact in batch
                        if _concerns(fact, keys)
                    )
                    cursor, scanned = batch[-1].cursor, scanned + len(batch)
                    if len(frames) > REPLAY_MOST or scanned > SCAN_MOST:
                        return None
        except feed.StaleCursor:
            return None
        if scanned and (not frames or frames[-1][0] != cursor):
            # So that the next replay does not begin as far back.
            frames.append(("", _mark(cursor)))
        return frames

    def _follow(self) -> None:
        # A row at or above xmin is not readable yet and no second NOTIFY comes for it: poll.
        channels = [feed.CHANNEL, people.CHANNEL, viewing.CHANNEL]
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
            if channel == viewing.CHANNEL:
                self._tell_viewers()
                continue
            try:
                self._read()
            except SQLAlchemyError:
                # The listener reconnects and then reads from the same cursor again.
                self._waiting = True

    def _tell_viewers(self) -> None:
        """Who has which case open, to those who see the case; lossy, the seats say it again."""
        try:
            with connected(self._engine) as conn:
                found = viewing.present(conn, now=self._now())
        except (SQLAlchemyError, DatabaseUnavailable):
            return
        frames: dict[frozenset[str], bytes] = {}
        with self._lock:
            for subscriber in self._subscribers:
                keys = subscriber.keys
                if keys not in frames:
                    seen = views(one for one in found if seen_by(one.audience, keys))
                    frames[keys] = _frame("viewers", orjson.dumps({"items": seen}))
                subscriber.offer("", frames[keys])

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
                    self._publish(fact)
                    self._cursor = fact.cursor
                self._pass_by(self._cursor)
                if len(batch) < PAGE:
                    break
            self._waiting = waiting

    def _publish(self, fact: feed.Fact) -> None:
        frames: dict[frozenset[str], bytes] = {}  # many share a post's keys
        with self._lock:
            for subscriber in self._subscribers:
                keys = subscriber.keys
                if not _concerns(fact, keys):
                    subscriber.skipped = True
                    continue
                if keys not in frames:
                    frames[keys] = _fact_frame(fact, keys)
                subscriber.offer(fact.cursor, frames[keys])

    def _pass_by(self, cursor: str) -> None:
        with self._lock:
            for subscriber in self._subscribers:
                if subscriber.skipped:
                    subscriber.skipped = False
                    subscriber.pass_by(cursor)

    def _broadcast(self, cursor: str, frame: bytes) -> None:
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.offer(cursor, frame)


def _concerns(fact: feed.Fact, keys: frozenset[str]) -> bool:
    return fact.kind not in _SCOPED or seen_by(fact.areas, keys)


def _fact_frame(fact: feed.Fact, keys: frozenset[str]) -> bytes:
    scoped = fact.kind in _SCOPED
    data = orjson.dumps(
        {
            "id": fact.cursor,
            "kind": fact.kind,
            "case": fact.subject if fact.kind == "case" else None,
            "subject": fact.subject,
            "type": fact.type,
            # Who else hears of a case is not everybody's to know.
            "areas": [area for area in fact.areas if area in keys or not scoped],
        }
    )
    return f"id: {fact.cursor}\n".encode() + _frame("change", data)


def _mark(cursor: str) -> bytes:
    """A comment that moves the reader's Last-Event-ID on past what was not for it."""
    return f"id: {cursor}\n: still here\n\n".encode()


def _frame(event: str, data: bytes) -> bytes:
    return b"event: " + event.encode() + b"\ndata: " + data + b"\n\n"


@router.get(
    "/live",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def live(
    request: Request,
    who: Who,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> StreamingResponse:
    """Changes of what this post sees, as they happen; `Last-Event-ID` first replays what it missed.

    The post is settled when the stream opens; a stream ends itself after ten minutes.
    """
    hub: Hub = request.app.state.hub
    assert runtime(request) is not None
    return StreamingResponse(
        _stream(hub, last_event_id, scope_keys(who) | {who.post}),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(hub: Hub, last: str | None, keys: frozenset[str]) -> AsyncIterator[bytes]:
    # Subscribe before replaying, so that nothing falls between; what comes twice is left out.
    subscriber = hub.subscribe(keys)
    try:
        seen: set[str] = set()
        if last:
            frames = await run_in_threadpool(hub.replay, last, keys)
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
                mark, subscriber.passed = subscriber.passed, None
                yield _mark(mark) if mark else b": still here\n\n"
                continue
            if frame == _END:
                return
            if cursor not in seen or not cursor:
                yield frame
    finally:
        hub.unsubscribe(subscriber)
