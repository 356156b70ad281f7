"""Decision pages: each starts with the recommendation and its uncertainty, and reports bad input in Chinese."""

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analysis.areas.verdict import Verdict
from analysis.decisions.waves.look_back import ChangeOutcome
from reports import change
from reports.briefing.build import source
from reports.briefing.parts.actions import of_group
from reports.definitions import headlines
from reports.labels import mode_label, wave_label
from reports.overview.lever import foreseen, lever
from reports.plans import pass_forecast
from reports.plans.pass_forecast import OfficialSample, lines_of
from reports.plans.rectification import ledger_of
from reports.sample import gather
from reports.selection import Selection
from reports.verdicts import judged
from survey.instrument.measure import knowledge
from survey.storage.store import ResponseStore
from survey.study.plans.rectification import Entry, Status
from survey.study.plans.rollout import RollOuts
from survey.study.study import load_study
from tests.variants import slow_but
from tests.views.page_words import (
    EXPERT,
    WEAK_AREAS,
    Run,
    block,
    blocks,
    figures,
    page_text,
    seen,
    title,
    words,
)

ONLINE = mode_label("online")
CHANGE, PASSING, PLANNING, OUTREACH, LEDGER = (
    f"views/pages/{name}.py" for name in ("change", "passing", "planning", "outreach", "ledger")
)
OVERVIEW = "views/pages/overview.py"
EVERY = [WEAK_AREAS, EXPERT, CHANGE, PASSING, PLANNING, OUTREACH, LEDGER]


@pytest.fixture
def own(city: Path, tmp_path: Path) -> Path:
    """A copy of the study that a test may change."""
    shutil.copytree(city, tmp_path / "own")
    return tmp_path / "own"


def headline(text: str) -> str:
    return next(line for line in text.split("\n") if line.startswith("### "))


def test_weak_areas_starts_with_what_to_do(city: Path, run: Run) -> None:
    assert "确认薄弱" in title(run(city, WEAK_AREAS))
    app = run(city, EXPERT)
    assert app.selectbox(key="district").value in title(app)
    assert "去整改台账交办" in page_text(app)
    app.session_state["tab"] = "未达标"
    app.run()
    assert "确认薄弱" in title(app)
    assert "没到" in words(figures(app)[0])
    app.session_state["against"] = "全市水平减 3 个百分点"
    app.run()
    assert not app.exception
    assert "全市水平减 3 个百分点" in page_text(app)


def test_change_shows_what_moved_and_what_improved(city: Path, run: Run) -> None:
    app = run(city, CHANGE, charts="true")
    assert re.search("已补上|见效|改善|更差|上一轮", block(app, "head"))
    trend, moved = figures(app)
    assert "满意率" in words(trend)
    assert "看得出的最小变化" in words(moved)
    assert "全市" in page_text(app)
    cards, table = block(app, "looks"), block(app, "rows")
    study = load_study(city)
    gathered = gather(study, Selection(mode="household"))
    asked = gathered.newest(Selection(mode="household")).asking([rate.name for rate in headlines(study)])
    looks = change.change(gathered, asked).looks
    assert table.count("→") == 0
    for outcome, times in looks["outcome"].value_counts().items():
        assert table.count(str(outcome)) == times  # a row says its outcome once
        assert (str(outcome) in cards) == (outcome != ChangeOutcome.SAME)  # the headline says that nothing is seen


def test_the_first_wave_has_nothing_before_it(city: Path, run: Run) -> None:
    study = load_study(city)
    app = run(city, CHANGE, wave=wave_label(study, study.waves[0].name))
    assert "没有可比的前一轮" in block(app, "head")


