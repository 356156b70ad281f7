"""Declaring a survey: frames of every library give the same numbers, and bad input gets an error in Chinese."""

from collections.abc import Callable
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from analysis import SurveyDesign, survey_design
from survey.errors import ArgumentError, DesignError, SiluError
from tests.analysis.golden_designs import data
from tests.analysis.synthetic import answers

DECLARED = {"strata": "stratum", "psu": "psu", "weight": "w"}


class ArrowOnly:
    """Exports Arrow data and nothing else."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.table = pa.Table.from_pandas(frame, preserve_index=False)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)


def relation(frame: pd.DataFrame) -> Any:
    return duckdb.sql("select * from frame")


WAYS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "pandas, other index": lambda frame: frame.set_axis(range(100, 100 + len(frame))),
    "pandas, nullable": lambda frame: frame.convert_dtypes(),
    "pandas, arrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.from_pandas,
    "polars, lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "duckdb": relation,
    "narwhals": nw.from_native,
    "arrow stream": ArrowOnly,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_library_gives_the_same_numbers(way: str) -> None:
    frame = answers()
    where = (nw.col("hours") > 2) & (nw.col("wave") != "W3")
    expected = survey_design(frame, **DECLARED).rates("y", ["district", "age"], where=where).table
    found = survey_design(WAYS[way](frame), **DECLARED)
    assert isinstance(found, SurveyDesign)
    table = found.rates("y", ["district", "age"], where=where).table
    pd.testing.assert_frame_equal(table, expected, check_dtype=False, rtol=1e-13)
    margin = {"sex": {"女": 600.0, "男": 500.0}}
    again = found.rake(margin).means("x", where={"sex": "女"}).table
    assert again["estimate"].item() == pytest.approx(
        survey_design(frame, **DECLARED).rake(margin).means("x", where={"sex": "女"}).table["estimate"].item()
    )


def test_a_change_of_the_frame_afterwards_changes_nothing() -> None:
    frame = answers()
    design = survey_design(frame, **DECLARED)
    before = design.rates("y").table
    frame["y"] = 0.0
    frame["w"] = 1.0
    pd.testing.assert_frame_equal(design.rates("y").table, before)


def test_repr_is_one_line_with_the_declaration() -> None:
    design = survey_design(answers(), **DECLARED)
    assert repr(design) == "SurveyDesign：96 份答卷，4 层，12 个抽样单元，自由度 8；按原有权数"
    assert len(design) == 96
    assert "范围 {'sex': '女'}" in repr(design.domain({"sex": "女"}))


def test_by_default_every_row_is_a_unit_of_weight_one() -> None:
    frame = pd.DataFrame({"y": [1, 1, 0, 1, 0, 1, 1, 0]})
    row = survey_design(frame).rates("y", interval="mean").table.iloc[0]
    assert row["estimate"] == 5 / 8
    assert row["std_error"] == pytest.approx(np.sqrt(5 / 8 * 3 / 8 / 7))
    assert row["df"] == 7


def test_fpc_counts_or_shares_shrink_the_error() -> None:
    frame = pd.DataFrame({"y": [1, 1, 0, 1, 0, 1, 1, 0], "population": 16, "share": 0.5})
    plain = survey_design(frame).means("y").table["std_error"].item()
    for fpc in ("population", "share"):
        row = survey_design(frame, fpc=fpc).means("y").table
        assert row["std_error"].item() == pytest.approx(plain * np.sqrt(0.5))


def test_two_stages_agree_with_r() -> None:
    """svydesign(id=~dnum+snum, fpc=~fpc1+fpc2) of the schools that R ships; skipped where they are not at hand."""
    try:
        frame = data("apiclus2")
    except FileNotFoundError:
        pytest.skip("LOUD: the schools of R are not here, two stages are not checked through the front door")
    frame["two"] = frame.fpc1 / 40 * frame.fpc2 / frame.groupby("dnum").snum.transform("count")
    design = survey_design(frame, psu=("dnum", "snum"), weight="two", fpc=("fpc1", "fpc2"))
    assert design.degrees == 39
    row = design.means("api00").table.iloc[0]
    assert (row["estimate"], row["std_error"]) == pytest.approx((670.8118081180812, 30.0990273768366), rel=1e-11)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("answers.csv", "每行一份答卷的表"),
        (None, "每行一份答卷的表"),
        ([1, 2], "每行一份答卷的表"),
        ({"y": [1]}, "每行一份答卷的表"),
        (np.zeros((3, 2)), "每行一份答卷的表"),
        (pd.Series([1]), "每行一份答卷的表"),
        (pd.DataFrame({"y": []}), "没有一行"),
        (pl.DataFrame({"y": [1.0]}).lazy().filter(pl.col("y") > 1), "没有一行"),
        (pd.DataFrame([[1, 2]], columns=["y", "y"]), "重名的列"),
        (pd.DataFrame({1: [1, 0]}), "列名应当是文字"),
        (pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")])), "列名应当是文字"),
        (pa.table([pa.array([1]), pa.array([2])], names=["y", "y"]), "重名的列"),
    ],
)
def test_inputs_that_are_not_frames_of_answers_are_refused(given: Any, message: str) -> None:
    with pytest.raises(SiluError, match=message):
        survey_design(given)


def broken(**columns: Any) -> pd.DataFrame:
    frame = answers().astype({"w": object, "psu": object, "stratum": object})
    for name, value in columns.items():
        frame.loc[3, name] = value
    return frame


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (answers(), {"weight": "weight"}, "没有这一列"),
        (answers(), {"strata": "layer"}, "没有这一列"),
        (broken(w=None), {}, "w 列，第 4 行"),
        (broken(w=-1.0), {}, "不小于 0"),
        (broken(w=np.inf), {}, "不小于 0"),
        (broken(w="重"), {}, "应当是数值"),
        (broken(psu=None), {}, "psu 列，第 4 行"),
        (broken(stratum=np.nan), {}, "stratum 列，第 4 行"),
        (answers().assign(w=0.0), {}, "权数全是 0"),
        (answers().assign(fpc=2), {"fpc": "fpc"}, "总体单元数小于样本单元数"),
        (answers().assign(fpc="多"), {"fpc": "fpc"}, "应当是数值"),
        (answers(), {"psu": ("stratum", "psu", "age")}, "最多两级"),
        (answers().assign(a=9, b=9), {"fpc": ("a", "b")}, "不超过级数"),
        (answers(), {"lonely": "guess"}, "规则不认识"),
    ],
)
def test_impossible_designs_are_refused(frame: pd.DataFrame, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SiluError, match=message):
        survey_design(frame, **{**DECLARED, **options})


def test_a_stratum_of_one_unit_is_named_with_the_available_rules() -> None:
    frame = answers()
    frame = frame[(frame.stratum != 2) | (frame.psu == 0)]
    with pytest.raises(DesignError, match="只有一个初级抽样单元") as caught:
        survey_design(frame, **DECLARED).rates("y")
    assert caught.value.where == "层 2"
    assert "adjust" in caught.value.cure
    assert survey_design(frame, **DECLARED, lonely="adjust").rates("y").table["std_error"].item() > 0


def test_the_known_columns_are_named() -> None:
    with pytest.raises(ArgumentError) as caught:
        survey_design(answers(), psu="point")
    assert caught.value.got == "point"
    assert "psu" in caught.value.expected
