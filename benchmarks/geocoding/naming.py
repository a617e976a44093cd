"""Chinese names as a town gives them: roads, compounds, schools; and words that sound alike.

`Namer` hands out each name once. `homophones` and `accents` come from the common characters of
GB 2312 and the readings of pypinyin, independent of the tables of the product.
"""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

HEADS = (
    "云柳望石枫桂兰竹梅松柏榆桐槐荷菱莲蓉芳翠碧金银玉珠宝福禄寿康宁安泰和平仁义礼智信忠孝文武"
    "德广永长新兴盛丰裕富华美春秋东南西北清秀景瑞祥嘉庆昌明朝启开建民乐学士恒源澄浏沧墅塔叶皋博"
)
TAILS = (
    "溪桥亭山岭坡泾浜塘浦港湾渡津沟河江湖洲滩林园庄屯营堡城门楼台阁泉井池田野峰谷原丘乡辉德康"
    "宁安泰平仁义信文广永新盛华美春秋"
)
ESTATE_ENDS = (
    *("花园", "公寓", "新村", "家园", "名苑", "华庭", "雅苑", "小区", "佳苑", "景苑"),
    *("新苑", "名邸", "公馆", "花苑", "嘉园", "丽舍"),
)
POI_ENDS = (
    *("小学", "幼儿园", "中学", "菜场", "卫生服务站", "医院", "公园", "文化中心", "养老院"),
    *("大酒店", "大厦", "广场", "图书馆", "体育馆", "停车场", "加油站", "宾馆", "农贸市场"),
)
CHAINS = ("建安银行", "好邻居超市", "中油加油站", "康民大药房", "顺达快递", "老街面馆")


class Namer:
    """Names from a seeded chance, none given twice and none inside another's beginning."""

    def __init__(self, chance):
        self.chance = chance
        self.taken: set[str] = set()

    def stem(self):
        """Two characters nobody has yet."""
        while True:
            name = self.chance.choice(HEADS) + self.chance.choice(TAILS)
            if name[0] != name[1] and name not in self.taken:
                self.taken.add(name)
                return name

    def road(self):
        end = self.chance.choices(("路", "街", "公路", "大道"), (84, 8, 6, 2))[0]
        return self.stem() + end

    def compound(self):
        return self.stem() + self.chance.choice(ESTATE_ENDS)

    def poi(self):
        return self.stem() + self.chance.choice(POI_ENDS)

    def like(self, name):
        """Another name that sounds the same, or None: what the telephone makes of it."""
        places = [at for at in range(2) if homophones(name[at])]
        self.chance.shuffle(places)
        for at in places:
            other = name[:at] + self.chance.choice(homophones(name[at])) + name[at + 1 :]
            if other[:2] not in self.taken:
                self.taken.add(other[:2])
                return other
        return None


@lru_cache(maxsize=65536)
def sound(text):
    """Toneless syllables, as one key."""
    return " ".join(lazy_pinyin(text, style=Style.NORMAL))


@lru_cache(maxsize=65536)
def accent(text):
    """The key a Shanghai ear keeps: no zh/ch/sh, no final g, n for l, w for h before u."""
    return " ".join(_accented(syllable) for syllable in sound(text).split(" "))


def _accented(syllable):
    for wide, narrow in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("hu", "w"), ("wu", "w")):
        if syllable.startswith(wide):
            syllable = narrow + syllable[len(wide) :]
            break
    if syllable.startswith("l"):
        syllable = "n" + syllable[1:]
    return syllable[:-1] if syllable.endswith("ng") else syllable


@lru_cache(maxsize=1)
def _by_sound():
    exact: dict[str, list[str]] = {}
    loose: dict[str, list[str]] = {}
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                character = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            exact.setdefault(sound(character), []).append(character)
            loose.setdefault(accent(character), []).append(character)
    return exact, loose


@lru_cache(maxsize=4096)
def homophones(character):
    """Other common characters of the same syllable."""
    return tuple(c for c in _by_sound()[0].get(sound(character), ()) if c != character)


@lru_cache(maxsize=4096)
def accents(character):
    """Common characters an accent confuses with this one, but not its homophones."""
    alike = _by_sound()[1].get(accent(character), ())
    return tuple(c for c in alike if sound(c) != sound(character))


LOOK_ALIKES = {
    **{"墅": "野", "圆": "园", "园": "圆", "仓": "仑", "己": "已", "未": "末", "土": "士"},
    **{"嘉": "喜", "泾": "径", "浜": "滨", "塘": "糖", "戬": "戳", "浏": "刘", "皋": "皐"},
    **{"柳": "抑", "桥": "侨", "梅": "海", "枫": "讽", "莲": "连", "桐": "铜", "兰": "三"},
    **{"望": "旺", "宁": "宇", "石": "右", "渡": "度", "堡": "保", "亭": "享", "博": "搏"},
    **{"泽": "择", "罗": "萝", "迎": "仰", "政": "攻", "成": "戌", "爱": "受", "珉": "岷"},
}
