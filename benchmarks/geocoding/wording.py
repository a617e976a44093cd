"""All the wording that is shown: the first one of `templates.py`, and two more ways of speaking.

The second and the third were blind once: what the engine made of them when it first met them stands
in `blind.FIRST_MET`.
"""

from dataclasses import fields

from benchmarks.geocoding.templates import FIRST, Wording

SECOND = Wording(
    kinds={
        "name": (
            "{name}",
            "{admin}{name}内",
            "我们{name}这边",
            "事发地：{admin}{name}",
            "{name}大门旁边",
            "于{name}处",
            "刚刚路过{name}",
            "具体位置在{admin}{name}",
        ),
        "plate": (
            "{admin}{road}{plate}",
            "{road}{plate}前面",
            "于{admin}{road}{plate}处",
            "具体位置：{road}{plate}",
            "{road} {plate}",
            "途经{road}{plate}",
            "案发地址为{admin}{road}{plate}",
            "{road}的{plate}",
        ),
        "crossing": (
            "{admin}{a}{conn}{b}路口处",
            "{a}{conn}{b}相交的路口",
            "在{a}{b}交叉路口",
            "{a}{conn}{b}丁字路口",
            "{admin}{a}{conn}{b}交界路口",
            "行至{a}{conn}{b}路口",
            "{a}{conn}{b}口子上",
        ),
        "corner": (
            "{admin}{a}{conn}{b}路口的{corner}角",
            "{a}{conn}{b}交叉口{corner}角绿化带",
            "{a}、{b}路口{corner}角",
            "行至{a}{conn}{b}路口{corner}角",
            "{a}{b}交叉路口，{corner}角",
        ),
        "offset": (
            "{admin}{a}{conn}{b}路口以{direction}约{metres}米",
            "从{a}{conn}{b}路口沿{a}往{direction}走{metres}米左右",
            "{a}{conn}{b}交叉口往{direction}边{metres}米",
            "距{a}{conn}{b}路口{direction}面{metres}米",
            "{a}{b}交叉路口向{direction}{metres}m",
        ),
        "building": (
            "{admin}{name}{building}号楼",
            "{name}第{building}幢",
            "{name}里{building}号楼门前",
            "{admin}{road}{plate}{building}号",
            "具体位置：{name}{building}栋",
            "{road}{plate}，{name}，{building}号",
        ),
        "gate": (
            "{admin}{name}的{gate}",
            "{name}{gate}岗亭",
            "{name}{gate}出来",
            "具体位置在{name}{gate}",
            "{name}，{gate}",
        ),
        "segment": (
            "{road}{a}到{b}段",
            "{admin}{road}，自{a}起至{b}止",
            "{road}在{a}和{b}之间",
            "{road}介于{a}与{b}之间的路段",
            "{road}（{a}至{b}）",
        ),
        "road": (
            "{admin}{road}全路段",
            "{road}两侧",
            "沿着{road}",
            "{road}马路上",
            "{admin}{road}机动车道",
            "{road}绿化带",
        ),
        "community": (
            "{admin}{name}",
            "{name}这边",
            "归{name}管",
            "具体位置在{name}",
            "我们{name}",
        ),
        "village": (
            "{admin}{name}",
            "{name}村民小组",
            "位于{name}",
            "我们{name}这边",
            "{name}那条河边",
        ),
    },
    with_plate=(
        "{admin}{road}{plate}的{name}",
        "{name}，地址{road}{plate}",
        "{name}，就在{road}{plate}",
        "{road}{plate}{name}",
    ),
    vague=("旁边不远处", "一带", "周围", "那块儿", "附近"),
    connectors=("和", "与", "、", "跟", "同", "/", "-", "", "", " "),
    caller=(
        "本人住在{home}，今天发现{place}",
        "我是{home}的居民，想反映{place}",
        "居住于{home}的来电人投诉，{place}",
    ),
    corrected=("{wrong}，说错了，是{place}", "{wrong}，哦不是，应该是{place}"),
    prefixes=(
        "网友留言：",
        "据反映，",
        "诉求：",
        "今早8点15分，",
        "你好，12345吗，我要投诉，",
        "第三次来电，",
        "领导好，",
    ),
    suffixes=(
        "，商家把东西堆在人行道上",
        "有积水，已经一个多星期了",
        "，大货车违停，车牌苏E8Z123",
        "，电动车飞线充电",
        "的窨井盖响得厉害，晚上睡不着",
        "，请尽快派人，来电人电话139 0000 2222",
        "，狗叫扰民，5月20日起每晚都有",
        "，希望10日内回复",
        "树木遮挡路灯",
    ),
    fillers=("呃……", "这个这个，", "对对对，", "嗯嗯，", "好像是，", "你听我说，"),
)


