"""Provenance of a figure, in one object with one rendering in Chinese (这个数怎么来的).

Pages show `foot` at the foot of every figure and `lines` in a box; commands print the same below a table. No other
module composes these texts.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from analysis.areas.verdict import Verdict
from analysis.estimation.disclosure.precision import FLAGS
from reports.sentences.formats import Format
from reports.sentences.sentence import Declared, Name, Sentence, Slot, field, join, say, setting

HEADING = "这个数怎么来的"
FEW_SAMPLES = "各组样本都不足"
EVERY_RESPONDENT = "所有受访者"


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
        interval: level and method of the interval; empty for self-selected answers.
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
        answers: all responses of these waves and people, whether or not they answered a question; 0 where not known.
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
    interval: Sentence
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
    answers: int = 0

    @property
    def foot(self) -> Sentence:
        """Return one line for the foot of a figure or a table."""
        parts = [
            _name(self.title),
            _name("、".join(self.waves)),
            self._size,
            self.interval or say("不给抽样误差"),
            _name(FLAGS["heavy"] if self.heavy else ""),
            say("调查日期 {dates}", dates=Declared("、".join(self.dates), "date")) if self.dates else Sentence(),
            _name(self.mode),
            _note(self.weighting),
            self._bound("允许错判 {false_calls}", "false_calls", Format.TARGET),
            _note(self.missing),
            self._bound("n<{suppression} 不显示", "suppression"),
            self._data,
            _note(self.exclusions),
            say(origin(self.mock)),
        ]
        return join(parts)

    @property
    def strip(self) -> str:
        """Return `foot` as text."""
        return self.foot.text

    @property
    def _unlike(self) -> Sentence:
        """Return why rates have different numbers of answers; empty where they have not."""
        alike = self.n is None or self.n[0] == self.n[1]
        return Sentence() if alike else say("；各项份数不同，因为每题只算该问到、也作了回答的人")

    @property
    def brief(self) -> str:
        """Return `foot` without names of methods, for a figure whose page has `lines` one click away."""
        level = next(iter(self.interval.bindings), None)
        parts = [
            _name(self.title),
            _name("、".join(self.waves)),
            self._size,
            say("不给抽样误差") if level is None else say("{level} 区间", level=level),
            say("{dates}", dates=Declared("、".join(self.dates), "date")) if self.dates else Sentence(),
            _name(self.mode),
            _note(self.weighting),
            self._data,
            say(origin(self.mock)),
        ]
        return join(parts).text

    @property
    def plain(self) -> Sentence:
        """Return one line without terms of statistics, for pages that have `lines` one click away.

        Its count is that of all responses, the same on every page of a wave; how many answered each question stands
        in `lines` and beside each number.
        """
        when = Declared("、".join(self.dates), "date")
        several = self.n is not None and self.n[0] != self.n[1]
        size = self._bound("{n} 份答卷", "n", Format.COUNT_INTERVAL) or say(FEW_SAMPLES)
        parts = [
            _name(self.people),
            _name(self.mode) + (say("，{when}", when=when) if self.dates else Sentence()),
            self._bound("共 {answers} 份答卷", "answers") or size,
            say("每项只算作了回答的人") if several and self.answers else Sentence(),
            Sentence() if self.interval else say("不给抽样误差"),
            _note(self.missing),
            self._data,
            _note(self.exclusions),
            say(origin(self.mock)),
        ]
        return join(parts)

    @property
    def lines(self) -> tuple[tuple[str, Sentence], ...]:
        """Return the full provenance as (heading, text) lines."""
        when = _name("、".join(self.waves))
        when += say("（{dates}）", dates=Declared("、".join(self.dates), "date")) if self.dates else Sentence()
        hidden = self._bound("；不足 {suppression} 份的组不显示", "suppression")
        lines = [
            *(("问的是什么", Sentence((Declared(str(one), "wording"),))) for one in self.wordings),
            ("数的是谁", join([_name(self.people), when, _name(self.mode)])),
            (
                "有多少份",
                self._size + self._bound("；有效样本 {n_eff}", "n_eff", Format.COUNT_INTERVAL) + hidden + self._unlike,
            ),
            ("怎样加权", join([_note(one) for one in (self.weighting, *self.notes)])),
            ("误差多大", self._error),
            *((("还缺什么", _note(self.missing)),) if self.missing else ()),
            *((("怎样判断", judged_by(self.false_calls)),) if self.false_calls else ()),
            ("哪一版数据", join([self._data + self._when, _note(self.exclusions or "没有决定剔除的答卷")])),
            ("真实还是模拟", say(origin(self.mock))),
        ]
        return tuple(lines)

    @property
    def text(self) -> str:
        """Return the full provenance as plain text, one heading per line."""
        return "\n".join([HEADING, *(f"  {heading}：{text}" for heading, text in self.lines)])

    def as_mapping(self) -> dict[str, Any]:
        """Return all fields by name, for machine-readable files."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        return plain | {"wordings": [asdict(one) for one in self.wordings], "interval": self.interval.text}

    @property
    def _size(self) -> Sentence:
        """Return the number of answers behind the estimates: one number, or a range over groups."""
        if not self.n:
            return say(FEW_SAMPLES)
        words = "n={n}" if self.n[0] == self.n[1] else "各数 n={n}"
        return self._bound(words, "n", Format.COUNT_INTERVAL)

    @property
    def _error(self) -> Sentence:
        if not self.interval:
            return say("参加的人是自愿的，不给抽样误差")
        counts: dict[str, Slot] = {name: field(self, name, Format.COUNT) for name in ("strata", "points")}
        design = say("，按抽样设计计算：{strata} 层、{points} 个抽样点", **counts) if self.strata else Sentence()
        return self.interval + design + (f"；{FLAGS['heavy']}" if self.heavy else "")

    @property
    def _data(self) -> Sentence:
        if self.version is None:
            return say("收件箱，还没有入库")
        return say("数据版本 {version}", version=Declared(str(self.version), "numbering"))

    @property
    def _when(self) -> Sentence:
        return say("（{written} 写入）", written=Declared(self.written, "date")) if self.written else Sentence()

    def _bound(self, words: str, name: str, form: Format = Format.COUNT) -> Sentence:
        """Return words with a field as a bound number; empty where the field is 0 or missing."""
        return say(words, **{name: field(self, name, form)}) if getattr(self, name) else Sentence()


