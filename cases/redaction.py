"""Takes people out of a text before it leaves the house: pure, and linear in the text's length.

Rules of `geocoding.md` section 5. A name is masked only beside a title word or a word that
announces it, so that road and village names (叶城路, 陈家宅) stay; codes of assets stay, as only an
identity number with a right check digit is one. What was found is replaced by what it was.

Patterns look at a shadow of the text, sign for sign the same length, in which full-width signs
are half-width; where numbers may be spoken digit by digit (幺三八…) those signs are digits too.
Every repetition in them is bounded. Run again until nothing changes, so that twice is once.
"""

import re
from collections.abc import Callable, Iterable
from itertools import cycle
from unicodedata import decimal

from cases.model import Case
from cases.redaction_words import (
    ANNOUNCED,
    ANNOUNCES,
    COMPOUND,
    GIVEN,
    NOT_NAMES,
    PEOPLE,
    SHORT_TITLES,
    STOP,
    SURNAME,
    SURNAMES,
    TITLES,
    VERBS,
)
from cases.roles import UNIT_LEADS, Actor

__all__ = ["holds", "redact", "redact_body", "redact_for"]

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


class _Signs(dict[int, str]):
    """Sign to sign of the shadow, worked out when first met: any script's digits, full width."""

    def __missing__(self, code: int) -> str:
        sign = chr(code - 0xFEE0) if 0xFF01 <= code <= 0xFF5E else chr(code)
        if not sign.isascii() and (digit := decimal(sign, -1)) >= 0:
            sign = str(digit)
        self[code] = sign
        return sign


_FULL = _Signs({0x3000: " "})
_SPOKEN = _Signs(
    {0x3000: " "}
    | {ord(a): b for a, b in zip("零〇洞一幺二两三四五六七拐八九", "000112234567789", strict=True)}
)


def _id_number(match: re.Match[str]) -> str | None:
    digits = [sign for sign in match.group().upper() if sign.isalnum()]
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=False))
    return "【证件号】" if _ID_CHECKS[total % 11] == digits[17] else None


def _bank_card(match: re.Match[str]) -> str | None:
    digits = [int(one) for one in match.group() if one.isdigit()]
    doubled = [
        d if w == 1 else sum(divmod(2 * d, 10)) for d, w in zip(reversed(digits), cycle((1, 2)))
    ]
    return "【卡号】" if sum(doubled) % 10 == 0 else None


# A pattern's groups named "keep" stay, the rest of the match is replaced.
_Shown = str | Callable[[re.Match[str]], str | None]
_Rule = tuple[re.Pattern[str], _Shown, _Signs]


def _rule(pattern: str, shown: _Shown, shadow: _Signs = _FULL) -> _Rule:
    return re.compile(pattern, re.IGNORECASE), shown, shadow


_PHONE_WORDS = "电话|座机|固话|联系方式|联系|回电|致电|拨打|来电号码|号码|手机|tel"
_ROOM = r"(?:室|房(?!屋|子|东|管)|户(?![居业人家停村租商]))"

# What is counted or measured is no room: 3号楼120户, 8号楼1200平方米.
_NO_COUNT = r"(?![\d号弄米元平方%㎡人个年月日天户路次多余名辆株块只台间件起组份小分])"

