"""The `[collect]` table of study.toml: contact, opening hours and limits of the form."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from survey.errors import StudyError
from survey.study.study import MODES, Study
from survey.study.terms import Wave

SMALLEST = 4096
"""Minimum body limit, bytes: a complete submission needs more."""
CHINA = timezone(timedelta(hours=8), "北京时间")
"""Opening hours and dates are Beijing time, whatever the server's clock is set to."""


@dataclass(frozen=True, slots=True)
class CollectSettings:
    """Settings of the online form.

    Attributes:
        contact: contact of the personal information handler: telephone or address.
        purpose: purpose of the survey, one sentence.
        retention: sentence of the notice on the retention period; "" to generate it from [retention].
        opens, closes: daily opening hours, both None for around the clock.
        invitation: "open" link, or "token" (single use).
        minors: under 14 only with a "guardian", or "block".
        minimum_seconds: faster submissions are kept and flagged.
        burst: submissions one address may send at once; generous, because a whole office shares one address.
        per_second: refill rate of that allowance.
        body_limit: largest body in bytes.
        database: "" for SQLite in the study folder, or a postgresql:// address.
        quota: target number of submissions per place, shown on the live page; 0 for none.
        public_url: address at which residents open the form, behind any proxy; "" where none is fixed.
        drain_seconds: interval of moving submissions into the response store; 0 leaves it to `silu drain`.
    """

    contact: str = ""
    purpose: str = "了解居民对文明城市创建工作的知晓、支持、参与和满意情况，改进公共服务"
    retention: str = ""
    opens: time | None = None
    closes: time | None = None
    invitation: str = "open"
    minors: str = "guardian"
    minimum_seconds: int = 30
    burst: int = 300
    per_second: float = 5.0
    body_limit: int = 65536
    database: str = ""
    quota: int = 0
    public_url: str = ""
    drain_seconds: int = 60

    @property
    def base_path(self) -> str:
        """Path under which a proxy offers the form, such as `/wj`; "" for the root of its name."""
        return urlsplit(self.public_url).path.rstrip("/")


def _text(value: Any) -> str:
    return "" if isinstance(value, str) else "一段文字（写在引号里）"


def _clock(value: Any) -> str:
    return "" if isinstance(value, time) else "时刻，写作 08:00:00，不加引号"


def _whole(value: Any) -> str:
    good = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return "" if good else "不小于 0 的整数"


def _number(value: Any) -> str:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
    return "" if good else "大于 0 的数"


def _at_least(least: int) -> Callable[[Any], str]:
    return lambda value: "" if not _whole(value) and value >= least else f"不小于 {least:,} 的整数"


def _address(value: Any) -> str:
    good = isinstance(value, str) and ("://" not in value or value.startswith(("postgresql://", "postgres://")))
    return "" if good else "空着（本机 SQLite），或 postgresql:// 开头的地址"


def public_url_fault(value: Any) -> str:
    """Return what an address of the form should have been, in Chinese; "" for a good one and for none."""
    parts = urlsplit(value) if isinstance(value, str) else None
    good = parts is not None and (not value or (parts.scheme in ("http", "https") and bool(parts.hostname)))
    bare = parts is not None and not parts.query and not parts.fragment
    return "" if good and bare else "https:// 开头，不带 ? 和 #，如 https://silu.example.cn/wj/"


def _one_of(*words: str) -> Callable[[Any], str]:
    return lambda value: "" if value in words else "、".join(words) + " 之一"


CHECKS: Mapping[str, Callable[[Any], str]] = {
    "contact": _text,
    "purpose": _text,
    "retention": _text,
    "opens": _clock,
    "closes": _clock,
    "invitation": _one_of("open", "token"),
    "minors": _one_of("guardian", "block"),
    "minimum_seconds": _whole,
    "burst": _at_least(1),
    "per_second": _number,
    "body_limit": _at_least(SMALLEST),
    "database": _address,
    "quota": _whole,
    "public_url": public_url_fault,
    "drain_seconds": _whole,
}


def collect_settings(study: Study) -> CollectSettings:
    """Return the validated `[collect]` table of a study, with defaults for missing keys.

    Raises:
        StudyError: an unknown key, or a value of the wrong type.
    """
    table: Mapping[str, Any] = study.sections.get("collect", {})
    for key, value in table.items():
        if key not in CHECKS:
            names = "、".join(field.name for field in fields(CollectSettings))
            raise StudyError("study.toml 的 [collect] 中没有这个设置", where=key, expected=names)
        wanted = CHECKS[key](value)
        if wanted:
            raise StudyError("study.toml 的设置不对", where=f"[collect] {key}", got=str(value), expected=wanted)
    if ("opens" in table) != ("closes" in table):
        raise StudyError("开放时段要同时写开始和结束", where="[collect] opens / closes")
    if "opens" in table and table["opens"] == table["closes"]:
        cure = "全天开放就把两项都删去"
        raise StudyError("开放时段的开始和结束相同", where="[collect] opens / closes", cure=cure)
    return CollectSettings(**table)


def database_of(study: Study, settings: CollectSettings) -> str:
    """Return the address of the inbox: postgresql://, or the path of the SQLite file."""
    return settings.database or str(Path(study.root) / "inbox" / "inbox.sqlite")


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether submissions are accepted at a time: the wave, or the reason why not."""

    wave: Wave | None
    reason: str = ""


def opening(study: Study, settings: CollectSettings, moment: datetime, mode: str = "online") -> Opening:
    """Return the wave that accepts submissions at a time.

    Args:
        study: the study.
        settings: its collect table.
        moment: an aware time.
        mode: mode of the submission; a wave accepts only the modes it names.
    """
    local = moment.astimezone(CHINA)
    wave = next((wave for wave in study.waves if wave.start <= local.date() <= wave.end and mode in wave.modes), None)
    if wave is None:
        return Opening(None, _between(study, mode, local.date()))
    objection = study.approval.objection(local.date())
    if objection and study.approval.lock:
        return Opening(None, f"调查表{objection}，暂停填报")
    if mode == "online" and not _within(local.time(), settings.opens, settings.closes):
        return Opening(None, f"现在不在开放时间，请在每天 {settings.opens:%H:%M} 至 {settings.closes:%H:%M} 之间填写")
    return Opening(wave)


def _between(study: Study, mode: str, today: date) -> str:
    """Return why no wave accepts a mode today: not begun, over, or not planned."""
    starts = [wave.start for wave in study.waves if mode in wave.modes and wave.start > today]
    ends = [wave.end for wave in study.waves if mode in wave.modes and wave.end < today]
    if starts:
        return f"调查还没有开始，{spoken_day(min(starts))}起可以填写"
    if ends:
        return f"调查已于{spoken_day(max(ends))}结束，感谢您的关注"
    return f"本调查没有“{MODES[mode]}”这种方式"


def spoken_day(day: date) -> str:
    """Return a day in Chinese, such as 2027年3月14日."""
    return f"{day.year}年{day.month}月{day.day}日"


def _within(now: time, opens: time | None, closes: time | None) -> bool:
    """Return whether a time is within the opening hours, which may cross midnight."""
    if opens is None or closes is None:
        return True
    return opens <= now <= closes if opens <= closes else now >= opens or now <= closes
