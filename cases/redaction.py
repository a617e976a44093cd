"""Takes people out of a text before it leaves the house: pure, twelve rules, in this order.

Rules of `geocoding.md` section 5. A name is masked only beside a title word or a word that
announces it, so that road and village names (叶城路, 陈家宅) stay; codes of assets stay, as only an
identity number with a right check digit is one. What was found is replaced by what it was.
"""

import re
from collections.abc import Callable, Iterable
from itertools import cycle

__all__ = ["redact", "redact_body"]

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶"
    "程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾"
    "毛郝龚邵万钱严覃武戴莫孔向汤施殷翁浦倪翟葛奚瞿"
)
_TITLES = (
    "先生|女士|小姐|太太|阿姨|叔叔|大爷|大妈|奶奶|爷爷|师傅|老师|医生|老板|经理|主任|书记|同志"
    "|老伯|老太"
)
_ANNOUNCES = (
    "联系人|投诉人|反映人|举报人|诉求人|来电人|报案人|当事人|户主|业主|房东|租客"
    "|姓名|我叫|我是|名叫"
)
_NOT_NAMES = "反映|表示|称|说|要求|希望|认为|投诉|来电|居民|再次|多次|不|未|的|为|是|在|已|和|与|及"


def _id_number(match: re.Match[str]) -> str:
    digits = match.group().upper()
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=False))
    return "【证件号】" if _ID_CHECKS[total % 11] == digits[17] else match.group()


def _bank_card(match: re.Match[str]) -> str:
    digits = [int(one) for one in match.group() if one.isdigit()]
    doubled = [
        d if w == 1 else sum(divmod(2 * d, 10)) for d, w in zip(reversed(digits), cycle((1, 2)))
    ]
    return "【卡号】" if sum(doubled) % 10 == 0 else match.group()


_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_RULES: tuple[_Rule, ...] = (
    # 1 identity number, 18 digits with its check digit
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])"), _id_number),
    # 2 identity number of the old kind, only where it is called one
    (re.compile(r"(?<=身份证)([^\d]{0,6})\d{15}(?!\d)"), r"\1【证件号】"),
    # 3 mobile number, also with its country code and grouped
    (re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"), "【电话】"),
    # 4 land line with area code
    (re.compile(r"(?<!\d)\(?（?0\d{2,3}\)?）?[- ]?\d{7,8}(?:[-转]\d{1,6})?(?!\d)"), "【电话】"),
    # 5 eight digits, only after a word that says it is a telephone
    (re.compile(r"((?:电话|座机|联系方式|联系|回电|致电)[^\d]{0,4})\d{8}(?!\d)"), r"\1【电话】"),
    # 6 bank card, 16 to 19 digits that pass Luhn
    (re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)"), _bank_card),
    # 7 e-mail
    (re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "【邮箱】"),
    # 8 WeChat or QQ number, only where it is called one
    (
        re.compile(r"((?:微信|wx|WX|QQ|qq)(?:号|号码)?[:：为是 ]{0,2})[A-Za-z0-9_-]{5,20}"),
        r"\1【账号】",
    ),
    # 9 number plate, also of eight characters (green)
    (
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
            r"[·. -]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"
        ),
        "【车牌】",
    ),
    # 10 surname before a title word
    (re.compile(rf"[{_SURNAMES}][一-龥]{{0,2}}?(?={_TITLES})"), "某"),
    # 11 name after a word that announces one
    (
        re.compile(
            rf"((?:{_ANNOUNCES})(?:姓名)?[:：为是 ]{{0,2}})(?!{_NOT_NAMES})"
            rf"[{_SURNAMES}][一-龥]{{1,2}}(?=[,，。;；、 (（]|\d|【|$)"
        ),
        r"\1某某",
    ),
    # 12 room, after a number, building or stair: 12号303室, 5号楼601
    (
        re.compile(
            r"((?:号楼|号|幢|栋|楼|单元|支弄)[- ]?)(?:\d{3,4}|[A-Za-z]\d{2,3})(?:室|户)?"
            r"(?![\d号弄米元])"
        ),
        r"\1【室号】",
    ),
)  # fmt: skip
# The reporter of a report that could not be read: its braces may never close.
_REPORTER = re.compile(r'("reporter"\s*:\s*)(?:\{[^}]*\}?|\[[^\]]*\]?|"[^"]*"?)')
_ROOM_ALONE = re.compile(r"(?<![\d会教])(\d{3,4})室")


def redact(text: str, known: Iterable[str] = ()) -> str:
    """The text without what points to a person; `known` names and numbers go by exact value.

    >>> redact("叶城路505弄12号303室叶先生来电,电话13800138000")
    '叶城路505弄12号【室号】某先生来电,电话【电话】'
    """
    for value in sorted({one for one in known if len(one) >= 2}, key=len, reverse=True):
        text = text.replace(value, "【略】")
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return _ROOM_ALONE.sub("【室号】", text)


def redact_body(body: str) -> str:
    """A report as it came, without its reporter and what else points to a person.

    >>> redact_body('{"title": "x", "reporter": {"name": "陈')
    '{"title": "x", "reporter": 【略】'
    """
    return redact(_REPORTER.sub(r"\1【略】", body))
