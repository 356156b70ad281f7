"""Names of the intervals, kept apart from their computation so that the help of a command loads no numpy."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULT_INTERVAL = "wilson_pooled"
"""The default interval of pages and commands."""

INTERVAL_LABELS: Mapping[str, str] = {
    "wilson_pooled": "Wilson 区间（设计效应向全调查收缩）",
    "jeffreys_pooled": "Jeffreys 区间（设计效应向全调查收缩）",
    "kg_nchs": "Korn-Graubard 区间（NCHS 标准）",
    "mean": "Wald 区间",
    "logit": "logit 区间",
    "xlogit": "logit 区间",
    "likelihood": "似然比区间",
    "asin": "反正弦区间",
    "beta": "Korn-Graubard 区间（R survey）",
    "wilson": "Wilson 区间（R survey）",
    "jeffreys": "Jeffreys 区间（NCHS 有效样本量）",
    "clopper_pearson": "Clopper-Pearson 区间（不计抽样设计）",
}
