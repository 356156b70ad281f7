"""Sentences state what the numbers show, with their uncertainty."""

from datetime import date

import pandas as pd

from analysis.estimation.estimates import Estimates
from reports.sentences import advice
from survey.study.rectification import Entry, Status

COLUMNS = ["district", "label", "standing", "prob_below", "more", "estimate"]


def judged(rows: list[tuple[object, ...]], absent: tuple[str, ...] = ()) -> Estimates:
    table = pd.DataFrame(rows, columns=COLUMNS)
    common = {"item": "E0", "measure": "satisfaction", "n": 100, "n_eff": 80.0, "std_error": 0.03, "df": 9}
    table = table.assign(**common, conf_low=0.5, conf_high=0.9, deff=1.2, flag="")
    return Estimates(table, {"against": "目标", "absent": absent})


def test_weak_names_areas_to_improve_to_watch_and_to_interview() -> None:
    text = advice.weak(
        judged(
            [
                ("甲区", "满意率", "确认薄弱", 0.97, float("nan"), 0.7),
                ("乙区", "满意率", "观察", 0.7, 300.0, 0.78),
                ("丙区", "知晓率", "样本不足", 0.3, 120.0, 0.86),
            ]
        ),
        "district",
        "区县",
    )
    assert text.startswith("先抓 1 项确认低于目标的：甲区的满意率")
    assert "乙区的满意率多半没到" in text
    assert "丙区的知晓率再访约 120 份" in text


def test_weak_states_that_some_calls_may_be_wrong() -> None:
    rows = [(f"{name}区", "满意率", "确认薄弱", 0.85, float("nan"), 0.7) for name in "甲乙丙丁"]
    assert "个别可能判错" in advice.weak(judged(rows), "district", "区县")


def test_weak_names_no_area_without_evidence() -> None:
    text = advice.weak(judged([("甲区", "满意率", "达标", 0.02, float("nan"), 0.9)]), "district", "区县")
    assert text == "没有哪个区县能确认低于目标，不必急着点名。"


def test_weak_without_targets_reports_what_is_missing() -> None:
    assert "targets.csv" in advice.weak(judged([("甲区", "满意率", "", 0.5, 1.0, 0.9)]), "district", "区县")


def test_weak_names_areas_without_answers() -> None:
    text = advice.weak(judged([("甲区", "满意率", "达标", 0.02, 1.0, 0.9)], ("丁区",)), "district", "区县")
    assert "丁区没有答卷" in text


def test_too_near_the_line_is_not_worth_more_interviews() -> None:
    text = advice.weak(judged([("甲区", "满意率", "样本不足", 0.4, 9000.0, 0.8)]), "district", "区县")
    assert "再加样本也难分清" in text


def entry(status: Status, deadline: date) -> Entry:
    return Entry(1, "甲区", "E0", "W1", 3, 0.7, 0.8, "物业办", deadline, "整治", status)


def test_ledger_reports_overdue_and_failed_entries() -> None:
    entries = (entry(Status.OPEN, date(2026, 1, 1)), entry(Status.STILL_WEAK, date(2027, 1, 1)))
    text = advice.ledger(entries, 2, "2026-06-01")
    assert "2 项确认薄弱还没有立项" in text
    assert "1 项已过期限：甲区" in text
    assert "1 项复测仍未达标" in text


def test_an_empty_ledger_has_a_sentence() -> None:
    assert "台账是空的" in advice.ledger((), 0, "2026-06-01")


def test_probabilities_claim_no_certainty() -> None:
    assert advice.chance(0.999) == "超过 99%"
    assert advice.chance(0.001) == "不到 1%"
    assert advice.chance(0.63) == "约 63%"
