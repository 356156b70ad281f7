"""study.toml of a mock city."""

from __future__ import annotations

from datetime import timedelta

from survey.instrument.measure import MEASURES
from survey.mock.city.areas import city_name
from survey.mock.city.spec import MockSpec
from survey.mock.wave.sample import wave_dates
from survey.study.settings import SUPPRESSION

HEAD = """\
# 模拟数据：由 silu mock 生成（随机种子 {seed}）。城市、地名、居民和回答均为虚构，不代表任何真实地区。
# 每一项的含义见 silu init 生成的 study.toml。

[study]
title = "{city}文明城市创建民意调查（模拟数据）"
organiser = "模拟数据，无真实组织单位"
data = "mock"

[approval]
number = "模拟 2026 第 {seed} 号"
authority = "模拟数据，无需批准"
expires = 2099-12-31
lock = false

[disclosure]
suppression = {suppression}

[briefing]
office = "{city}创建文明城市工作指挥部办公室"
short = "市创建办"
code = "澄创办"
lead = "{{区县}}创建文明城市工作指挥部"
lead_short = "{{区县}}指挥部"
addressee = "各区县创建文明城市工作指挥部，市直有关单位"
report = "市委、市政府"
send = "市人大、市政协"
issue = "各区县指挥部、市直单位"
copy = "市委办公室，市政府办公室"
exam = {exam}
contact = "市创建办督查组（模拟）"
"""
EXAM = timedelta(days=180)
"""Time from the end of the last wave to the official survey."""
WAVE = """
[[waves]]
name = "{name}"
title = "第{ordinal}轮模拟调查"
start = {start}
end = {end}
modes = [{modes}]
"""
PRACTICE = """
# 练习轮一直开放，用来试填网上问卷；排在第一轮之前，不与任何一轮合并，看板默认仍显示最近一轮。
[[waves]]
name = "P"
title = "网上练习（随时可填，模拟）"
start = 2026-01-01
end = 2099-12-31
modes = ["online"]
"""
THRESHOLD = """
[[thresholds]]
name = "{label}目标"
value = {value:g}
source = "模拟"
date = 2026-01-01
measure = "{measure}"
"""
ORDINALS = "一二三四五六七八九十"


def study_settings(spec: MockSpec, *, practice: bool = False) -> str:
    """Return the text of study.toml.

    Args:
        spec: specification of the city.
        practice: whether to add an empty wave that is always open, for trying out the online form. It starts before
            the others, so that the last wave stays the last.
    """
    dates = wave_dates(spec)
    exam = max(end for _, end in dates.values()) + EXAM
    parts = [HEAD.format(seed=spec.seed, city=city_name(), suppression=SUPPRESSION, exam=exam)]
    if practice:
        parts.append(PRACTICE)
    for number, name in enumerate(spec.wave_names):
        online = spec.online and name == spec.wave_names[-1]
        modes = '"household", "online"' if online else '"household"'
        start, end = dates[name]
        parts.append(WAVE.format(name=name, ordinal=_ordinal(number), start=start, end=end, modes=modes))
    parts += [THRESHOLD.format(label=one.label, value=one.target, measure=key) for key, one in MEASURES.items()]
    return "".join(parts)


def _ordinal(number: int) -> str:
    tens, ones = divmod(number + 1, 10)
    if not tens:
        return ORDINALS[ones - 1]
    return ("十" if tens == 1 else ORDINALS[tens - 1] + "十") + (ORDINALS[ones - 1] if ones else "")
