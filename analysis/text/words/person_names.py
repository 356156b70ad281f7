"""Mask names of people: a name before or after a title, or after an introduction.

A bare name cannot be distinguished from a word without a model, so bare names may remain.
"""

from __future__ import annotations

import re

from analysis.text.words.signs import BLANKS, END, pairs
from analysis.text.words.surnames import BEFORE, COMPOUND, NEVER, SURNAMES, also_names, ordinary

SOMEONE = "某"
"""Replaces a surname, so that 王主任 reads 某主任."""

_OFFICES = (
    "主任|书记|局长|处长|科长|股长|所长|院长|校长|镇长|乡长|县长|市长|区长|部长|厅长|"
    "队长|组长|站长|会长|社长|班长|村长|楼长|园长"
)
_POSTS = (
    "支书|经理|总监|董事长|总裁|老板娘|老板|厂长|店长|警官(?!兵)|警长|教导员|指导员|辅导员|网格员|委员(?!会)|法官|律师|医生|大夫|护士长|"
    "教授|教练|老师|师傅|工程师|会计|秘书|干事|民警|先生|女士|小姐|同志"
)
_CLERKS = (
    "收费员|保洁员|管理员|协管员|售票员|驾驶员|办事员|业务员|快递员|巡逻员|服务员|调解员|安全员|接线员|"
    "话务员|营业员|保安|门卫"
)
_KIN = "太太|阿姨|大妈|大爷|大叔|大哥|大姐|大婶|奶奶|爷爷|叔叔|伯伯|婆婆|嫂子"
_TITLES = (
    rf"(?:副|总|老)?(?:{_OFFICES})(?!期|久|远|达|时间|年|途|短|大|势|效)|(?:副|总|老)?(?:{_POSTS}|{_KIN}|"
    r"总(?=[,，。！!？?\s从说不也没就的]|$)|某某?)"
)
_TITLED = re.compile(r"[任记长书理监裁板官导员师生夫授练傅计事警士姐志太姨妈爷叔哥婶奶伯婆子总某]")
"""One character of every title: most texts have none of them."""
_FORMAL = re.compile(rf"(?:副|总)?(?:{_OFFICES}|书记|经理|先生|女士|小姐|同志|老板|委员|律师|教授|警官)")
_NAME = re.compile(rf"(?P<surname>{COMPOUND}|[{SURNAMES}])(?P<given>[\u4e00-\u9fff]{{0,2}}?)(?P<title>{_TITLES})")

_LEADS = "叫是人名民主任记长理师傅生官员警监裁板士姐志安卫"
"""What ends a lead: 我是, 我叫, 本人, 姓名, 联系人, 署名, 主任, 书记, 局长, 经理, 老师, 师傅, 医生, 警官 …"""
_AFTER = re.compile(rf"[{_LEADS}](?=(?P<gap>[\s:：]{{0,2}})(?P<surname>{COMPOUND}|[{SURNAMES}])[\u4e00-\u9fff])")
_SELF = ("我叫", "名叫", "人叫", "名字叫", "叫做", "名字是", "姓名是", "联系人是", "姓名", "联系人", "署名")
_AM = ("我是", "我就是", "本人是")
_WHO = (*_AM, "这是", "本人", "业主", "居民")
_HOLDERS = tuple(f"{_OFFICES}|{_POSTS}|{_CLERKS}".replace("(?!兵)", "").replace("(?!会)", "").split("|"))
_SURNAME_IS = re.compile(rf"(?<=[^百同尊老])姓(?P<name>{COMPOUND}|[{SURNAMES}])(?=[,，。的、\s]|$)")

