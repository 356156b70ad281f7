"""What a survey must disclose, item by item: AAPOR Transparency Initiative; GB/T 26316-2023 and GB/T 43391-2023."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.numerals import percent
from reports.briefing import phrases
from reports.briefing.facts import Facts
from reports.briefing.parts import strip
from reports.definitions import headlines
from reports.fieldwork.data_quality import fieldwork
from reports.sentences.formats import Format
from reports.sentences.sentence import Binding, field, say, setting

AAPOR, REPORT, SERVICE = "AAPOR 透明度要求", "GB/T 43391 调查报告", "GB/T 26316 调查服务"
NONE = "没有提供"
HEADS = ("依据", "披露什么", "内容")
Row = tuple[str, str, str]


def disclosures(found: Facts) -> pd.DataFrame:
    """Return the items with what the study says of each; 没有提供 where it says nothing."""
    return pd.DataFrame([(by, what, said or NONE) for by, what, said in _rows(found)], columns=list(HEADS))


def _rows(found: Facts) -> Iterator[Row]:
    study, sample = found.study, found.gathered.sample
    frame = study.areas.frame
    asked = "、".join(phrases.MODES.get(mode, "调查") for mode in sample.modes)
    yield AAPOR, "谁委托、谁实施", study.organiser
    yield AAPOR, "怎样收集数据", asked
    yield AAPOR, "调查日期", phrases.dates(found).text
    yield AAPOR, "调查总体", f"{study.title}抽样框内的常住居民"
    parts = {name: _number(frame[name].nunique()) for name in ("district", "street")}
    yield AAPOR, "抽样框", say("{district}个区县、{street}个街道、{n}个社区", n=_number(len(frame)), **parts).text
    strata, points = _number(len(sample.design.strata)), _number(len(sample.design.stratum))
    yield AAPOR, "抽样方法", say("分层多阶段抽样，{strata}层、{points}个抽样点", strata=strata, points=points).text
    yield AAPOR, "样本量", say("{n}份", n=field(found, "interviews", Format.PLAIN)).text
    yield AAPOR, "精度", strip.method(found).text
    yield AAPOR, "加权", sample.weights.label
    yield AAPOR, "问卷原文", "见 01_问卷/questionnaire.json"
    yield AAPOR, "应答率", _response(found)
    yield AAPOR, "数据质量检查", strip.quality_line(found).text
    yield AAPOR, "剔除了什么", found.gathered.exclusions or "没有剔除"
    yield AAPOR, "局限", "样本小的街道区间宽；没有应答率就不能排除无应答偏差；关联不等于因果"
    yield REPORT, "指标定义和分母", "见 01_问卷/指标口径.csv：" + "、".join(one.label for one in headlines(study))
    yield REPORT, "判断规则", strip.rule(found).text
    yield (
        REPORT,
        "不公布的规则",
        say("少于{k}人的格子不公布，能由相减推算的一并不公布", k=_number(study.suppression)).text,
    )
    yield REPORT, "数据版本", strip.version_number(found).text
    yield SERVICE, "保密", "卷宗不含单份答卷、留言原文、访问员和受访者的姓名"
    yield SERVICE, "批准", str(getattr(study.approval, "number", "") or "")


def _number(value: int) -> Binding:
    return setting("count", value, Format.PLAIN)


def _response(found: Facts) -> str:
    counted = fieldwork(found.study, found.selection.wave, found.gathered.sample.modes[0]).outcome()
    if counted is None:
        return ""
    rates = counted.rates()
    return "，".join(f"{name} {percent(rates[name])}" for name in ("RR1", "RR3", "COOP1", "REF1", "CON1"))
