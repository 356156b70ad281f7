"""Provenance of a figure, in one object with one rendering in Chinese (这个数怎么来的).

Pages show `strip` at the foot of every figure and `lines` in a box; commands print the same below a table. No other
module composes these texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from analysis.areas.verdict import Verdict
from analysis.decisions.comparable_wording import wording
from analysis.estimation.disclosure.precision import FLAGS
from analysis.estimation.estimates import Estimates
from analysis.numerals import count, target
from reports.labels import dates, mode_label, short, wave_label
from reports.missing import examples
from reports.sample import StudySample
from reports.selection import Selection
from survey.instrument.questionnaire import Questionnaire, Rate
from survey.study.study import Study

HEADING = "这个数怎么来的"
FEW_SAMPLES = "各组样本都不足"


@dataclass(frozen=True, slots=True)
class Wording:
    """One rate in the words of the questionnaire.

    Attributes:
        item: name of the rate, "" where there is none.
        label: display name.
        question: wording of the question.
        counted: answers that count for it.
        base: the denominator.
        asked: who was asked.
    """

    item: str
    label: str
    question: str
    counted: str
    base: str
    asked: str

    def __str__(self) -> str:
        """Return one sentence."""
        name = f"{self.label}（{self.item}）" if self.item else self.label
        parts = [
            f"题目“{self.question}”",
            f"计入：{self.counted}" if self.counted else "",
            f"分母：{self.base}",
            "" if self.asked == EVERY_RESPONDENT else f"只问了符合条件的人：{self.asked}",
        ]
        return f"{name}：{'；'.join(part for part in parts if part)}"


EVERY_RESPONDENT = "所有受访者"
DIFFERENCE = "差值 t 区间"
"""The interval of `analysis.estimation.contrasts`."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Provenance of a figure.

    Attributes:
        title: title of the survey.
        wordings: question and counted answers, rate by rate.
        people: the people counted.
        waves: titles of the waves. dates: their field dates, both included.
        mode: how the answers were collected.
        n: smallest and largest number of answers behind an estimate; None where all are suppressed.
        n_eff: the same for the effective sample size; None without a design.
        weighting: method and margins.
        interval: level and method of the interval; "" for self-selected answers.
        strata, points: strata and psus of the whole sample; 0 where no sampling error is computed.
        suppression: suppression limit, in answers; 0 where none applies.
        version: data version; None for submissions that are not in the store yet.
        written: when it was written, "" where that is not known.
        exclusions: note on responses excluded by a person; "" where there are none.
        mock: whether the answers are simulated.
        notes: cells dropped or merged during weighting.
        false_calls: accepted probability of a false verdict; 0 where nothing is judged.
        heavy: whether a few large weights carry an estimate.
        missing: parts of the study that are still examples and were not used; "" for none.
    """

    title: str
    wordings: tuple[Wording, ...]
    people: str
    waves: tuple[str, ...]
    dates: tuple[str, ...]
    mode: str
    n: tuple[int, int] | None
    n_eff: tuple[float, float] | None
    weighting: str
    interval: str
    strata: int
    points: int
    suppression: int
    version: int | None
    written: str
    exclusions: str
    mock: bool
    notes: tuple[str, ...] = ()
    false_calls: float = 0.0
    heavy: bool = False
    missing: str = ""

    @property
    def strip(self) -> str:
        """Return one line for the foot of a figure or a table."""
        parts = [
            self.title,
            "、".join(self.waves),
            _size(self.n),
            self.interval or "不给抽样误差",
            FLAGS["heavy"] if self.heavy else "",
            f"调查日期 {'、'.join(self.dates)}" if self.dates else "",
            self.mode,
            self.weighting,
            f"允许错判 {target(self.false_calls)}" if self.false_calls else "",
            self.missing,
            f"n<{self.suppression} 不显示" if self.suppression else "",
            self._data,
            self.exclusions,
            origin(self.mock),
        ]
        return "；".join(part for part in parts if part)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Return the full provenance as (heading, text) lines."""
        heavy = f"；{FLAGS['heavy']}" if self.heavy else ""
        design = f"，按抽样设计计算：{self.strata:,} 层、{self.points:,} 个抽样点" if self.strata else ""
        effective = f"；有效样本 {_range(*self.n_eff)}" if self.n_eff else ""
        when = "、".join(self.waves) + (f"（{'、'.join(self.dates)}）" if self.dates else "")
        written = f"（{self.written} 写入）" if self.written else ""
        hidden = f"；不足 {self.suppression} 份的组不显示" if self.suppression else ""
        lines = [
            *(("问的是什么", str(one)) for one in self.wordings),
            ("数的是谁", "；".join(part for part in (self.people, when, self.mode) if part)),
            ("有多少份", f"{_size(self.n)}{effective}{hidden}"),
            ("怎样加权", "；".join((self.weighting, *self.notes))),
            ("误差多大", f"{self.interval}{design}{heavy}" if self.interval else "参加的人是自愿的，不给抽样误差"),
            *((("还缺什么", self.missing),) if self.missing else ()),
            *((("怎样判断", judged_by(self.false_calls)),) if self.false_calls else ()),
            ("哪一版数据", f"{self._data}{written}；{self.exclusions or '没有决定剔除的答卷'}"),
            ("真实还是模拟", origin(self.mock)),
        ]
        return tuple(lines)

    @property
    def _data(self) -> str:
        return "收件箱，还没有入库" if self.version is None else f"数据版本 {self.version}"

    @property
    def text(self) -> str:
        """Return the full provenance as plain text, one heading per line."""
        return "\n".join([HEADING, *(f"  {heading}：{text}" for heading, text in self.lines)])

    def as_mapping(self) -> dict[str, Any]:
        """Return all fields by name, for machine-readable files."""
        return asdict(self)


