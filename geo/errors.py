"""What can go wrong in `geo`; the door upstairs gives each of these a status.

GeoError
├── NotAPoint       longitude or latitude is not a finite number in range
├── UnknownDatum    a declared reference system this house does not know
└── OutsideDatum    a point where GCJ-02 and BD-09 are not defined
"""


class GeoError(Exception):
    """Anything wrong with a place."""


class NotAPoint(GeoError, ValueError):
    """Longitude or latitude is not a finite number in range."""


class UnknownDatum(GeoError, ValueError):
    """A declared reference system this house does not know."""

    def __init__(self, text: str) -> None:
        super().__init__(f"unknown reference system {text!r}")
        self.text = text


class OutsideDatum(GeoError, ValueError):
    """A point where the datum is not defined: GCJ-02 and BD-09 exist only around China."""

    def __init__(self, datum: str, count: int = 1) -> None:
        super().__init__(f"{count} point(s) outside the area where {datum} is defined")
        self.datum = datum
        self.count = count