_RULES: tuple[_Rule, ...] = (
    # 1 e-mail, before the numbers that may stand in it
    _rule(
        r"(?<![a-z0-9._%+-])[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}",
        "【邮箱】",
    ),
    # 2 identity number, 18 digits with its check digit, whole or as 6-8-4
    _rule(r"(?<![0-9a-z])[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9x](?![0-9a-z])", _id_number),
    # 3 papers, only where they are called so, right or mistyped
    _rule(
        r"(?P<keep>(?:身份证|护照|通行证|驾驶证|驾照|社保卡|医保卡|军官证)[^\d【a-z]{0,6})"
        r"(?=[a-z]{0,2}\d{5})[a-z0-9*]{6,18}(?![a-z0-9])",
        "【证件号】",
    ),
    # 4 bank card, 16 to 19 digits that pass Luhn
    _rule(r"(?<![0-9])[0-9]{4}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?(?![0-9])", _bank_card),
    # 5 and where it is called one
    _rule(
        r"(?P<keep>(?:银行卡|卡号|账号|账户|帐号)[^\d【a-z]{0,6})\d(?:[ -]?\d){11,18}(?!\d)",
        "【卡号】",
    ),
    # 6 mobile number, also with its country code, grouped, or spoken
    _rule(r"(?<!\d)(?:\+?86[- ]?|0)?1[- ]?[3-9](?:[- ·.]?[0-9]){9}(?!\d)", "【电话】", _SPOKEN),
    # 7 land line with area code
    _rule(
        r"(?<!\d)\(?0[0-9]{2,3}\)?[- ]?[2-9][0-9]{2,3}[- ]?[0-9]{4}"
        r"(?:(?:-|转|转分机|分机)[0-9]{1,6})?(?!\d)",
        "【电话】",
        _SPOKEN,
    ),
    # 8 eight digits, only after a word that says it is a telephone
    _rule(
        rf"(?P<keep>(?:{_PHONE_WORDS})[^\d]{{0,4}})"
        r"[2-9][0-9]{3}[- ]?[0-9]{4}(?:转[0-9]{1,6})?(?!\d)",
        "【电话】",
        _SPOKEN,
    ),
    # 9 WeChat or QQ number, only where it is called one; the hotlines are nobody's
    _rule(r"(?<![a-z0-9])wxid_[a-z0-9]{6,20}", "【账号】"),
    _rule(
        r"(?P<keep>(?:微信|威信|薇信|v信|wx|vx|weixin|qq|支付宝|抖音)"
        r"(?:号|号码|id|账号)?[:为是 ]{0,2})"
        r"(?!(?:12345|12319|12320|12369|12315)(?!\d))[a-z0-9][a-z0-9_-]{4,19}",
        "【账号】",
    ),
    # 10 number plate, also of eight characters (green)
    _rule(
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ?[A-HJ-NP-Z]"
        r"[·. -]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])",
        "【车牌】",
    ),
    _rule(
        r"(?P<keep>(?:车牌|牌照|号牌)(?:号|号码)?[:为是 ]{0,2})"
        r"[A-Z](?=[A-Z0-9]{0,4}\d)[·. -]?[A-Z0-9]{5,6}(?![A-Za-z0-9])",
        "【车牌】",
    ),
    # 11 day of birth, where it is called one
    _rule(
        r"(?P<keep>(?:出生(?:日期|年月|于)?|生日|生于)[:是为于在 ]{0,3})"
        r"\d{4}(?:[-./年]? ?\d{1,2}(?:[-./月]? ?\d{1,2}[日号]?)?月?)?",
        "【出生日期】",
        _SPOKEN,
    ),
    _rule(
        r"(?<!\d)(?:19|20)\d{2}[-./年]\d{1,2}[-./月](?:\d{1,2}[日号]?)?(?=出?生(?![产活意效态]))",
        "【出生日期】",
        _SPOKEN,
    ),
    # 12 surname before a title word
    _rule(rf"{SURNAME}{GIVEN}{{0,2}}?(?={TITLES})", "某"),
    _rule(rf"{SURNAME}(?={SHORT_TITLES})", "某"),
    _rule(
        rf"(?P<keep>(?<![百同])姓)(?:{COMPOUND}|[{SURNAMES}高金方程施江白任于卫])"
        rf"(?={STOP}|的|名|先|女)",
        "某",
    ),
    # 13 name after a word that announces one
    _rule(
        rf"(?P<keep>(?:{ANNOUNCES})(?:姓名)?[:为是 ]{{0,2}})(?!{NOT_NAMES})"
        rf"(?:{SURNAME}{ANNOUNCED}{{1,2}}?|[{SURNAMES}]某{{1,2}})(?={STOP}|{VERBS})",
        "某某",
    ),
    _rule(
        rf"(?P<keep>(?:{PEOPLE})(?:[:]))(?!{NOT_NAMES}){SURNAME}{GIVEN}{{1,2}}(?={STOP})",
        "某某",
    ),
    _rule(
        rf"(?P<keep>(?:{PEOPLE})[: ]?)(?!{NOT_NAMES}){SURNAME}{GIVEN}{{1,2}}?(?={VERBS})",
        "某某",
    ),
    # 14 room, after a number, building or stair: 12号303室, 5号楼601; the building stays
    _rule(
        r"(?P<keep>(?:号楼|号门|号|幢|栋|楼|单元|支弄|[0-9]#)[- ,]?)"
        rf"(?:[0-9]{{3,4}}|[a-z][0-9]{{2,3}}){_ROOM}?"
        rf"(?:[-、~至和及][0-9]{{1,4}}){{0,5}}{_ROOM}?{_NO_COUNT}",
        "【室号】",
    ),
    _rule(rf"(?P<keep>[0-9]{{1,3}}[-—/])(?<!\d{{4}}[-—/])[0-9]{{3,4}}{_ROOM}", "【室号】"),
    # 15 a room by itself
    _rule(r"(?<![\d会教])(?:[0-9]{3,4}|[a-z][0-9]{2,3})室", "【室号】", _SPOKEN),
)  # fmt: skip
# The reporter of a report that could not be read: its braces may never close.
_REPORTER = re.compile(
    r'("reporter"\s*:\s*)(?:\{[^}]*\}?|\[[^\]]*\]?|"(?:[^"\\]|\\.)*"?)', re.DOTALL
)
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_MOST_ROUNDS = 4


