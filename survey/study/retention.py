"""How long what a study holds is kept, and until when: the table [retention] of study.toml.

A period begins at the end of the wave. Periods contain each other, for a raw file holds also the texts, and the texts
are answers: contacts <= raw <= texts <= answers. A multiple of 365 days means calendar years.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from survey.errors import StudyError
from survey.study.settings import Settings

YEAR = 365
NUMERALS = "零一两三四五六七八九十"


class Kind(StrEnum):
    """What is kept; the value is the key in study.toml."""

    CONTACTS = "contacts"
    RAW = "raw"
    TEXTS = "texts"
    ANSWERS = "answers"
    LOGS = "logs"


LABELS: Mapping[Kind, str] = {
    Kind.CONTACTS: "联系信息",
    Kind.RAW: "原始资料",
    Kind.TEXTS: "留言原文",
    Kind.ANSWERS: "答卷",
    Kind.LOGS: "查看和导出记录",
}
MEANING: Mapping[Kind, str] = {
    Kind.CONTACTS: "网络地址和设备的加密摘要、邀请码、访问员编号，以及原样保留的退回行",
    Kind.RAW: "导入的原始文件、收件箱里的原始答卷",
    Kind.TEXTS: "开放题的文字",
    Kind.ANSWERS: "逐份的编码答卷；删除前先做成汇总表，汇总表长期保存",
    Kind.LOGS: "谁在什么时候看了、导出了什么",
}
OF_A_WAVE = (Kind.CONTACTS, Kind.RAW, Kind.TEXTS, Kind.ANSWERS)
"""In the order in which they end."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that each kind is kept.

    Attributes:
        contacts: keyed hints of addresses and devices, invitations, codes of interviewers; also rejected rows, which
            hold them as they were given.
        raw: raw files and bodies.
        texts: free texts.
        answers: coded responses.
        logs: logs of views and exports, from their last line.
        hold: why nothing may be deleted at present; "" where it may.
    """

    contacts: int = 90
    raw: int = 2 * YEAR
    texts: int = 2 * YEAR
    answers: int = 2 * YEAR
    logs: int = 2 * YEAR
    hold: str = ""

    def days(self, kind: Kind) -> int:
        """Days that a kind is kept."""
        return int(asdict(self)[kind])

    def last_day(self, kind: Kind, end: date) -> date:
        """Last day on which a kind is kept, of a wave that ended on a day; it is to be deleted after that.

        No kind ends before one that it contains: ten calendar years have two days more than 3,651 days.
        """
        contained = OF_A_WAVE[: OF_A_WAVE.index(kind)] if kind in OF_A_WAVE else ()
        return max(period_end(end, self.days(one)) for one in (*contained, kind))

    def shortened(self, other: Mapping[str, int]) -> Retention:
        """The same with the shorter one of each two periods.

        Args:
            other: key -> days; keys that are not there stay as they are.
        """
        shorter = {name: min(days, int(other.get(name, days))) for name, days in asdict(self).items() if name != "hold"}
        return replace(self, **shorter)


def check_retention(settings: Settings) -> None:
    """Refuse periods that contradict each other.

    Raises:
        StudyError: a period is longer than the one that contains it, with the line.
    """
    table = Retention(**settings.tables.get("retention", {}))
    for inner, outer in pairwise(OF_A_WAVE):
        if table.days(inner) > table.days(outer):
            raise StudyError(
                f"{LABELS[inner]}的保存期比{LABELS[outer]}的长",
                where=settings.place("retention", 0, inner if inner in settings.tables["retention"] else outer),
                got=f"{inner} = {table.days(inner)}，{outer} = {table.days(outer)}",
                expected=f"{inner} 不大于 {outer}：{LABELS[outer]}删除时，{LABELS[inner]}里不能还有同样的内容",
            )


def period_end(start: date, days: int) -> date:
    """Last day of a period of so many days after a day; multiples of 365 are calendar years.

    A year ends on the same day of the month, or on the last day of a shorter month (Civil Code, art. 202).
    """
    years, rest = divmod(days, YEAR)
    try:
        if rest or not years:
            return start + timedelta(days=days)
        year = start.year + years
        return date(year, start.month, min(start.day, monthrange(year, start.month)[1]))
    except (OverflowError, ValueError):
        return date.max


def spoken_period(days: int) -> str:
    """A period as people say it: 两年, 90 天."""
    years, rest = divmod(days, YEAR)
    if rest or not years:
        return f"{days} 天"
    return f"{NUMERALS[years]}年" if years < len(NUMERALS) else f"{years} 年"
