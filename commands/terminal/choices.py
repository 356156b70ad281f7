"""Values of options, in a light module so that help texts load neither numpy nor pandas."""

from __future__ import annotations

FORMATS = ("table", "csv", "xlsx")
"""Names of the writers of `commands.terminal.tables`."""
KINDS = {"district": "区县", "street": "街道"}
"""Areas for verdicts."""
GROUPS = {
    **KINDS,
    "age": "年龄",
    "sex": "性别",
    "education": "文化程度",
    "place": "场所类型",
    "wave": "各轮",
}
"""Groupings of adjusted comparisons: areas, the controls of `reports.groups`, waves."""
RULES = {
    "proportional": "按人口比例",
    "equal": "各区相等",
    "neyman": "奈曼分配（全市最准）",
    "compromise": "折中分配（全市与各区兼顾）",
}
"""Allocation rules of `reports.plans.sample_plan`."""