def judged_by(q: float) -> str:
    """Return the one rule of verdicts in Chinese (`analysis.areas.verdict`)."""
    return (
        f"没到目标的可能至少 {target(1 - q)}、自己的答卷也没到，是{Verdict.WEAK}；"
        f"至多 {target(q)}、自己的答卷也到了，是{Verdict.MET}；过半是{Verdict.WATCH}；其余{Verdict.UNCLEAR}。"
        "区县、街道用模型（各区互相借力），全市和人群用自己的答卷；"
        f"允许错判 {target(q)}"
    )


def origin(mock: bool) -> str:
    """Return the label for real or simulated answers (rule R-19)."""
    return "模拟数据" if mock else "真实数据"


def provenance(
    gathered: StudySample, selection: Selection, found: Estimates, wordings: Sequence[Wording] | None = None
) -> Provenance:
    """Return the provenance of estimates of a selection.

    Args:
        gathered: the sample they were made from.
        selection: waves and people.
        found: the estimates; counts below the suppression limit are ignored.
        wordings: question wordings; from the rates of the estimates when None.
    """
    study, sample, meta = gathered.study, gathered.sample, found.meta
    waves = selection.waves or gathered.waves
    # Small counts stay unknown (rule R-04); groups without answers have no part in the figure.
    rows = found.table[found.table["n"].ge(max(study.suppression, 1)).fillna(False)]
    others = tuple(name for name in gathered.waves if name not in waves)
    if wordings is None:
        items = dict.fromkeys(str(item) for item in found.table["item"])
        wordings = [worded(study.questionnaire, gathered.rate(item)) for item in items]
    return Provenance(
        title=study.title,
        wordings=tuple(wordings),
        people=selection.people,
        waves=tuple(wave_label(study, name) for name in waves),
        dates=tuple(dates(wave.start, wave.end) for wave in study.waves if wave.name in waves),
        mode="、".join(mode_label(mode) for mode in sample.modes),
        n=_limits(rows, "n", int),
        n_eff=None if sample.opt_in else _limits(rows, "n_eff", float),
        weighting=sample.weights.label,
        interval="" if sample.opt_in else f"{target(meta['level'])} {meta.get('interval_label', DIFFERENCE)}",
        strata=0 if sample.opt_in else len(sample.design.strata),
        points=0 if sample.opt_in else len(sample.design.stratum),
        false_calls=0.0 if sample.opt_in else float(meta.get("false_calls", 0.0)),
        suppression=study.suppression,
        version=gathered.version,
        written=f"{gathered.written:%Y-%m-%d %H:%M}" if gathered.written else "",
        exclusions=gathered.exclusions,
        mock=study.mock,
        notes=tuple(note for note in sample.notes if not others or not note.startswith(others)),
        heavy=bool(found.table["flag"].eq("heavy").any()),
        missing=examples(study),
    )


def of_inbox(study: Study, submissions: int, wave: str) -> Provenance:
    """Return the provenance of counts of the online form before import into the store.

    Args:
        study: the study.
        submissions: number received.
        wave: title of the open wave, "" where none is open.
    """
    return Provenance(
        title=study.title,
        wordings=(),
        people="填写网上问卷的人，不代表全体居民",
        waves=(wave,) if wave else (),
        dates=(),
        mode=mode_label("online"),
        n=(submissions, submissions),
        n_eff=None,
        weighting="只数份数，不加权",
        interval="",
        strata=0,
        points=0,
        suppression=0,
        version=None,
        written="",
        exclusions="",
        mock=study.mock,
    )


def worded(questionnaire: Questionnaire, rate: Rate) -> Wording:
    """Return a rate in the words of the questionnaire."""
    parts = wording(questionnaire, rate)
    return Wording(rate.name, short(rate), parts["题目"], parts["计入"], parts["分母"], parts["问谁"])


def _limits(rows: pd.DataFrame, column: str, kind: type) -> Any:
    """Return smallest and largest value of a column; None where all are missing."""
    known = rows[column].dropna()
    return None if known.empty else (kind(known.min()), kind(known.max()))


def _size(n: tuple[int, int] | None) -> str:
    """Return the number of answers behind the estimates: one number, or a range over groups."""
    if not n:
        return FEW_SAMPLES
    return f"n={count(n[0])}" if n[0] == n[1] else f"各数 n={_range(*n)}"


def _range(low: float, high: float) -> str:
    return count(high) if round(low) == round(high) else f"{count(low)}—{count(high)}"
