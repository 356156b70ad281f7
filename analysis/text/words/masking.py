"""Masking personal data before a text enters an analysis table or a screen."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.text.words.person_names import INTRODUCED, NAMED, SOMEONE, mask_names
from analysis.text.words.signs import BLANKS, Signs, pairs

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
    "name": SOMEONE,
    "number": "[数字]",
}
"""Kind -> its replacement. A surname becomes 某, so that 王主任 reads 某主任."""

_DIGITS = "零〇一二三四五六七八九幺两"
_CN = rf"[{_DIGITS}十百]"
_ARABIC = str.maketrans("零〇一二三四五六七八九幺两", "0012345678912")
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
# Units of amounts and counts, which are kept: 130000000 元, 12000000人次.
_UNIT = r"\s?[万亿]?(?:元|块|美元|人|户|名|位|平|米|公里|吨|亩|个|件|辆|份|张|棵|次|度|斤|公斤|千瓦|立方|年|月|日)"
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}\s?@\s?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}"
)
_WECHAT = re.compile(
    r"(?P<lead>(?:微信号?|[Ww][Xx]|[Vv][Xx]|[Vv]信|薇信|威信|加我?[Vv](?=[:：\s])|加我?微)(?:号码|号)?\s?(?:是|[:：]|为)?\s?)(?P<account>[A-Za-z][\w-]{4,19}|\d{5,})"
    r"|\bwxid_\w+"
)
_QQ = re.compile(
    r"(?P<lead>(?:[Qq]{2}|扣扣|企鹅|[加]\s?[Qq])(?:群|号码|号|帐号|账号)*\s?(?:是|[:：]|为)?\s?)(?P<account>\d{5,12})"
)
_ID = re.compile(
    r"(?<!\d)[1-9]\d{5}[ -]?(?:18|19|20)\d{2}[ -]?\d{4}[ -]?\d{2}[\dXx](?!\d)"
    r"|(?<!\d)[1-9]\d{5}[ -]?\d{8}[ -]?\d{3}[\dXx](?!\d)"
)
_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,4})?(?!\d)")
_PLATE = re.compile(
    rf"[{_PROVINCES}]\s?[A-Za-z]\s?[·.・•-]?\s?(?=[A-Za-z0-9]{{0,5}}\d)[A-HJ-NP-Za-hj-np-z0-9]{{4,6}}[挂学警港澳]?"
)
_MOBILE = re.compile(r"(?:\+?86[ -]?)?[(（]?(?<!\d)1[ .-]?[3-9][ .-]?\d[)）]?(?:[ .-]{0,2}\d){8}(?!\d)")
_LANDLINE = re.compile(
    r"[(（]?(?<!\d)0\d{2,3}[)）]?[ —–-]{0,2}\d{3,4}[ -]?\d{4}(?!\d)"
    r"|(?<![\d.])(?<!第)[2-8]\d{2,3}[ -]\d{4}(?![\d年月日元块米])"
    rf"|(?<![\d.])[2-8]\d{{6,7}}(?!\d|{_UNIT})|(?<!\d)400-?\d{{3,4}}-?\d{{3,4}}(?!\d)"
)
_SPOKEN = re.compile(rf"[{_DIGITS}][{_DIGITS} -]{{5,28}}[{_DIGITS}]")
_RUN = re.compile(r"\d(?:[ -]?\d){6,}|\d{7,}")
_DATE = re.compile(
    r"(?:19|20)\d{2}[ -](?:0?[1-9]|1[0-2])[ -](?:0?[1-9]|[12]\d|3[01])"
    r"(?: (?:[01]\d|2[0-3])[0-5]\d| (?P<hour>[01]?\d|2[0-3]))?"
)
_AMOUNT = re.compile(_UNIT)
_CALLS = re.compile(r"(?:电话|手机|座机|号码?|拨|打|微信|[Qq]{2})\D{0,3}$")
_LONGEST_AMOUNT = 12
_ANY_RUN = re.compile(r"\d{7,}")
_N = rf"(?:\d{{1,4}}|{_CN}{{1,4}})"
_BUILDING = rf"{_N}(?:号楼|号院|#楼?|栋|幢|座(?=\d|{_CN}))"
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
    rf"[\d@{_DIGITS}][\d\s@.{_DIGITS}()（）—–+栋幢号单座弄#-]{{1,}}|@|wx|[vV][xX信:：]|微信|QQ|qq|[加]\s?[Qq]|扣扣|"
    rf"[{_PROVINCES}]\s?[A-Za-z]"
)

_DECIMALS = [chr(code) for code in range(0x20000) if chr(code).isdecimal()]
_MASKS = Signs(
    [
        ("@", "wx", "微信", "QQ", "qq", "扣扣", *(digit for digit in _DECIMALS if not digit.isascii())),
        pairs(string.digits + _DIGITS, f"{string.digits}@.{_DIGITS}()（）—–+栋幢号单座弄#-{BLANKS}"),
        (*pairs("vV", "xX信:："), *pairs("加", f"Qq{BLANKS}"), *pairs(_PROVINCES, string.ascii_letters + BLANKS)),
        NAMED,
        *INTRODUCED,
    ]
)
"""What a text needs to be masked: how each match of `_SIGNS` begins, and names; of the last two groups, both."""
_ALONE, _BOTH = 0b1111, 0b110000


class Masked(NamedTuple):
    """A text without personal data and the kinds (keys of `KINDS`) that were masked, in order of the rules."""

    text: str
    kinds: tuple[str, ...]


def mask(text: str) -> Masked:
    """Mask mobile and landline numbers, ID, bank card, plate, e-mail, QQ, WeChat, names with titles, house numbers.

    The text must be normalised (width folded). Afterwards no run of seven or more digits is left, except amounts and
    counts of at most twelve digits with their unit (130000000 元) that no word like 电话 comes before. Bare names are
    not found: without a title or an introduction a name cannot be distinguished from a word.
    """
    kinds: list[str] = []
    if _SIGNS.search(text):
        for needed, rules in _NUMBERED:
            for kind, rule in rules if needed.search(text) else ():
                masked = rule(text)
                if masked != text:
                    kinds.append(kind)
                    text = masked
    masked = mask_names(text)
    if masked != text:
        kinds.append("name")
        text = masked
    return Masked(text, tuple(kinds))


def mask_each(texts: Sequence[str]) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the texts and the kinds of `mask` of each text."""
    masked = list(texts)
    kinds: list[tuple[str, ...]] = [()] * len(masked)
    for at in np.flatnonzero(_may_change(texts)).tolist():
        masked[at], kinds[at] = mask(texts[at])
    return masked, kinds


