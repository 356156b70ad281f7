"""Communities judged by counting: the rule of each verdict, what is hidden, what is refused."""

from dataclasses import replace

import pytest

from analysis.areas.lqas import lots, sentence
from analysis.areas.lqas_part import lot_verdict
from survey.errors import DesignError
from tests.analysis.mock_sample import heads, sample

W2 = {"wave": "W2"}
LINES = (0.85, 0.70)
RATE = heads()[3]


def test_every_community_is_judged_by_its_own_count() -> None:
    found = lots(sample(), RATE, W2, LINES)
    assert found["psu"].is_unique
    shown = found.dropna(subset=["n"])
    assert len(shown)
    for row in shown.itertuples():
        assert row.verdict == str(lot_verdict(int(row.favourable), int(row.n), *LINES))
    whole = sample().rates(item=RATE.name, where=W2).table
    assert shown["n"].sum() <= whole["n"].iloc[0]


def test_counts_below_the_threshold_are_hidden_and_not_judged() -> None:
    strict = replace(sample(), suppression=18)
    found = lots(strict, RATE, W2, LINES)
    few = found[found["verdict"] == "样本不足"]
    assert len(few)
    assert few[["n", "favourable"]].isna().all().all()
    assert (found["n"].dropna() >= 18).all()


def test_failed_ones_come_first_and_the_sentence_counts_them() -> None:
    found = lots(sample(), RATE, W2, LINES)
    failed = int((found["verdict"] == "未达标").sum())
    assert (found["verdict"].head(failed) == "未达标").all()
    text = sentence(found, "满意率", LINES)
    assert f"未达标 {failed} 个社区" in text
    assert "可能" in text


def test_when_nothing_can_be_judged_it_is_said() -> None:
    found = lots(replace(sample(), suppression=10_000), RATE, W2, LINES)
    assert "都不能判定" in sentence(found, "满意率", LINES)


@pytest.mark.parametrize("lines", [(0.7, 0.85), (1.0, 0.5), (0.5, 0.0)])
def test_lines_out_of_order_are_refused(lines: tuple[float, float]) -> None:
    with pytest.raises(DesignError, match="下线"):
        lots(sample(), RATE, W2, lines)


def test_opinions_are_not_judged() -> None:
    with pytest.raises(DesignError, match="参与者意见"):
        lots(replace(sample(), opt_in=True), RATE, W2, LINES)
