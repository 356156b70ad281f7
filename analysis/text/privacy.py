"""Masking personal data before a text enters an analysis table or a screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

KINDS = {
    "email": "[邮箱]",
    "wechat": "[微信]",
    "qq": "[QQ]",
    "id": "[证件]",
    "card": "[卡号]",
    "plate": "[车牌]",
    "mobile": "[手机]",
    "landline": "[电话]",
    "address": "[门牌]",
    "name": "某",
    "number": "[数字]",
}
"""Kind -> what is put in its place. A surname becomes 某, so that 王主任 reads 某主任."""

_DIGITS = "零〇一二三四五六七八九幺两"
_CN = rf"[{_DIGITS}十百]"
_ARABIC = str.maketrans("零〇一二三四五六七八九幺两", "0012345678912")
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
# Surnames that are rarely anything else before a title; the others need a boundary, see _DOUBTFUL.
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
# A doubtful surname after one of these is the end of a word: 语文老师, 班主任, 园林局长, 有关书记, 双方经理.
_BEFORE = {
    "文": "语英中作散天人公", "史": "历", "关": "机有相公海各", "林": "园森", "路": "公铁道马一", "方": "双官警校对院厂地我各店乙甲",
    "安": "治公保平", "管": "城主监不物", "党": "支总", "卫": "环保", "全": "安保健", "明": "文声说", "车": "公停汽火", "房": "住厨药",
    "任": "责主现前历班担委信", "时": "临小当", "常": "日正经非平", "高": "最提", "温": "体", "余": "其业", "成": "完", "华": "中", "白": "明", "游": "旅导",
    "应": "供", "边": "旁", "解": "调理", "何": "任如", "司": "公", "商": "工", "师": "老", "查": "检",
    "席": "主",
    "章": "违", "段": "路", "包": "打承书红钱面外分", "周": "上下本每一两几这", "谢": "谢感多致答", "许": "也许允或准少",
    "顾": "照回只不兼", "程": "课工过教全流日行", "康": "健小", "尚": "高时", "童": "儿", "钟": "分点", "易": "容交不贸轻简",
    "贺": "祝", "田": "农", "阳": "太",
}  # fmt: skip
# Never a surname where a title follows: 和主任, 应老师, 连大爷, 单老师, 查队长 read as ordinary words first.
_NEVER = frozenset("和应连单查时边成全明商师农费祝席管解司古米卫党车简")
_NAME = re.compile(rf"(?P<surname>{_COMPOUND}|[{_SURNAMES}])(?P<given>[\u4e00-\u9fff]{{0,2}}?)(?P<title>{_TITLES})")
_SAID = re.compile(
    rf"(?P<lead>(?:我叫|名叫|人叫|名字叫|本人(?!的)|姓名(?:是|[:：])?|联系人(?:是|[:：])?|署名[:：]?|业主(?=[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}[,，。、]))\s?)"
    rf"(?P<name>(?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}})(?=[,，。；;、\s]|电话|手机|$)"
)
_SURNAME_IS = re.compile(rf"(?<=[^百同尊老])姓(?P<name>{_COMPOUND}|[{_SURNAMES}])(?=[,，。的、\s]|$)")
# Ordinary words that open like a name: 时间, 高中, 方便 … are ended by the boundary test; these are not.
_NOT_GIVEN = re.compile(
    r"[的了是在不没和与或及跟找请叫让被把给对向从到来去有要很都也还就才又再说看做上下里外前后中大小多少这那哪几每各村路街区县市镇社班办园校院店站所厅局部"
    r"室处科队组会司楼房车门口家乡师语史理政府公物保清电业警察医护学副老总新委级长党支团正代课牌工管务同边天龄铺面复谢]"
)

_NOT_SAID = re.compile(r"[的了是在不没和与或及跟找请叫被把给向从到来去有要很都也就才又再说看做过]")
_BRANDS = frozenset({"康师傅", "钱大妈"})

_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]*\s?@\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_WECHAT = re.compile(
    r"(?P<lead>(?:微信号?|[Ww][Xx]|[Vv][Xx]|[Vv]信|薇信|威信|加我?[Vv](?=[:：\s])|加我?微)(?:号码|号)?\s?(?:是|[:：]|为)?\s?)(?P<account>[A-Za-z][\w-]{4,19}|\d{5,})"
    r"|\bwxid_\w+"
)
_QQ = re.compile(
    r"(?P<lead>(?:[Qq]{2}|扣扣|企鹅|[加]\s?[Qq])(?:群|号码|号|帐号|账号)*\s?(?:是|[:：]|为)?\s?)(?P<account>\d{5,12})"
)
_ID = re.compile(r"(?<!\d)[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?\d{4}[ -]?\d{2}[\dXx](?!\d)|(?<!\d)[1-9]\d{5}[ -]?\d{8}[ -]?\d{3}[\dXx](?!\d)")
_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})?(?!\d)")
_PLATE = re.compile(rf"[{_PROVINCES}]\s?[A-Za-z]\s?[·.・•-]?\s?(?=[A-Za-z0-9]{{0,5}}\d)[A-HJ-NP-Za-hj-np-z0-9]{{4,6}}[挂学警港澳]?")
_MOBILE = re.compile(r"(?:\+?86[ -]?)?[(（]?(?<!\d)1[ .-]?[3-9][ .-]?\d[)）]?(?:[ .-]{0,2}\d){8}(?!\d)")
_LANDLINE = re.compile(
    r"[(（]?(?<!\d)0\d{2,3}[)）]?[ —–－-]{0,2}\d{3,4}[ -]?\d{4}(?!\d)"
    r"|(?<![\d.])(?<!第)[2-8]\d{2,3}[ -]\d{4}(?![\d年月日元块米])"
    r"|(?<![\d.])[2-8]\d{6,7}(?![\d年月日元块人户米平])|(?<!\d)400-?\d{3,4}-?\d{3,4}(?!\d)"
)
_SPOKEN = re.compile(rf"[{_DIGITS}][{_DIGITS} -]{{5,28}}[{_DIGITS}]")
_RUN = re.compile(r"\d(?:[ -]?\d){6,}|\d{7,}")
_DATE = re.compile(r"(?:19|20)\d{2}[ -]\d{1,2}[ -]\d{1,2}")
_ANY_RUN = re.compile(r"\d{7,}")
_N = rf"(?:\d{{1,4}}|{_CN}{{1,4}})"
_BUILDING = rf"{_N}(?:号楼|号院|#楼?|栋|幢|座(?=\d|{_CN}))"
_FLAT = rf"(?:{_N}单元)?(?:\d{{3,4}}|{_CN}{{3,4}}|{_N})(?:号?室|号?房(?!价|产|子|东|租)|户(?!以|多|人|共|只|数|家))"
_ADDRESS = re.compile(
    rf"{_BUILDING}(?:{_BUILDING})?(?:{_N}单元)?(?:{_N}[层楼])?(?:\d{{3,4}}|{_CN}{{3,4}})(?:号?[室房户])?"
    rf"|{_BUILDING}{_N}单元|{_N}号院?{_N}号楼"
    rf"|(?<![\d.-])\d{{1,3}}-\d{{1,2}}-\d{{3,4}}(?![\d-])"
    rf"|\d+弄\d+号(?:\d+室)?|(?<=[路街巷弄道])\d+号(?!线|公交|车)(?:附\d+号)?(?:\d+室)?"
    rf"|{_N}单元(?:\d{{3,4}}|{_CN}{{3,4}})(?:号?室)?"
    r"|[A-Za-z]座\d{3,4}室?|(?<![\d.])\d{3,4}号?(?:室|房(?![价产子东租屋间]))"
    r"|(?<=[住我家在])\d{1,3}(?:号楼|栋|幢)(?!楼)"
)
_SIGNS = re.compile(
    rf"[\d@{_DIGITS}][\d\s@.{_DIGITS}()（）—–－+栋幢号单座弄#-]{{1,}}|@|wx|[vV][xX信:：]|微信|QQ|qq|[加]\s?[Qq]|扣扣|"
    rf"[{_PROVINCES}]\s?[A-Za-z]"
)
_PERSON = re.compile(rf"{_COMPOUND}|[{_SURNAMES}]")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data and the kinds (keys of `KINDS`) that were masked, in order of the rules."""

    text: str
    kinds: tuple[str, ...]


