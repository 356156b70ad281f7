"""`rates`: guaranteed columns, flags, and what must not change an estimate."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design.design import make_design
from analysis.design.from_frame import cells_from_frame
from analysis.estimation.disclosure.precision import FLAGS
from analysis.estimation.estimates import FIRST, LAST
from analysis.estimation.intervals import INTERVALS
from analysis.estimation.rates import Reporting, choose_items, rates
from analysis.weights.weights import Weights, base_weights, rake
from survey.errors import ArgumentError, DesignError
from survey.instrument.rate import Rate
from tests.analysis.golden_designs import golden
from tests.analysis.synthetic import answers

KEYS = {"stratum": "stratum", "psu": "psu"}
NUMBERS = ["n", "n_eff", "estimate", "std_error", "df", "conf_low", "conf_high", "deff", "n_pooled", "deff_pooled"]


def cells(frame: pd.DataFrame, **options: object):
    return cells_from_frame(frame, ["y"], by=["district", "age", "sex"], design=KEYS, weight="w", **options)


def table(frame: pd.DataFrame, by: list[str], **options: object) -> pd.DataFrame:
    return rates(cells(frame), by=by, **options).table


def test_columns_come_in_the_common_order() -> None:
    found = rates(cells(answers()), by=["district", "age"])
    assert list(found.table.columns)[: len(FIRST) + 2 + len(LAST)] == [*FIRST, "district", "age", *LAST]
    assert found.by == ("district", "age")
    assert found.meta["level"] == 0.95
    assert found.meta["weighting"] == "按原有权数"


def test_estimates_by_hand() -> None:
    frame = answers()
    for district, row in table(frame, ["district"]).set_index("district").iterrows():
        own = frame[(frame.district == district) & frame.y.notna()]
        assert row["estimate"] == pytest.approx((own.w * own.y).sum() / own.w.sum())
        assert row["n"] == len(own)
        assert row["n_eff"] == pytest.approx(row["estimate"] * (1 - row["estimate"]) / row["std_error"] ** 2)
        assert row["deff"] == pytest.approx(row["n"] / row["n_eff"])


@pytest.mark.parametrize("name", sorted(INTERVALS))
def test_no_interval_is_undefined_or_without_width(name: str) -> None:
    """District x age x sex of the city: in 14 of 64 cells some interval of R is undefined or has no width."""
    one = golden("city1")
    found = rates(one.cells, by=["district", "age", "sex"], interval=name).table
    assert len(found) == 256
    assert (found["conf_high"] > found["conf_low"]).all()
    assert found[NUMBERS].notna().to_numpy().all()
    unanimous = found["estimate"].isin([0, 1])
    assert unanimous.sum() > 10
    assert found.loc[unanimous, "notes"].str.contains("unanimous").all()
    assert (found["flag"].isin(list(FLAGS))).all()


def test_as_in_r_leaves_them_as_r_does() -> None:
    one = golden("city1")
    options = {"by": ["district", "age", "sex"], "item": "y2", "interval": "wilson"}
    found = rates(one.cells, reporting=Reporting(as_in_r=True), **options).table
    assert found.loc[found["estimate"] == 1, "conf_low"].isna().all()
    replaced = rates(one.cells, **options).table
    assert replaced.loc[replaced["estimate"] == 1, "notes"].str.contains("fallback").all()


def one_psu() -> pd.DataFrame:
    frame = answers()
    only = (frame.stratum == 0) & (frame.psu == 0)
    return frame.assign(district=np.where(only, "D9", frame.district))


def test_one_psu_gets_an_estimate_and_a_flag() -> None:
    row = table(one_psu(), ["district"]).set_index("district").loc["D9"]
    assert (row["df_sample"], row["flag"]) == (0, "suppressed" if row["n"] < 10 else "few")
    assert "one_psu" in row["notes"]
    assert 0 <= row["conf_low"] < row["estimate"] < row["conf_high"] <= 1
    assert row["deff"] == row["deff_pooled"] >= 1


def test_a_whole_survey_of_one_psu_gets_an_estimate() -> None:
    frame = answers().query("stratum == 0 and psu == 0")
    with pytest.raises(DesignError, match="只有一个初级抽样单元"):
        rates(cells(frame))
    one = cells(frame)
    row = rates(one, design=make_design(one, lonely="adjust")).table.iloc[0]
    assert "one_psu" in row["notes"]
    assert row["conf_low"] < row["estimate"] < row["conf_high"]


def test_nobody_answered() -> None:
    frame = answers()
    frame.loc[frame.age == "60+", "y"] = np.nan
    row = table(frame, ["age"]).set_index("age").loc["60+"]
    assert (row["n"], row["flag"]) == (0, "empty")
    assert row[["estimate", "std_error", "conf_low", "conf_high"]].isna().all()
    nobody = table(frame.assign(y=np.nan), [])
    assert nobody.loc[0, "flag"] == "empty"


def test_an_empty_domain_is_flagged_and_never_an_error() -> None:
    assert table(answers(), [], where={"district": "nowhere"})["flag"].tolist() == ["empty"]
    assert not len(table(answers(), ["age"], where={"district": "nowhere"}))


def test_opt_in_has_no_sampling_margin() -> None:
    found = table(answers(), ["district"], reporting=Reporting(opt_in=True))
    assert (found["flag"] == "opt_in").all()
    assert found["estimate"].notna().all()
    assert found[["std_error", "conf_low", "conf_high", "n_eff", "deff"]].isna().to_numpy().all()


def test_suppression_and_few() -> None:
    frame = answers(psus=3, size=16)
    flags = table(frame, ["district", "age", "sex"], reporting=Reporting(suppression=25)).set_index("n")["flag"]
    assert set(flags[flags.index < 25]) == {"suppressed"}
    assert set(flags[(flags.index >= 25) & (flags.index < 30)]) <= {"few"}


def test_where_is_a_domain_and_not_a_filter() -> None:
    frame = answers()
    inside = table(frame, [], where={"age": "60+"}).iloc[0]
    listed = table(frame, ["age"]).set_index("age").loc["60+"]
    assert (
        inside[["estimate", "std_error", "df", "n"]].tolist() == listed[["estimate", "std_error", "df", "n"]].tolist()
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_order_of_rows_does_not_matter(seed: int) -> None:
    frame = answers(seed % 7)
    shuffled = frame.sample(frac=1, random_state=seed % 2**31)
    one, two = table(frame, ["district", "age"]), table(shuffled, ["district", "age"])
    pd.testing.assert_frame_equal(one, two, rtol=1e-12)


@settings(max_examples=15, deadline=None)
@given(factor=st.floats(1e-6, 1e6))
def test_scale_of_weights_does_not_matter(factor: float) -> None:
    frame = answers(3)
    one, two = table(frame, ["district"]), table(frame.assign(w=frame.w * factor), ["district"])
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_splitting_the_rows_of_a_psu_does_not_matter(seed: int) -> None:
    """Cells may be split arbitrarily finely: by a further column, or row by row."""
    frame = answers(seed % 11)
    noise = np.random.default_rng(seed).integers(0, 4, len(frame))
    whole = rates(cells_from_frame(frame, ["y"], by=["age"], design=KEYS, weight="w"), by=["age"]).table
    cut = cells_from_frame(frame.assign(noise=noise), ["y"], by=["age", "noise"], design=KEYS, weight="w")
    rows = cells_from_frame(frame, ["y"], by=["age"], design=KEYS, weight="w", collapse=False)
    pd.testing.assert_frame_equal(rates(cut, by=["age"]).table, whole, rtol=1e-12)
    pd.testing.assert_frame_equal(rates(rows, by=["age"]).table, whole, rtol=1e-12)


def test_merging_domains() -> None:
    """Merged ages equal the domain of both; the other district is untouched."""
    frame = answers()
    merged = frame.assign(age=frame.age.replace({"18-39": "18-59", "40-59": "18-59"}))
    one = table(merged, ["age"]).set_index("age").loc["18-59", NUMBERS[:4]]
    two = table(frame, [], where={"age": ["18-39", "40-59"]}).loc[0, NUMBERS[:4]]
    assert one.to_numpy(float) == pytest.approx(two.to_numpy(float))
    rest = ["estimate", "std_error", "n", "df"]
    before, after = table(frame, ["age"]).set_index("age"), table(merged, ["age"]).set_index("age")
    assert before.loc["60+", rest].to_numpy(float) == pytest.approx(after.loc["60+", rest].to_numpy(float))


def test_missing_answers_are_dropped_item_by_item() -> None:
    frame = answers().assign(other=lambda f: (f.x > 5).astype(float))
    frame.loc[::2, "other"] = np.nan
    both = cells_from_frame(frame, ["y", "other"], design=KEYS, weight="w")
    alone = cells_from_frame(frame, ["y"], design=KEYS, weight="w")
    assert rates(both, item="y").table["estimate"][0] == rates(alone).table["estimate"][0]


def rate(name: str, measure: str, *, overall: bool = False) -> Rate:
    return Rate(name, name, measure, ((name, (1,)),), "valid", overall=overall)


def test_measures_choose_their_headline() -> None:
    frame = answers().assign(a=1.0, b=0.0, c=1.0)
    items = [rate("a", "awareness"), rate("b", "awareness", overall=True), rate("c", "support")]
    one = cells_from_frame(frame, items, design=KEYS)
    assert choose_items(one, measure="awareness") == ["b"]
    assert choose_items(one, measure=["support", "awareness"]) == ["c", "b"]
    assert choose_items(one) == ["a", "b", "c"]
    assert rates(one, measure="support").table["measure"].tolist() == ["support"]
    with pytest.raises(ArgumentError, match="没有这个指标"):
        choose_items(one, measure="satisfaction")
    with pytest.raises(ArgumentError, match="只能指定一个"):
        choose_items(one, item="a", measure="support")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"item": "nothing"}, "没有这个题目"),
        ({"by": ["nothing"]}, "没有这个分组列"),
        ({"where": {"nothing": 1}}, "没有这个分组列"),
        ({"level": 1.0}, "置信水平"),
        ({"interval": "nothing"}, "没有这种置信区间"),
        ({"item": []}, "没有可以计算"),
        ({"by": ["y_again"], "where": {"age": "60+"}}, "没有这个分组列"),
    ],
)
def test_bad_questions(options: dict[str, object], words: str) -> None:
    with pytest.raises((ArgumentError, DesignError), match=words):
        rates(cells(answers()), **options)


def test_a_column_that_would_hide_a_result_is_refused() -> None:
    one = cells_from_frame(answers().rename(columns={"age": "n"}), ["y"], by=["n"], design=KEYS)
    with pytest.raises(ArgumentError, match="同名"):
        rates(one, by=["n"])


def test_parts_of_different_data_are_refused() -> None:
    one, other = cells(answers()), cells(answers(size=2))
    with pytest.raises(DesignError, match="设计不是由这份数据"):
        rates(one, design=make_design(other))
    with pytest.raises(DesignError, match="权数不是由这份数据"):
        rates(one, weights=base_weights(other))


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_factors_must_be_numbers_not_below_zero(bad: float) -> None:
    one = cells(answers())
    with pytest.raises(DesignError, match="权数系数必须是不小于 0 的数"):
        rates(one, weights=Weights(np.where(np.arange(len(one)) == 3, bad, 1.0)))


def test_infinite_answers_are_refused() -> None:
    with pytest.raises(DesignError, match="y 列，第 3 行"):
        cells(answers().assign(y=lambda f: np.where(f.index == 2, np.inf, f.y)))


@pytest.mark.parametrize("frame", [answers().assign(w=0.0), answers().iloc[:0]])
def test_zero_weights_and_empty_samples_are_flagged(frame: pd.DataFrame) -> None:
    """All weights zero, or no responses: flagged, no warning, no number."""
    found = table(frame, [])
    assert found["flag"].tolist() == ["empty"]
    assert found[["estimate", "std_error", "conf_low", "conf_high"]].isna().to_numpy().all()


@pytest.mark.parametrize("domains", [1, 10_000])
def test_one_call_for_one_domain_or_ten_thousand(domains: int) -> None:
    """The same call with every argument; three domains checked by hand."""
    rng = np.random.default_rng(domains)
    size = 40_000
    frame = pd.DataFrame({"stratum": np.repeat(np.arange(20), size // 20), "w": rng.lognormal(0, 0.4, size)})
    frame["psu"], frame["place"] = np.arange(size) // 40, rng.permutation(np.arange(size) % domains)
    frame["sex"], frame["a"] = rng.choice(["女", "男"], size), rng.integers(0, 2, size).astype(float)
    one = cells_from_frame(frame, [rate("a", "support")], by=["place", "sex"], design=KEYS, weight="w")
    sex = pd.DataFrame({"sex": ["女", "男"], "population": [520.0, 480.0]})
    options = {"design": make_design(one), "weights": rake(one, base_weights(one), [sex]), "level": 0.9}
    found = rates(one, measure="support", by=["place"], interval="kg_nchs", **options)
    assert len(found) == domains
    assert (found.table["n"].sum(), found.meta["level"], found.meta["interval"]) == (size, 0.9, "kg_nchs")
    assert (found.table["conf_high"] > found.table["conf_low"]).all()
    factor = pd.Series({"女": 520.0, "男": 480.0}) / frame.groupby("sex")["w"].sum()
    for place in sorted({0, domains // 2, domains - 1}):
        own = frame[frame.place == place]
        w = own.w * own.sex.map(factor)
        assert found.table["estimate"][place] == pytest.approx((w * own.a).sum() / w.sum())
        alone = rates(one, item="a", where={"place": place}, interval="kg_nchs", **options).table
        columns = ["n", "estimate", "std_error", "df"]
        assert alone.loc[0, columns].to_numpy(float) == pytest.approx(found.table.loc[place, columns].to_numpy(float))


def test_one_column_may_be_given_by_name() -> None:
    one = cells(answers())
    pd.testing.assert_frame_equal(rates(one, by="age").table, rates(one, by=["age"]).table)
    assert rates(one, by="age").meta["by"] == ("age",)


def test_numbers_are_not_rates() -> None:
    one = cells_from_frame(answers(), ["x"], design=KEYS)
    with pytest.raises(DesignError, match="0 和 1"):
        rates(one)


def test_a_calibrated_margin_has_no_error_but_an_interval() -> None:
    frame = answers()
    frame["y"] = (frame.sex == "女").astype(float)
    one = cells(frame)
    margin = pd.DataFrame({"sex": ["女", "男"], "population": [520.0, 480.0]})
    row = rates(one, weights=rake(one, base_weights(one), [margin])).table.iloc[0]
    assert row["estimate"] == pytest.approx(0.52)
    assert row["error_sample"] == 0
    assert row["conf_low"] < 0.52 - row["std_error"] < 0.52 + row["std_error"] < row["conf_high"]
