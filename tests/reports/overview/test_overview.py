"""What 总览 says: the worst problems first, since when, whose they are, and the next step."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.areas.verdict import Verdict
from analysis.estimation.estimates import Estimates
from reports import rates
from reports.definitions import headlines
from reports.overview import concentration
from reports.overview import headline as words
from reports.overview.next_step import NextSteps
from reports.overview.problems import MOST, Problem, problems, worst_items
from reports.overview.weaknesses import CARDS, weaknesses
from reports.sample import StudySample, gather
from reports.selection import Selection
from reports.sentences.sentence import rows_of
from reports.verdicts import judged
from survey.host.access import Role
from survey.study.study import Study, load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(imported_city(tmp_path_factory.mktemp("overview") / "city", texts=False))


@pytest.fixture(scope="module")
def gathered(study: Study) -> StudySample:
    return gather(study, Selection(mode="household"))


def asked(study: Study, *by: str) -> Selection:
    names = [rate.name for rate in headlines(study)]
    return Selection(waves=(study.waves[-1].name,), mode="household").asking(names, by)


@pytest.fixture(scope="module")
def city(study: Study, gathered: StudySample) -> Estimates:
    return rates.with_change(gathered, asked(study))


@pytest.fixture(scope="module")
def districts(study: Study, gathered: StudySample) -> Estimates:
    return judged(gathered, asked(study, "district"))


def with_verdict(found: Estimates, verdict: str, at: int, **columns: object) -> Estimates:
    """Return the estimates with another verdict in one row."""
    table = found.table.copy()
    for name, value in {"verdict": verdict, "reason": "", **columns}.items():
        table.loc[table.index[at], name] = value
    return Estimates(table, found.meta)


def all_met(found: Estimates) -> Estimates:
    return Estimates(found.table.assign(verdict="达标", reason=""), found.meta)


def test_confirmed_problems_come_first_and_explain_themselves(
    study: Study, gathered: StudySample, districts: Estimates
) -> None:
    met = all_met(districts)
    low = with_verdict(met, "观察", 3, gap=-0.2)
    low = with_verdict(low, "确认薄弱", 7, gap=-0.1, estimate=0.7, line=0.8)
    found = problems(gathered, asked(study, "district"), low)
    assert [str(one.row["verdict"]) for one in found] == ["确认薄弱", "观察"]
    assert all(one.since in gathered.waves for one in found)
    assert all(one.units for one in found)


def test_at_most_four_problems(study: Study, gathered: StudySample, districts: Estimates) -> None:
    every = Estimates(districts.table.assign(verdict="确认薄弱", reason=""), districts.meta)
    assert len(problems(gathered, asked(study, "district"), every)) == MOST


def test_the_worst_items_are_those_with_the_lowest_shares(
    study: Study, gathered: StudySample, districts: Estimates
) -> None:
    at = int(districts.table.reset_index().query("measure == 'satisfaction'").index[0])
    low = with_verdict(all_met(districts), "确认薄弱", at)
    (one,) = problems(gathered, asked(study, "district"), low)
    items = {rate.label: rate for rate in study.questionnaire.single_rates({"satisfaction"})}
    here = asked(study).asking([rate.name for rate in items.values()]).within(district=one.place[0])
    shares = gathered.estimates(here).table.set_index("item")["estimate"].astype(float)
    assert [shares[items[label].name] for label in one.items] == sorted(shares)[:3]
    assert one.units == tuple(dict.fromkeys(items[label].unit for label in one.items))


def test_since_is_the_first_wave_of_the_unbroken_run(study: Study, gathered: StudySample, districts: Estimates) -> None:
    first, last = gathered.waves[-2:]
    low = with_verdict(all_met(districts), "观察", 0)
    (one,) = problems(gathered, asked(study, "district"), low)
    names = asked(study).asking([one.place[1]], ("wave",)).within(district=one.place[0]).in_wave(first, last)
    share = dict(gathered.estimates(names).table[["wave", "estimate"]].astype({"wave": str}).to_numpy())
    lines = study.targets
    line = float(lines[(lines["measure"] == one.row["measure"]) & (lines["district"] == "")]["target"].iloc[0]) / 100
    assert one.since == (first if share[first] < line and share[last] < line else last)
    when = words.since(one, study).text
    assert when.endswith("月起")
    assert str(next(wave for wave in study.waves if wave.name == one.since).start.month) in when


def test_the_headline_names_one_thing(city: Estimates, districts: Estimates) -> None:
    met = all_met(districts)
    good = all_met(city)
    low = with_verdict(met, "确认薄弱", 0, estimate=0.704, line=0.8, gap=-0.096)
    row = rows_of(low, low.table[low.table["verdict"] == "确认薄弱"], "district", "item")[0]
    items = pd.DataFrame({"item": ["E1"], "label": ["停车"]})
    problem = Problem(row, "W1", rows_of(items, items, "item"), ("城市管理部门",))
    area, rate = row["district"], row["label"]
    assert words.headline(good, low, (problem,)).text == f"优先解决{area}{rate}：70%，离目标差 10 个百分点"
    none = NextSteps((), date(2026, 11, 1))
    clear = Estimates(good.table.assign(conf_low=0.9, line=0.8), good.meta)
    assert words.lead(clear, (problem,), none).text == "由城市管理部门负责。全市各率都达标。"
    near = Estimates(clear.table.assign(conf_low=[0.9, 0.9, 0.9, 0.79], estimate=0.814), clear.meta)
    led = replace(problem, lead="区指挥部")
    last = near.table["label"].iloc[3]
    assert words.lead(near, (led,), none).text == (
        f"由区指挥部牵头，城市管理部门负责。全市各率都达标，{last}只高 1 个百分点，还不稳。"
    )
    assert words.headline(good, met, ()).text == "各区县都没有确认薄弱的项目"
    watched = with_verdict(met, "观察", 0)
    assert words.headline(good, watched, ()).text == "没有确认薄弱的项目，1 项要观察"
    bad = with_verdict(good, "确认薄弱", 3, estimate=0.76, line=0.8, gap=-0.04)
    assert words.headline(bad, low, (problem,)).text == "全市满意率：76%，离目标差 4 个百分点"
    assert words.lead(bad, (problem,), none).text.startswith(
        f"优先解决{area}{rate}，由城市管理部门负责。全市满意率没到目标"
    )


def test_a_reader_can_check_the_shortfall(city: Estimates) -> None:
    """70.4 % against 80 % is printed as 70 % and 10, not as 70 % and 9.6."""
    assert (
        "76%，离目标差 4 个"
        in words.headline(with_verdict(city, "确认薄弱", 3, estimate=0.764, line=0.8), city, ()).text
    )


def test_without_targets_and_with_hidden_districts(city: Estimates, districts: Estimates) -> None:
    open_ = Estimates(city.table.assign(line=float("nan"), verdict="", reason="没有目标"), city.meta)
    assert words.headline(open_, districts, ()).text == "没有设定目标，只看得到比例"
    hidden = Estimates(districts.table.assign(verdict="", reason="样本过少，不显示"), districts.meta)
    assert words.headline(all_met(city), hidden, ()).text == "各区县答卷都过少，全部隐去，不下结论"
    assert words.nothing(hidden).text == words.headline(all_met(city), hidden, ()).text
    opinion = Estimates(districts.table.assign(verdict="", reason="参与者意见，不作判断"), districts.meta)
    assert "不与目标比较" in words.headline(city, opinion, ()).text


def test_unchanged_is_said_only_where_it_is_known(city: Estimates) -> None:
    table = city.table
    none = Estimates(table.assign(change=float("nan")), city.meta)
    still = Estimates(table.assign(change=0.0, change_low=-0.1, change_high=0.1), city.meta)
    up = Estimates(still.table.assign(change_low=[0.01, *[-0.1] * (len(table) - 1)]), city.meta)
    assert [bool(words.unchanged(one)) for one in (none, still, up)] == [False, True, False]


def test_a_filter_on_people_leaves_start_and_items_out(
    study: Study, gathered: StudySample, districts: Estimates
) -> None:
    low = with_verdict(all_met(districts), "确认薄弱", 0)
    (one,) = problems(gathered, replace(asked(study, "district"), conditions=(("sex", ("女",)),)), low)
    assert (one.since, one.items) == ("", ())
    assert words.since(one, study).text == ""


def test_a_weakness_names_its_lowest_groups(study: Study, gathered: StudySample, districts: Estimates) -> None:
    low = with_verdict(all_met(districts), "确认薄弱", len(districts.table) - 1)
    (one,) = weaknesses(gathered, asked(study, "district"), low).confirmed
    district, rate = one.problem.place
    assert one.where.rows
    whole = gathered.estimates(asked(study).asking([rate]).within(district=district)).table["estimate"].iloc[0]
    for row in one.where.rows:
        part, group = str(row["part"]), str(row["group"])
        shares = gathered.estimates(asked(study).asking([rate], (part,)).within(district=district)).table
        clear = shares[shares["flag"].ne("few") & shares["estimate"].notna()].set_index(part)["estimate"]
        assert float(str(row["estimate"])) == pytest.approx(clear[group])
        assert clear[group] < whole
        if not one.where.seen:
            assert group == str(clear.idxmin())


def test_groups_below_the_rest_are_seen_where_the_difference_is_large(
    study: Study, gathered: StudySample, districts: Estimates, monkeypatch: pytest.MonkeyPatch
) -> None:
    district, rate = str(districts.table["district"].iloc[-1]), str(districts.table["item"].iloc[-1])
    before = concentration.concentration(gathered, asked(study), rate, district)
    monkeypatch.setattr(concentration, "benjamini_hochberg", lambda p: p * 0)
    after = concentration.concentration(gathered, asked(study), rate, district)
    assert after.seen
    assert len(after.rows) == concentration.MOST
    shares = [float(str(row["estimate"])) for row in after.rows]
    assert shares == sorted(shares)
    assert not before.seen or set(shares) >= {float(str(row["estimate"])) for row in before.rows}


def test_nobody_learns_of_small_groups_through_a_weakness(study: Study, gathered: StudySample) -> None:
    district, rate = study.areas.districts[-1], headlines(study)[-1].name
    many = gather(replace(study, suppression=60), Selection(mode="household"))
    leader = replace(asked(study), role=Role.LEADER)
    for selection in (asked(study), leader):
        for row in concentration.concentration(many, selection, rate, district).rows:
            part, group = str(row["part"]), str(row["group"])
            one = many.estimates(asked(study).asking([rate], (part,)).within(district=district)).table
            assert int(one.loc[one[part].astype(str) == group, "n"].iloc[0]) >= 60


def test_a_filter_on_people_leaves_groups_out(study: Study, gathered: StudySample, districts: Estimates) -> None:
    low = with_verdict(all_met(districts), "确认薄弱", 0)
    women = replace(asked(study, "district"), conditions=(("sex", ("女",)),))
    (one,) = weaknesses(gathered, women, low).confirmed
    assert (one.where.rows, one.problem.worst) == ((), ())


def test_few_weaknesses_have_cards_and_the_others_are_named(
    study: Study, gathered: StudySample, districts: Estimates
) -> None:
    every = Estimates(districts.table.assign(verdict="确认薄弱", reason=""), districts.meta)
    found = weaknesses(gathered, asked(study, "district"), every)
    assert len(found.confirmed) == CARDS
    assert len(found.more_confirmed) == len(every.table) - CARDS
    assert not set(found.more_confirmed) & {(one.problem.place[0], one.problem.row["label"]) for one in found.confirmed}


SHOWN = ("item", "label", "n", "estimate", "std_error", "conf_low", "conf_high", "flag", "line")


def test_problems_explained_together_are_those_explained_alone(study: Study, gathered: StudySample) -> None:
    selection = asked(study, "district")
    some = problems(gathered, selection, judged(gathered, selection), 100, tuple(Verdict))
    assert len({one.place[1] for one in some}) > 1
    assert max(Counter(one.place[1] for one in some).values()) > 1
    for one in some:
        district, rate = one.place[0], gathered.rate(one.place[1])
        worst = worst_items(gathered, selection.within(district=district), rate, district)
        alone, together = ([{name: row[name] for name in SHOWN} for row in rows] for rows in (worst, one.worst))
        pd.testing.assert_frame_equal(pd.DataFrame(together), pd.DataFrame(alone), rtol=1e-12)


def test_worst_items_are_estimated_once(gathered: StudySample, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    rate = headlines(study)[-1]
    selection = asked(study).within(district=study.areas.districts[0])
    first = worst_items(gathered, selection, rate, study.areas.districts[0])
    monkeypatch.setattr(StudySample, "estimates", lambda *_: pytest.fail("estimated again"))
    assert worst_items(gathered, selection, rate, study.areas.districts[0]) == first