def test_passing_shows_the_probability_and_what_raises_it(city: Path, run: Run) -> None:
    app = run(city, PASSING, alone="true")
    head, forecast, foot, districts = (block(app, one) for one in ("head", "forecast", "strip", "rows"))
    assert "全部达标的可能" in head
    assert "官方另抽一次样仍可能不过" in head or "可能" in head
    for part in ("照这次的水平", "同样考十次", "各条线达标的可能", "先办这一步", "办到哪一步，可能升到多少"):
        assert part in forecast
    assert not [word for word in Verdict if word in forecast and word is not Verdict.MET]
    assert "数据版本" in foot
    assert "全部达标" in districts
    assert "本轮自己的判断是另一回事" in page_text(app)


def test_districts_alone_are_forecast_when_somebody_opens_them(
    city: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pass_forecast, "foresee_districts", lambda *_: pytest.fail("nobody asked for districts"))
    app = run(city, PASSING)
    assert "照这次的水平" in block(app, "forecast")
    assert "本轮自己的判断是另一回事" not in page_text(app)


def test_passing_names_the_district_and_the_unit_that_act(city: Path) -> None:
    study, household = load_study(city), Selection(mode="household")
    gathered = gather(study, household)
    rates = headlines(study)
    asked = gathered.newest(household).asking([rate.name for rate in rates])
    lines = lines_of(study, rates)
    found = foreseen(gathered, asked, OfficialSample(1000), lines)
    forecast = found.forecast.found
    assert found.lever.at == int(forecast.item_gain.argmax())
    by_district = judged(gathered, asked.asking(asked.items, ("district",))).table
    low = by_district[by_district["verdict"].isin([Verdict.WEAK, Verdict.WATCH])]
    low = low[low["item"] == rates[found.lever.at].name]
    assert found.lever.area in set(low["district"])
    assert found.lever.units
    assert found.lever.units[0] in found.lead.text
    assert found.lever.title.text in found.lead.text
    assert forecast.everything < found.lever.reached < 1 or not found.lever.title
    assert found.sentence.text == f"{found.forecast.headline.text}。{found.lead.text}"
    stuck = replace(forecast, item_gain=0 * forecast.item_gain, everything=0.2)
    helpless = lever(gathered, asked, stuck, lines)
    assert helpless.at is None
    assert helpless.units  # who acts is named where no step helps, too
    assert lever(gathered, asked, replace(stuck, everything=0.95), lines).units == ()
    one = asked.within(district=found.lever.area)
    assert lever(gathered, one, forecast, lines).area == ""


def test_planning_opens_on_a_plan_that_the_small_frame_can_meet(city: Path, run: Run) -> None:
    app = run(city, PLANNING)
    text = page_text(app)
    assert re.search("(?s)下一轮建议访 .+ 份，全市误差 ±.+请.+前批准份数和经费；.+元是按示例单价估的，.+看得出", text)
    assert "社区不够" not in text
    assert "误差" in words(figures(app)[0])
    app.number_input(key="half_width").set_value(0.5).run()
    assert not app.exception
    assert "社区不够" in page_text(app)
    for aim in ("看出变化", "给定份数"):
        app.session_state["aim"] = aim
        app.run()
        assert not app.exception
        assert re.match("下一轮访 .+ 份，全市误差 ±", title(app))
    app.session_state["aim"] = "补充样本"
    app.run()
    assert not app.exception
    assert re.search("补访|没有需要补充样本的区县", page_text(app))


def test_outreach_names_groups_and_channels(city: Path, run: Run) -> None:
    app = run(city, OUTREACH, basis="true")
    text = page_text(app)
    assert re.search("宣传(优先)?安排.+：.+元预计新增知晓 .+ 人", text)
    assert "居民中约" in text
    assert "不是因果" in text
    assert any("关联" in words(figure) for figure in figures(app))
    app.number_input[0].set_value(0).run()
    assert not app.exception
    assert "没有可安排的活动" in page_text(app)


