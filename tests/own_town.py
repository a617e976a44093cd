"""The shipped gazetteer on the shipped boundaries, as a geocoder, without a database."""

from functools import cache

import shipped

from boundaries.gazetteer_seed import seed_gazetteer
from boundaries.grounds import TerritoryGrounds
from geo.geocoding import Geocoder


@cache
def geocoder() -> Geocoder:
    """One for the whole run: building its indexes takes a moment."""
    return Geocoder.of(seed_gazetteer(), TerritoryGrounds(shipped.territory()))
