"""Types that are read back from stored data, made ready while only one thread runs."""

import msgspec


def make_ready(*types: type) -> None:
    """Have msgspec work out these types now; called where a module is imported.

    msgspec 0.22 works a dataclass out at its first use and shows it to other threads half done:
    two requests that are the first to read a case end the process (a read through NULL). Once
    worked out, a type is safe.
    """
    for one in types:
        msgspec.json.Decoder(one)
