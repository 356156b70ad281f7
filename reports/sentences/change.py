"""Sentences on two waves: what moved, what became of earlier weaknesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.areas.verdict import Verdict
from analysis.decisions.waves.look_back import ChangeOutcome
from analysis.estimation.estimates import Estimates
from reports.sentences.briefing import charged, distance
from reports.sentences.formats import Format
from reports.sentences.references import Span
from reports.sentences.sentence import Binding, Name, Row, Sentence, count, join, listed, rows_of, say

LEFT: Sequence[tuple[str, Sequence[ChangeOutcome]]] = (
    ("继续抓{areas}", (ChangeOutcome.BETTER, ChangeOutcome.SAME, ChangeOutcome.WORSE)),
    ("{areas}亮真实性红灯，复访前不下结论", (ChangeOutcome.RED_LIGHT,)),
    ("{areas}本轮样本不足，不下结论", (ChangeOutcome.UNCLEAR,)),
    ("{areas}两轮不可比，不下结论", (ChangeOutcome.NOT_COMPARABLE,)),
)
"""Words on weaknesses that have not been mended -> their outcomes."""


def city(found: Estimates, looks: pd.DataFrame, reasons: Sequence[str], *, aimed: bool = True) -> Sentence:
    """Report what moved in the city, what became of earlier weaknesses, and what to continue.

    Args:
        found: from `analysis.decisions.waves.change.changes` without by, with `label`.
        looks: from `analysis.decisions.waves.look_back.look_back`.
        reasons: grave objections, in Chinese.
        aimed: whether the study has targets; without them no weakness was ever listed.
    """
    table = found.table
    if (table["moved"] == "barred").all():
        return say("这两轮不能比较，不要据此说升降：{reasons}。", reasons=Name("；".join(reasons)))
    changed = rows_of(found, table[table["moved"] == "barred"], "item")
    asked = listed([row.name("label") for row in changed])
    parts = [
        _moved(found, "up", "上升"),
        _moved(found, "down", "下降"),
        say("{rates}的问法或口径改过，不比", rates=asked) if changed else Sentence(),
        _still(found),
        _mended(looks) if aimed else say("没有设定目标，不能回头看薄弱项补上没有"),
    ]
    return join(parts) + "。"


UNITS = 2
"""Number of units that the line below the headline names."""
OPEN = (ChangeOutcome.SAME, ChangeOutcome.BETTER, ChangeOutcome.WORSE)
"""Outcomes of weaknesses on which somebody must go on."""
COUNTED: Sequence[tuple[str, Sequence[ChangeOutcome]]] = (
    ("{n} 项已补上", (ChangeOutcome.MENDED,)),
    ("{n} 项有改善还没达标", (ChangeOutcome.BETTER,)),
    ("{n} 项更差了", (ChangeOutcome.WORSE,)),
    ("{n} 项升降还不能确定", (ChangeOutcome.SAME,)),
    ("{n} 项本轮不下结论", (ChangeOutcome.RED_LIGHT, ChangeOutcome.UNCLEAR, ChangeOutcome.NOT_COMPARABLE)),
)
"""Words that count earlier weaknesses -> their outcomes."""


def in_order(looks: pd.DataFrame) -> pd.DataFrame:
    """Return the listed weaknesses: open ones by verdict now and shortfall, then undecided ones, closed ones last."""
    if looks.empty:
        return looks
    place = {Verdict.WEAK: 0, Verdict.WATCH: 1}
    short = looks["target"].astype(float) - looks["now"].astype(float)
    order = pd.DataFrame(
        {
            "closed": looks["outcome"].eq(ChangeOutcome.MENDED),
            "silent": ~looks["outcome"].isin([*OPEN, ChangeOutcome.MENDED]),
            "now": looks["verdict_now"].map(place).fillna(2),
            "short": -short,
        }
    )
    return looks.loc[order.sort_values(["closed", "silent", "now", "short"], kind="stable").index]


def headline(found: Estimates, looks: pd.DataFrame, *, aimed: bool = True) -> Sentence:
    """Report the open weakness to press on, then and now; else how many earlier weaknesses are closed.

    Args:
        found: as of `city`.
        looks: as of `city`.
        aimed: as of `city`.
    """
    if (found.table["moved"] == "barred").all():
        return say("这两轮不能比较，不要据此说升降")
    if found.table["estimate"].isna().all():
        return say("答卷太少，不能说升降")
    if not aimed:
        return say("没有设定目标，不能回头看薄弱项补上没有")
    if looks.empty:
        return say("上一轮没有确认薄弱或观察的项目")
    outcome = looks["outcome"]
    if outcome.eq(ChangeOutcome.MENDED).all():
        return say("上一轮点到的 {count} 项都已补上", count=count(looks.index, "closed weaknesses"))
    if not outcome.isin([*OPEN, ChangeOutcome.MENDED]).any():
        return say("上一轮点到的，本轮都不下结论")
    left = _open(looks)
    if not left:
        return _counted(looks)
    return _pressing(left[0])


def _pressing(row: Row) -> Sentence:
    """Report the weakness to press on: where it stands, and whether it moved."""
    gap = (say("离目标") if below(row) else Sentence()) + to_go(row)
    if row["outcome"] != ChangeOutcome.SAME:
        return join([_then_now(row), gap], "，")
    stands = say("{area}{rate} {now}", **_place(row), now=row.bound("now", Format.WHOLE))
    return join([join([stands, gap], "，"), unseen(row)])


def _counted(looks: pd.DataFrame) -> Sentence:
    """Report how many earlier weaknesses there are of each outcome."""
    counted = [(words, looks.index[looks["outcome"].isin(list(which))]) for words, which in COUNTED]
    return join([say(words, n=count(rows, words)) for words, rows in counted if len(rows)], "，")


def _open(looks: pd.DataFrame) -> tuple[Row, ...]:
    """Return the weaknesses on which somebody must go on, the first to press on first."""
    ordered = in_order(looks)
    return rows_of(looks, ordered[ordered["outcome"].isin(OPEN)], "district", "item") if len(ordered) else ()


def _then_now(row: Row) -> Sentence:
    shares = {"then": row.bound("then", Format.WHOLE), "now": row.bound("now", Format.WHOLE)}
    return say("{area}{rate} {then} → {now}", **_place(row), **shares)


def _place(row: Row) -> dict[str, Name]:
    return {"area": row.name("district"), "rate": row.name("label")}


def below(row: Row) -> bool:
    """Return whether the rate lies below its line now."""
    return bool(float(str(row["now"])) < float(str(row["target"])))


def to_go(row: Row) -> Sentence:
    """Report how far a rate lies below its line now, or above it; empty where missing."""
    return distance(row, "now", "target", "verdict_now")


def moved(row: Row) -> Sentence:
    """Report what became of a weakness beyond its verdict now; empty where no change can be seen."""
    return Sentence() if row["outcome"] == ChangeOutcome.SAME else say("{outcome}", outcome=Name(str(row["outcome"])))


def unseen(row: Row) -> Sentence:
    """Report that no change of a weakness can be seen; empty where one is seen, or the waves do not tell."""
    way = Name(_way(row))
    same = row["outcome"] == ChangeOutcome.SAME
    return say("比上轮{way}没{way}，还不能确定", way=way) if same else Sentence()


def why_unseen(row: Row) -> Sentence:
    """Report why a change that the numbers seem to show cannot be seen: what the true one may be; empty where it is."""
    if row["outcome"] != ChangeOutcome.SAME or pd.isna(row["conf_low"]):  # type: ignore[call-overload]
        return Sentence()
    return say(
        "{way}没{way}还不能确定：比上轮 {then}，真实变化在 {limits} 个百分点之间",
        then=row.bound("then", Format.WHOLE),
        way=Name(_way(row)),
        limits=row.interval(Format.CHANGE_INTERVAL),
    )


def _way(row: Row) -> str:
    """Return whether the rate of the survey rose or fell."""
    return "升" if float(str(row["now"])) >= float(str(row["then"])) else "降"


@dataclass(frozen=True, slots=True)
class Pursuit:
    """Who goes on with the weakness of the headline.

    Attributes:
        units: the units in charge; may be empty.
        state: its state in the ledger; empty where it has no entry.
        lead: the lead unit of its district; "" for none.
    """

    units: Sequence[str] = ()
    state: Sentence = field(default_factory=Sentence)
    lead: str = ""


def lead(found: Estimates, looks: pd.DataFrame, first: Pursuit, reasons: Sequence[str] = ()) -> Sentence:
    """Report who goes on and until when, what became of all earlier weaknesses, and what moved in the city.

    Args:
        found: as of `city`.
        looks: as of `city`.
        first: who goes on with the weakness of the headline.
        reasons: as of `city`.
    """
    if (found.table["moved"] == "barred").all():
        return say("{reasons}。", reasons=Name("；".join(reasons)))
    if found.table["estimate"].isna().all():
        return say("等答卷多些，或放宽筛选。")
    ordered = in_order(looks)
    done = ordered[ordered["outcome"] == ChangeOutcome.MENDED] if len(ordered) else ordered
    closed = rows_of(looks, done, "district", "item") if len(done) else ()
    left = _open(looks)
    mended = say("{pairs}已补上", pairs=_pairs(closed)) if closed and not left else Sentence()
    changed = [_moved(found, "up", "上升"), _moved(found, "down", "下降")]
    still = Sentence() if any(changed) or left else say("全市各率看不出变化")
    pressed = [_pressed(first), _counted(looks)] if left else []
    parts = [*pressed, mended, *changed, still]
    return join(parts, "。") + "。"


def _pressed(first: Pursuit) -> Sentence:
    """Report who goes on with the weakness of the headline: "由城管负责，超期 12 天，请督办"."""
    return join([charged(first.lead, first.units[:UNITS]) if first.units else Sentence(), first.state], "，")


def apart(before: str, after: str) -> Sentence:
    """Report that two waves have no district in common."""
    return say("{before} 和 {after} 不能比较：换一轮来比，或补访相同的区县。", before=Name(before), after=Name(after))


def districts(found: Estimates, item: str, label: str) -> Sentence:
    """Report the districts where a rate changed visibly."""
    table = found.table
    moved = table[(table["item"] == item) & table["moved"].isin(["up", "down"])].dropna(subset=["estimate"])
    some = rows_of(found, moved.sort_values("estimate"), "item", "district")
    if not some:
        return say("没有区县的{label}变化能看得出来", label=Name(label))
    parts = [
        say("{area} {change}", area=row.name("district"), change=row.bound("estimate", Format.CHANGE)) for row in some
    ]
    return say("{label}变化看得出的区县：{areas}", label=Name(label), areas=join(parts, "、"))


def _moved(found: Estimates, way: str, word: str) -> Sentence:
    some = rows_of(found, found.table[found.table["moved"] == way], "item")
    named = [(row.name("label"), row.bound("estimate", Format.POINTS)) for row in some]
    parts = [say("{rate}{word} {points}", rate=rate, word=Name(word), points=points) for rate, points in named]
    return say("全市{rates}", rates=listed(parts)) if parts else Sentence()


def _still(found: Estimates) -> Sentence:
    """Report the rates without a visible change, and how large it would have to be."""
    table = found.table
    still = table[table["moved"] == ""]
    if still.empty:
        return Sentence()
    rates = listed([row.name("label") for row in rows_of(found, still, "item")])
    least = rows_of(found, still.dropna(subset=["detectable"]).sort_values("detectable"), "item")
    return say("全市{rates}看不出变化", rates=rates) + (_least(least) if least else "")


def _least(ordered: Sequence[Row]) -> Sentence:
    """Report the smallest detectable changes, from the smallest to the largest."""
    first, last = (row.bound("detectable", Format.POINTS) for row in (ordered[0], ordered[-1]))
    if str(first) == str(last):
        return say("（这次看得出的最小变化为 {least}）", least=first)
    span = Binding(Span(first.reference, last.reference), Format.CHANGE_INTERVAL)
    return say("（这次看得出的最小变化为 {span} 个百分点）", span=span)


def _mended(looks: pd.DataFrame) -> Sentence:
    """Report what became of the weaknesses; a district that may not be judged now is named apart, without advice."""
    weak = looks[looks["verdict"] == Verdict.WEAK] if len(looks) else looks
    if not len(weak):
        return say("上一轮没有确认薄弱的项目")
    then = rows_of(looks, weak, "district", "item")
    done = [row for row in then if row["outcome"] == ChangeOutcome.MENDED]
    return join([_done(then, done), *_not_mended(then)], "，")


def _done(then: Sequence[Row], done: Sequence[Row]) -> Sentence:
    numbers = {"then": count(then, "weak areas then")}
    if not done:
        return say("上一轮确认薄弱的 {then} 项没有一项能说已补上", **numbers)
    if len(done) == len(then):
        return say("上一轮确认薄弱的 {then} 项都已补上", **numbers)
    numbers["done"] = count(done, "of them mended")
    return say("上一轮确认薄弱的 {then} 项中 {done} 项已补上", **numbers)


def _not_mended(then: Sequence[Row]) -> list[Sentence]:
    parts = [(words, [row for row in then if row["outcome"] in outcomes]) for words, outcomes in LEFT]
    return [say(words, areas=_pairs(some)) for words, some in parts if some]


def _pairs(some: Sequence[Row]) -> Sentence:
    return listed([say("{area}的{rate}", area=row.name("district"), rate=row.name("label")) for row in some], 3, "项")
