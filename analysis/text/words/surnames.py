"""Surnames, and the words that begin like a name and are none."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from survey.study.lexicon import DEFAULT, read_entries

SURNAMES = (
    "王李张刘陈杨赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石韦"
    "贾夏付方邹熊孟秦白江阎薛尹段雷侯龙史陶黎贺毛郝顾龚邵万钱严覃武戴莫孔汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申"
    "欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司"
    "卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝黄洪丘胥尧冀占闻匡"
    "傅邱于金赖储芮嵇裘荀惠伊戎祖郜薄邰鄂索蔺屠贡郦雍濮扈燕浦慕茹阙蔚隆晁阚鞠巢蒯荆竺逯揭谌鄢厉封戈栗楚闫仝亓"
)
COMPOUND = (
    "欧阳|上官|司马|诸葛|东方|尉迟|皇甫|令狐|慕容|夏侯|公孙|"
    "司徒|端木|宇文|长孙|独孤|南宫|呼延|轩辕|钟离|申屠|淳于|澹台|闾丘|赫连|鲜于|拓跋"
)

BEFORE: Mapping[str, str] = MappingProxyType(
    {
        "文": "语英中作散天人公",
        "史": "历",
        "关": "机有相公海各",
        "林": "园森",
        "路": "公铁道马一",
        "方": "双官警校对院厂地我各店乙甲业场司单三四多",
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
        "于": "由位关对属等至终高低处在用敢善便大小多少源鉴限忙鲜",
        "金": "资现奖基租押罚黄税白五证薪佣公积本美",
        "封": "信密开解查",
        "索": "搜探线",
        "储": "仓存",
        "祖": "佛先",
        "惠": "实优普互",
        "厉": "严",
        "万": "百千十几数上",
    }
)
"""Surname -> the characters after which it ends a word: 语文老师, 班主任, 园林局长, 有关书记, 双方经理."""
NEVER = frozenset("和应连单查时边成全明商师农费祝席管解司古米卫党车简于")
"""Surnames that, bare before a title, read as an ordinary word first: 和主任, 应老师, 连大爷."""


@cache
def ordinary() -> frozenset[str]:
    """Return the words that begin with a surname and are no name: 项目, 高新, 安全; read once."""
    return frozenset(read_entries(DEFAULT / "ordinary.txt", _no_value))


@cache
def also_names() -> frozenset[str]:
    """Return the ordinary words that are also full names: 白云, 高兴; read once."""
    return frozenset(read_entries(DEFAULT / "also_names.txt", _no_value))


def _no_value(value: str) -> None:
    if value:
        raise ValueError(value)
