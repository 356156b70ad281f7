"""Format checks, exclusions, quotas and response rates for readers."""

from __future__ import annotations

import pandas as pd

from analysis.numerals import DASH, percent, signed
from survey.instrument.measure import measure_label


def checks_table(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of the checks, formatted for readers."""
    shown = summary[["label", "n", "share", "rule", "innocent", "action"]].copy()
    shown["share"] = [percent(value) for value in shown["share"]]
    shown["rule"] = [f"{rule}（只作参考）" if hint else rule for rule, hint in summary[["rule", "hint"]].to_numpy()]
    return shown.set_axis(["检查", "份数", "占比", "标记什么", "也可能是", "怎么办"], axis=1)


def groups_table(groups: pd.DataFrame) -> pd.DataFrame:
    """Return how often which people are flagged for careless answering; a dash for small groups."""
    return pd.DataFrame(
        {
            "分组": groups["kind"],
            "人群": groups["group"],
            "份数": groups["n"],
            "被作答检查标记": [DASH if pd.isna(share) else percent(share) for share in groups["share"]],
        }
    )


def effect_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return the four rates with and without exclusions."""
    rows = table.to_dict("records")
    return pd.DataFrame(
        {
            "指标": [measure_label(row["measure"]) for row in rows],
            "全部答卷": [_share(row["estimate"], row["n"]) for row in rows],
            "剔除后": [_share(row["estimate_without"], row["n_without"]) for row in rows],
            "相差（百分点）": [signed(row["estimate_without"] - row["estimate"]) for row in rows],
        }
    )


def _share(value: float, n: float) -> str:
    """Return a share with its base; a dash where suppressed."""
    return DASH if pd.isna(value) else f"{percent(value)}（n={n:,}）"


def quota_table(progress: pd.DataFrame) -> pd.DataFrame:
    """Return the progress of the quota, formatted for readers."""
    cells = list(progress.columns[: progress.columns.get_loc("target")])
    return pd.DataFrame(
        {
            "配额": ["·".join(str(row[cell]) for cell in cells) for row in progress.to_dict("records")],
            "完成": [f"{done}/{target}" for done, target in progress[["done", "target"]].to_numpy()],
            "进度": progress["share"].map(percent),
            "预计到期末": progress["forecast"].round().astype(int),
            "状态": progress["state"],
        }
    )
