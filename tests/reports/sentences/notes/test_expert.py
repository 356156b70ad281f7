"""The conclusions of 专家分析 name what is confirmed, and say plainly where nothing is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from analysis.areas.decomposition import GAP, REST
from analysis.areas.lqas import LotVerdict
from analysis.estimation.estimates import Estimates
from reports.sentences import causes
from reports.sentences.notes import expert
from reports.sentences.sentence import Sentence, say


def judged(*verdicts: str, level: str = "district") -> Estimates:
    """Areas 甲地, 乙地 ... with these verdicts on one rate, the lowest first."""
    areas = ("甲地", "乙地", "丙地")
    rows = [(areas[at], one, 0.7 + at / 100) for at, one in enumerate(verdicts)]
    table = pd.DataFrame(rows, columns=[level, "verdict", "estimate"])
    table = table.assign(item="E0", measure="satisfaction", label="满意率", n=100, line=0.8, reason="", flag="")
    table = table.assign(n_eff=80.0, std_error=0.03, df=9, conf_low=0.5, conf_high=0.9, deff=1.2)
    table["gap"], table["more"], table["prob_below"] = table["estimate"] - table["line"], 200.0, 0.9
    return Estimates(table, {"margin": None, "absent": ()})


def test_the_weakness_to_act_on_comes_first_with_its_owner() -> None:
    one, two = judged("确认薄弱", "观察", "达标"), judged("确认薄弱", "确认薄弱", "尚难判断")
    assert expert.verdicts(one, "district", "区县").text == "只有甲地满意率确认薄弱，优先解决"
    assert expert.verdicts(two, "district", "区县").text == "优先解决甲地满意率等 2 项确认薄弱"
    assert expert.verdicts(judged("达标"), "district", "区县").text == "没有确认薄弱的项目"
    steps = expert.next_steps(one, "district", say("由城管局办，还没立项"), say("丁地亮红灯"))
    assert steps.text == "由城管局办，还没立项；1 项观察暂不通报；丁地亮红灯。"
    assert not expert.next_steps(judged("达标"), "district", Sentence(), Sentence())


def test_places_are_named_only_where_they_are_confirmed() -> None:
    for verdicts, text in (
        (("确认薄弱", "观察"), "只有甲地满意率确认薄弱：70%"),
        (("确认薄弱", "确认薄弱"), "甲地、乙地满意率确认薄弱"),
        (("观察",), "没有一个区县的满意率确认薄弱"),
    ):
        assert expert.ranking(judged(*verdicts), "district", "区县", "满意率").text == text
    streets = judged("确认薄弱", "确认薄弱", level="street")
    assert expert.streets(streets, "甲区", "满意率").text == "甲区满意率：先去甲地、乙地"
    assert expert.streets(judged("达标", level="street"), "甲区", "满意率").text == "甲区没有一个街道的满意率确认薄弱"
    assert expert.model_streets(streets.table, "满意率").text == "满意率先去看甲地、乙地"
    assert "不必先去哪里" in expert.model_streets(judged("达标", level="street").table, "满意率").text
    assert expert.chance(["甲地"], "区县").text == "甲地与全市的差别不像偶然，要追问"
    assert expert.chance([], "区县").text == "各区县的高低都可能是偶然，不必追问"


def test_communities_are_counted_by_verdict() -> None:
    table = pd.DataFrame({"psu": [1, 2, 3], "community": ["甲社区", "乙社区", "丙社区"]})
    some = table.assign(verdict=[LotVerdict.FAIL, LotVerdict.FAIL, LotVerdict.WATCH])
    assert expert.lots(some, "满意率").text == "满意率：甲社区等 2 个社区不合格，1 个待定"
    assert expert.lots(table.assign(verdict=LotVerdict.PASS), "满意率").text == "满意率：没有社区不合格，0 个待定"


@dataclass
class Compared:
    """What a comparison of groups reports."""

    table: pd.DataFrame


def test_groups_that_differ_are_named_with_their_direction() -> None:
    groups = pd.DataFrame({"group": ["甲区", "乙区", "丙区"], "differs": ["low", "", "high"]})
    assert expert.alike(Compared(groups), "满意率").text == "同样的人相比，甲区满意率偏低，丙区满意率偏高"
    assert "分不出高低" in expert.alike(Compared(groups.assign(differs="")), "满意率").text


@pytest.mark.parametrize(
    ("whole", "rest", "text", "figure"),
    [
        ((-0.05, 0.02), (-0.05, 0.02), "甲区满意率与全市看不出差别，不必找原因", "满意率与全市看不出差别"),
        (
            (-0.15, -0.05),
            (-0.05, 0.02),
            "甲区满意率比全市低，是不是居民不同造成的还分不清",
            "满意率比全市低 10.0 个百分点",
        ),
        (
            (-0.15, -0.05),
            (-0.15, -0.02),
            "甲区满意率比全市低，不是居民构成不同造成的",
            "比全市低 10.0 个百分点，同类居民之间也低",
        ),
        (
            (-0.15, -0.05),
            (0.02, 0.15),
            "甲区满意率比全市低，排除居民构成的影响后反而高",
            "比全市低 10.0 个百分点，同类居民之间反而高",
        ),
    ],
)
def test_a_gap_is_explained_as_far_as_it_can_be(
    whole: tuple[float, float], rest: tuple[float, float], text: str, figure: str
) -> None:
    parts = pd.DataFrame(
        [(name, sum(limits) / 2, *limits) for name, limits in ((GAP, whole), (REST, rest))],
        columns=["part", "estimate", "conf_low", "conf_high"],
    )
    assert causes.gap_title("甲区", "满意率", parts).text == text
    assert causes.gap_figure("满意率", parts).text == figure
