"""Estimates: display, filtering and export."""

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import polars as pl
import pyarrow as pa
import pytest

from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.contrasts import Comparison, against_rest
from analysis.estimation.display import ROWS
from analysis.estimation.estimates import Estimates
from analysis.estimation.linear import means, totals
from analysis.estimation.rates import rates
from analysis.estimation.weighted_design import WeightedDesign
from analysis.frontdoor.quantities import tabulate_quantities
from analysis.weights.weights import base_weights
from survey.errors import ArgumentError
from tests.analysis.golden_designs import golden
from tests.analysis.synthetic import answers


def by_race() -> Estimates:
    one = golden("nh")
    return rates(one.cells, by=["race"], design=one.design)


def test_repr_has_a_heading_and_eight_columns_in_percent() -> None:
    lines = repr(by_race()).splitlines()
    assert lines[0].startswith("Estimates：4 行；按 race；Wilson 区间")
    assert "95%" in lines[0]
    assert lines[1].split() == ["item", "race", "n", "estimate", "std_error", "conf_low", "conf_high", "flag"]
    assert lines[2].split()[:5] == ["HI_CHOL", "1", "2532", "10.1%", "0.66%"]  # pooled; 0.62 % in R


def test_a_long_table_is_cut_in_the_middle() -> None:
    one = golden("city1")
    found = rates(one.cells, by=["district", "age", "sex"], design=one.design)
    assert len(repr(found).splitlines()) <= ROWS + 5
    assert found._repr_html_().count("<tr") <= ROWS + 3
    assert "256 行" in repr(found)


def test_an_empty_table_has_a_display() -> None:
    assert "没有行" in repr(by_race().filter(race=9))
    assert "0 行" in by_race().filter(race=9)._repr_html_()


def test_html_escapes_what_came_with_the_data() -> None:
    found = by_race()
    table = found.to_pandas().assign(race="<script>")
    shown = Estimates(table, {**found.meta, "where": {"<b>": 1}})._repr_html_()
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "10.1%" in shown


def test_numbers_are_not_shown_in_percent() -> None:
    one = golden("nh")
    found = tabulate_quantities(totals(one.basis), one.basis, "total")
    assert "%" not in repr(found).splitlines()[2]
    assert "2.86352e+07" in repr(found)


def test_a_missing_number_is_a_dash() -> None:
    found = by_race()
    table = found.to_pandas()
    table.loc[0, ["estimate", "conf_low"]] = np.nan
    assert repr(Estimates(table, found.meta)).splitlines()[2].count("—") == 2


@pytest.mark.parametrize(
    "chosen",
    [
        lambda found: found.filter(race=[1, 2]),
        lambda found: found.filter({"race": slice(None, 2)}),
        lambda found: found.filter(nw.col("race") <= 2),
        lambda found: found.filter(n=range(2000, 9000)),
        lambda found: found.filter(nw.col("n") > 2000, race=slice(0, 9)),
    ],
)
def test_filter(chosen: object) -> None:
    found = by_race()
    left = chosen(found)
    assert left.table["race"].tolist() == [1, 2]
    assert left.meta == found.meta
    assert len(found) == 4


def test_filter_names_the_columns_there_are() -> None:
    with pytest.raises(ArgumentError, match="结果表没有这一列") as caught:
        by_race().filter(district="D1")
    assert "race" in caught.value.expected


@pytest.mark.parametrize(
    "taken",
    [
        lambda found: found.to_polars().to_pandas(),
        lambda found: pl.DataFrame(found).to_pandas(),
        lambda found: pa.table(found).to_pandas(),
        lambda found: duckdb.sql("select * from found").df(),
        lambda found: nw.from_arrow(found, backend="pandas").to_native(),
    ],
    ids=["to_polars", "polars", "pyarrow", "duckdb", "narwhals"],
)
def test_every_frame_library_reads_the_table(taken: object) -> None:
    found = by_race()
    pd.testing.assert_frame_equal(taken(found), found.table, check_dtype=False)


def test_without_polars_the_alternatives_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(ArgumentError, match="没有安装 polars"):
        by_race().to_polars()


def test_a_figure_has_a_point_and_an_interval_per_row() -> None:
    found = by_race()
    drawn = found.plot()
    assert isinstance(drawn, go.Figure)
    (points,) = drawn.data
    assert list(points.x) == found.table["estimate"].tolist()
    assert list(points.y) == ["1", "2", "3", "4"]
    assert np.allclose(points.error_x.array, found.table["conf_high"] - found.table["estimate"])
    assert drawn.layout.xaxis.tickformat == ".0%"


def test_a_figure_of_several_items_names_them_and_hollows_flagged_points() -> None:
    one = golden("city1")
    drawn = rates(one.cells, by=["district", "age", "sex"], design=one.design).plot()
    assert [points.name for points in drawn.data] == ["y1", "y2", "y3", "y4"]
    assert drawn.layout.showlegend
    assert {symbol for points in drawn.data for symbol in points.marker.symbol} == {"circle", "circle-open"}


def test_a_figure_of_differences_has_a_zero_line() -> None:
    drawn = against_rest(golden("nh").basis, Comparison(["HI_CHOL"], ["race"])).plot()
    assert drawn.layout.shapes[0].x0 == 0


def test_a_figure_without_groups_and_without_rows() -> None:
    one = golden("city1")
    assert list(rates(one.cells, design=one.design).plot().data[0].y) == ["y1"]
    assert not by_race().filter(race=9).plot().data


def test_quantities_hold_the_same_design_effect_as_rates() -> None:
    one = golden("nh")
    share = rates(one.cells, by=["race"], design=one.design, interval="mean").table
    mean = tabulate_quantities(means(one.basis, by=["race"]), one.basis, "mean").table
    for name in ("n", "n_eff", "estimate", "std_error", "df", "conf_low", "conf_high", "deff"):
        assert mean[name].tolist() == pytest.approx(share[name].tolist(), rel=1e-10)
    assert mean["flag"].tolist() == share["flag"].tolist()


def test_a_mean_of_a_census_has_no_design_effect() -> None:
    frame = answers().assign(total=3)
    cells = cells_from_frame(frame, ["x"], design={"stratum": "stratum", "psu": "psu", "fpc1": "total"}, weight="w")
    basis = WeightedDesign(cells, make_design(cells), base_weights(cells))
    row = tabulate_quantities(means(basis), basis, "mean").table.iloc[0]
    assert row["std_error"] == 0
    assert np.isnan(row["deff"])
    assert np.isnan(row["n_eff"])


def test_a_quantity_that_nobody_answered_is_empty() -> None:
    one = golden("nh")
    row = tabulate_quantities(totals(one.basis, where={"race": 9}), one.basis, "total").table.iloc[0]
    assert row["flag"] == "empty"
    assert np.isnan(row["estimate"])
    with pytest.raises(ArgumentError, match="置信水平"):
        tabulate_quantities(totals(one.basis), one.basis, "total", level=95)
