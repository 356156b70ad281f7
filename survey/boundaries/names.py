"""Names of areas as different offices write them: full-width letters, blanks, and the endings 市, 区, 街道."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

DISTRICT, STREET = "district", "street"
PEOPLE = (
    "(?:(?:土家|蒙古|朝鲜|哈萨克|维吾尔|布依|傈僳|达斡尔|鄂温克|鄂伦春|仡佬|拉祜|哈尼|景颇|布朗|锡伯|毛南|仫佬|裕固|撒拉|"
    "东乡|保安|纳西|独龙|普米|塔吉克|柯尔克孜|各|[彝回满壮苗侗瑶藏白傣羌畲黎土水佤怒京])族)*"
)
"""The peoples in the names of autonomous counties and townships."""
ENDINGS: Mapping[str, re.Pattern[str]] = {
    DISTRICT: re.compile(rf"(?:{PEOPLE}自治县|自治旗|新区|开发区|管理区|林区|特区|市辖区|[市区县旗])$"),
    STREET: re.compile(rf"(?:街道办事处|街道办|地区办事处|办事处|街道|地区|{PEOPLE}民族乡|[镇乡])$"),
}
"""Level -> endings that say the kind of the area, not its name."""
DROPPED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff·•・()（）“”\"'-]+")


def whole_name(name: str) -> str:
    """Return a name without blanks, punctuation and invisible characters, in ordinary width; rare characters stay."""
    return DROPPED.sub("", unicodedata.normalize("NFKC", name))


def bare_name(name: str, level: str) -> str:
    """Return the name without the ending of its level; whole where nothing would be left."""
    whole = whole_name(name)
    bare = ENDINGS[level].sub("", whole)
    return bare if len(bare) >= 2 or (bare and len(whole) <= 2) else whole


def digits_of(code: str) -> str:
    """Return the digits of a code; "" for a text that is no code.

    Codes of surveyors (国标码) begin with 156 for China: it is left out.
    """
    plain = unicodedata.normalize("NFKC", code).strip()
    if not (plain.isascii() and plain.isdecimal() and len(plain) >= 6):
        return ""
    return plain[3:] if plain.startswith("156") and len(plain) in (9, 12, 15) else plain


def code_at(code: str, level: str) -> int:
    """Return the code of an area at its level, of 6 digits or 9; 0 where the text is none, or of another level."""
    digits, wanted = digits_of(code), 6 if level == DISTRICT else 9
    if len(digits) < wanted or digits[wanted:].strip("0"):
        return 0
    return int(digits[:wanted])
