"""How names and what is typed are folded before they are compared while typing. Pure.

A name keeps, for each folded sign, where it stood, so that the screen can mark what matched. It is
indexed as it is written and with its numerals the other way: 新成八坊 is found by 8坊, and 8坊
by 八坊.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from unicodedata import category, normalize

from opencc import OpenCC

from geo.text.numerals import number_of

__all__ = ["Folded", "asked_forms", "fold", "folded_forms", "tokens"]

# Longer than any name; who types more is not completing a name.
MOST_TYPED = 64

_T2S = OpenCC("t2s")
_UNITS = "弄支号坊村组幢栋座期区队室单街"
_HAN_NUMBER = re.compile(rf"[零〇一二三四五六七八九十百两幺廿]+(?=[{_UNITS}])")
_DIGIT_NUMBER = re.compile(r"\d{1,2}(?=[坊村组期区队])")
_HAN_DIGITS = "零一二三四五六七八九"
# 街坊 is 坊 in these parts; 幢 and 栋 are what the plate calls 号楼.
_SAME = (("街坊", "坊"), ("栋", "号楼"), ("幢", "号楼"))
_ROAD_ENDS = "路街道弄巷"
_BETWEEN = re.compile(rf"(?<=[{_ROAD_ENDS}])(?:靠近|[和与跟近到至及])(?=.)")
_CROSSING = re.compile(
    rf"(?<=[{_ROAD_ENDS}])(?:的?(?:十字|丁字)?路口|交叉口?|交叉路口|交汇处?|口)$"
)
_SEPARATORS = re.compile("[\\s/\\\\|×*、,，;；·.。+&—–\\-]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; its sign i stood at [starts[i], ends[i]) of the text as written."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the folded text stood."""
        return self.starts[start], self.ends[end - 1]

    def word_starts(self) -> Iterator[int]:
        """Where a match may begin: anywhere but inside a number or a Latin word."""
        before = ""
        for at, sign in enumerate(self.text):
            if not ((sign.isdigit() and before.isdigit()) or (_latin(sign) and _latin(before))):
                yield at
            before = sign


def fold(raw: str) -> Folded:
    """One form for any script, width and case; only letters and numbers stay.

    >>> fold("Ａ區 (和政 路)").text, fold("Hézhèng lǜ").text
    ('a区和政路', 'hezhenglv')
    """
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, sign in enumerate(raw):
        for one in _fold_sign(sign):
            signs.append(one)
            starts.append(at)
            ends.append(at + 1)
    return Folded("".join(signs), tuple(starts), tuple(ends))


def folded_forms(name: str) -> list[Folded]:
    """A name as it is written, and with its numerals the other way where it has any."""
    plain = fold(name)
    found = [plain]
    for pattern, other in ((_HAN_NUMBER, _to_digits), (_DIGIT_NUMBER, _to_han)):
        turned = _replaced(plain, pattern, other)
        if turned.text not in {one.text for one in found}:
            found.append(turned)
    return found


def asked_forms(typed: str) -> list[str]:
    """What was typed in the forms it may be indexed in, the plainest first.

    >>> asked_forms("和政路与墅沟路路口")
    ['和政路与墅沟路路口', '和政路与墅沟路', '和政路墅沟路']
    >>> asked_forms("和政路二百二十八弄")
    ['和政路二百二十八弄', '和政路228弄']
    """
    plain = fold(typed[:MOST_TYPED]).text
    found = [plain]
    digits = _HAN_NUMBER.sub(lambda match: _to_digits(match.group()), plain)
    bare = _CROSSING.sub("", digits)
    joined = _BETWEEN.sub("", bare)  # 和 may also begin a name: 迎园路和政路
    same = digits
    for word, ours in _SAME:
        same = same.replace(word, ours)
    for form in (digits, bare, joined, same):
        if form and form not in found:
            found.append(form)
    return found


def tokens(typed: str) -> list[str]:
    """The words of what was typed, when it was typed as several: 和政 墅沟."""
    words = (fold(word).text for word in _SEPARATORS.split(typed[:MOST_TYPED]))
    return [word for word in words if word]


def _latin(sign: str) -> bool:
    return "a" <= sign <= "z"


def _fold_sign(sign: str) -> str:
    if "一" <= sign <= "鿿":
        return _simple(sign)
    if sign.isascii():
        return sign.lower() if sign.isalnum() else ""
    # ü keeps its dots through the decomposition only if they are set aside first.
    flat = "".join(
        "v" if one.lower() in "üǖǘǚǜ" else one for one in normalize("NFKC", sign)
    ).casefold()
    return "".join(
        _simple(one)
        for one in normalize("NFD", flat)
        if category(one)[0] in "LN" and not one.isspace()
    )


_SIMPLE: dict[str, str] = {}


def _simple(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign not in _SIMPLE and len(_SIMPLE) < 30_000:
        _SIMPLE[sign] = _T2S.convert(sign)
    return _SIMPLE.get(sign, sign)


def _to_digits(run: str) -> str:
    number = number_of(run)
    return run if number is None else str(number)


def _to_han(run: str) -> str:
    tens, ones = divmod(int(run), 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_HAN_DIGITS[tens]}十")
    return head + (_HAN_DIGITS[ones] if ones or not tens else "")


def _replaced(folded: Folded, pattern: re.Pattern[str], other: Callable[[str], str]) -> Folded:
    text, done = "", 0
    starts: list[int] = []
    ends: list[int] = []
    for match in pattern.finditer(folded.text):
        start, end = match.span()
        new = other(match.group())
        text += folded.text[done:start] + new
        starts += [*folded.starts[done:start], *[folded.starts[start]] * len(new)]
        ends += [*folded.ends[done:start], *[folded.ends[end - 1]] * len(new)]
        done = end
    return Folded(
        text + folded.text[done:],
        tuple([*starts, *folded.starts[done:]]),
        tuple([*ends, *folded.ends[done:]]),
    )
