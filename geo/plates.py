"""What stands on a door plate, read from a table's cell: 迎园路300弄151支弄12号甲. Pure.

For registers and shipped lists, where a cell holds one address and nothing else. What people say
is read by the engine (`geo.addresses`), which forgives much more.
"""

import re
import unicodedata

from geo.places import Address

__all__ = ["plate", "squeezed"]

# Before the road: 上海市嘉定区新成路街道, 民乐社区. 嘉定镇街道 is one town, not 嘉定镇 and 街道.
_ADMIN = re.compile(
    r"^(?:上海市?)?(?:嘉定区)?(?:[一-鿿]{2,6}?(?:街道|镇)(?![一-鿿]*街道))?(?:[一-鿿]{2,6}?社区)?"
)
_PLATE = re.compile(
    r"(?P<road>[一-鿿]{1,8}?(?:公路|大道|大街|路|街|道|巷))"
    r"(?:(?P<lane>\d+)弄)?"
    r"(?:(?P<sublane>\d+)支弄)?"
    r"(?:(?P<number>\d+)(?:(?P<before>[甲乙丙丁])?(?:[-–—至到](?P<to>\d+))?号(?P<after>[甲乙丙丁])?))?"
    r"(?P<rest>.*)"
)


def squeezed(text: str) -> str:
    """Half-width, without spaces, as a key for comparing."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def plate(text: str) -> tuple[Address, str] | None:
    """The address a cell begins with, and what follows it; None when there is no numbered road.

    >>> plate("迎园路300弄151支弄")[0].text, plate("立新路80弄A区")[1], plate("东大小区")
    ('迎园路300弄151支弄', 'A区', None)
    """
    bare = squeezed(text)
    for start in (_ADMIN.sub("", bare), bare):
        found = _PLATE.fullmatch(start)
        if found is None or (found["lane"] is None and found["number"] is None):
            continue
        part = {
            key: int(found[key]) if found[key] else None
            for key in ("lane", "sublane", "number", "to")
        }
        address = Address(
            road=found["road"],
            lane=part["lane"],
            sublane=part["sublane"],
            number=part["number"],
            suffix=found["before"] or found["after"] or "",
            to_number=part["to"],
        )
        return address, found["rest"]
    return None
