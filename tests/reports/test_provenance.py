"""The provenance of a figure: every fact occurs once, and every statement is true."""

from dataclasses import fields, replace

import pytest

from reports.provenance import HEADING, Provenance, Wording, of_inbox
from reports.sentences.notes.provenance import of_level
from reports.sentences.sentence import Sentence
from survey.study.study import load_study
from survey.study.template.new_study import init_study

SATISFIED = Wording("E0", "满意率", "您满意吗？", "很满意、比较满意", "有明确回答的人（不计不了解）", "所有受访者")
ORIGIN = Provenance(
    title="某市调查",
    wordings=(SATISFIED,),
    people="女",
    waves=("第二轮（W2）",),
    dates=("2026-09-07 至 2026-09-20",),
    mode="入户面访",
    n=(319, 2848),
    n_eff=(99.4, 1281.0),
    weighting="按区县 × 年龄迭代加权",
    interval=of_level(0.95, "Wilson 区间"),
    strata=16,
    points=184,
    suppression=10,
    version=3,
    written="2026-09-21 10:00",
    exclusions="已剔除 5 份",
    mock=True,
    notes=("W2 有 2 份缺少分类",),
)


def test_the_strip_names_what_a_reader_must_know_beside_a_figure() -> None:
    assert ORIGIN.strip == (
        "某市调查；第二轮（W2）；各数 n=319—2,848；95% Wilson 区间；调查日期 2026-09-07 至 2026-09-20；入户面访；"
        "按区县 × 年龄迭代加权；n<10 不显示；数据版本 3；已剔除 5 份；模拟数据"
    )


def test_the_account_is_complete() -> None:
    assert ORIGIN.text.split("\n") == [
        HEADING,
        "  问的是什么：满意率（E0）：题目“您满意吗？”；计入：很满意、比较满意；分母：有明确回答的人（不计不了解）",
        "  数的是谁：女；第二轮（W2）（2026-09-07 至 2026-09-20）；入户面访",
        (
            "  有多少份：各数 n=319—2,848；有效样本 99—1,281；不足 10 份的组不显示；"
            "各项份数不同，因为每题只算该问到、也作了回答的人"
        ),
        "  怎样加权：按区县 × 年龄迭代加权；W2 有 2 份缺少分类",
        "  误差多大：95% Wilson 区间，按抽样设计计算：16 层、184 个抽样点",
        "  哪一版数据：数据版本 3（2026-09-21 10:00 写入）；已剔除 5 份",
        "  真实还是模拟：模拟数据",
    ]


def test_weights_that_decide_a_result_are_named_beside_it_and_in_the_account() -> None:
    heavy = replace(ORIGIN, heavy=True)
    assert "；结果主要由少数权数很大的答卷决定，区间已放宽，仅供参考；" in heavy.strip
    assert "184 个抽样点；结果主要由少数权数很大的答卷决定" in heavy.text
    assert "权数很大" not in ORIGIN.strip + ORIGIN.text


def test_the_base_is_stated_where_not_everybody_was_asked() -> None:
    some = replace(SATISFIED, asked="{A1} = 1")
    assert "只问了符合条件的人：{A1} = 1" in str(some)
    assert "只问了" not in str(SATISFIED)


def test_self_selected_answers_have_no_margin() -> None:
    online = replace(ORIGIN, mode="网络自填（参与者意见）", interval=Sentence(), n_eff=None, strata=0, points=0)
    assert "不给抽样误差" in online.strip
    assert "抽样设计" not in online.text
    assert "有效样本" not in online.text


def test_hidden_groups_have_no_number() -> None:
    assert "各组样本都不足" in replace(ORIGIN, n=None, n_eff=None).strip


@pytest.mark.parametrize("several", [("第一轮（W1）", "第二轮（W2）")])
def test_several_waves_are_all_named(several: tuple[str, ...]) -> None:
    both = replace(ORIGIN, waves=several, dates=("a", "b"))
    assert "第一轮（W1）、第二轮（W2）" in both.strip
    assert "调查日期 a、b" in both.strip


def test_a_program_reads_every_field() -> None:
    found = ORIGIN.as_mapping()
    assert set(found) == {field.name for field in fields(Provenance)}
    assert found["wordings"][0]["question"] == "您满意吗？"
    assert found["interval"] == "95% Wilson 区间"
    assert ORIGIN.interval.text == "95% Wilson 区间"


def test_counts_of_the_inbox_are_no_version_yet(tmp_path: object) -> None:
    study = load_study(init_study(f"{tmp_path}/new"))
    found = of_inbox(study, 12, "")
    assert "收件箱，还没有入库" in found.strip
    assert "n=12" in found.strip
    assert found.strip.endswith("真实数据")
