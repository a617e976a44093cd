"""From the words of one spot to positions in metres, each with its uncertainty. Pure.

The rules and radii are the table of `geocoding.md` 3.5. A position is proposed with what speaks
against it; whether one is taken is decided in `geo.geocoding`.
"""

from collections.abc import Iterable, Iterator

from geo.sites.names import NameSites
from geo.sites.numbers import NumberSites
from geo.sites.roads import RoadSites
from geo.sites.site import Site
from geo.sites.tails import with_tail
from geo.spots import Spot
from geo.streets import StreetMap

__all__ = ["Site", "Siting"]


class Siting:
    """Positions for the spots of a reading, on one street map."""

    def __init__(self, streets: StreetMap) -> None:
        self.streets = streets
        self.roads = RoadSites(streets)
        self.names = NameSites(streets)
        self.numbers = NumberSites(streets, self.roads, self.names)

    def sites(self, spot: Spot) -> tuple[Site, ...]:
        """All positions the words may mean, without an order."""
        if spot.cross is not None:
            found = self.roads.of_crossing(spot)
        elif spot.road is not None and spot.has_number:
            found = self.numbers.of_number(spot)
        elif spot.names:
            found = self.names.of_names(spot)
        elif spot.road is not None:
            found = iter([self.roads.of_road(ref, spot) for ref in spot.road.of("road")])
        else:
            found = iter(())
        return tuple(_once(with_tail(site, spot, self.streets) for site in found))


def _once(sites: Iterable[Site]) -> Iterator[Site]:
    """Each place once, in the way that has least against it."""
    best: dict[str, Site] = {}
    for site in sites:
        old = best.get(site.key)
        if old is None or len(site.against) < len(old.against):
            best[site.key] = site
    yield from best.values()
