"""Sentences on the imports of a study: the one thing that matters now, and who does what next."""

from __future__ import annotations

from reports.data.import_state import ImportState
from reports.sentences.formats import Format
from reports.sentences.sentence import Sentence, field, listed, names, say


def state(found: ImportState) -> Sentence:
    """Report the one thing about the imports that matters now: what is refused, what waits, or that all is in."""
    if found.stored is None:
        return say("答卷库读不出：选原来的答卷文件修复")
    if found.rejected:
        return say("{n} 行退回还没有改：改好后再导入", n=field(found, "rejected", Format.COUNT))
    if found.waiting is None:
        return say("网上问卷的收件箱读不出：请系统维护人员检查")
    if found.waiting:
        return say("{n} 份网上答卷等着入库", n=field(found, "waiting", Format.COUNT))
    if found.last is None:
        return say("还没有导入过任何答卷：先选答卷文件")
    return say("{n} 份答卷都已入库，没有退回，无需处理", n=field(found, "stored", Format.COUNT))


def next_step(found: ImportState) -> Sentence:
    """Report who does what next."""
    if found.stored is None:
        return say("原文件逐份核对，内容一样才修复；不行就从备份恢复。")
    if found.rejected:
        return say("请录入人员下载退回的行，按每行写明的原因改好，分析员从第一步再导入；其余照常使用。")
    if found.waiting is None:
        return say("运行 silu verify 调查文件夹，按提示办；别的答卷可以照常导入。")
    if found.waiting:
        return say("网上问卷开着时自动入库：到“实时回收”启动；或者请系统维护人员运行 silu drain 调查文件夹。")
    if found.last is None:
        return say("选好先看预览，确认无误才写入；写错了可以撤销。网上问卷的答卷用 silu drain 调查文件夹 移入。")
    return say("有新答卷时，由分析员按下面三步导入；结果看“总览”和“数据质量”。")


def last_files(found: ImportState) -> Sentence:
    """Name the files of the last import; empty before the first."""
    return listed(names(found.last.files), 2) if found.last else Sentence()
