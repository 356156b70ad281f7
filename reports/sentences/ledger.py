"""Sentences on the rectification ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.areas.verdict import SILENT, Verdict
from analysis.numerals import DASH
from reports.sentences.formats import Format
from reports.sentences.notes.days import on_page
from reports.sentences.sentence import Declared, Name, Row, Sentence, count, field, join, listed, names, say, setting
from survey.study.plans.rectification import Entry, Status

FAILED = "复测仍未达标"
"""What is said of an entry whose rate still missed its target in a later wave."""
ONLINE = (say("网络自填不能立项，也不能销号"), say("台账照常可看；立项请在上方换成入户或电话。"))
"""Headline and line below where the answers are self-selected."""


@dataclass(frozen=True, slots=True)
class Due:
    """An entry as it stands today.

    Attributes:
        entry: the entry.
        label: name of the rate.
        since: when the weakness was found, such as "2026 年 6 月".
        late: days overdue, see `Entry.days_late`.
        left: days until the deadline; 0 where it has passed.
        lead: the lead unit of the district; "" for none.
    """

    entry: Entry
    label: str
    since: str
    late: int
    left: int
    lead: str = ""

    @property
    def open(self) -> bool:
        """Return whether the entry is not closed."""
        return self.entry.status is not Status.CLOSED

    @property
    def place(self) -> Sentence:
        """Return where and what, "青苇区满意率"."""
        return say("{area}{label}", area=Name(self.entry.area), label=Name(self.label))


def standing(entry: Entry, today: date, *, testable: bool = False, renew: date | None = None) -> Sentence:
    """Report the state of an entry and its deadline, or by how many days it is overdue and what to do.

    An entry that is reported as done waits for a wave: its deadline no longer presses.

    Args:
        entry: the entry.
        today: the day that decides what is overdue.
        testable: whether the wave that is shown can test it.
        renew: by when it is to be done instead where it is overdue; None where that is not said.
    """
    day = on_page(entry.deadline, today.year)
    if late := entry.days_late(today):
        text = say("超期 {days} 天（{day}到期），", days=setting("days overdue", late), day=day)
        return text + _press(entry.status, renew, today.year)
    if entry.status is Status.DONE:
        return say(
            "已报完成，{test}", test=_test(testable=testable, by=entry.deadline if entry.deadline >= today else None)
        )
    return say("{status}，{day}到期", status=Name(entry.status), day=day)


def _press(status: Status, renew: date | None, year: int) -> Sentence:
    """Return what is pressed for about an overdue entry, and by when; the same words wherever the entry stands."""
    when = Sentence() if renew is None else say("，{day}前完成", day=on_page(renew, year))
    return say("督办{step}{when}", step=Name(PRESSED[status]), when=when)


def _test(*, testable: bool, by: date | None = None) -> Sentence:
    """Return who tests an entry that is reported as done, by which wave, and by which day where one is given."""
    if not testable:
        return say("等下一轮复测")
    when = Sentence() if by is None else say("{day}前", day=on_page(by, by.year))
    return say("{when}请分析员复测，达标才销号", when=when)


def headline(dues: Sequence[Due], waiting: Sequence[Row], silent: Sentence | None = None) -> Sentence:
    """Report the one thing to do: press for what is overdue, enter what is confirmed, change what did not help.

    Args:
        dues: all entries, from `reports.plans.due.by_due`.
        waiting: confirmed weaknesses that are not in the ledger.
        silent: why no district is judged; None or empty where one is.
    """
    if not dues and not waiting:
        if silent:
            return say("台账是空的；{silent}", silent=silent)
        return say("台账是空的，本轮也没有确认薄弱的项目")
    if late := [one for one in dues if one.late]:
        days = field(late[0], "late", Format.COUNT)
        more = say("等 {n} 项", n=count(late, "overdue entries")) if len(late) > 1 else Sentence()
        longest = Name("最久" if len(late) > 1 else "")
        return say(
            "请督办{place}{more}：{longest}超期 {days} 天", place=late[0].place, more=more, longest=longest, days=days
        )
    if waiting:
        place = say("{area}{label}", area=waiting[0].name("district"), label=waiting[0].name("label"))
        more = say("等 {n} 项", n=count(waiting, "weaknesses without an entry")) if len(waiting) > 1 else Sentence()
        return say("{place}{more}还没有立项，先定责任单位和期限", place=place, more=more)
    return _in_time(dues)


def _in_time(dues: Sequence[Due]) -> Sentence:
    open_ = [one for one in dues if one.open]
    if failed := [one for one in open_ if one.entry.status is Status.STILL_WEAK]:
        more = say("等 {n} 项", n=count(failed, "entries still weak")) if len(failed) > 1 else Sentence()
        return say("{place}{more}{failed}，要换措施", place=failed[0].place, more=more, failed=Name(FAILED))
    if not open_:
        return say("{n} 项都已销号", n=count(dues, "closed entries"))
    acting = [one for one in open_ if one.entry.status is not Status.DONE]
    if not acting:
        return say("{n} 项已报完成，等复测", n=count(open_, "entries that wait for a wave"))
    days = field(acting[0], "left", Format.COUNT)
    return say("{n} 项在办，都没有超期：最近一项还有 {days} 天", n=count(open_, "open entries"), days=days)


def lead(dues: Sequence[Due], waiting: Sequence[Row], renew: date | None = None, items: Sequence[str] = ()) -> Sentence:
    """Report who acts first and by when, what is to be tested, and what else the ledger requires.

    Args:
        dues: all entries, from `reports.plans.due.by_due`.
        waiting: confirmed weaknesses that are not in the ledger.
        renew: by when overdue entries are to be done instead; None where that is not said.
        items: labels of the items with the lowest shares of the first overdue entry, which new measures must cover.
    """
    late = [one for one in dues if one.late]
    failed = [one for one in dues if one.entry.status is Status.STILL_WEAK and one is not next(iter(late), None)]
    if not dues and not waiting:
        return say("没有要立项的；下一轮导入后再来看。")
    parts = [
        _pressed(late[0], renew, items) if late else Sentence(),
        _some(failed, "entries still weak", "{count} 项" + FAILED + "，应换措施"),
        _some(waiting, "weaknesses without an entry", "{count} 项确认薄弱还没有立项"),
        say("销号只凭复测"),
    ]
    return join(parts, "；") + "。"


def _pressed(one: Due, renew: date | None, items: Sequence[str]) -> Sentence:
    """Report who changes what about an overdue entry, and by when; and that its measures did not help."""
    failed = one.entry.status is Status.STILL_WEAK
    return say(
        "由{who}{step}{items}{when}{why}",
        items=say("，先改{items}", items=listed(names(items))) if failed and items else Sentence(),
        who=owner(one),
        step=Name(PRESSED[one.entry.status]),
        when=Sentence() if renew is None else say("，{day}前完成", day=on_page(renew, one.entry.deadline.year)),
        why=say("（{failed}）", failed=Name(FAILED)) if failed else Sentence(),
    )


def owner(one: Due) -> Sentence:
    """Return who leads and who acts on an entry, as written there."""
    lead = say("{lead}牵头，", lead=Name(one.lead)) if one.lead else Sentence()
    return lead + Sentence((Declared(one.entry.owner, "wording"),))


def deadline(one: Due) -> Sentence:
    """Return the day by which an entry is due, "2026 年 8 月 9 日"."""
    return say("{day}", day=on_page(one.entry.deadline))


def distance(one: Due) -> Sentence:
    """Return how far the deadline is; empty where it does not press."""
    if one.late:
        return say("超期 {days} 天", days=field(one, "late", Format.COUNT))
    if not one.open or one.entry.status is Status.DONE:
        return Sentence()
    return say("还有 {days} 天", days=field(one, "left", Format.COUNT))


def found(one: Due) -> Sentence:
    """Return the rate that was found."""
    return say("{share}", share=field(one.entry, "estimate", Format.WHOLE))


def aim(one: Due) -> Sentence:
    """Return the target that closes the entry."""
    return say("目标 {target}", target=field(one.entry, "target", Format.TARGET))


def since(one: Due) -> Sentence:
    """Return when the weakness was found."""
    return say("{when}起", when=Declared(one.since, "date"))


def now(row: Row | None) -> Sentence:
    """Return the latest rate; a dash where the wave did not measure it, or it may not be judged.

    Args:
        row: a row of `reports.verdicts.judged`; None where there is none.
    """
    if row is None or row["reason"] in SILENT or pd.isna(row["estimate"]):  # type: ignore[call-overload]
        return say(DASH)
    return say("{share}", share=row.bound("estimate", Format.WHOLE))


STEPS = {
    Status.OPEN: "落实措施",
    Status.DOING: "按期完成，报复测",
    Status.STILL_WEAK: "换措施，重定期限",
    Status.CLOSED: "已办结",
}
"""Status -> what is done next; `_test` tells it of those that are reported as done."""
PRESSED = {Status.OPEN: "落实措施", Status.DOING: "加快整改", Status.STILL_WEAK: "换措施"}
"""Status of an overdue entry -> what is pressed for."""


def step(one: Due, *, testable: bool, renew: date | None = None) -> Sentence:
    """Return the next step of an entry.

    Args:
        one: the entry.
        testable: whether the wave that is shown can decide it.
        renew: by when it is to be done instead where it is overdue; None where that is not said.
    """
    if one.entry.status is Status.DONE:
        return _test(testable=testable, by=one.entry.deadline if one.left else None)
    if one.late:
        return _press(one.entry.status, renew, one.entry.deadline.year)
    return say("{step}", step=Name(STEPS[one.entry.status]))


def closed_when(q: float) -> Sentence:
    """Return the rule by which an entry is closed."""
    words = "{met}才销号：没到目标的可能不超过 {q}，而且本轮比例也到了目标。"
    return say(words, met=Name(Verdict.MET), q=setting("q", q, Format.TARGET))


def _some(things: Sequence[object], what: str, words: str) -> Sentence:
    return say(words, count=count(things, what)) if things else Sentence()


def overdue(late: Sequence[Due], renew: date) -> Sentence:
    """Return by how long the longest overdue entry is late, and by when it is to be done instead; for at least one."""
    days = field(late[0], "late", Format.COUNT)
    day = on_page(renew, late[0].entry.deadline.year)
    return say("{longest}{days} 天，{day}前完成", longest=Name("最久 " if len(late) > 1 else ""), days=days, day=day)


def pressing(one: Due) -> Sentence:
    """Return by how long an entry is overdue, and whether its measures did not help; empty for neither."""
    late = say("已超期 {days} 天", days=field(one, "late", Format.COUNT)) if one.late else Sentence()
    failed = say("{failed}", failed=Name(FAILED)) if one.entry.status is Status.STILL_WEAK else Sentence()
    return join([late, failed], "，")
