"""Lines on imported files and on the mock city."""

from __future__ import annotations

from collections.abc import Sequence

from reports.sentences.formats import Format
from reports.sentences.sentence import Declared, Name, Sentence, count, field, say, setting
from survey.importing.preview import Preview


def after_preview(preview: Preview) -> Sentence:
    """Report what to do about a preview."""
    if preview.comparison.empty:
        return say("没有可以写入的内容：看下面的原因，改好文件再选。")
    if preview.rejected:
        return say("退回的行下载下来，请录入人员改好再导入；其余的填写操作人，再按“{step}”。", step=WRITE)
    return say("请分析员看一遍下面的说明，填写操作人，再按“{step}”。", step=WRITE)


WRITE = Declared("③ 写入答卷库", "numbering")
"""The button that commits a preview."""


def corrected(preview: Preview) -> Sentence:
    """Return the heading of the answers that a file corrects."""
    return say("更正了什么（{n} 份）", n=field(preview, "changed", Format.COUNT))


def problems(total: int, shown: int) -> Sentence:
    """Return the heading of the issues of a preview."""
    first = say("{n} 处问题", n=setting("issues", total))
    return first + (say("（列出前 {n} 处）", n=setting("issues listed", shown)) if total > shown else Sentence())


def written(version: int | None, preview: Preview) -> Sentence:
    """Report what was committed."""
    done = say("已写入，数据版本 {version}", version=Declared(str(version), "numbering"))
    numbers = {name: field(preview, name, Format.COUNT) for name in ("new", "changed", "rejected")}
    first = say("没有新的内容") if version is None else done
    return first + say("：新增 {new}，更新 {changed}，退回 {rejected}", **numbers)


def to_confirm(questions: Sequence[object]) -> Sentence:
    """Report how many things must be confirmed before the commit."""
    words = "写入之前，先确认 {n} 件事：不对就改好文件再来，核对后没错才打勾。"
    return say(words, n=count(questions, "confirmations"))


def recognised(file: str, headings: Sequence[object], sure: int) -> Sentence:
    """Return the heading of a proposed mapping."""
    return say(
        "{step} 请核对 {file} 的列名：{n} 列里认出 {sure} 列",
        step=Declared("②", "numbering"),
        file=Declared(file, "wording"),
        n=count(headings, "columns"),
        sure=setting("columns recognised", sure),
    )


def unmatched(place: str, rows: int) -> Sentence:
    """Name a community that the frame lacks, with the number of its rows."""
    return say("{place}（{n} 行）", place=Declared(place, "wording"), n=setting("rows of the place", rows))


def city(districts: Sequence[object], streets: int, sampled: int, answers: int) -> Sentence:
    """Return the size of a mock city."""
    return say(
        "{districts} 区 {streets} 街道，每轮抽取 {sampled} 个社区，{answers} 份答卷",
        districts=count(districts, "districts"),
        streets=setting("streets", streets),
        sampled=setting("communities", sampled),
        answers=setting("answers", answers),
    )


def imported(version: int) -> Sentence:
    """Report the data version of a mock city."""
    return say("已导入答卷库，数据版本 {version}", version=Declared(str(version), "numbering"))


def truth(district: str, label: str, share: float) -> Sentence:
    """Report a weakness that was planted in a mock city."""
    value = setting("true share", share, Format.PERCENT)
    return say("真值：{area}的{rate}确实偏低，为 {value}", area=Name(district), rate=Name(label), value=value)