def _may_change(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which texts have the signs of something to mask."""
    signs = _MASKS(texts)
    found: npt.NDArray[np.bool_] = (signs & np.uint64(_ALONE) > 0) | (signs & np.uint64(_BOTH) == _BOTH)
    return found


def is_id_number(digits: str) -> bool:
    """Check the check digit of an 18-digit identity number (GB 11643, ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[\dXx]", digits):
        return False
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(digits[:17]))
    return "10X98765432"[total % 11] == digits[17].upper()


def is_card_number(digits: str) -> bool:
    """Check a bank card number of 13 to 19 digits by the Luhn algorithm."""
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
    """Mask seven or more Chinese numerals in a row; 三三两两 and 一二十年 are shorter."""

    def put(match: re.Match[str]) -> str:
        digits = re.sub(r"[ -]", "", match.group()).translate(_ARABIC)
        if len(digits) < 7 or not digits.isdigit():
            return match.group()
        return KINDS["mobile" if len(digits) >= 11 and digits.lstrip("86")[:1] == "1" else "landline"]

    return _SPOKEN.sub(put, text)


def _replace(pattern: re.Pattern[str], kind: str) -> Callable[[str], str]:
    return lambda text: pattern.sub(KINDS[kind], text)


def _mask_run(text: str) -> str:
    """Mask seven digits or more, except dates (also with a time) and amounts or counts with their unit."""
    return _ANY_RUN.sub(_unless_amount, _RUN.sub(_unless_amount, text))


def _unless_amount(match: re.Match[str]) -> str:
    run, text = match.group(), match.string
    date = _DATE.fullmatch(run)
    if date and (date["hour"] is None or text.startswith((":", "：", "点", "时"), match.end())):
        return run
    counts = run.isdigit() and len(run) <= _LONGEST_AMOUNT and _AMOUNT.match(text, match.end())
    return run if counts and not _CALLS.search(text, max(0, match.start() - 8), match.start()) else KINDS["number"]


_SEVEN = r"\d(?:\D*+\d){6}"
_NUMBERED: tuple[tuple[re.Pattern[str], tuple[tuple[str, Callable[[str], str]], ...]], ...] = tuple(
    (re.compile(needed), rules)
    for needed, rules in (
        ("@", (("email", _replace(_EMAIL, "email")),)),
        ("[微薇威VvWw加]", (("wechat", _mask_account(_WECHAT, "wechat")),)),
        ("[Qq扣企加]", (("qq", _mask_account(_QQ, "qq")),)),
        (_SEVEN, (("id", _mask_id), ("card", _mask_card))),
        (f"[{_PROVINCES}]", (("plate", _replace(_PLATE, "plate")),)),
        (_SEVEN, (("mobile", _replace(_MOBILE, "mobile")), ("landline", _replace(_LANDLINE, "landline")))),
        (f"[{_DIGITS}]", (("mobile", _mask_spoken),)),
        (_SEVEN, (("number", _mask_run),)),
        ("[号#栋幢座单室房-]", (("address", _replace(_ADDRESS, "address")),)),
    )
)
"""What a text needs for any of the rules, which are slower, and kind and rule, in the order in which they apply."""
