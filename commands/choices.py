"""Values of options, in a light module so that help texts load neither numpy nor pandas."""

from __future__ import annotations

FORMATS = ("table", "csv", "xlsx")
"""Names of the writers of `commands.tables`."""
KINDS = {"district": "区县", "street": "街道"}
"""Areas that are judged."""
GROUPS = {
    **KINDS,
    "age": "年龄",
    "sex": "性别",
    "education": "文化程度",
    "place": "场所类型",
    "wave": "各轮",
}
"""What may be compared with all else equal: areas, the controls of `reports.groups`, waves."""
RULES = {
    "proportional": "按人口比例",
    "equal": "各区相等",
    "neyman": "奈曼分配（全市最准）",
    "compromise": "折中分配（全市与各区兼顾）",
}
"""Ways to share out a sample, of `reports.plans.sample_plan`."""
