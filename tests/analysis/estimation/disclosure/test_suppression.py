"""Disclosure control: no small cell is shown, and no hidden one follows by subtraction."""

import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.disclosure.precision import FLAGS
from analysis.estimation.disclosure.suppression import hidden_cells, protect, report
from analysis.estimation.estimates import Estimates
from analysis.estimation.rates import Reporting, rates
from survey.study.settings import SUPPRESSION
from tests.analysis.synthetic import answers, sample

ROOT = Path(__file__).parents[4]


def grid(n: list[list[int]]) -> tuple[np.ndarray, pd.DataFrame]:
    counts = np.array(n)
    row, column = np.indices(counts.shape)
    return counts.ravel(), pd.DataFrame({"row": row.ravel(), "column": column.ravel()})


def test_the_next_smallest_is_hidden_with_a_lone_hidden_cell() -> None:
    primary, second = hidden_cells(np.array([3, 40, 20, 60]), pd.DataFrame({"d": list("abcd")}))
    assert primary.tolist() == [True, False, False, False]
    assert second.tolist() == [False, False, True, False]


def test_two_tiny_cells_still_need_a_third_if_together_they_are_tiny() -> None:
    primary, second = hidden_cells(np.array([3, 4, 20, 60]), pd.DataFrame({"d": list("abcd")}))
    assert primary.sum() == 2
    assert second.tolist() == [False, False, True, False]


def test_without_small_cells_nothing_is_hidden_and_empty_cells_show() -> None:
    primary, second = hidden_cells(np.array([0, 40, 20]), pd.DataFrame({"d": list("abc")}))
    assert not primary.any()
    assert not second.any()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=3, max_size=5))
def test_every_line_hides_none_or_at_least_two_and_enough(table: list[list[int]]) -> None:
    n, by = grid(table)
    primary, second = hidden_cells(n, by)
    hidden = primary | second
    assert (hidden[(n > 0) & (n < 10)]).all()
    for name in by:
        for _, rows in by.groupby(name).indices.items():
            line, counts = hidden[rows], n[rows]
            if line.any() and (counts > 0).sum() > 1 and counts.sum() >= 10:
                assert line.sum() >= 2
                assert counts[line].sum() >= 10


def small() -> tuple[Estimates, Estimates]:
    one = sample(answers(psus=4, size=24), collapse=True)
    found = rates(one.cells, by=["district", "age", "sex"], design=one.design, reporting=Reporting(suppression=1))
    return found, protect(found, 26)


def test_hidden_rows_carry_no_number() -> None:
    found, shown = small()
    hidden = shown.table["flag"].isin(["suppressed", "secondary_suppression"])
    assert hidden.sum() >= (found.table["n"] < 26).sum() > 0
    numbers = shown.table.loc[hidden].select_dtypes("number")
    assert numbers.isna().to_numpy().all()
    assert {"n", "estimate", "conf_low", "n_pooled"} <= set(numbers.columns)
    assert shown.meta["hidden"] == hidden.sum()
    assert "未显示" in report(shown)
    kept = ~hidden
    assert shown.table.loc[kept, "estimate"].tolist() == found.table.loc[kept, "estimate"].tolist()


def test_shown_cells_are_large_enough_and_flags_have_texts() -> None:
    _, shown = small()
    assert set(shown.table["flag"]) <= set(FLAGS)
    assert shown.table["n"].dropna().min() >= 26


def test_a_threshold_of_one_hides_nothing() -> None:
    found, _ = small()
    open_ = protect(found, 1)
    assert report(open_) == ""
    assert open_.table["estimate"].notna().all()


CHANGED = """
import inspect
import survey.study.settings as settings

settings.SUPPRESSION = 13
from analysis.estimation.contrasts import Comparison
from analysis.estimation.disclosure.precision import Judged
from analysis.estimation.rates import Reporting
from analysis.estimation.sample import SampleOptions
from analysis.estimation.disclosure.suppression import hidden_cells
from survey.mock.city.spec import MockSpec
from survey.mock.settings import study_settings
from survey.study.study import load_study
from survey.study.template.new_study import init_study
from pathlib import Path
import sys

root = init_study(Path(sys.argv[1]))
toml = root / "study.toml"
toml.write_text(toml.read_text(encoding="utf-8").replace("suppression = 10", ""), encoding="utf-8")
print(
    Comparison(("a",)).suppression, Judged(0, 0, 0, 0).suppression, Reporting().suppression,
    SampleOptions().suppression, inspect.signature(hidden_cells).parameters["threshold"].default,
    load_study(root).suppression, "suppression = 13" in study_settings(MockSpec()),
)
"""


def test_one_constant_is_the_default_of_studies_estimates_and_the_mock_city(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CHANGED, str(tmp_path / "study")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["13"] * 6 + ["True"]


def test_the_template_study_writes_the_default() -> None:
    template = tomllib.loads((ROOT / "survey/template/study.toml").read_text(encoding="utf-8"))
    assert template["disclosure"]["suppression"] == SUPPRESSION
