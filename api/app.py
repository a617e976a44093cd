"""`create_app`: routers and handlers, nothing else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool

from api import (
    accounts,
    assignments,
    attachments,
    cases,
    changes,
    deliveries,
    exports,
    gazetteer,
    geocode,
    guard,
    health,
    live,
    mailbox,
    map,
    map_tools,
    personnel,
    policy,
    positions,
    problems,
    proposals,
    reports,
    reveal,
    roster,
    screen,
    sessions,
    sign_on,
    steps,
    street_centre,
    tasks,
    tiles,
    viewing,
    wecom,
)
from api.deps import SIGNED_IN, connected, runtime, who_asks
from api.runtime import Runtime
from boundaries.errors import NoEditionInForce
from cases import queries
from geo.index import warm_up
from layers.coverage import Coverages
from store.errors import DatabaseUnavailable


def create_app(house: Runtime) -> FastAPI:
    """The HTTP application of one installation."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Compile the index before /readyz says yes, so that no first caller waits for it.
        await run_in_threadpool(warm_up)
        await run_in_threadpool(_warm_words, app.state.runtime)
        app.state.compiled = True
        await run_in_threadpool(app.state.hub.start)
        yield
        app.state.hub.stop()

    app = FastAPI(
        title="pianqu 片区",
        version="0.1.0",
        description="Map and case service of a sub-centre. Boundaries are provisional (示意边界).",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=problems.RESPONSES,
    )
    app.state.runtime = house
    app.state.coverages = Coverages()
    app.state.hub = live.Hub(house.engine, house.database_url, house.now)
    app.add_middleware(guard.Guard, public_hosts=house.public_hosts)

    async def keep_unreadable(request: Request, mistakes: Sequence[dict[str, str]]) -> None:
        # Every report that reached us is kept, even one that cannot be read.
        if request.method == "POST" and request.url.path == "/v1/cases":
            body = await request.body()
            content_type = request.headers.get("content-type")
            await run_in_threadpool(_keep, request, body, content_type, mistakes)

    problems.install(app, keep_unreadable)
    # These doors look for themselves: the greeting of the log-in page, signed callbacks, and two
    # that ask who it is in a transaction of their own. A test knocks at every door without an
    # account.
    for router in (
        health.router,
        sessions.router,
        sign_on.router,
        screen.open_router,
        map.open_router,
        street_centre.signed_router,
        wecom.router,
        cases.intake_router,
        steps.verbs,
        street_centre.verbs,
        attachments.upload_router,
        positions.router,
    ):
        app.include_router(router)
    for room in (
        accounts,
        assignments,
        geocode,
        exports,  # before the cases: `export` is no case's key
        cases,
        proposals,
        steps,
        street_centre,
        map,
        personnel,
        map_tools,
        screen,
        reports,
        live,
        attachments,
        reveal,
        mailbox,
        deliveries,
        gazetteer,
        policy,
        roster,
        tasks,
        tiles,
        viewing,
        changes,
    ):
        app.include_router(room.router, dependencies=SIGNED_IN)
    return app


def _warm_words(house: Runtime) -> None:
    """Build the geocoder, where there is something to build it from yet."""
    if house.geocoders is None:
        return
    # A database that is away, or empty, is told by /readyz; the first question builds it then.
    with suppress(DatabaseUnavailable, NoEditionInForce), connected(house.engine) as tx:
        house.geocoders.current(tx, house.now())


def _keep(
    request: Request, body: bytes, content_type: str | None, mistakes: Sequence[dict[str, str]]
) -> None:
    house = runtime(request)
    with connected(house.engine) as tx:
        who_asks(request, tx)
        queries.keep_unreadable(
            tx, body=body, content_type=content_type, detail=list(mistakes), now=house.now()
        )
