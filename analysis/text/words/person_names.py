"""Mask names of people: a surname with a title, or a name after an introduction.

A bare name cannot be distinguished from a word without a model, so bare names may remain.
"""

from __future__ import annotations

import re

SOMEONE = "某"
"""Replaces a surname, so that 王主任 reads 某主任."""

_SURNAMES = (
    "王李张刘陈杨赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石韦"
    "贾夏付方邹熊孟秦白江阎薛尹段雷侯龙史陶黎贺毛郝顾龚邵万钱严覃武戴莫孔汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申"
    "欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司"
    "卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝黄洪丘胥尧冀占闻匡"
)
_COMPOUND = "欧阳|上官|司马|诸葛|东方|尉迟|皇甫|令狐|慕容|夏侯|公孙"
_TITLES = (
    "(?:副|总|老)?(?:主任|书记|局长|处长|科长|股长|所长|院长|校长|镇长|乡长|县长|市长|区长|部长|厅长|队长|组长|站长|会长|社长|班长|村长)(?!期|久|远|达|时间|年|途|短|大|势|效)|(?:副|总|老)?(?:"
    "支书|经理|总监|董事长|总裁|老板|老板娘|厂长|店长|警官(?!兵)|警长|教导员|指导员|法官|律师|医生|大夫|护士长|教授|老师|师傅|工程师|会计|秘书|干事|"
    "先生|女士|小姐|太太|同志|阿姨|大妈|大爷|大叔|大哥|大姐|大婶|奶奶|爷爷|叔叔|伯伯|婆婆|嫂子|总(?=[,，。！!？?\\s从说不也没就的]|$)|某某?)"
)
# A doubtful surname after one of these ends a word: 语文老师, 班主任, 园林局长, 有关书记, 双方经理.
_BEFORE = {
    "文": "语英中作散天人公",
    "史": "历",
    "关": "机有相公海各",
    "林": "园森",
    "路": "公铁道马一",
    "方": "双官警校对院厂地我各店乙甲",
    "安": "治公保平",
    "管": "城主监不物",
    "党": "支总",
    "卫": "环保",
    "全": "安保健",
    "明": "文声说",
    "车": "公停汽火",
    "房": "住厨药",
    "任": "责主现前历班担委信",
    "时": "临小当",
    "常": "日正经非平",
    "高": "最提",
    "温": "体",
    "余": "其业",
    "成": "完",
    "华": "中",
    "白": "明",
    "游": "旅导",
    "应": "供",
    "边": "旁",
    "解": "调理",
    "何": "任如",
    "司": "公",
    "商": "工",
    "师": "老",
    "查": "检",
    "席": "主",
    "章": "违",
    "段": "路",
    "包": "打承书红钱面外分",
    "周": "上下本每一两几这",
    "谢": "谢感多致答",
    "许": "也许允或准少",
    "顾": "照回只不兼",
    "程": "课工过教全流日行",
    "康": "健小",
    "尚": "高时",
    "童": "儿",
    "钟": "分点",
    "易": "容交不贸轻简",
    "贺": "祝",
    "田": "农",
    "阳": "太",
}
# Never a surname where a title follows: 和主任, 应老师, 连大爷, 单老师, 查队长 read as ordinary words first.
_NEVER = frozenset("和应连单查时边成全明商师农费祝席管解司古米卫党车简")
_NAME = re.compile(rf"(?P<surname>{_COMPOUND}|[{_SURNAMES}])(?P<given>[\u4e00-\u9fff]{{0,2}}?)(?P<title>{_TITLES})")
_SAID = re.compile(
    rf"(?P<lead>(?:我叫|名叫|人叫|名字叫|本人(?!的)|姓名(?:是|[:：])?|联系人(?:是|[:：])?|署名[:：]?|业主(?=[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}[,，。、]))\s?)"
    rf"(?P<name>(?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}})(?=[,，。；;、\s]|电话|手机|$)"
)
_LEADS = ("叫", "本人", "姓名", "联系人", "署名", "业主")
_SURNAME_IS = re.compile(rf"(?<=[^百同尊老])姓(?P<name>{_COMPOUND}|[{_SURNAMES}])(?=[,，。的、\s]|$)")
# Ordinary words that begin like a name: the boundary test excludes 时间, 高中, 方便 …, but not these.
_NOT_GIVEN = re.compile(
    r"[的了是在不没和与或及跟找请叫让被把给对向从到来去有要很都也还就才又再说看做上下里外前后中大小多少这那哪几每各村路街区县市镇社班办园校院店站所厅局部"
    r"室处科队组会司楼房车门口家乡师语史理政府公物保清电业警察医护学副老总新委级长党支团正代课牌工管务同边天龄铺面复谢]"
)

_NOT_SAID = re.compile(r"[的了是在不没和与或及跟找请叫被把给向从到来去有要很都也就才又再说看做过]")
_BRANDS = frozenset({"康师傅", "钱大妈"})
_PERSON = re.compile(rf"{_COMPOUND}|[{_SURNAMES}]")


def mask_names(text: str) -> str:
    """Replace surname and name before a title or after an introduction by 某; the title stays."""
    if not _PERSON.search(text):
        return text
    pieces: list[str] = []
    done = start = 0
    # A rejected match may hide a true one that begins at its next character: 保安田队长.
    while match := _NAME.search(text, start):
        if _is_name(match):
            pieces += [text[done : match.start()], SOMEONE, match.group("title")]
            done = start = match.end()
        else:
            start = match.start() + 1
    text = "".join([*pieces, text[done:]])
    if any(lead in text for lead in _LEADS):
        text = _SAID.sub(_introduced, text)
    return _SURNAME_IS.sub("姓某", text) if "姓" in text else text


def _is_name(match: re.Match[str]) -> bool:
    surname, given, title = match.group("surname", "given", "title")
    before = match.string[match.start() - 1 : match.start()]
    if surname in _NEVER or surname + title in _BRANDS or (before and before in _BEFORE.get(surname, "")):
        return False
    if surname == "关" and match.string.startswith("什么事", match.end()):
        return False
    return not given or not (_NOT_GIVEN.search(given) or (before and not _is_boundary(before)))


def _introduced(match: re.Match[str]) -> str:
    if _NOT_SAID.search(match.group("name")[1:]):
        return match.group()
    return match.group("lead") + SOMEONE + SOMEONE


def _is_boundary(character: str) -> bool:
    return bool(re.match(r"[\W_]|[是找和对向由跟请问叫让给的了到谢任员社区警长街道]", character))
