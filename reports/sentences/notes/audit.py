"""Lines on the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.audit.check import AuditCheck
from reports.sentences.formats import Format
from reports.sentences.sentence import Sentence, count, field, say, setting


def checked(found: AuditCheck) -> Sentence:
    """Report what a check of the log found."""
    if found.faults:
        words = "审计记录有 {faults} 处不对（共 {lines} 条）：请从备份核对，并报告安全管理员。"
        return say(words, faults=count(found.faults, "faults"), lines=field(found, "lines", Format.COUNT))
    first = say("审计记录 {lines} 条，次序和内容都没有改动", lines=field(found, "lines", Format.COUNT))
    foreign = say(
        "；其中 {foreign} 条由这台电脑的其他用户写入，内容要用他们的密钥核对",
        foreign=field(found, "foreign", Format.COUNT),
    )
    unanchored = say("；这台电脑上没有这个文件夹的末条记录，结尾只能与数据版本和备份比")
    parts = first + (foreign if found.foreign else Sentence())
    return parts + (unanchored if found.anchored is None else Sentence()) + say("。")


def found_events(lines: Sequence[object], listed: int) -> Sentence:
    """Report how many records a search found, and how many of them are listed."""
    first = say("找到 {n} 条，新的在前", n=count(lines, "records"))
    if len(lines) <= listed:
        return first + say("。")
    return first + say("；下面列出前 {listed} 条，下载的文件里是全部。", listed=setting("records listed", listed))
