"""A fourth way of speaking, for the blind set: never shown to whoever works on the engine.

Its rows are asked at the end, in another invented town too; failures are counted and not listed.
"""

from benchmarks.geocoding.templates import Wording

HELD_OUT = Wording(
    kinds={
        "name": (
            "{admin}{name}",
            "涉事地点{admin}{name}",
            "人在{name}",
            "{name}一进门的地方",
            "{name}院内",
            "请到{admin}{name}来一下",
            "{name}有情况",
        ),
        "plate": (
            "{admin}{road}{plate}",
            "涉事地点{road}{plate}",
            "请到{admin}{road}{plate}来一下",
            "{road}{plate}一楼",
            "{road}，{plate}",
            "人在{road}{plate}",
            "{road}{plate}有情况",
        ),
        "crossing": (
            "{admin}{a}{conn}{b}路口",
            "人在{a}{conn}{b}路口",
            "{a}{conn}{b}这个路口",
            "{a}{conn}{b}的十字路口上",
            "请到{a}{conn}{b}交叉口来一下",
            "{a}{b}路口等红灯的地方",
        ),
        "corner": (
            "{admin}{a}{conn}{b}路口{corner}角",
            "人在{a}{conn}{b}路口{corner}角",
            "{a}{conn}{b}这个路口的{corner}角",
            "{a}{b}路口{corner}角公交站牌旁",
        ),
        "offset": (
            "{admin}{a}{conn}{b}路口往{direction}{metres}米",
            "{a}{conn}{b}路口{direction}面约{metres}米",
            "{a}{conn}{b}路口往{direction}，大概{metres}米",
            "沿{a}，在{b}路口往{direction}{metres}米",
            "{a}{conn}{b}这个路口向{direction}{metres}米左右",
        ),
        "building": (
            "{admin}{name}{building}号楼",
            "{name}，{building}号楼",
            "{name}{building}号楼那栋",
            "人在{name}{building}幢",
            "{road}{plate}里面{building}号",
        ),
        "gate": ("{name}{gate}", "{name}{gate}进去", "人在{name}{gate}", "{admin}{name}{gate}旁"),
        "segment": (
            "{road}（{a}与{b}之间）",
            "{road}，{a}到{b}这段",
            "{road}从{a}路口到{b}路口",
            "{a}到{b}之间的{road}",
        ),
        "road": ("{admin}{road}", "{road}这条路", "{road}上面", "{road}一路过去"),
        "community": ("{admin}{name}", "{name}有情况", "我是{name}的", "涉事地点{name}"),
        "village": ("{admin}{name}", "{name}有情况", "我是{name}的", "涉事地点{name}"),
    },
    with_plate=(
        "{name}，在{road}{plate}",
        "{road}{plate}，就是{name}",
        "{admin}{road}{plate} {name}",
        "{name}—{road}{plate}",
    ),
    vague=("这一带", "周围", "边上那一圈", "附近一点"),
    connectors=("和", "与", "、", "跟", "", "", "/", "还有"),
    caller=(
        "我是{home}业主，{place}",
        "来电人家住{home}，现反映{place}",
        "现住址{home}，问题在{place}",
    ),
    corrected=("{wrong}，不是不是，{place}", "刚才说错了不是{wrong}，是{place}"),
    prefixes=("投诉：", "市民张女士称，", "二次来电，", "前天下午3时许，", "有个事情，"),
    suffixes=(
        "，非机动车道被占",
        "积水没过脚面",
        "，工人夜里1点还在敲",
        "有流浪狗5只",
        "，请于3个工作日内答复",
        "有人卖早点堵路",
    ),
    fillers=("额，", "哦对，", "怎么讲，", "反正，", "麻烦你了，"),
)
