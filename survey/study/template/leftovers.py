"""Find the parts of a study that are still those of the `silu init` template, which must not serve for judgements.

`load_study` leaves such targets, thresholds and margins out of the study, so that nothing can be compared with them or
weighted to them, and keeps the list for `silu doctor`, the pages and the captions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pandas as pd

from survey.storage.tables import decode
from survey.study.areas import Areas
from survey.study.margins import LABELS, POPULATION, margin_tables
from survey.study.template.examples import EXAMPLE_SOURCE, example_points, example_tables, example_targets

PLACEHOLDER = "（填写"
THRESHOLD_SOURCE = "（文件名称和条款）"
REMINDER = "只作提醒"
TITLE, WAVE_TITLE, WAVE_START = "文明城市创建模拟问卷调查", "第一轮模拟测评", date(2027, 3, 1)
PARTS: Mapping[str, str] = {
    "targets": "目标",
    "thresholds": "测评门槛",
    "frame": "抽样框",
    "margins": "人口结构",
    "no_margins": "人口结构",
    "organiser": "组织单位",
    "title": "调查名称",
    "wave": "轮次",
    "approval": "批准文号",
}
"""Parts that can be left over -> their names on screen."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """One part of a study that is still that of the template.

    Attributes:
        part: a key of `PARTS`.
        what: what is missing, in Chinese.
        where: file with lines, or file and key.
        effect: what is not done as long as it is missing.
        cure: what to enter there.
    """

    part: str
    what: str
    where: str
    effect: str
    cure: str


class Draft(Protocol):
    """A study folder as read, with the parts of the template."""

    @property
    def title(self) -> str:
        """Title of the survey."""

    @property
    def organiser(self) -> str:
        """Organisation that conducts it."""

    @property
    def approval(self) -> Any:
        """Official approval."""

    @property
    def waves(self) -> Sequence[Any]:
        """Waves with title and start."""

    @property
    def thresholds(self) -> Sequence[Any]:
        """Thresholds with name and source."""

    @property
    def areas(self) -> Areas:
        """The frame."""

    @property
    def margins(self) -> pd.DataFrame:
        """Population margins."""

    @property
    def targets(self) -> pd.DataFrame:
        """Targets with their sources."""

    def file(self, key: str) -> Path:
        """Return the path of a file of the study."""


D = TypeVar("D", bound=Draft)


def leftovers(study: Draft, examples: Sequence[pd.DataFrame]) -> tuple[Leftover, ...]:
    """Return all parts that are still those of the template, the gravest first; `examples` are its margin tables."""
    found = (
        _targets(study),
        _thresholds(study),
        _frame(study),
        _margins(study, examples),
        _organiser(study),
        _title(study),
        _wave(study),
        _approval(study),
    )
    return tuple(one for one in found if one is not None)


def without_template(draft: D) -> D:
    """Return a study without targets, thresholds and margins of the template, and with the list of its leftovers."""
    examples = example_tables(draft.margins)
    own: D = replace(  # type: ignore[type-var]
        draft,
        thresholds=_own_thresholds(draft),
        margins=_own_margins(draft, examples),
        targets=_own_targets(draft),
        leftovers=leftovers(draft, examples),
    )
    return own


def mock_leftovers(draft: Draft) -> tuple[Leftover, ...]:
    """Return what a mock city, which is an example as a whole, may lack all the same: margins."""
    return (_no_margins(draft),) if draft.margins.empty else ()


def _own_targets(study: Draft) -> pd.DataFrame:
    """Return the targets that a study may be judged by: those of its own, none while its frame is an example."""
    kept = study.targets[~example_targets(study.targets)].reset_index(drop=True)
    return kept.iloc[:0] if example_points(study.areas) else kept


def _own_thresholds(study: Draft) -> tuple[Any, ...]:
    """Return the thresholds that a study may be judged by, as for targets."""
    if example_points(study.areas):
        return ()
    return tuple(one for one in study.thresholds if one.source != THRESHOLD_SOURCE)


def _own_margins(study: Draft, examples: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the margins without the tables whose numbers are those of the template."""
    if not examples:
        return study.margins
    left = [set(table.columns) for table in examples]
    kept = [table for table in margin_tables(study.margins) if set(table.columns) not in left]
    return pd.concat([study.margins.iloc[:0], *kept], ignore_index=True).astype(study.margins.dtypes.to_dict())


