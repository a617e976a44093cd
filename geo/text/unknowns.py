"""Words that look like the name of a place and are none we know. Pure.

A text that names a street we have never heard of must not be placed by the rest of it alone
(`geocoding.md` 3.6, V9). Everyday words that end like a street (马路, 路面) are no names.
"""

import re

__all__ = ["Unknown", "unknown_names"]

Unknown = tuple[int, int, str]

_SUFFIXES = (
    "公路|大道|支路|路|街|弄|新村|村|花园|家园|佳园|名园|雅苑|新苑|苑|坊|公寓|大厦|广场|小区|华庭|名邸"
    "|新城|府邸|别墅|宅"
)
_SHAPED = re.compile(
    rf"[\u4e00-\u9fff]{{1,6}}?(?:{_SUFFIXES})(?![面灯人政过况由线产标障名长路街弄坊])"
)
_HEAD = re.compile(
    r"^.*(?:影响|导致|造成|进入|离开|整个|关于|小区|发现|看见|看到|希望|要求|需要|位于|反映|投诉|来到|去了|靠近|附近|旁边|对面|里面|之间|在|到|从|往|至|的|是|了|去|和|与|跟|近|经|住"
    r"|向|朝|由|把|被|有|对|请|我|他|她|你|们|这|那|哪|该|某|本|整|各|每|条|个|有人|居民|市民|东侧|西侧"
    r"|南侧|北侧|路口|号|弄|多|边)"
)
_EVERYDAY = re.compile(
    r"(?:^|.)(?:马|道|公|大|小|铁|网|线|电|修|走|过|堵|占|让|一|问|迷|出|思|字|沿|养|水|油|气|管|回|半|拦|同|后"
    r"|前|弯|上|下|老|主|次|辅|支|岔|引|环|高速|快速|村|乡|石子|水泥|柏油|泥|土|盲|新|断头|十字|丁字|三岔|人行"
    r"|非机动车|机动车|消防|内部|小区|两|几|多|全|此|绕|开|带|顺|指|通|领)路$"
    r"|(?:大|小|上|逛|沿|街|步行|商业|美食|扫|当|满|老|新|后|前|整|一条|临|跨)街$"
    r"|(?:农|全|本|新|进|城中|乡|各|我们|该|老|自然|行政)村$|^(?:新村|花园|家园|小区|公寓|大厦|广场|别墅|新城)$"
    r"|(?:后|小|大|屋顶|空中|中心|街心|口袋|市民|文化|小区|的|老|新|楼下|街头|休闲|健身|购物|商业|门前|开放)"
    r"(?:花园|广场)$"
    r"|(?:老|旧|新|本|小|该|住宅|我们|整个|多个|周边|隔壁|附近|商品房|各|动迁|安置|封闭|开放式|某)小区$"
    r"|(?:住|民|自|农民|老|私|豪|违|危|空|内|凶)宅$|(?:作|磨|染|油|牌|书|茶|街)坊$|(?:里|巷|小|一条|老)弄$"
)


def unknown_names(text: str) -> list[Unknown]:
    """Such words in a normal text whose known parts are covered; as (start, end, name)."""
    found = []
    for match in _SHAPED.finditer(text):
        name = match.group()
        start = match.start()
        head = _HEAD.match(name)
        if head and head.end() < len(name):
            start += head.end()
            name = name[head.end() :]
        if len(name) >= 3 and not _EVERYDAY.search(name):
            found.append((start, match.end(), name))
    return found