THIRD = Wording(
    kinds={
        "name": (
            "{name}",
            "{admin}{name}",
            "问题发生在{admin}{name}",
            "{name}这里头",
            "{admin}的{name}",
            "点位：{name}",
            "{name}正门",
            "{name}现场",
        ),
        "plate": (
            "{admin}{road}{plate}",
            "点位：{road}{plate}",
            "问题发生在{admin}{road}{plate}",
            "{road}{plate}楼下",
            "{road}{plate}现场",
            "{road}路上{plate}",
            "就{road}{plate}嘛",
        ),
        "crossing": (
            "点位：{a}{conn}{b}路口",
            "{a}{conn}{b}两条路的路口",
            "{admin}{a}{conn}{b}交叉口处",
            "问题发生在{a}{conn}{b}路口",
            "{a}{b}路口斑马线",
            "{a}{conn}{b}十字路口那里",
        ),
        "corner": (
            "点位：{a}{conn}{b}路口{corner}角",
            "{a}{conn}{b}十字路口的{corner}角",
            "{admin}{a}{b}路口{corner}角花坛",
            "问题发生在{a}{conn}{b}交叉口的{corner}角",
            "{a}{conn}{b}路口，在{corner}角那边",
        ),
        "offset": (
            "点位：{a}{conn}{b}路口往{direction}{metres}米处",
            "{a}{conn}{b}路口再往{direction}走{metres}米",
            "由{a}{conn}{b}路口向{direction}{metres}米",
            "{a}{conn}{b}路口朝{direction}方向{metres}米",
            "过了{a}{conn}{b}路口往{direction}大约{metres}米的地方",
        ),
        "building": (
            "点位：{name}{building}号楼",
            "{admin}{name}{building}号门口",
            "{name}的{building}号楼",
            "{road}{plate}{building}号楼前",
            "问题发生在{name}{building}幢",
        ),
        "gate": (
            "点位：{name}{gate}",
            "{name}{gate}外",
            "{admin}{name}{gate}处",
            "问题发生在{name}的{gate}",
        ),
        "segment": (
            "{road}{a}至{b}路段",
            "点位：{road}（{a}～{b}）",
            "{road}，从{a}一直到{b}",
            "{road}上{a}和{b}中间那段",
        ),
        "road": ("点位：{road}", "{road}整条路", "{road}沿街", "{road}中央隔离带", "{admin}{road}"),
        "community": ("点位：{name}", "{name}管辖范围", "{admin}的{name}", "{name}里"),
        "village": ("点位：{name}", "{name}宅前", "{admin}的{name}", "{name}田边"),
    },
    with_plate=(
        "{road}{plate}{name}现场",
        "点位：{name}（{road}{plate}）",
        "{admin}{road}{plate}·{name}",
        "{name} {road}{plate}",
    ),
    vague=("不远的地方", "那附近", "周边一圈", "那边一片"),
    connectors=("和", "与", "、", "及", "", "", "跟", "/"),
    caller=(
        "住在{home}的居民来电，说{place}",
        "我家在{home}，我要反映的是{place}",
        "户籍地址{home}，事发{place}",
    ),
    corrected=("{wrong}，讲错了，{place}", "不是在{wrong}，是在{place}"),
    prefixes=(
        "随手拍：",
        "信访件：",
        "群众举报",
        "上午9:40，",
        "编号A2026-0512，",
        "麻烦你们看一下，",
    ),
    suffixes=(
        "，渣土车撒漏",
        "消防通道被堵，车主电话13711112222",
        "，广告牌摇摇欲坠",
        "坑洼不平，之前有3个人摔倒了",
        "，垃圾桶满溢，臭味很大",
        "，高空抛物第2次了",
        "绿化养护不到位",
    ),
    fillers=("哎，", "那啥，", "对了，", "我看看啊，", "您稍等，"),
)


def _both(first, second):
    """One wording out of two, nothing twice."""
    joined = {}
    for field in fields(Wording):
        a, b = getattr(first, field.name), getattr(second, field.name)
        joined[field.name] = (
            {kind: tuple(dict.fromkeys((*a[kind], *b[kind]))) for kind in a}
            if field.name == "kinds"
            # Connectors keep their doubles: nothing between two roads is the commonest.
            else (*a, *b)
            if field.name == "connectors"
            else tuple(dict.fromkeys((*a, *b)))
        )
    # What is never said inside an address stays last (`operators.filler`).
    fillers = [word for word in joined["fillers"] if word not in _GREETINGS]
    joined["fillers"] = (*fillers, _GREETINGS[0])
    return Wording(**joined)


_GREETINGS = ("喂你好，", "你听我说，")
SHOWN = _both(_both(FIRST, SECOND), THIRD)