def mask(text: str) -> Masked:
    """Mask mobile and landline numbers, ID, bank card, plate, e-mail, QQ, WeChat, names with titles, house numbers.

    The text must be normalised (width folded). After it no run of seven or more digits is left, whatever it was.
    Bare names are not found: without a title or an introduction a name cannot be told from a word.
    """
    kinds: list[str] = []
    if _SIGNS.search(text):
        for kind, rule in _NUMBERED:
            masked = rule(text)
            if masked != text:
                kinds.append(kind)
                text = masked
    if _PERSON.search(text):
        masked = _mask_names(text)
        if masked != text:
            kinds.append("name")
            text = masked
    return Masked(text, tuple(kinds))


def is_id_number(digits: str) -> bool:
    """Check digit of an 18-place identity number (GB 11643, ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[\dXx]", digits):
        return False
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(digits[:17]))
    return "10X98765432"[total % 11] == digits[17].upper()


def is_card_number(digits: str) -> bool:
    """Luhn check of a bank card number of 13 to 19 digits."""
    if not re.fullmatch(r"\d{13,19}", digits):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _mask_id(text: str) -> str:
    def put(match: re.Match[str]) -> str:
        digits = re.sub(r"[ -]", "", match.group())
        return match.group() if is_card_number(digits) and not is_id_number(digits) else KINDS["id"]

    return _ID.sub(put, text)


def _mask_card(text: str) -> str:
    def put(match: re.Match[str]) -> str:
        digits = re.sub(r"[ -]", "", match.group())
        separated = len(digits) != len(match.group())
        return KINDS["card"] if is_card_number(digits) or (separated and len(digits) >= 16) else match.group()

    return _CARD.sub(put, text)


def _mask_account(pattern: re.Pattern[str], kind: str) -> Callable[[str], str]:
    def put(match: re.Match[str]) -> str:
        lead = match.group("lead") or ""
        account = match.group("account") or ""
        # 微信wifi and 微信app are words; an account has a digit, a mark, or six letters and a sign before it.
        if account.isalpha() and lead[-1:] not in ":：是为号":
            return match.group()
        return lead + KINDS[kind]

    return lambda text: pattern.sub(put, text)


def _mask_spoken(text: str) -> str:
    """Numbers in Chinese numerals: seven or more in a row; 三三两两 and 一二十年 are shorter."""

    def put(match: re.Match[str]) -> str:
        digits = re.sub(r"[ -]", "", match.group()).translate(_ARABIC)
        if len(digits) < 7 or not digits.isdigit():
            return match.group()
        return KINDS["mobile" if len(digits) >= 11 and digits.lstrip("86")[:1] == "1" else "landline"]

    return _SPOKEN.sub(put, text)


def _replace(pattern: re.Pattern[str], kind: str) -> Callable[[str], str]:
    return lambda text: pattern.sub(KINDS[kind], text)


def _mask_run(text: str) -> str:
    text = _RUN.sub(lambda match: match.group() if _DATE.fullmatch(match.group()) else KINDS["number"], text)
    return _ANY_RUN.sub(KINDS["number"], text)


_NUMBERED: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("email", _replace(_EMAIL, "email")),
    ("wechat", _mask_account(_WECHAT, "wechat")),
    ("qq", _mask_account(_QQ, "qq")),
    ("id", _mask_id),
    ("card", _mask_card),
    ("plate", _replace(_PLATE, "plate")),
    ("mobile", _replace(_MOBILE, "mobile")),
    ("landline", _replace(_LANDLINE, "landline")),
    ("mobile", _mask_spoken),
    ("number", _mask_run),
    ("address", _replace(_ADDRESS, "address")),
)


def _mask_names(text: str) -> str:
    pieces: list[str] = []
    done = start = 0
    # A rejected match may hide a true one that begins at its next character: 保安田队长.
    while match := _NAME.search(text, start):
        if _is_name(match):
            pieces += [text[done : match.start()], KINDS["name"], match.group("title")]
            done = start = match.end()
        else:
            start = match.start() + 1
    text = "".join([*pieces, text[done:]])
    text = _SAID.sub(_introduced, text)
    return _SURNAME_IS.sub("姓某", text)


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
    return match.group("lead") + KINDS["name"] + KINDS["name"]


def _is_boundary(character: str) -> bool:
    return bool(re.match(r"[\W_]|[是找和对向由跟请问叫让给的了到谢任员社区警长街道]", character))
