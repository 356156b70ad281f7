"""Sentences on the rectification ledger."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.areas.verdict import Verdict
from reports.sentences.formats import Format
from reports.sentences.sentence import Name, Row, Sentence, count, join, listed, names, say, setting
from survey.study.plans.rectification import Entry, Status


def next_step(entries: Sequence[Entry], waiting: Sequence[Row], today: str) -> Sentence:
    """Report which step the ledger requires next.

    Args:
        entries: all entries.
        waiting: confirmed weaknesses that are not in the ledger.
        today: ISO date, which decides what is overdue.
    """
    if not entries and not waiting:
        return say("台账是空的，本轮也没有确认薄弱的项目，不必立项。")
    open_ = [entry for entry in entries if entry.status is not Status.CLOSED]
    late = [entry for entry in open_ if entry.deadline.isoformat() < today]
    failed = [entry for entry in open_ if entry.status is Status.STILL_WEAK]
    parts = [
        _some(waiting, "weaknesses without an entry", "{count} 项确认薄弱还没有立项，先定责任单位和期限"),
        _late(late),
        _some(failed, "entries still weak", "{count} 项复测仍未达标，应换措施"),
        _progress(entries, open_),
    ]
    return join(parts) + "。"


def closed_when(q: float) -> Sentence:
    """Return the rule by which an entry is closed."""
    words = "{met}才销号：没到目标的可能不超过 {q}，而且本轮比例也到了目标。"
    return say(words, met=Name(Verdict.MET), q=setting("q", q, Format.TARGET))


def _some(things: Sequence[object], what: str, words: str) -> Sentence:
    return say(words, count=count(things, what)) if things else Sentence()


def _late(late: Sequence[Entry]) -> Sentence:
    if not late:
        return Sentence()
    areas = listed(names(entry.area for entry in late), 3, counted=True)
    return say("{count} 项已过期限：{areas}，应督办", count=count(late, "overdue entries"), areas=areas)


def _progress(entries: Sequence[Entry], open_: Sequence[Entry]) -> Sentence:
    if not entries:
        return Sentence()
    closed = [entry for entry in entries if entry.status is Status.CLOSED]
    numbers = {"open": count(open_, "open entries"), "closed": count(closed, "closed entries")}
    return say("{open} 项在办、{closed} 项已销号（销号只凭下一轮复测，不凭上报）", **numbers)
