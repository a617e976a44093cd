"""The server process: settings in, one uvicorn out."""

import gc
import uuid

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.runtime import Basemap, Runtime
from boundaries.geocoders import Geocoders
from boundaries.locate import Locator
from cases.policies import PolicyBook
from pianqu import listening
from pianqu.channel_settings import wecom_seal
from pianqu.present import now
from pianqu.provider_settings import asker, providers
from pianqu.settings import Settings, policy, webhook_secret
from pianqu.sign_on_settings import single_sign_on
from store.engine import make_engine
from web.site import mount_site


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
    locator = Locator()
    house = Runtime(
        engine=make_engine(settings.database_url),
        database_url=settings.database_url,
        locator=locator,
        geocoders=Geocoders(locator),
        elsewhere=asker(settings).hits if providers(settings) else None,
        policy=policy(settings),
        book=PolicyBook(policy(settings)),
        webhook_secret=webhook_secret(settings).encode(),
        now=now,
        new_id=uuid.uuid4,
        tiles_above=settings.tiles_above,
        demo=settings.demo,
        basemap=basemap,
        desk_phones=settings.desk_phones,
        clamd=settings.clamd,
        wecom=wecom_seal(settings),
        single_sign_on=single_sign_on(settings, _public(settings)),
        beyond_loopback=bool(settings.public_origins),
        public_hosts=settings.public_hosts,
    )
    app = create_app(house)
    mount_site(app, basemap_url=settings.basemap_url)
    return app


def _public(settings: Settings) -> str:
    """The address a browser knows us by."""
    return settings.public_origins[0] if settings.public_origins else settings.base_url


def run_server(settings: Settings) -> None:
    """Serve until told to stop; beyond loopback only with TLS or behind a trusted proxy."""
    listening.check(settings, demo=settings.demo)
    app = make_app(settings)
    # What is loaded by now stays: the collector need not look through half a million objects.
    gc.freeze()
    uvicorn.run(
        app,
        host=settings.bind,
        port=settings.port,
        log_level="warning",
        timeout_graceful_shutdown=3,
        server_header=False,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        # Only a proxy we were told of may say who is behind it and how they came.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        access_log=False,
    )
