"""The server process: settings in, one uvicorn out."""

import gc
import uuid
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.runtime import Basemap, Runtime
from boundaries.locate import Locator
from cases.policies import PolicyBook
from pianqu.channel_settings import wecom_seal
from pianqu.settings import HOST, Settings, policy, webhook_secret
from store.engine import make_engine
from web.site import mount_site


def now() -> datetime:
    """The present moment; handed down, never read below."""
    return datetime.now(UTC)


def make_app(settings: Settings) -> FastAPI:
    """The application; `settings.database_url` is filled in and migrated already."""
    assert settings.database_url is not None
    basemap = None
    if settings.basemap_url:
        basemap = Basemap(
            url=settings.basemap_url,
            datum=settings.basemap_datum,
            attribution=settings.basemap_attribution,
        )
    house = Runtime(
        engine=make_engine(settings.database_url),
        database_url=settings.database_url,
        locator=Locator(),
        policy=policy(settings),
        book=PolicyBook(policy(settings)),
        webhook_secret=webhook_secret(settings).encode(),
        now=now,
        new_id=uuid.uuid4,
        demo=settings.demo,
        basemap=basemap,
        clamd=settings.clamd,
        wecom=wecom_seal(settings),
    )
    app = create_app(house)
    mount_site(app, basemap_url=settings.basemap_url)
    return app


def run_server(settings: Settings) -> None:
    """Serve on loopback until told to stop."""
    app = make_app(settings)
    # What is loaded by now stays: the collector need not look through half a million objects.
    gc.freeze()
    uvicorn.run(
        app,
        host=HOST,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=3,
        server_header=False,
        # There is no proxy in front of us, so nobody may say that it is one.
        proxy_headers=False,
        access_log=False,
    )
