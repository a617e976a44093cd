"""How Chinese characters sound: toneless pinyin keys, exact and blurred by accent. Pure.

A telephone carries sounds, not characters, so a name is also looked up by how it sounds
(`geocoding.md` section 0). The blurred key folds what speakers here do not tell apart: zh/z, ch/c,
sh/s, -ng/-n, n/l, f/h and the hu/w of the Shanghai accent (黄/王).
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice, product
from unicodedata import category, normalize

from pypinyin.constants import PINYIN_DICT

__all__ = ["blurred", "every_reading", "initials", "reading", "readings", "sound_key"]

_HU = re.compile(r"^hu(?=[aeio])")
_NG = re.compile(r"ng$")
_MOST_READINGS = 24


@lru_cache(maxsize=30_000)
def readings(sign: str) -> tuple[str, ...]:
    """All toneless readings of one character, the most common first; itself if it has none.

    >>> readings("弄"), readings("8")
    (('nong', 'long'), ('8',))
    """
    told = PINYIN_DICT.get(ord(sign))
    if not told:
        return (sign.lower(),)
    return tuple(dict.fromkeys(_toneless(one) for one in told.split(",")))


def reading(text: Iterable[str]) -> list[str]:
    """The commonest toneless reading of each character."""
    return [readings(sign)[0] for sign in text]


def every_reading(name: str) -> list[tuple[str, ...]]:
    """All ways to read a name, at most two dozen."""
    return list(islice(product(*(readings(sign) for sign in name)), _MOST_READINGS))


@lru_cache(maxsize=4_000)
def blurred(syllable: str) -> str:
    """A syllable as an accented speaker and a hurried listener have it.

    >>> blurred("zhang"), blurred("huang"), blurred("nu")
    ('zan', 'wan', 'lu')
    """
    if len(syllable) < 2 or not syllable.isascii():
        return syllable
    found = syllable.replace("zh", "z").replace("ch", "c").replace("sh", "s")
    found = _NG.sub("n", _HU.sub("w", found))
    return {"n": "l", "f": "h"}.get(found[0], found[0]) + found[1:]


def sound_key(syllables: Sequence[str]) -> str:
    """The syllables as one text to look up."""
    return " ".join(syllables)


def initials(name: str) -> str:
    """The first letter of each syllable.

    >>> initials("和政路")
    'hzl'
    """
    return "".join(syllable[0] for syllable in reading(name) if syllable)


def _toneless(syllable: str) -> str:
    # ü keeps its dots through the decomposition only if they are set aside first.
    plain = normalize("NFD", syllable.strip().replace("ü", "v"))
    bare = "".join(sign for sign in plain if category(sign) != "Mn")
    return bare.lower()