def test_ledger_opens_an_entry_and_shows_it(own: Path, run: Run) -> None:
    study = load_study(own)
    version = ResponseStore(own / "store").version
    assert version is not None
    assert re.search("台账是空的|还没有立项", page_text(run(own, LEDGER)))
    red, sound = study.areas.districts[:2]  # the mock city plants a fabricating interviewer in the first district
    for area in (sound, red):
        entry = Entry(0, area, "E0", "W1", version, 0.6, 0.2, "城管局", date(2027, 1, 1), "整治")
        ledger_of(study).open_entry(entry, who="张三")
    app = run(own, LEDGER)
    text = page_text(app)
    assert "在办 2" in text
    assert "城管局" in next(one for one in blocks(app) if "下一步" in one)
    assert "城管局" in str(app.dataframe[0].value)
    next(box for box in app.text_input if box.key == "measurer").set_value("李四")
    next(button for button in app.button if "复测" in button.label).click().run()
    assert not app.exception
    first, second = ledger_of(study).entries()
    assert first.status is Status.CLOSED
    assert second.status is not Status.CLOSED  # a red light closes nothing


def test_ledger_names_groups_that_no_entry_holds_as_the_overview_does(own: Path, run: Run) -> None:
    assert "不立项" not in page_text(run(own, LEDGER))
    targets = own / "targets.csv"
    text = targets.read_text(encoding="utf-8-sig")
    targets.write_text(re.sub(r"\d\d\.0", "99.9", text), encoding="utf-8-sig")
    said = page_text(run(own, LEDGER))
    assert "下面的人群也确认薄弱，不立项" in said
    groups = re.findall("人群：.*?前完成(?:宣传|整改)", said)
    assert groups
    assert groups == re.findall("人群：.*?前完成(?:宣传|整改)", page_text(run(own, OVERVIEW)))
    asked = Selection(mode="household")
    facts = source(gather(load_study(own), asked), asked, quotes=False).facts
    some = facts.weak_groups()[: len(groups)]
    assert {row["measure"] for _, row in some} - knowledge()
    for line, (column, row) in zip(groups, some, strict=True):
        task = of_group(facts, column, row, ())  # 简报 names the same people, units and day
        assert str(row[column]) in line
        assert f"{task.owner}{task.due}" in line.replace(" ", "")


@pytest.mark.parametrize("page", slow_but([EXPERT, CHANGE, LEDGER], EVERY))
def test_opt_in_answers_lead_to_no_decision(city: Path, run: Run, page: str) -> None:
    app = run(city, page, mode=ONLINE)
    assert "参与者意见" in page_text(app) or "网络自填" in page_text(app)


@pytest.mark.parametrize("page", slow_but([PASSING, LEDGER], [WEAK_AREAS, CHANGE, PASSING, LEDGER]))
def test_without_targets_the_page_states_it(own: Path, run: Run, page: str) -> None:
    targets = own / "targets.csv"
    lines = targets.read_text(encoding="utf-8-sig").splitlines()
    targets.write_text("\n".join(lines[:2]) + "\n", encoding="utf-8-sig")
    text = page_text(run(own, page))
    assert {WEAK_AREAS: "没有设定目标", CHANGE: "没有设定目标", PASSING: "没有任何达标线", LEDGER: "台账是空的"}[
        page
    ] in text


def test_a_target_above_100_percent_names_the_line(own: Path, run: Run) -> None:
    targets = own / "targets.csv"
    text = targets.read_text(encoding="utf-8-sig")
    targets.write_text(text.replace("85.0", "185"), encoding="utf-8-sig")
    assert "targets.csv" in seen(run(own, PASSING).error[0].value)


def test_a_kept_random_order_between_the_waves_gives_an_effect(own: Path, run: Run) -> None:
    app = run(own, OUTREACH, later="true")
    assert "只能说关联" in page_text(app)
    assert not any("效果看" in str(one.value) for one in app.markdown)
    next(box for box in app.text_input if box.key == "drawer").set_value("张三")
    next(button for button in app.button if "抽定" in button.label).click().run()
    assert not app.exception
    assert "已保存第 1 次抽签" in page_text(app)
    assert "之后，不能作为依据" in page_text(app)  # drawn today, long after the mock waves
    study = load_study(own)
    drawn = RollOuts(own).draws()[0]
    first, second = study.waves[:2]
    between = datetime.combine(first.end + (second.start - first.end) / 2, datetime.min.time(), UTC)
    RollOuts(own).keep(replace(drawn, seed=2), who="李四", at=between)
    app = run(own, OUTREACH, later="true")
    assert "依据第 2 次抽签" in page_text(app)
    assert any(str(one.value).startswith("**效果看") for one in app.markdown)


