"""A text in one form, with the way back to how it was written. Pure.

Order matters (`geocoding.md` 3.2): compatibility forms, simplified characters, no blanks inside
words, numerals before a unit as digits, one word for each unit; then what looks like a house number
and is none (dates, times, telephones, order numbers, plates) is blanked out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from unicodedata import normalize as compatibility

from opencc import OpenCC

from geo.text.numerals import number_of

__all__ = ["BLANK", "MOST", "Normal", "normal_form", "normalise"]

BLANK = "\x00"
# Longer texts are read up to here: no report says where it is behind its twenty-thousandth sign.
MOST = 20_000

_T2S = OpenCC("t2s")
_NUMERALS = "0-9零〇○Oo一二三四五六七八九十百千两幺洞拐廿"
_UNITS = (
    "号楼|号|m(?![a-zA-Z])|支弄|弄|幢|栋|座|单元|室|组|坊|街坊|村|队|米|层|楼|#|点|时|月|日|年|分|元|人|个|次|天"
    "|户|辆|路公交|号线"
)
# Runs are bounded and begun once, so that a text of nothing but digits is read in linear time.
_RUN = re.compile(rf"(?<![{_NUMERALS}])([{_NUMERALS}]{{1,12}})(?=(?:{_UNITS})|甲|乙|丙|丁)")
# A range or a building-and-room has its unit only behind the last of its numbers.
_LIST = re.compile(
    r"(?<![零〇○一二三四五六七八九十百两幺])([零〇○一二三四五六七八九十百两幺]{1,9})(?=[-–—~至到、/]\d+(?:号|弄|幢|室))"
)
_FILLERS = "|".join(
    (
        "嗯+", "呃+", "诶+", "[唉哎啊]+(?=[,、])", "额+(?=,)", "怎么说呢", "怎么讲呢?", "就是说",
        "就?那个?什么", "叫什么来着", "(?:那个)+(?!小区|什么)", "(?:这个)+(?!小区)", "那啥",
        "就是", "然后呢?", "你知道吗?", "你听我说", "对+(?=[,、])", "哦?对了", "哦对",
        "对对+", "喂+",
        "好像是?", "应该是", "大概是", "我看看啊?", "我想想", "您?稍等(?:一下)?", "等一下", "反正",
    )
)  # fmt: skip
_SAME = (
    (re.compile(r"对过"), "对面"),
    (re.compile(r"边上"), "旁边"),
    (re.compile(r"街坊(?=\d|[^\u4e00-\u9fff]|$)"), "坊"),
    (re.compile(r"(?<=\d)街坊"), "坊"),
    (re.compile(r"(?<=\d)(?:m|M|公尺)(?![a-zA-Z])"), "米"),
    (re.compile(r"(?<=\d)#(?!楼|\d)"), "号"),
    (re.compile(r"(?<=\d)#(?=楼)"), "号"),
    (re.compile(r"(?<=\d)(?:幢|栋)"), "号楼"),
    (re.compile(r"(?<=路)门牌(?=\d)"), ""),
)
# Hesitation between the parts of an address: 嘉罗公路,嗯,1465号.
_HESITATION = re.compile(rf"[,、.~]{{0,8}}(?:{_FILLERS})[,、.~]{{0,8}}")
_MASKS = re.compile(
    "|".join(
        (
            r"(?:19|20)\d\d\s?[年./-]\d{1,2}\s?[月./-]\d{1,2}(?:[日号])?",
            r"\d{1,2}月\d{1,2}(?:日|号)",
            r"(?:本月|上月|上个月|这个月|昨天|今天|前天)\d{1,2}(?:日|号)",
            r"\d{1,2}:\d{2}(?::\d{2})?",
            r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上|晚|早|半夜)\d{1,2}(?:点|时)(?:半|\d{1,2}分?)?",
            r"\d{1,2}点(?:半|多|钟|左右|\d{1,2}分)",
            r"\+?86[- ]?1[3-9]\d{9}|1[3-9]\d[- ]?\d{4}[- ]?\d{4}",
            r"0\d{2,3}[- ]?\d{7,8}(?:[-转]\d{1,6})?",
            r"(?:工单|编号|单号|案件号|电话|热线|回电|联系方式|座机)(?:号码|号|是)?[:：]?"
            r"[A-Za-z]{0,4}\d[\d-]{2,}",
            r"[A-Za-z]{1,6}\d{6,}|\d{7,17}(?!\d)",
            r"[沪京津冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼渝][A-Z][·.]?[A-Z0-9]{4,6}",
            r"12345|12319|\b110\b|\b119\b|\b120\b",
            r"\d{1,4}(?:路|线)公交(?:车)?|\d{1,2}号线",
            r"(?<!\d)\d{1,6}(?:\.\d{1,4})?(?:元|块钱|人|次|天|小时|分钟|年|个|户|辆|岁|层|平方|㎡|公里|千米|%|公斤|斤|吨"
            r"|厘米|毫米|分贝|万|条|棵|根|只|台|月)",
            r"(?<!\d)\d{1,3}楼(?!栋|道)",
            r"(?<!\d)\d{1,6}\.\d{1,8}",
        )
    )
)


class _Signs(dict[str, str]):
    """Sign to its simplified, half-width form, worked out when first met."""

    def __missing__(self, sign: str) -> str:
        flat = compatibility("NFKC", sign)
        found = _T2S.convert(flat) if any("\u3400" <= one <= "\u9fff" for one in flat) else flat
        self[sign] = found
        return found


_SIGNS = _Signs({"　": " ", "，": ",", "—": "-", "–": "-", "−": "-", "﹣": "-", "×": "×"})


@dataclass(frozen=True, slots=True)
class Normal:
    """A text in one form; `starts[i]`, `ends[i]` are where its sign i stood in the raw text."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    # The same text with dates, telephones and the like blanked out, sign for sign.
    masked: str

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of this text stands in the raw text."""
        if end <= start:
            at = self.starts[start] if start < len(self.starts) else 0
            return at, at
        return self.starts[start], self.ends[end - 1]


def normal_form(name: str) -> str:
    """A name as it is looked up: the same steps, nothing blanked.

    >>> normal_form("迎園新村　十坊"), normal_form("李园一村")
    ('迎园新村10坊', '李园1村')
    """
    return normalise(name).text


def normalise(raw: str) -> Normal:
    """Bring a text into one form; its length may change, every sign knows where it came from."""
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for at, sign in enumerate(raw[:MOST]):
        for one in _SIGNS[sign]:
            signs.append(one)
            starts.append(at)
            ends.append(at + 1)
    draft = _Draft("".join(signs), starts, ends)
    draft.drop_blanks()
    draft.replace(_RUN, _digits)
    draft.replace(_LIST, _digits)
    draft.replace(_HESITATION, lambda match: "," if "," in match.group() else "")
    for pattern, same in _SAME:
        draft.replace(pattern, partial(_constant, same))
    text = draft.text
    return Normal(text, tuple(draft.starts), tuple(draft.ends), _masked(text))


def _masked(text: str) -> str:
    return _MASKS.sub(lambda match: BLANK * len(match.group()), text)


def _constant(word: str, _match: re.Match[str]) -> str:
    return word


def _digits(match: re.Match[str]) -> str:
    run = match.group(1)
    if run.isascii() and run.isdigit():
        return run
    found = number_of(run)
    return run if found is None else str(found)


class _Draft:
    """A text under work, each sign with its origin."""

    def __init__(self, text: str, starts: list[int], ends: list[int]) -> None:
        self.text, self.starts, self.ends = text, starts, ends

    def drop_blanks(self) -> None:
        """Blanks between Chinese signs or digits say nothing; between Latin words they do."""
        keep = [
            at
            for at, sign in enumerate(self.text)
            if not sign.isspace() or sign == "\n" or _latin_around(self.text, at)
        ]
        if len(keep) < len(self.text):
            self.text = "".join(self.text[at] for at in keep)
            self.starts = [self.starts[at] for at in keep]
            self.ends = [self.ends[at] for at in keep]

    def replace(self, pattern: re.Pattern[str], word: Callable[[re.Match[str]], str]) -> None:
        """Replace each match; the new signs come from where the whole match stood."""
        if not pattern.search(self.text):
            return
        text, starts, ends, done = [], [], [], 0
        for match in pattern.finditer(self.text):
            start, end = match.span(1) if pattern.groups else match.span()
            new = word(match)
            if end <= start or new == self.text[start:end]:
                continue
            text.append(self.text[done:start])
            starts += self.starts[done:start]
            ends += self.ends[done:start]
            text.append(new)
            starts += [self.starts[start]] * len(new)
            ends += [self.ends[end - 1]] * len(new)
            done = end
        text.append(self.text[done:])
        self.text = "".join(text)
        self.starts = starts + self.starts[done:]
        self.ends = ends + self.ends[done:]


def _latin_around(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return bool(before and after and before.isascii() and after.isascii()) and (
        before.isalpha() or after.isalpha()
    )
