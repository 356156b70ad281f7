"""Tables of verdicts for readers: further interviews as a number, a word, or nothing."""

import pandas as pd

from analysis.areas.verdict import Verdict
from analysis.areas.weak import weak_areas
from analysis.estimation.estimates import Estimates
from reports.weak_areas import TOO_CLOSE, top_up_table, verdict_table


def _found() -> Estimates:
    """One weak district, one that further interviews decide, one at the line, one that has met it."""
    share, n = [0.60, 0.76, 0.795, 0.95], [400, 80, 3000, 400]
    columns = {"item": "E0", "measure": "satisfaction", "district": ["甲区", "乙区", "丙区", "丁区"]}
    numbers = {"n": n, "n_eff": n, "estimate": share, "std_error": 0.02, "df": 20, "conf_low": 0.0, "conf_high": 1.0}
    table = pd.DataFrame({**columns, **numbers, "deff": 1.0, "flag": "", "n_pooled": n, "label": "满意率"})
    return weak_areas(Estimates(table, {"level": 0.95}), 0.795)


def test_only_undecided_rates_have_further_interviews() -> None:
    table = verdict_table(_found())
    assert table["判断"].tolist()[0] == Verdict.WEAK
    assert table["判断"].tolist()[3] == Verdict.MET
    weak, near, at_the_line, met = table["再访份数"]
    assert weak is None
    assert met is None
    assert isinstance(near, int)
    assert near % 10 == 0
    assert at_the_line == TOO_CLOSE == "差距太小"


def test_the_top_up_table_lists_the_cheapest_decision_first() -> None:
    table = top_up_table(_found())
    assert table["区县"].tolist() == ["乙区", "丙区"]
    assert table["再访约"].tolist()[0].endswith(" 份")
    assert table["再访约"].tolist()[1] == "差距太小"
