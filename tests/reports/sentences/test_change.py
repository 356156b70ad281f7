"""Sentences on two waves: what moved, what could have been seen, what became of weaknesses."""

import pandas as pd

from analysis.decisions.waves.look_back import ChangeOutcome
from analysis.estimation.estimates import Estimates
from reports.sentences import change
from reports.sentences.sentence import rows_of, say

NAN = float("nan")
NOTHING = pd.DataFrame()


def changes(rows: list[tuple[str, str, float, float]], district: str = "全市") -> Estimates:
    """Make changes from rows of rate, moved, estimate, detectable."""
    table = pd.DataFrame(rows, columns=["label", "moved", "estimate", "detectable"])
    common = {"measure": "satisfaction", "n": 100, "n_eff": NAN, "std_error": 0.01, "df": 9, "deff": NAN, "flag": ""}
    table = table.assign(item=table["label"], district=district, conf_low=-0.1, conf_high=0.1, **common)
    return Estimates(table)


def test_changes_are_percentage_points_and_detectable_ones_a_range() -> None:
    found = changes(
        [
            ("满意率", "up", 0.0512, 0.02),
            ("知晓率", "down", -0.03, 0.02),
            ("支持率", "", 0.01, 0.021),
            ("参与率", "", 0.0, 0.038),
        ]
    )
    text = change.city(found, NOTHING, ()).text
    assert text == (
        "全市满意率上升 5.1 个百分点；全市知晓率下降 3.0 个百分点；"
        "全市支持率、参与率看不出变化（这次看得出的最小变化为 2.1 至 3.8 个百分点）；上一轮没有确认薄弱的项目。"
    )


def test_one_detectable_change_is_no_range() -> None:
    text = change.city(
        changes([("支持率", "", 0.01, 0.0211), ("参与率", "", 0.0, 0.0209)]), NOTHING, (), aimed=False
    ).text
    assert "最小变化为 2.1 个百分点）；没有设定目标" in text
    assert "最小变化" not in change.city(changes([("支持率", "", 0.01, NAN)]), NOTHING, ()).text


def test_waves_that_cannot_be_compared_give_the_reasons_only() -> None:
    found = changes([("满意率", "barred", NAN, NAN)])
    assert change.city(found, NOTHING, ("问卷改了",)).text == "这两轮不能比较，不要据此说升降：问卷改了。"


def test_earlier_weaknesses_are_counted_and_the_open_ones_named() -> None:
    rows = [
        ("甲区", "E0", "满意率", "确认薄弱", str(ChangeOutcome.MENDED)),
        ("乙区", "E0", "满意率", "确认薄弱", str(ChangeOutcome.SAME)),
        ("丙区", "E0", "满意率", "观察", str(ChangeOutcome.SAME)),
    ]
    assert mended(rows) == "上一轮确认薄弱的 2 项中 1 项已补上，继续抓乙区的满意率。"
    assert mended(rows[:1]) == "上一轮确认薄弱的 1 项都已补上。"
    assert mended(rows[1:]) == "上一轮确认薄弱的 1 项没有一项能说已补上，继续抓乙区的满意率。"


def test_no_advice_on_a_district_that_may_not_be_judged_now() -> None:
    outcomes = (ChangeOutcome.RED_LIGHT, ChangeOutcome.UNCLEAR, ChangeOutcome.NOT_COMPARABLE)
    rows = [
        (f"{name}区", "E0", "满意率", "确认薄弱", str(outcome))
        for name, outcome in zip("甲乙丙", outcomes, strict=True)
    ]
    text = mended(rows)
    assert "继续抓" not in text
    assert "甲区的满意率亮真实性红灯，复访前不下结论" in text
    assert "乙区的满意率本轮样本不足，不下结论，丙区的满意率两轮不可比，不下结论。" in text


def test_every_outcome_has_its_words() -> None:
    named = [outcome for _, outcomes in change.LEFT for outcome in outcomes]
    assert {*named, ChangeOutcome.MENDED} == set(ChangeOutcome)
    assert len(named) == len(set(named))


def mended(rows: list[tuple[str, ...]]) -> str:
    """Return the part of the sentence on earlier weaknesses."""
    looks = pd.DataFrame(rows, columns=["district", "item", "label", "verdict", "outcome"])
    return change.city(changes([("支持率", "", 0.01, NAN)]), looks, ()).text.partition("；")[2]