def _targets(study: Draft) -> Leftover | None:
    examples = int(example_targets(study.targets).sum())
    if not examples:
        return None
    where = _lines(study.file("targets"), [EXAMPLE_SOURCE])
    what = f"{examples} 个目标还是示例"
    return Leftover("targets", what, where, "不与示例目标比较，不判断达标", "换成本市文件规定的数值，写明出处和日期")


def _thresholds(study: Draft) -> Leftover | None:
    names = [str(one.name) for one in study.thresholds if one.source == THRESHOLD_SOURCE]
    if not names:
        return None
    what = f"测评门槛没有出处：{'、'.join(names)}"
    where = _lines(study.file("study"), [THRESHOLD_SOURCE])
    return Leftover("thresholds", what, where, "不用这些门槛", "在 source 写明文件名称和条款")


def _frame(study: Draft) -> Leftover | None:
    examples = example_points(study.areas)
    if not examples:
        return None
    names = "、".join(dict.fromkeys(point.district for point in examples))
    return Leftover(
        "frame",
        f"抽样框里还有 {len(examples)} 个示例社区（{names}）",
        _lines(study.file("frame"), [str(point.code) for point in examples]),
        "不加权，不判断区县，不推算人数，不预测，不设计抽样",
        "换成本市的社区名单：代码、区县、街道、社区、人口",
    )


def _margins(study: Draft, tables: Sequence[pd.DataFrame]) -> Leftover | None:
    if study.margins.empty:
        return _no_margins(study)
    if not tables:
        return None
    titles = "、".join("×".join(LABELS[name] for name in table.columns if name != POPULATION) for table in tables)
    where = study.file("margins").name
    return Leftover("margins", f"人口结构还是示例：{titles}", where, "不按示例人口加权", "换成本市普查或年鉴的人口数")


def _no_margins(study: Draft) -> Leftover:
    titles = "、".join(LABELS[str(name)] for name in study.margins.columns if name != POPULATION)
    where = f"{study.file('margins').name} 只有列名"
    cure = "每种分组写一行人口数，如“区县,性别,年龄,人口”，各组写全，没有人口写 0"
    return Leftover("no_margins", f"没有人口结构（{titles}）", where, "只按抽样设计加权，不按人口校准", cure)


def _organiser(study: Draft) -> Leftover | None:
    if study.organiser and not study.organiser.startswith(PLACEHOLDER):
        return None
    where = _key(study, "organiser")
    return Leftover("organiser", "没有填写组织单位", where, "报告和问卷没有署名", "填写组织调查的单位")


def _title(study: Draft) -> Leftover | None:
    if study.title != TITLE:
        return None
    return Leftover("title", "调查名称还是示例", _key(study, "title", TITLE), REMINDER, "写明哪个市、哪一次调查")


def _wave(study: Draft) -> Leftover | None:
    if not any(one.title == WAVE_TITLE and one.start == WAVE_START for one in study.waves):
        return None
    where = _lines(study.file("study"), [f'"{WAVE_TITLE}"'])
    return Leftover("wave", "轮次的名称和日期还是示例", where, REMINDER, "写这一轮的名称、开始和结束日期")


def _approval(study: Draft) -> Leftover | None:
    if study.approval.number:
        return None
    where = "study.toml [approval] number"
    return Leftover("approval", "没有填写批准或备案文号", where, "网上问卷不会开放", "填写文号、机关和有效期")


def _key(study: Draft, key: str, value: str = "") -> str:
    return _lines(study.file("study"), [f'{key} = "{value}'], f"study.toml [study] {key}")


def _lines(path: Path, words: Iterable[str], otherwise: str = "") -> str:
    """Return a file with the numbers of the lines that hold one of the words, such as "targets.csv 第 2—5 行"."""
    wanted = re.compile("|".join(re.escape(word) for word in words))
    text = decode(path.read_bytes(), path.name)
    found = [number for number, line in enumerate(text.splitlines(), 1) if wanted.search(line)]
    return f"{path.name} 第 {_ranges(found)} 行" if found else otherwise or path.name


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers as ranges: "2—5、9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}—{run[-1]}" for run in runs)
