"""The small words of an address: numbers with their unit, directions, corners, gates, nearness."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

__all__ = ["COVER", "VAGUE", "Token", "cover", "directions", "tokens"]

# Stands for every sign of a name or token that is read already.
COVER = "\x01"
# These say only that it is not far: a person is asked (V7).
VAGUE = frozenset(
    {"附近", "左右", "周边", "周围", "一带", "一圈", "一片", "不远", "不远处", "不远的地方"}
    | {where + one + what for where in "那这" for one in ("", "一") for what in "片块带圈"}
)

_EIGHT = "东北|东南|西北|西南|东|南|西|北"


@dataclass(frozen=True, slots=True)
class Token:
    """One of them in the normal text; `number` and `word` as the kind needs them."""

    kind: str
    start: int
    end: int
    number: int | None = None
    word: str = ""
    second: int | None = None


_PATTERN = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("sublane", r"\d{1,4}支弄"),
            ("lane", r"\d{1,5}弄"),
            ("building", r"\d{1,4}(?:号楼(?![下上])|座(?!位))"),
            ("range", r"\d{1,5}号?[-~至到]\d{1,5}号(?!楼(?![下上])|线)"),
            (
                "number",
                r"\d{1,5}[甲乙丙丁]?(?:-\d{1,4})?号(?!楼(?![下上])|线|机|车|桩|馆|厅|文)[甲乙丙丁]?",
            ),
            ("fang", r"\d{1,3}坊"),
            ("unit", r"\d{1,3}单元"),
            ("room", r"\d{1,5}室"),
            (
                "offset",
                rf"(?:再?(?:往|向|朝|以))?(?:{_EIGHT})(?:侧|面|边|方向|首)?(?:走|约|大概|大约|差不多|大致)*"
                r"[,、]?(?:再?走|约|大概|大约|差不多|大致|也就|有)*\d{1,4}米(?:左右|处|的地方|远)?",
            ),
            (
                "vague",
                rf"以(?:{_EIGHT})|(?:开始)?(?:一直|一路)?再?(?:往|朝|向)(?:前|后|里|外|左|右|{_EIGHT})(?:面|边|走|方向|一点)*(?!\d)"
                rf"|过去(?:一点|点)?|沿线|(?:{_EIGHT})(?:面|边|侧)的(?:河|路|桥|空地|树|绿|田|地)",
            ),
            ("metres", r"\d{1,4}米"),
            ("dashes", r"\d{1,4}-\d{1,5}(?:-\d{1,5})?(?!\d|弄|米)"),
            ("corner", rf"(?:{_EIGHT})(?:面|侧|边|首)?(?:转角|拐角|角(?!色|度|落里))"),
            (
                "gate",
                rf"(?:(?:{_EIGHT}|前|后|正|大|侧)(?:大)?门|门口|门卫|门岗|出入口|出口|入口)"
                r"(?:口|卫|岗|处)?",
            ),
            (
                "between",
                r"之间|中间(?:路段)?|路段|(?<=[)\x01])段|(?<=\x01)(?:这|那)?段",
            ),
            (
                "near",
                r"斜对面|正对面|对面|旁边|隔壁|旁|附近|周边|周围|一带|左右|后面|后侧|楼下|里面|前面"
                r"|不远|(?:那|这)一?(?:片|块|带|圈)|一片|一圈",
            ),
            (
                "side",
                rf"(?:{_EIGHT})侧|(?:路|马路)(?:{_EIGHT})(?:侧|边|面)?|(?:{_EIGHT})(?:边|面)"
                r"|[单双]号(?:一?侧|边)?",
            ),
            (
                "cross",
                r"的?(?:丁字|十字|三叉|三岔|交叉)?路口|交叉口|交叉处|交汇处|交汇口|交汇|交界处|交界|相交处|相交|转角处?|拐角处?"
                r"|十字交叉|口(?![径粮味罩碑袋岸头腔吃音述水服红号诀令令])",
            ),
        )
    )
)  # fmt: skip
_NUMBERS = re.compile(r"\d+")
_DIRECTION = re.compile(_EIGHT)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a normal text in which the known names are covered (`geo.addresses.COVER`)."""
    for match in _PATTERN.finditer(text):
        kind = str(match.lastgroup)
        word = match.group()
        numbers = [int(one) for one in _NUMBERS.findall(word)]
        first = numbers[0] if numbers else None
        second = numbers[1] if len(numbers) > 1 else None
        yield Token(kind, *match.span(), number=first, word=word, second=second)


class _Span(Protocol):
    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


def cover(text: str, spans: Iterable[_Span]) -> str:
    """The text with these spans covered, sign for sign."""
    signs = list(text)
    for span in spans:
        signs[span.start : span.end] = COVER * (span.end - span.start)
    return "".join(signs)


def directions(word: str) -> str | None:
    """The compass direction in a word, or None.

    >>> directions("往东北方向约50米")
    '东北'
    """
    match = _DIRECTION.search(word)
    return match.group() if match else None