def judged_by(q: float) -> Sentence:
    """Return the one rule of verdicts in Chinese (`analysis.areas.verdict`)."""
    words = (
        "没到目标的可能至少 {sure}、自己的答卷也没到，是{weak}；至多 {q}、自己的答卷也到了，是{met}；"
        "过半是{watch}；其余{unclear}。区县、街道用模型（各区互相借力），全市和人群用自己的答卷；允许错判 {q}"
    )
    named: dict[str, Slot] = {
        name: Name(one)
        for name, one in (
            ("weak", Verdict.WEAK), ("met", Verdict.MET), ("watch", Verdict.WATCH), ("unclear", Verdict.UNCLEAR)
        )
    }  # fmt: skip
    numbers = {"q": setting("q", q, Format.TARGET), "sure": setting("one less q", 1 - q, Format.TARGET)}
    return say(words, **named, **numbers)


def origin(mock: bool) -> str:
    """Return the label for real or simulated answers (rule R-19)."""
    return "模拟数据" if mock else "真实数据"


def of_draws(draws: float, rate: float) -> Sentence:
    """Return the method of the lights of interviewers and communities, in place of an interval."""
    return say(
        "同区整群互换 {draws} 次，红灯的错误发现率 {rate}",
        draws=setting("draws", draws, Format.COUNT),
        rate=setting("rate", rate, Format.TARGET),
    )


def of_level(level: float, method: str) -> Sentence:
    """Return the level of an interval and the name of its method."""
    return say("{level} {method}", level=setting("level", level, Format.TARGET), method=Name(method))


def _name(text: str) -> Sentence:
    return Sentence((Name(text),)) if text else Sentence()


def _note(text: str) -> Sentence:
    """Return a remark that another part of the program has worded, numbers included."""
    return Sentence((Declared(text, "note"),)) if text else Sentence()