# Never in a given name.
_HARD = re.compile(r"[的了是在不没与及或跟找请吗呢吧啊被把让这那哪每各些什么就都很也还再又给过着]")
_ORGAN = frozenset("局院校办区街镇室处队组部厅所站店司科馆场县乡委厂庭署会")
"""Last characters of an office or a place: 林业局局长, 高新区书记."""
# Of a given name only where the surname is no ordinary word.
_NOT_GIVEN = re.compile(
    r"[和叫对向从到来去有要说看做上下里外前后中大小多少几村路市社班园楼房车门口家师语史理政府公物保清电业警察医护学副老总新长级党支团"
    r"正代课牌工管务同边天龄铺面复谢]"
)
_AFTER_WORD = _ORGAN | frozenset("人员者家生师面民户商边上里下口路村班工")
_DOUBTFUL = frozenset(BEFORE) | NEVER
_VERBS = NEVER | frozenset("常易谢任包顾许方关高封索")
_END = re.compile(r"[\s,，。.!！?？;；:：、)）\]】\"”…~～—-]|$")
_GOES_ON = re.compile(
    r"反映|反应|说|表示|告诉|住|电话|手机|先生|女士|同志|您|你|他|她|我|今年|家住|家里|想|为人|处事|处理|工作|负责|态度|热情|热心|耐心|亲自|亲切|很|真|太|非常|特别|"
    r"十分|总|一直|经常|天天|每天|每次|乱|骂|吼|凶|从|也|都|就|不|没|在|是|来|去|到|给|帮|把|对|向|和|与|跟|让|被|接|答复|答应|回|解释|带|多次|几|已|要|会|能|拒|推|上门|上次|下|昨|前|当|,"
)
_SURE = re.compile(r"反映|说(?!明)|表示|告诉|电话|手机|先生|女士|同志|态度|为人|很?负责")
_OF = re.compile(r"的(?=妈|爸|家|父|母|爷|奶|邻|妻|丈|儿|女|哥|姐|弟|妹|房|同|老|亲)")
_PUBLIC = frozenset({"康师傅", "钱大妈", "雷锋同志", "焦裕禄同志", "焦裕禄书记", "孔繁森同志"})
_BOUNDARY = re.compile(
    r"[\W_]|[是找和对向由跟请问叫让给的了到谢任员社区警长街道业位院校局处室科队组所站店司部厅门村镇乡县市日天]"
)
_MEETS = ("找", "找到", "遇到", "碰到", "见到", "请", "谢", "物业", "叫", "跟", "由", "问")
NAMED = (
    *re.sub(r"\(\?!.\)", "", f"{_OFFICES}|{_POSTS}|{_KIN}|某").split("|"),
    *pairs("总", f",，。！!？?从说不也没就的{BLANKS}{END}"),
    "姓",
)
"""Signs of which a text with a name before a title, or with a surname that is called one, has one."""
INTRODUCED = ([*_SELF, *_AM, *_WHO, *_HOLDERS], pairs(_LEADS, f"{SURNAMES}{COMPOUND}:：{BLANKS}"))
"""Two sets of signs: a text with a name after a title or after an introduction has one of each."""


def mask_names(text: str) -> str:
    """Put 某 for the surname and name before a title, after a title or after an introduction; the title stays."""
    if _TITLED.search(text):
        text = _titled(text)
    text = _introduced(text)
    return _SURNAME_IS.sub("姓某", text) if "姓" in text else text


def _titled(text: str) -> str:
    pieces: list[str] = []
    done = start = 0
    # A rejected match may hide a true one that begins at its next character: 保安田队长.
    while match := _NAME.search(text, start):
        if _is_name(match):
            pieces += [text[done : match.start()], SOMEONE, match.group("title")]
            done = start = match.end()
        else:
            start = match.start() + 1
    return "".join([*pieces, text[done:]]) if pieces else text


def _is_name(match: re.Match[str]) -> bool:
    surname, given, title = match.group("surname", "given", "title")
    before = match.string[match.start() - 1 : match.start()]
    if surname + given + title in _PUBLIC or (before and before in BEFORE.get(surname, "")):
        return False
    if surname == "关" and match.string.startswith("什么事", match.end()):
        return False
    return _is_full(match) if given else surname not in NEVER