def test_districts_that_moved_are_listed_with_signed_changes() -> None:
    one, two = changes([("满意率", "down", -0.0312, 0.02)], "甲区"), changes([("满意率", "", 0.01, 0.02)], "乙区")
    found = Estimates(pd.concat([one.table, two.table], ignore_index=True))
    assert change.districts(found, "满意率", "满意率").text == "满意率变化看得出的区县：甲区 −3.1 个百分点"
    assert change.districts(two, "满意率", "满意率").text == "没有区县的满意率变化能看得出来"


def looks(*rows: tuple[str, str, str, float, float, str]) -> pd.DataFrame:
    """Make weaknesses from district, verdict then and now, share then and now, outcome; the target is 80 %."""
    names = ["district", "verdict", "verdict_now", "then", "now", "outcome"]
    table = pd.DataFrame(rows, columns=names).assign(item="E0", label="满意率", target=0.8)
    return table.astype({"outcome": str})


SAME = changes([("满意率", "", 0.01, 0.02)])
PRESSED = ("甲区", "确认薄弱", "确认薄弱", 0.608, 0.7, ChangeOutcome.SAME)
NEARER = ("乙区", "确认薄弱", "观察", 0.6, 0.66, ChangeOutcome.BETTER)
CLOSED = ("丙区", "观察", "达标", 0.75, 0.86, ChangeOutcome.MENDED)
SILENT = ("丁区", "确认薄弱", "", 0.6, NAN, ChangeOutcome.UNCLEAR)


def test_the_headline_is_a_verdict_and_the_line_below_presses_on_the_confirmed() -> None:
    table = looks(NEARER, CLOSED, PRESSED, SILENT)
    said = "1 项已补上，1 项有改善还没达标，1 项升降还不能确定，1 项本轮不下结论"
    assert change.headline(SAME, table).text == "甲区满意率 70%，离目标差 10 个百分点；比上轮升没升，还不能确定"
    assert list(change.in_order(table)["district"]) == ["甲区", "乙区", "丁区", "丙区"]
    late = change.Pursuit(["城管"], say("超期，请督办"))
    assert change.lead(SAME, table, late).text == f"由城管负责，超期，请督办。{said}。"
    assert change.lead(SAME, table, change.Pursuit()).text == f"{said}。"
    assert change.lead(SAME, looks(CLOSED), change.Pursuit()).text == "丙区的满意率已补上。全市各率看不出变化。"


def test_other_headlines_of_the_look_back() -> None:
    assert change.headline(SAME, looks(CLOSED)).text == "上一轮点到的 1 项都已补上"
    assert change.headline(SAME, looks(SILENT)).text == "上一轮点到的，本轮都不下结论"
    assert change.headline(SAME, looks(SILENT, CLOSED)).text == "1 项已补上，1 项本轮不下结论"
    assert (
        change.headline(SAME, looks(PRESSED)).text == "甲区满意率 70%，离目标差 10 个百分点；比上轮升没升，还不能确定"
    )
    worse = ("乙区", "确认薄弱", "确认薄弱", 0.66, 0.6, ChangeOutcome.WORSE)
    assert change.headline(SAME, looks(worse)).text == "乙区满意率 66% → 60%，离目标差 20 个百分点"
    assert change.headline(SAME, NOTHING).text == "上一轮没有确认薄弱或观察的项目"
    assert "没有设定目标" in change.headline(SAME, NOTHING, aimed=False).text
    apart = changes([("满意率", "barred", NAN, NAN)])
    assert change.headline(apart, looks(PRESSED)).text == "这两轮不能比较，不要据此说升降"
    assert change.lead(apart, looks(PRESSED), [], ("问卷改了",)).text == "问卷改了。"
    hidden = changes([("满意率", "", NAN, NAN)])
    assert change.headline(hidden, NOTHING).text == "答卷太少，不能说升降"
    assert change.lead(hidden, NOTHING, []).text == "等答卷多些，或放宽筛选。"


def test_a_rate_above_its_line_is_not_called_met_for_that() -> None:
    over = ("乙区", "确认薄弱", "尚难判断", 0.6, 0.81, ChangeOutcome.SAME)
    row = rows_of(looks(over), looks(over), "district", "item")[0]
    assert change.to_go(row).text == "高 1 个百分点"
    assert not change.moved(row)
    assert change.unseen(row).text == "比上轮升没升，还不能确定"
    limits = looks(over).assign(conf_low=-0.02, conf_high=0.44)
    why = change.why_unseen(rows_of(limits, limits, "district", "item")[0])
    assert why.text == "升没升还不能确定：比上轮 60%，真实变化在 −2.0 至 44.0 个百分点之间"
    assert not change.unseen(rows_of(looks(NEARER), looks(NEARER), "district", "item")[0])
    assert {outcome for _, outcomes in change.COUNTED for outcome in outcomes} == set(ChangeOutcome)
