"""pianqu (片区): map and case service of a street-level city-operation sub-centre."""

__version__ = "0.1.0"