def _is_full(match: re.Match[str]) -> bool:
    """Return whether a surname and a given name before a title are a name, not words that look like one."""
    surname, given = match.group("surname", "given")
    if _HARD.search(given) or given[-1] in _ORGAN:
        return False
    text, start = match.string, match.start()
    before = text[start - 1 : start]
    if _starts_with_word(surname, given):
        met = text.endswith(_MEETS, 0, start)
        return (met or (_signed(before) and _FORMAL.match(match["title"]) is not None)) and _is_also_name(
            surname, given
        )
    if surname in _DOUBTFUL and before and not _BOUNDARY.match(before):
        return not _NOT_GIVEN.search(given) and surname not in NEVER and len(given) == 2
    return True


def _signed(before: str) -> bool:
    """Return whether nothing, a sign, or the end of a place or a day precedes: 社区, 街道, 昨天."""
    return not before or re.match(r"[\W_道区天日村局位向]", before) is not None


def _starts_with_word(surname: str, given: str) -> bool:
    words = ordinary()
    return surname + given in words or (len(surname) == 1 and surname + given[0] in words)


def _is_also_name(surname: str, given: str) -> bool:
    """Return whether a name that begins with a word can be a name: 白云, 高兴国, but not 安全 or 高中生."""
    if surname + given in also_names() or len(given) < 2:
        return surname + given in also_names()
    # A word and a bare surname are likelier: 纪委郭书记, 谢谢李局长.
    bare = given[1] in SURNAMES and given[1] not in _DOUBTFUL
    return not bare and given[1] not in _AFTER_WORD and surname + given not in ordinary()


def _introduced(text: str) -> str:
    """Put 某某 for a name after 我是, 我叫, 联系人 or a title."""
    pieces: list[str] = []
    done = 0
    for match in _AFTER.finditer(text):
        if match.end() < done:
            continue
        end = _name_end(text, match)
        if end:
            pieces += [text[done : match.start("surname")], SOMEONE + SOMEONE]
            done = end
    return "".join([*pieces, text[done:]]) if pieces else text


def _name_end(text: str, match: re.Match[str]) -> int:
    """Return where the name after a lead ends; 0 where there is no lead or no name."""
    lead = match.end()
    own = text.endswith(_SELF, 0, lead)
    am = text.endswith(_AM, 0, lead)
    held = text.endswith(_HOLDERS, 0, lead - text.startswith("是", lead - 1))
    if not (own or am or held or text.endswith(_WHO, 0, lead)):
        return 0
    at = match.end("surname")
    for size in (1, 2) if _GOES_ON.match(text, at + 1) and not _END.match(text, at + 2) else (2, 1):
        end = at + size
        if _could_end(text, at, end) and _reads_as_name(
            match["surname"], text[at:end], (own, am and _END.match(text, end) is not None, text[end:])
        ):
            return end
    return 0


def _could_end(text: str, start: int, end: int) -> bool:
    """Return whether the characters can be a given name, and what follows can follow a name."""
    given = text[start:end]
    if len(given) < end - start or not re.fullmatch(r"[\u4e00-\u9fff]+", given) or _HARD.search(given):
        return False
    return bool(_END.match(text, end) or _GOES_ON.match(text, end) or _OF.match(text, end)) and given[-1] not in _ORGAN


def _reads_as_name(surname: str, given: str, around: tuple[bool, bool, str]) -> bool:
    """Return whether the text is a name, by its introduction and by what follows."""
    own, ends, rest = around
    if own:
        return surname + given not in ordinary() or surname + given in also_names()
    if not _starts_with_word(surname, given):
        likely = surname not in _VERBS or (len(given) == 2 and given not in _HOLDERS)
        return likely or ends or _SURE.match(rest) is not None
    return _is_also_name(surname, given) and (ends or _SURE.match(rest) is not None)
