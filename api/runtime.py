"""What the server is made of: handed to `create_app` once, read by the handlers through `deps`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from boundaries.geocoders import Geocoders
from boundaries.locate import Locator
from cases.channels.oidc import SingleSignOn
from cases.channels.wecom_crypto import Seal
from cases.desk import Office
from cases.policies import PolicyBook
from cases.policy import Policy
from geo.hits import ProviderHit


@dataclass(frozen=True, slots=True, kw_only=True)
class Basemap:
    """An operator's own map tiles: an XYZ or WMTS address and the datum they are drawn in."""

    url: str
    datum: str
    attribution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Engine, map, policy and the few settings a handler needs; values, not the environment."""

    engine: Engine
    database_url: str
    locator: Locator
    policy: Policy
    webhook_secret: bytes
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    demo: bool = False
    basemap: Basemap | None = None
    clamd: str | None = None
    # With more open cases than this the map is drawn from tiles (docs/decisions/0021).
    tiles_above: int = 3000
    wecom: Seal | None = None
    book: PolicyBook | None = None
    # Without one, words place nothing: the case waits for a person as it always may.
    geocoders: Geocoders | None = None
    # Asks the online geocoders that are set up; only for a person who looks at a case's places.
    elsewhere: Callable[[str, datetime], Sequence[ProviderHit]] | None = None
    single_sign_on: SingleSignOn | None = None
    # Reached by other machines, over TLS: cookies say Secure, whatever the last stretch is.
    beyond_loopback: bool = False
    # Names the server is reached by besides loopback's; writes of a browser come from there only.
    public_hosts: frozenset[str] = frozenset()
    # The telephone of each sub-centre, for who is out at a case.
    desk_phones: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def office(self) -> Office:
        """The desk's own things."""
        return Office(
            locator=self.locator,
            policy=self.policy,
            new_id=self.new_id,
            book=self.book,
            geocoders=self.geocoders,
        )
