"""The geocoder of a moment: the gazetteer in memory over the grids in force, built once and kept.

Building takes some hundred milliseconds, so it is done when the server starts and again when the
gazetteer or the edition has changed; who asks meanwhile waits for the one that is being built.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from boundaries.grounds import TerritoryGrounds
from boundaries.locate import Locator
from boundaries.territory import Territory
from geo.gazetteer import Gazetteers
from geo.geocoding import Geocoder
from geo.places import Gazetteer
from geo.reversing import Reverser
from geo.suggesting import Suggester


@dataclass(frozen=True, slots=True, kw_only=True)
class Finders:
    """What answers questions on words and points under one gazetteer and one edition."""

    gazetteer: Gazetteer
    territory: Territory
    geocoder: Geocoder
    suggester: Suggester
    reverser: Reverser

    @classmethod
    def of(cls, gazetteer: Gazetteer, territory: Territory) -> "Finders":
        """Build the indexes."""
        grounds = TerritoryGrounds(territory)
        return cls(
            gazetteer=gazetteer,
            territory=territory,
            geocoder=Geocoder.of(gazetteer, grounds),
            suggester=Suggester.of(gazetteer, grounds),
            reverser=Reverser.of(gazetteer, grounds),
        )


class Geocoders:
    """Answers with the geocoder of a moment; threads may share it."""

    def __init__(
        self, locator: Locator, gazetteers: Gazetteers | None = None, keep: int = 2
    ) -> None:
        self._locator = locator
        self._gazetteers = gazetteers or Gazetteers()
        self._keep = keep
        self._ready: tuple[Finders, ...] = ()
        self._lock = Lock()

    def current(self, conn: Connection, at: datetime) -> Geocoder:
        """The geocoder of a moment, for at most one statement besides those of the grids.

        Raises:
            NoEditionInForce: no edition of the grids holds then.
        """
        return self.finders(conn, at).geocoder

    def finders(self, conn: Connection, at: datetime) -> Finders:
        """The same with all else that is built on its gazetteer.

        Raises:
            NoEditionInForce: no edition of the grids holds then.
        """
        territory = self._locator.territory(conn, at)
        gazetteer = self._gazetteers.current(conn, at)
        found = self._known(gazetteer, territory)
        if found is None:
            with self._lock:
                found = self._known(gazetteer, territory)
                if found is None:
                    found = Finders.of(gazetteer, territory)
                    self._ready = (found, *self._ready)[: self._keep]
        return found

    def _known(self, gazetteer: Gazetteer, territory: Territory) -> Finders | None:
        # By identity: both rooms hand out the same object as long as nothing has changed.
        return next(
            (
                one
                for one in self._ready
                if one.gazetteer is gazetteer and one.territory is territory
            ),
            None,
        )
