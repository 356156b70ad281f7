"""The numbers behind cards, tiles and cells: those that are shown, in percent; nothing suppressed."""

import pandas as pd

from analysis.areas.against_target import judge
from analysis.estimation.estimates import Estimates
from reports.rate_table import verdict_table


def found(*shares: float) -> Estimates:
    table = pd.DataFrame({"estimate": shares, "n": 400, "flag": "", "std_error": 0.01, "n_eff": 400.0})
    table = table.assign(conf_low=table["estimate"] - 0.02, conf_high=table["estimate"] + 0.02, df_pooled=1e6)
    table = table.assign(n_pooled=400.0, label="满意率", district=["甲区", "乙区"], item="E0", measure="satisfaction")
    return Estimates(judge(table.assign(df=100.0, deff=1.0), 0.8))


def test_each_row_has_area_verdict_shares_and_number_of_answers() -> None:
    rows = verdict_table(found(0.6, 0.9), "district").to_dict("records")
    assert [row["区县"] for row in rows] == ["甲区", "乙区"]
    assert [row["判断"] for row in rows] == ["确认薄弱", "达标"]
    assert [(row["比例（%）"], row["下限（%）"], row["上限（%）"], row["目标（%）"]) for row in rows] == [
        (60.0, 58.0, 62.0, 80.0),
        (90.0, 88.0, 92.0, 80.0),
    ]
    assert [row["答卷数"] for row in rows] == [400, 400]


def test_a_suppressed_row_has_no_number_of_answers() -> None:
    table = verdict_table(found(float("nan"), 0.9))
    assert "区县" not in table
    assert table["答卷数"].isna().tolist() == [True, False]
    assert table["比例（%）"].isna().tolist() == [True, False]
