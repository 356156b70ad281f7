"""Headlines of the pages about accounts and the system: what is to be done, and who does it."""

from __future__ import annotations

from collections.abc import Sequence

from reports.sentences.sentence import Sentence, count, listed, names, say


def accounts(every: Sequence[object], waiting: Sequence[str]) -> Sentence:
    """Report how many accounts need a decision.

    Args:
        every: the accounts.
        waiting: names of those with a reminder.
    """
    total = count(every, "accounts")
    if not waiting:
        return say("{total} 个账户，没有要处理的", total=total)
    n, some = count(waiting, "accounts with a reminder"), listed(names(waiting), 2)
    return say("请安全管理员处理 {n} 个账户：{some}（共 {total} 个）", n=n, some=some, total=total)


def system(faults: Sequence[str], hints: Sequence[str]) -> Sentence:
    """Report what the checks ask for: faults first, else hints.

    Args:
        faults: names of the checks that failed.
        hints: names of those with a hint.
    """
    if faults:
        return say("请系统管理员处理：{some}", some=listed(names(faults), 2, "项"))
    if hints:
        return say("系统能用，请系统管理员看一看：{some}", some=listed(names(hints), 2, "项"))
    return say("系统正常，没有要处理的")


def audit(faults: Sequence[object]) -> Sentence:
    """Report whether the log is whole."""
    if not faults:
        return say("审计记录完整，没有要处理的")
    return say("审计记录有 {n} 处不对：请审计管理员从备份核对", n=count(faults, "faults of the log"))
