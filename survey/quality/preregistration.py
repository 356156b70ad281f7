"""Preregistration: the analysis plan frozen before a wave, and later deviations from it (rule R-24).

Primary rates, weighting margins, thresholds, targets and exclusion rules are frozen in a JSON file with its hash. The
study is later compared with it; deviations are allowed but must be reported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from survey.errors import ArgumentError, StudyError
from survey.quality.registry import CHECKS
from survey.study.study import Study

FOLDER = "registration"
PARTS: Mapping[str, str] = {
    "questionnaire": "问卷",
    "rates": "主要指标",
    "margins": "加权用的人口结构",
    "thresholds": "门槛",
    "targets": "目标值",
    "suppression": "最小显示人数",
    "false_calls": "允许错判的比例",
    "checks": "质量检查规则",
    "exclusion": "剔除规则",
    "modes": "调查方式",
    "dates": "调查日期",
    "gifts": "礼品",
}
"""Part -> label on screen."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One part of the plan that differs from the registration.

    Attributes:
        part: key of `PARTS`.
        label: its Chinese name.
        registered: registered value, shortened.
        now: present value, shortened.
    """

    part: str
    label: str
    registered: str
    now: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A frozen plan.

    Attributes:
        wave: name of the wave.
        at: time of registration (UTC).
        who: the person.
        early: whether it was registered before the first day of the wave.
        parts: part -> registered value.
        digest: sha256 of the content.
    """

    wave: str
    at: datetime
    who: str
    early: bool
    parts: Mapping[str, Any]
    digest: str


def register(study: Study, wave: str, *, who: str, exclusion: str, today: date | None = None) -> Registration:
    """Register the plan of a wave, which can be done once.

    Args:
        study: the study in its present state.
        wave: name of the wave.
        who: the person.
        exclusion: the exclusion rule in words.
        today: the day; None for today.

    Raises:
        ArgumentError: no person or rule, or the wave is registered already.
        StudyError: unknown wave.
    """
    if not who.strip() or not exclusion.strip():
        raise ArgumentError("预登记要写明经办人和剔除规则", cure="加上 --who 姓名 --exclusion 规则")
    path = study.root / FOLDER / f"{wave}.json"
    parts = _parts(study, wave) | {"exclusion": exclusion}
    at = datetime.now(UTC)
    body = {
        "wave": wave,
        "at": at.isoformat(),
        "who": who,
        "early": (today or at.date()) < study.wave(wave).start,
        "parts": parts,
    }
    path.parent.mkdir(exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump({**body, "digest": _digest(body)}, file, ensure_ascii=False, indent=1)
    except FileExistsError as error:
        raise ArgumentError(
            "这一轮已经预登记，不能改写", where=path.name, cure="变动会作为偏离列出，不必重登"
        ) from error
    return read_registration(study.root, wave)


def read_registration(root: Path, wave: str) -> Registration:
    """Return the registration of a wave.

    Raises:
        StudyError: the wave is not registered, or the file was changed afterwards.
    """
    path = root / FOLDER / f"{wave}.json"
    if not path.is_file():
        raise StudyError("这一轮没有预登记", where=str(path), cure="开始调查前运行 silu quality --register")
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        digest = body.pop("digest")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise StudyError("预登记文件读不出来", where=str(path), got=str(error), cure="从备份恢复") from error
    if digest != _digest(body):
        raise StudyError("预登记文件在登记之后被改动过", where=str(path), cure="从备份恢复原来的文件")
    return Registration(**{**body, "at": datetime.fromisoformat(body["at"])}, digest=digest)


def deviations(study: Study, registration: Registration) -> tuple[Deviation, ...]:
    """Return the deviations from the registration, in the order of `PARTS`; parts that it lacks are not compared."""
    now = _parts(study, registration.wave)
    return tuple(_differ(registration.parts, now))


def _differ(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Deviation]:
    for part, label in PARTS.items():
        if part in now and part in then and then[part] != now[part]:
            yield Deviation(part, label, _short(then[part]), _short(now[part]))


def _parts(study: Study, wave: str) -> dict[str, Any]:
    """Return the plan as plain JSON values, with hashes in place of tables."""
    plan = study.wave(wave)
    return {
        "questionnaire": study.questionnaire.fingerprint,
        "rates": [[rate.name, rate.base, [list(map(str, term)) for term in rate.terms]] for rate in _primary(study)],
        "margins": _table(study.margins),
        "thresholds": [[one.name, one.value, one.source, one.date.isoformat()] for one in study.thresholds],
        "targets": _table(study.targets),
        "suppression": study.suppression,
        "false_calls": study.false_calls,
        "checks": {name: check.rule for name, check in CHECKS.items()},
        "modes": list(plan.modes),
        "dates": [plan.start.isoformat(), plan.end.isoformat()],
        "gifts": study.sections.get("gifts", {}),
    }


def _primary(study: Study) -> list[Any]:
    return [rate for rate in study.questionnaire.rates if rate.overall]


def _table(table: pd.DataFrame) -> str:
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}……"
