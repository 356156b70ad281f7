"""The sentence of the notice on the retention period, generated from [retention] or checked against it."""

from __future__ import annotations

import re
import unicodedata

from survey.errors import StudyError
from survey.study.retention import NUMERALS, YEAR, Kind, Retention, spoken_period

DIGITS = {**{sign: value for value, sign in enumerate(NUMERALS)}, "二": 2}
TENS = {"十": 10, "百": 100}
NUMBER = r"\d+|[零一二两三四五六七八九十百]+|半"
PERIOD = re.compile(rf"({NUMBER})\s*个?\s*(年|月|周(?!岁)|星期|天|日)(半)?")
DATE = re.compile(r"\d{4}\s*年(\s*\d{1,2}\s*月(\s*\d{1,2}\s*日)?)?")
DAYS = {"周": 7, "星期": 7, "天": 1, "日": 1}
MONTH = (28, 31)


def retention_clause(written: str, table: Retention, *, paper: bool = False) -> str:
    """Return the sentence for the notice.

    Args:
        written: [collect] retention; "" generates the sentence from the periods.
        table: [retention].
        paper: omit address and device, which paper forms do not record.

    Raises:
        StudyError: a written sentence names a period that is not in the table, or omits that of the answers.
    """
    made = _made(table, paper=paper)
    if not written:
        return made
    named = periods_in(written)
    kept = [table.days(kind) for kind in Kind]
    wrong = [words for words, least, most in named if not any(least <= days <= most for days in kept)]
    if wrong or not any(least <= table.answers <= most for _, least, most in named):
        got = f"“{'、'.join(wrong)}”" if wrong else f"没有写答卷保存{spoken_period(table.answers)}"
        raise StudyError(
            "知情说明里写的保存期和 [retention] 的天数不一致",
            where="study.toml [collect] retention",
            got=got,
            expected=made,
            cure="删去 [collect] 的 retention 这一行，句子会按 [retention] 写好；或把两处改成一致",
        )
    return written


def _made(table: Retention, *, paper: bool) -> str:
    whole = f"去标识化的答卷自本轮调查结束起{_kept(table.answers)}，到期删除"
    inner = [("原始答卷", table.raw), ("留言原文", table.texts)]
    sooner = [f"{what}{_kept(days)}" for what, days in inner if days < table.answers]
    hints = [] if paper else [f"网络地址和设备的加密摘要、邀请码{_kept(table.contacts)}"]
    parts = [f"其中{'，'.join([*sooner, *hints])}"] if sooner or hints else []
    return "；".join([whole, *parts, "删除后只保留看不出个人的汇总数字"])


def _kept(days: int) -> str:
    period = spoken_period(days)
    return f"保存 {period}" if period[0].isdecimal() else f"保存{period}"


def periods_in(text: str) -> list[tuple[str, int, int]]:
    """Return periods named in a sentence: the words, and the range of days they may mean. Dates are ignored."""
    found = []
    for match in PERIOD.finditer(DATE.sub("", unicodedata.normalize("NFKC", text))):
        number, unit, half = match[1], match[2], bool(match[3])
        amount = 0.5 if number == "半" else _number(number) + 0.5 * half
        least, most = (amount * days for days in _span(unit))
        found.append((match[0], int(least), round(most + 0.49)))
    return found


def _span(unit: str) -> tuple[int, int]:
    if unit == "年":
        return YEAR, YEAR
    return MONTH if unit == "月" else (DAYS[unit], DAYS[unit])


def _number(text: str) -> int:
    """Return an integer below 1,000 in Chinese numerals, or any in digits."""
    if text.isdecimal():
        return int(text)
    whole = part = 0
    for sign in text:
        if sign in TENS:
            whole, part = whole + (part or 1) * TENS[sign], 0
        else:
            part = 10 * part + DIGITS[sign]
    return whole + part
