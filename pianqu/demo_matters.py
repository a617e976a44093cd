"""What people report in an invented day: matters of a street, in words of our own.

Codes are given only where the seed list has them (standards 2); else the major class stands, as
category lists are the platform's own and must not be invented.
"""

from dataclasses import dataclass

COMPOUND = "compound"  # at a compound, a lane or a door plate
ROAD = "road"  # along a road
ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One kind of matter: its class, where it happens, and how it is told.

    `tellings` hold `{at}` for the place and `{when}` for the time of day.
    """

    category: str
    title: str
    where: str
    tellings: tuple[str, ...]
    weight: int = 2
    urgent: bool = False


MATTERS: tuple[Matter, ...] = (
    Matter(
        category="06010 暴露垃圾",
        title="垃圾未及时清运",
        where=COMPOUND,
        weight=6,
        tellings=(
            "{when}路过{at}，垃圾箱房满溢，袋装垃圾堆到通道上，有异味，请尽快清运。",
            "{at}旁堆放的大件垃圾和装修垃圾已有两天，影响居民出入。",
            "{at}门口湿垃圾桶破损渗漏，蚊蝇较多，希望更换并冲洗地面。",
        ),
    ),
    Matter(
        category="06028 噪声扰民",
        title="噪声影响休息",
        where=COMPOUND,
        weight=5,
        tellings=(
            "{at}附近工地{when}仍在施工，机器声很响，影响休息。",
            "{at}沿街商铺外放音响招揽顾客，音量大，从早到晚不停。",
            "{when}{at}空地有人跳舞放音乐，多次劝说无效。",
        ),
    ),
    Matter(
        category="09005 店外经营",
        title="跨门经营",
        where=ANY,
        weight=5,
        tellings=(
            "{at}一家水果店把货架摆到人行道上，行人只能走机动车道。",
            "{at}餐饮店{when}在门外摆放桌椅，占用公共通道。",
        ),
    ),
    Matter(
        category="09006 占道经营",
        title="流动摊贩占道",
        where=ROAD,
        weight=5,
        tellings=(
            "{when}{at}有流动摊贩占道卖菜，造成拥堵，地面留有垃圾。",
            "{at}人行道上有早餐车占道经营，油烟大。",
        ),
    ),
    Matter(
        category="09009 机动车乱停放",
        title="机动车违规停放",
        where=ANY,
        weight=7,
        tellings=(
            "{at}有多辆小轿车停在人行道上，盲道被占。",
            "{at}出入口被车辆堵住，居民车辆无法进出，请协调移车。",
            "{when}{at}路边违停严重，公交车会车困难。",
        ),
    ),
    Matter(
        category="09012 占用消防通道",
        title="消防通道被占用",
        where=COMPOUND,
        weight=4,
        urgent=True,
        tellings=(
            "{at}消防登高面停满车辆，存在安全隐患，请尽快处理。",
            "{at}楼道堆放纸箱、旧家具，堵塞消防通道，多次提醒未清理。",
        ),
    ),
    Matter(
        category="01 市政公用设施",
        title="路面坑洼积水",
        where=ROAD,
        weight=5,
        tellings=(
            "{at}路面坑洼，雨后积水，过往车辆溅水。",
            "{at}非机动车道有一处坑洞，骑车容易摔倒，请尽快修补。",
        ),
    ),
    Matter(
        category="01 市政公用设施",
        title="井盖松动",
        where=ROAD,
        weight=3,
        urgent=True,
        tellings=(
            "{at}一处窨井盖松动，车辆经过时翘起，很危险。",
            "{at}雨水箅子断裂，露出缺口，附近有学生经过。",
        ),
    ),
    Matter(
        category="01 市政公用设施",
        title="路灯不亮",
        where=ROAD,
        weight=3,
        tellings=("{at}连续几盏路灯不亮，{when}出行不便。", "{at}路灯白天常亮，晚上反而不亮。"),
    ),
    Matter(
        category="02 交通设施",
        title="隔离桩缺失",
        where=ROAD,
        weight=3,
        tellings=(
            "{at}人行道隔离桩缺失两根，机动车驶上人行道。",
            "{at}护栏被撞歪，伸到车道里，请扶正。",
            "{at}信号灯倒计时不显示，行人难以判断。",
        ),
    ),
    Matter(
        category="03 市容环卫设施",
        title="废物箱破损",
        where=ROAD,
        weight=2,
        tellings=("{at}废物箱箱门脱落，垃圾外溢。", "{at}公厕洗手池漏水，地面湿滑。"),
    ),
    Matter(
        category="04 园林绿化设施",
        title="树枝遮挡",
        where=ANY,
        weight=3,
        tellings=(
            "{at}行道树枝条过长，遮住路灯和指示牌，请修剪。",
            "{at}绿化带树木倾斜，担心大风时倒伏。",
            "{at}绿地被人开垦种菜，黄土裸露。",
        ),
    ),
    Matter(
        category="07 宣传广告类",
        title="乱张贴小广告",
        where=COMPOUND,
        weight=3,
        tellings=("{at}墙面和电箱上贴满小广告，影响市容。", "{at}一块店招松动下垂，风大时摇晃。"),
    ),
    Matter(
        category="08 施工管理类",
        title="施工围挡倾斜",
        where=ROAD,
        weight=3,
        urgent=True,
        tellings=(
            "{at}施工围挡倾斜，占用非机动车道，行人绕行到车道上。",
            "{at}工地出场车辆未冲洗，{when}路面撒漏渣土，扬尘大。",
        ),
    ),
    Matter(
        category="09 街面秩序类",
        title="非机动车占用盲道",
        where=ROAD,
        weight=4,
        tellings=(
            "{at}共享单车成堆停放，盲道被占，行人无法通过。",
            "{at}电动自行车乱停，占用整个人行道。",
        ),
    ),
    Matter(
        category="06 市容环境类",
        title="餐饮油烟扰民",
        where=COMPOUND,
        weight=3,
        tellings=(
            "{at}楼下餐馆油烟直排，{when}味道很重，居民不敢开窗。",
            "{at}河边有漂浮垃圾，水面发绿，希望打捞。",
        ),
    ),
    Matter(
        category="10 其他事项类",
        title="电动自行车飞线充电",
        where=COMPOUND,
        weight=3,
        urgent=True,
        tellings=(
            "{at}有居民从楼上拉线给电动自行车充电，存在火灾隐患。",
            "{at}单元门厅内停放电动自行车并充电，多次劝阻无效。",
        ),
    ),
    Matter(
        category="10 其他事项类",
        title="疑似分隔出租",
        where=COMPOUND,
        weight=2,
        tellings=("{at}有房屋分隔出租，人员进出频繁，需多部门现场核实。",),
    ),
    Matter(
        category="10 其他事项类",
        title="楼道堆物",
        where=COMPOUND,
        weight=3,
        tellings=("{at}楼道内堆放杂物，通行不便。", "{at}一楼门厅被私人物品占用，希望清理。"),
    ),
)

# What a department or a station asks joint action for (R6): the matter, and the force it needs.
JOINT_REQUESTS: tuple[tuple[str, str], ...] = (
    ("沿街商铺违规搭建联合整治", "{at}发现沿街商铺搭建雨棚，需城管、市场监管到场联合认定。"),
    ("群租整治提请联动", "{at}分隔出租问题反复，提请派出所、房管、居委联合上门。"),
    ("占道夜排档联合整治", "{at}夜间排档占道并产生油烟，提请城管、市场监管联动处置。"),
    ("雨污混接核查提请联动", "{at}雨水口有污水流出，提请水务、城管共同查明来源。"),
    ("非机动车飞线充电联合检查", "{at}飞线充电屡劝不改，提请派出所、消防共同检查。"),
)

# How a road is written down by who only heard its name on the telephone.
HEARD: dict[str, str] = {
    "博乐南路": "伯乐南路",
    "博乐路": "伯乐路",
    "仓场东路": "苍场东路",
    "仓场路": "苍场路",
    "澄浏中路": "成浏中路",
    "和政路": "合正路",
    "嘉戬公路": "加剪公路",
    "嘉罗公路": "加罗公路",
    "墅沟路": "树沟路",
    "塔城东路": "塔成东路",
    "塔城路": "塔成路",
    "塔新路": "塔欣路",
    "新成路": "新诚路",
    "叶城路": "夜城路",
    "迎园路": "迎元路",
    "迎园中路": "迎元中路",
}
# Where callers say it is when they do not say where it is.
NOWHERE = ("小区门口", "菜场旁边", "单位对面", "来电人未说清的路段")

# What a camera's operator or a sensor notices, without anyone having called.
SEEN_ON_SCREEN: tuple[tuple[str, str, str], ...] = (
    ("06010 暴露垃圾", "画面发现垃圾落地", "巡屏发现{at}有垃圾落地未清理。"),
    ("09006 占道经营", "画面发现流动摊贩", "巡屏发现{at}有流动摊贩聚集。"),
    ("09009 机动车乱停放", "画面发现违停", "巡屏发现{at}路口违停，影响通行。"),
)
SENSED: tuple[tuple[str, str, str], ...] = (
    ("01 市政公用设施", "积水感知报警", "{at}积水监测点水位超过预警值，请人工确认。"),
    (
        "09012 占用消防通道",
        "消防通道占用报警",
        "{at}消防通道识别到车辆停留超过10分钟，请人工确认。",
    ),
    ("01 市政公用设施", "井盖倾斜报警", "{at}井盖姿态传感器报警，请人工确认。"),
)
