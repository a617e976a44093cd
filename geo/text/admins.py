"""Names of provinces, cities and towns that are not ours, told apart from words that look alike.

Facts known to everyone; only what a caller in Jiading may name. The towns around us come from the
gazetteer; this is for the rest of the country, so that 新疆塔城市 is never our 塔城路.
"""

import re

PROVINCES = (
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "江苏", "浙江", "安徽",
    "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆", "四川", "贵州",
    "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "香港", "澳门", "台湾",
)  # fmt: skip
CITIES = (
    "苏州", "昆山", "太仓", "常熟", "张家港", "无锡", "常州", "南通", "启东", "海门", "南京",
    "镇江", "扬州", "泰州", "盐城", "徐州", "连云港", "淮安", "宿迁", "杭州", "嘉兴", "嘉善",
    "平湖", "海宁", "桐乡", "湖州", "宁波", "绍兴", "金华", "义乌", "衢州", "舟山", "台州",
    "温州", "丽水", "合肥", "芜湖", "黄山", "福州", "(?<!大)厦门", "泉州", "南昌", "九江", "济南",
    "青岛", "烟台", "郑州", "洛阳", "武汉", "宜昌", "长沙", "株洲", "广州", "深圳", "东莞",
    "佛山", "珠海", "南宁", "桂林", "海口", "三亚", "成都", "绵阳", "贵阳", "昆明", "拉萨",
    "西安", "咸阳", "兰州", "张掖", "酒泉", "西宁", "银川", "乌鲁木齐", "沈阳", "大连", "长春",
    "哈尔滨", "石家庄", "唐山", "太原", "大同", "喀什", "伊宁", "和田", "阿克苏", "呼和浩特",
)  # fmt: skip
# Districts of Shanghai by their short names; ours is left out.
_DISTRICTS = "黄浦|徐汇|长宁|静安|普陀|虹口|杨浦|闵行|宝山|浦东|金山|松江|青浦|奉贤|崇明"
_NO_ADMIN = re.compile(
    r"(?:小|社|片|园|街|地|辖|城|景|厂|校|宅|业|城市|开发|管|战|时|选|库|考|禁|分|灾|山|区|全|本|各"
    r"|该|此|牧|林|郊|市|老|新)区$"
    r"|(?:的|号|弄|超|城|夜|门|菜|早|集|楼|股|上|都|本|全|各|利|开|收|罢|花|鱼|灯|地|黑|花鸟)市$"
    r"|(?:城|乡|村|集|古|本|各|该|全)镇$|(?:本|各|该|全|郡)县$|(?:老|家|故|本|他|城|下|水|回|思|离)乡$"
    r"|节省$|(?:外|全|本|各|反)省$"
)
_NAMED = re.compile(
    rf"(?:{'|'.join(PROVINCES)})(?:省|市|(?:维吾尔|壮族|回族)?自治区|特别行政区)?"
    rf"|(?:{'|'.join(CITIES)})市?|(?:{_DISTRICTS})(?:新?区)?"
)
_SHAPED = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:自治县|自治州|县(?![级委城])|市(?![民政容场区里内面价委局级属话])|镇(?![政上里]))"
)
# Names of provinces in names of streets, shops and dishes: 北京路, 福建商会, 兰州拉面, 新疆烧烤.
_IN_A_NAME = re.compile(
    r"^(?:[东南西北中]?(?:路|街|大道|村|巷|小区|花园|苑|烤|拉面|牛肉|烧烤|大盘|菜|火锅|料理|饭店|饭馆"
    r"|面馆|小吃|人|籍|话|口音|牌照|大酒店|商会|银行|现代|大众|烤鸭|米粉|牌|车牌|号牌|小笼|馄饨|酸菜"
    r"|臭豆腐|沙县|餐|风味|特产|水果|快递|天地|广场|里|城|坊))"
)


def foreign_admins(text: str) -> list[tuple[int, int, str]]:
    """Places of government elsewhere in a normal text, as (start, end, name)."""
    found = []
    for match in _NAMED.finditer(text):
        whole = match.group()[-1] in "省市区"
        if whole or not _IN_A_NAME.match(text[match.end() : match.end() + 4]):
            found.append((*match.span(), match.group()))
    # What is found already is covered, so that 新疆塔城市 gives both.
    rest = list(text)
    for start, end, _ in found:
        rest[start:end] = " " * (end - start)
    for match in _SHAPED.finditer("".join(rest)):
        if not _NO_ADMIN.search(match.group()):
            found.append((*match.span(), match.group()))
    return sorted(found)
