"""Sentences on communities judged by counting."""

import pandas as pd

from analysis.areas.lqas import FEW, LotPlan, LotVerdict
from analysis.areas.verdict import Reason
from reports.sentences import communities


def judged(*verdicts: str) -> pd.DataFrame:
    rows = [(at, f"{at}号社区", verdict) for at, verdict in enumerate(verdicts)]
    return pd.DataFrame(rows, columns=["psu", "community", "verdict"])


def test_failing_communities_are_counted_and_the_first_named() -> None:
    table = judged(*[str(LotVerdict.FAIL)] * 4, str(LotVerdict.PASS), str(LotVerdict.WATCH), FEW)
    assert communities.verdicts(table, "满意率", (0.85, 0.7)).text == (
        "满意率不合格 4 个社区（0号社区、1号社区、2号社区等），合格 1 个，待定 1 个，1 个因答卷太少不显示；"
        "上线 85%、下线 70%；逐个看错判的可能各不超过 10%，5 个判定里碰巧错的可能多到 1 个。"
    )


def test_nothing_to_judge() -> None:
    text = communities.verdicts(judged(FEW, str(LotVerdict.WATCH)), "满意率", (0.85, 0.7)).text
    assert text == "2 个社区的满意率都不能判定：答卷太少，落在两条线之间，或亮真实性红灯。"


def test_communities_with_a_red_light_neither_pass_nor_fail() -> None:
    table = judged(str(LotVerdict.FAIL), str(LotVerdict.PASS), str(Reason.RED_LIGHT))
    text = communities.verdicts(table, "满意率", (0.85, 0.7)).text
    assert text.startswith("满意率不合格 1 个社区（0号社区），合格 1 个，待定 0 个，1 个亮真实性红灯、待复访；")
    assert "2号社区" not in text


def test_a_plan_states_both_risks() -> None:
    text = communities.risks(LotPlan(27, 22, 0.093, 0.088)).text
    assert "每个社区访 27 份，至少 22 份达到判合格" in text
    assert "被判不合格的可能 9.3%" in text
    assert "被判合格的可能 8.8%" in text