def redact(text: str, known: Iterable[str] = ()) -> str:
    """The text without what points to a person; `known` names and numbers go by exact value.

    >>> redact("叶城路505弄12号303室叶先生来电,电话13800138000")
    '叶城路505弄12号【室号】某先生来电,电话【电话】'
    """
    for value in sorted({one for one in known if len(one) >= 2}, key=len, reverse=True):
        text = text.replace(value, "【略】")
    for _ in range(_MOST_ROUNDS):
        before = text
        shadows = _shadows(text)
        for pattern, shown, signs in _RULES:
            shorter = _without(text, shadows[id(signs)], pattern, shown)
            if shorter != text:
                text, shadows = shorter, _shadows(shorter)
        if text == before:
            break
    return text


def _shadows(text: str) -> dict[int, str]:
    return {id(signs): text.translate(signs) for signs in (_FULL, _SPOKEN)}


def _without(text: str, shadow: str, pattern: re.Pattern[str], shown: _Shown) -> str:
    parts, at = [], 0
    for match in pattern.finditer(shadow):
        instead = shown if isinstance(shown, str) else shown(match)
        if instead is None:
            continue
        begin = match.end("keep") if "keep" in pattern.groupindex else match.start()
        parts += [text[at:begin], instead]
        at = match.end()
    return "".join([*parts, text[at:]]) if parts else text


def redact_body(body: str) -> str:
    """A report as it came, without its reporter and what else points to a person.

    >>> redact_body('{"title": "x", "reporter": {"name": "陈')
    '{"title": "x", "reporter": 【略】'
    """
    return redact(_REPORTER.sub(r"\1【略】", _ESCAPES.sub(_letters, body)))


def _letters(escaped: re.Match[str]) -> str:
    # ASCII signs stay escaped: a quote must not close what it stands in.
    units = bytes.fromhex(escaped.group().replace("\\u", ""))
    signs = units.decode("utf-16-be", "replace")
    return "".join(
        one if one.isalnum() or not one.isascii() else f"\\u{ord(one):04x}" for one in signs
    )


def holds(actor: Actor, case: Case) -> bool:
    """Whether a post works on a case, so that it must know whom to ring and which door.

    The desk it lies at, the street centre, who has a duty or a check on it, and the platform that
    sent it. Not: grids and departments that are only involved or not yet called.
    """
    if actor.role == "street-centre":
        return True
    if actor.role in {"coordinator", "inspector", "deputy", "head"} | UNIT_LEADS:
        return actor.desk is not None and case.desk in (None, actor.desk)
    if case.received_from and actor.post == case.received_from:
        return True
    work = case.work
    if any(duty.post == actor.post and duty.dropped_at is None for duty in work.duties):
        return True
    return any(
        check.post == actor.post and check.reported_at is None for check in work.verifications
    )


def redact_for(actor: Actor | None, case: Case, text: str, known: Iterable[str] = ()) -> str:
    """The text as a post may read it: whole for who holds the case, else without people.

    `actor` None stands for outside the house: exports, printed maps, outside channels.
    """
    return text if actor is not None and holds(actor, case) else redact(text, known)
