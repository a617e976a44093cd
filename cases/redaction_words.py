"""The words redaction goes by: surnames, titles, and what announces a person. Pure."""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶"
    "苏魏吕丁沈姚卢姜崔钟谭陆汪范石廖贾夏韦付邹孟熊秦邱尹薛闫段雷侯龙史陶黎贺顾"
    "毛郝龚邵万钱严覃武戴莫孔向汤殷翁浦倪翟葛奚瞿洪凌童颜梅盛樊虞柯缪裘郁诸左吉邢裴荣"
    "褚鲍章岑费俞柳毕祝耿庄温辛闵阮蓝谷詹骆卓池宁甘霍支昝冷欧应戚乔邬储糜屠柴桑柏竺闻阎厉桂封宓仇滕荀苗涂芦"
)
# Surnames that are also parts of common words: only where the sign before makes no such word.
CAREFUL = (
    "(?<![提最较很增])高|(?<![资基现奖押租佣黄白])金|(?<![对地警甲乙丙双我他各多校院厂官平])方"
    "|(?<![工流过课路里规])程|(?<![实设措])施(?!工)|(?<![松长浙黑])江|(?<![明坦空])白"
    "|(?<![责担现前主委负就新历上信])任|(?<![对关由属位处等基至终鉴])于|(?<![保])卫"
    "|(?<![承分外面])包|(?<![日经非正平])常|(?<![作论语中英])文|(?<![监主托物])管|(?<![机有开])关|(?<![萝占])卜"
)
COMPOUND = "欧阳|上官|司马|诸葛|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯"
# The look ahead is only for speed: most signs begin no name.
_FIRST = SURNAMES + "高金方程施江白任于卫包常文管关卜欧上司诸皇尉公慕令夏"
SURNAME = f"(?=[{_FIRST}])(?:{COMPOUND}|[{SURNAMES}]|{CAREFUL})"
# Signs that no given name has here, and that say the words before a title are a place or an office.
GIVEN = (
    "[^\\W\\da-zA-Z_路街道村镇区县市弄号楼幢栋室里坊桥宅湾浜港泾塘苑城厅园学中校院班店司厂局所队部门科处"
    "站公物业委会组家户车年月日个位名的是有在和与及对向给请让找由说称叫这那该本每各了不女男老边全级]"
)
TITLES = (
    "先生|女士|小姐|太太|阿姨|叔叔|大爷|大妈|奶奶|爷爷|师傅|老师|医生|老板|老板娘|经理|主任|书记|同志"
    "|老伯|老太|阿婆|阿公|婆婆|爷叔|大姐|大哥|大叔|大伯|伯伯|大娘|同学|律师|警官|护士|教授|队长|站长|所长"
    "|科长|处长|局长|校长|院长|厂长|店长|老先生|女土|姐姐|哥哥|妹妹|弟弟"
)
# After a word that announces one, nearly any sign may stand in a name (陈家名, 李月全).
ANNOUNCED = "[^\\W\\da-zA-Z_的了不没是说称这那与及等路街道弄号镇]"
# One-sign titles follow the surname at once and are no part of a longer word.
SHORT_TITLES = (
    "[姐哥叔婶嫂姨](?![姐哥叔婶嫂姨妹弟夫])|工(?=[说称讲表回联,:。]|$)"
    "|总(?![部站量体公局计数共长是有闸排阀管线能会要算之])"
)
# After these a name is a name even without a colon before it.
ANNOUNCES = (
    "联系人|投诉人|反映人|举报人|诉求人|来电人|来电者|报案人|报警人|当事人|户主|房东|租客|租户|承租人|店主|车主"
    "|收件人|负责人|经办人|法人|法定代表人|姓名|户名|我叫|我是|名叫|本人叫|他叫|她叫"
)
# After these only with a colon before or a verb behind.
PEOPLE = (
    "居民|市民|业主|邻居|住户|老人|村民|群众|职工|学生|本人|家属"
    "|租客|房东|户主|店主|车主|来电人|投诉人|小孩|孩子|儿子|女儿|孙子|孙女|妻子|丈夫|父亲|母亲|保安|司机"
)
VERBS = "来电|反映|投诉|举报|表示|要求|说|称|住在|住|家住|身份证|电话|手机|联系|在|被|走失|摔|报警"
NOT_NAMES = (
    "反映|表示|称|说|要求|希望|认为|投诉|来电|居民|再次|多次|不|未|的|为|是|在|已|和|与|及|向|应|万|高空|任何"
    "|任意|方便|于是|严重|经常|常年|常常|关于|管理|文明|包括|白天|金额|支付|施工"
)
STOP = r"[,;.!?、。(\s|/\"'\\}\]]|\d|【|$"
