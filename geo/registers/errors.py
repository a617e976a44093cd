"""What can go wrong with a register as a whole; a row that is wrong is a finding instead."""

from geo.errors import GeoError


class UnusableRegister(GeoError):
    """The file cannot be read, or not be read without guessing; the sentence says what to do."""