def test_local_prices_are_used_and_examples_are_marked(own: Path, run: Run) -> None:
    settings = own / "study.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[outreach]\nsource = "目录"\n[outreach.price]\n"电视" = 123\n', encoding="utf-8")
    app = run(own, OUTREACH)
    assert any("示例数字" in one.label for one in app.expander)
    assert "示例" in page_text(app)
    settings.write_text(f'{text}\n[outreach.price]\n"飞艇" = 123\n', encoding="utf-8")
    assert "宣传单价或触达写得不对" in run(own, OUTREACH).error[0].value


@pytest.mark.parametrize("page", slow_but([PLANNING, LEDGER], [PLANNING, OUTREACH, LEDGER]))
def test_a_page_that_counts_everybody_states_it(city: Path, run: Run, page: str) -> None:
    assert "不受年龄、性别、场所类型筛选影响" in page_text(run(city, page, sex="女"))
    assert "不受年龄" not in page_text(run(city, page))


def test_the_first_sample_is_designed_before_the_first_answer(empty_city: Path, run: Run) -> None:
    app = run(empty_city, PLANNING)
    assert "还没有答卷" in page_text(app)
    aim = next(one for one in app.segmented_control if one.key == "aim")
    assert aim.options == ["全市误差", "看出变化", "给定份数"]
    assert "全市误差 ±" in page_text(app)
    assert "是假定" in page_text(app)


@pytest.mark.parametrize("page", [WEAK_AREAS, EXPERT, CHANGE, PASSING, OUTREACH, LEDGER])
def test_the_other_pages_ask_for_answers_first(empty_city: Path, run: Run, page: str) -> None:
    assert "还没有任何答卷" in run(empty_city, page).error[0].value


def test_duties_name_group_and_unit_and_communities_are_judged(city: Path, run: Run) -> None:
    app = run(city, EXPERT, tab="街道和项目")
    tables = [one.value for one in app.dataframe]
    duties = next(table for table in tables if "专业组" in table.columns)
    assert {"专业组", "责任单位"} <= set(duties.columns)
    assert duties["责任单位"].str.len().min() > 0
    app.session_state["tab"] = "社区合格"
    lots = next(one.value for one in app.run().dataframe if "判定" in one.value.columns)
    assert set(lots["判定"]) <= {"合格", "待定", "不合格", "样本不足", "待复访"}
    app.session_state["tab"] = "同样的人相比"
    app.run()
    assert "同样年龄" in page_text(app) or any("同样年龄" in words(figure) for figure in figures(app))
    app.session_state["alike"] = "age"
    app.run()
    assert not app.exception
    assert any("同样性别" in words(figure) for figure in figures(app))


def test_a_questionnaire_without_channels_and_hidden_answers_say_what_to_do(own: Path, run: Run) -> None:
    settings = own / "study.toml"
    words = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"suppression = \d+", "suppression = 100000", words), encoding="utf-8")
    assert "不能规划宣传" in page_text(run(own, OUTREACH))
    assert "全部隐去，不下结论" in page_text(run(own, LEDGER))
    settings.write_text(words, encoding="utf-8")
    questions = own / "questionnaire.json"
    questions.write_text(re.sub(r'"role": ?"channel",?', "", questions.read_text(encoding="utf-8")), encoding="utf-8")
    app = run(own, OUTREACH)
    assert not app.error
    assert "问卷里没有渠道多选题" in page_text(app)
    assert "下一轮调查后再来规划" in page_text(app)
