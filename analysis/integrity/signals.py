"""Signals: what is examined for each interviewer and area, what it may mean, and what else would explain it.

Domain rules R-13 and R-14: a signal is a statistic, never an accusation. Every signal carries the innocent explanation
that must be tested before anybody acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["mean", "share", "match", "burst", "copies", "effect"]


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal.

    Attributes:
        label: its name on screen.
        sign: what is unusual when the signal is significant.
        innocent: what else would explain it.
        kind: "mean" (of a measure), "share" (of positive responses), "match" (likeness of responses), "burst" (many
            interviews within an hour), "copies" (nearly identical texts) or "effect" (answers that depend on the
            interviewer).
        low: whether low values are unusual.
        unit: unit in which a value is shown: "%" for shares, else a word.
        each: unit of a number for each interview, which is what an interviewer is compared by; empty where areas and
            interviewers have the same unit.
        akin: whether it reads the inner order of single forms; these signals depend on each other.
    """

    label: str
    sign: str
    innocent: str
    kind: Kind
    low: bool = False
    unit: str = "%"
    each: str = ""
    akin: bool = False


SIGNALS: Mapping[str, Signal] = MappingProxyType(
    {
        "match": Signal(
            "答卷彼此雷同",
            "答卷与同一批中最像的一份相同的题，比同区其他人的多",
            "同一小区情况相近、户型人群单一",
            "match",
        ),
        "unsure": Signal(
            "“不清楚”太少", "几乎没有人说不清楚、不了解", "当地宣传确实到位、居民熟悉情况", "mean", low=True
        ),
        "topbox": Signal("最好选项太多", "评价、知晓类题选最好一项的比例高", "当地工作确实好、居民确实满意", "mean"),
        "spread": Signal(
            "回答缺少起伏",
            "同一个人对各项的评价几乎没有差别",
            "问题相似、访问时间短、确实都满意",
            "mean",
            low=True,
            unit="档",
        ),
        "misfit": Signal(
            "回答不成体系",
            "一份答卷里各项的好坏搭配，不像同一个人按自己的尺度回答的",
            "受访者年长、问卷长、念题时略去选项",
            "mean",
            unit="分",
            akin=True,
        ),
        "loose": Signal(
            "回答互不相干",
            "各题答案像是一题一题分别取来的，看不出每个人总体上的满意与不满意",
            "这几处居民的看法本来就相近",
            "mean",
            unit="分",
            akin=True,
        ),
        "uneven": Signal(
            "起伏过大",
            "同一个人对各项的评价忽高忽低，超出同等评价的人",
            "设施好坏悬殊的小区、受访者逐项斟酌",
            "mean",
            unit="分",
            akin=True,
        ),
        "pace": Signal(
            "访问太快", "用时短于走同一路径的其他访问", "访问员熟练、受访者年轻", "mean", low=True, unit="倍"
        ),
        "burst": Signal("时间扎堆", "一小时之内的访问过多", "集中在一个院落或活动现场访问", "burst", each="对"),
        "night": Signal("晚间早间访问", "21点后或7点前提交的多", "上班族只有晚上在家；补传", "share"),
        "recall": Signal("十二词全记得", "核心价值观十二个词全部说出的多", "学校、单位组织学习过", "share"),
        "foil": Signal("知道虚设活动", "说知道并不存在的活动的多", "名称与真活动相似、顺口说知道", "share"),
        "told": Signal("有人教过", "自己说有人告诉过怎样回答的多", "把正常宣传理解成教答", "share"),
        "staff": Signal("工作人员在场", "访问时社区工作人员在场的多", "带路后没有离开、在社区办公室访问", "share"),
        "slogan": Signal("标语式留言", "开放题里公文、标语式的说法多", "受访者是退休干部、教师", "share"),
        "copied": Signal(
            "留言彼此雷同",
            "不同受访者的留言几乎一字不差，比同区其他访问员（社区）的多",
            "都为同一件事着急、话短、记录时用了同样的概括",
            "copies",
            each="条",
        ),
        "effect": Signal(
            "答案随访问员走",
            "与同一社区另一位访问员的受访者相比，答案整体偏移",
            "两人访问的楼栋或时段不同",
            "effect",
            unit="倍",
        ),
    }
)
"""Name -> signal, in display order. For an area "effect" does not apply."""
