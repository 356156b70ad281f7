"""What a profile says of an area: numbers and verdicts of every page, and the range of the others without red ones."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.areas.verdict import SILENT
from analysis.decisions.contacts import REACH
from analysis.estimation.estimates import Estimates
from analysis.text.quotes import Quoter
from reports.areas import follow_up, words
from reports.areas.beside import beside, lowest, rows_by_area
from reports.areas.people import concerned, reached
from reports.areas.places import Area, children, find, of_level
from reports.areas.profile import Profile, profile
from reports.areas.residents import voices
from reports.areas.spine import MOST, lowest_items
from reports.audience.heard import hear
from reports.definitions import headlines
from reports.fieldwork import area_lights
from reports.overview.next_step import NextSteps
from reports.sample import StudySample, gather
from reports.selection import Selection
from reports.sentences.sentence import rows_of
from reports.verdicts import judged
from reports.voices.asked import TextSelection
from reports.voices.listed import every_answer
from reports.voices.open_answers import load_answers
from survey.study.plans.rectification import Entry, Status
from survey.study.study import Study, load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    size = {"districts": 3, "streets_per_district": 2, "communities_per_street": 3, "responses": 540, "online": False}
    return load_study(imported_city(tmp_path_factory.mktemp("areas") / "city", **size))


@pytest.fixture(scope="module", autouse=True)
def lights(study: Study) -> Iterator[None]:
    """The last district has a red light; the checks of all answers are not the matter here."""

    def red(gathered: StudySample, waves: object, by: str) -> frozenset[str]:
        return frozenset(study.areas.districts[-1:] if by == "district" else ())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(area_lights, "_red_areas", red)
        yield


@pytest.fixture(scope="module")
def gathered(study: Study) -> StudySample:
    return gather(study, Selection(mode="household"))


@pytest.fixture(scope="module")
def asked(gathered: StudySample) -> Selection:
    return gathered.newest(Selection(mode="household"))


def profile_of(gathered: StudySample, asked: Selection, area: Area) -> Profile:
    four = judged(gathered, asked.asking([one.name for one in headlines(gathered.study)], (area.level,)))
    names = lowest_items(gathered, asked, area)
    items = judged(gathered, asked.asking(names, (area.level,))) if names else None
    found = profile(gathered, asked, (four, items), area)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def district(study: Study, gathered: StudySample, asked: Selection) -> Profile:
    return profile_of(gathered, asked, find(study.areas, [study.areas.districts[1]]))


def test_the_rates_are_those_of_every_page(gathered: StudySample, asked: Selection, district: Profile) -> None:
    rows = district.rates.table
    every = judged(gathered, asked.asking(rows["item"].tolist(), ("district",))).table
    here = every[every["district"].astype(str) == district.area.name].reset_index(drop=True)
    assert rows["verdict"].tolist() == here["verdict"].tolist()
    assert rows["estimate"].tolist() == here["estimate"].tolist()
    assert (every[every["district"].astype(str) == gathered.study.areas.districts[-1]]["reason"] == "待复访").all()
    open_ = every[(every["district"].astype(str) != district.area.name) & ~every["reason"].isin(list(SILENT))]
    for _, row in rows.iterrows():
        others = open_.loc[open_["item"] == row["item"], "estimate"].astype(float)
        assert (row["others_low"], row["others_high"]) == (others.min(), others.max())


def test_the_last_wave_is_that_of_the_area_itself(gathered: StudySample, asked: Selection, district: Profile) -> None:
    before = gathered.before(asked.wave)[-1]
    here = asked.asking(district.rates.table["item"].tolist()).within(**district.area.condition).in_wave(before)
    share = gathered.estimates(here).table["estimate"].astype(float).tolist()
    assert district.rates.table["before"].tolist() == pytest.approx(share)


def test_a_group_that_is_the_whole_area_is_no_group(gathered: StudySample, asked: Selection, study: Study) -> None:
    point = study.areas.points[0]
    community = find(study.areas, [point.district, point.street, point.community])
    found = concerned(gathered, asked, community)  # a community is one kind of place
    assert not [column for one in found for column, _ in one.groups if column == "place"]


def test_an_area_without_answers_has_no_profile(gathered: StudySample, asked: Selection, district: Profile) -> None:
    four = Estimates(district.others.table.head(0), district.others.meta)
    assert profile(gathered, asked, (four, None), district.area) is None


def test_the_lowest_items_come_first_and_are_split(district: Profile) -> None:
    shares = district.items.table["estimate"].dropna().tolist()
    assert shares == sorted(shares)
    assert len(shares) > MOST
    assert district.split is not None
    assert district.split.table["label"].tolist() == district.items.table["label"].head(3).tolist()
    assert (district.split.table["unit"] != "").all()


def test_a_street_is_judged_like_every_street(study: Study, gathered: StudySample, asked: Selection) -> None:
    area = children(study.areas, find(study.areas, [study.areas.districts[0]]))[0]
    found = profile_of(gathered, asked, area)
    every = judged(gathered, asked.asking(found.rates.table["item"].tolist(), ("street",))).table
    assert found.rates.table["verdict"].tolist() == every[every["street"].astype(str) == area.name]["verdict"].tolist()
    assert len(found.items) == MOST


def changed(found: Profile, **columns: object) -> Profile:
    """Return the profile with other cells in all of its rates."""
    rates = Estimates(found.rates.table.assign(**columns), found.rates.meta)
    row = replace(found.main, source=rates)
    return replace(found, rates=rates, main=row)


def itemised(found: Profile, *verdicts: str) -> Profile:
    """Return the profile with these verdicts of its lowest items; the others are met."""
    table = found.items.table
    every = [*verdicts, *["达标"] * (len(table) - len(verdicts))]
    return replace(found, items=Estimates(table.assign(verdict=every), found.items.meta))


def test_items_are_named_where_no_rate_is_weak(district: Profile) -> None:
    met, name = changed(district, verdict="达标", reason="", line=0.5), district.area.name
    first, second = district.items.table["label"].astype(str)[:2]
    one, three = itemised(met, "确认薄弱"), itemised(met, *["确认薄弱"] * 3)
    assert words.headline(itemised(met, "观察")).text == f"{name}各率都达标"
    assert words.headline(one).text == f"{name}各率都达标；{first}确认薄弱"
    assert words.headline(three).text == f"{name}各率都达标；{first}、{second}等 3 项确认薄弱"
    watch = changed(three, verdict="观察")
    assert words.headline(watch).text.startswith(f"{name}满意率 ")
    assert words.headline(watch).text.endswith(f"要观察；{first}、{second}等 3 项确认薄弱")
    assert words.headline(changed(one, verdict="")).text == f"{name}{first}确认薄弱"
    assert follow_up.action(one, steps()).step.text == f"各率不用立项；{first}由责任单位改进"
    assert follow_up.action(itemised(met), steps()).step.text == "没有要办的，下一轮再看"


def test_the_headline_names_what_is_confirmed_first(district: Profile) -> None:
    name, district = district.area.name, itemised(district)
    assert words.headline(changed(district, verdict="达标", reason="", line=0.5)).text == f"{name}各率都达标"
    weak = changed(district, verdict="达标", reason="", estimate=0.704, line=0.8, gap=-0.096)
    weak.rates.table.loc[3, "verdict"] = "确认薄弱"
    weak = replace(weak, main=weak.weak[0])
    assert words.headline(weak).text.startswith(f"{name}满意率 70%，确认薄弱；")
    assert words.headline(weak).text.endswith("最差")
    assert words.lead(weak).text == "离目标差 10 个百分点。其余各率都达标。"
    streets = pd.DataFrame({"street": ["甲街道", "乙镇", "丙镇"], "item": "E0", "estimate": [0.66, 0.53, 0.4]})
    streets["verdict"] = ["确认薄弱", "确认薄弱", "观察"]
    rows = rows_of(streets, streets, "street", "item")
    below = {Area("street", one.name("street").text, (name, one.name("street").text)): one for one in rows}
    assert words.headline(weak, lowest(below, weak.main)).text == f"{name}满意率 70%，确认薄弱；其中乙镇 53%"
    assert words.lead(weak, lowest(below, weak.main)).text.split("。")[0].endswith("最差")
    assert lowest({}, weak.main) is None
    assert lowest(below, rows[2]) is None
    watch = changed(weak, verdict="观察")
    assert words.headline(watch).text == f"{name}没有确认薄弱的项目，满意率 70% 要观察"
    above = changed(weak, verdict="观察", estimate=0.814, gap=0.014)
    assert words.lead(above).text.startswith("比目标高 1 个百分点，答卷少，合并估计多半没到。")
    for reason, said in words.SILENT.items():
        silent = replace(district, silent=reason)
        assert words.headline(silent).text == said.format(area=name)
        assert not words.lead(silent)


def steps(*entries: Entry) -> NextSteps:
    return NextSteps(entries, date(2026, 11, 1))


def test_the_ledger_shows_what_is_open_and_what_waits(district: Profile) -> None:
    weak = changed(district, verdict="达标", reason="")
    weak.rates.table.loc[3, "verdict"] = "确认薄弱"
    item = str(weak.rates.table.loc[3, "item"])
    entry = Entry(1, weak.area.name, item, "W1", 1, 0.7, 0.8, "城管", date(2026, 12, 5), "整治", Status.DOING)
    assert [one.text for one in follow_up.entries(weak, steps())] == ["满意率确认薄弱，还没立项"]
    assert [one.text for one in follow_up.entries(weak, steps(entry))] == ["满意率：整改中，12 月 5 日到期，城管"]
    assert len(follow_up.waiting(weak, steps(replace(entry, status=Status.CLOSED)))) == 1
    assert not follow_up.waiting(replace(weak, filtered=True), steps())
    assert not follow_up.waiting(replace(weak, area=replace(weak.area, level="street")), steps())


def test_the_next_step_follows_the_ledger_and_names_its_units(district: Profile) -> None:
    weak = changed(district, verdict="达标", reason="")
    weak.rates.table.loc[3, "verdict"] = "确认薄弱"
    weak = replace(weak, main=weak.weak[0], units=("城管",), lead="")
    item = str(weak.main["item"])
    new = follow_up.action(weak, steps())
    assert (new.who.text, new.pressing) == ("城管", True)
    assert follow_up.action(replace(weak, lead="指挥部"), steps()).who.text == "指挥部牵头，城管"
    assert new.step.text == "满意率还没立项，先定责任单位和期限"
    entry = Entry(1, weak.area.name, item, "W1", 1, 0.7, 0.8, "城管、街道", date(2026, 10, 2), "整治", Status.DOING)
    late = follow_up.action(weak, steps(entry))
    assert (late.who.text, late.pressing, late.more) == ("城管、街道", True, ())
    assert late.step.text == "满意率整改超期 30 天（10 月 2 日到期），督办加快整改"
    assert not follow_up.action(weak, steps(replace(entry, deadline=date(2026, 12, 1)))).pressing
    street = replace(weak, area=replace(weak.area, level="street"))
    assert follow_up.action(street, steps()).step.text.endswith("不单独立项，随区县一起办")
    assert follow_up.action(replace(weak, filtered=True), steps()).step.text.startswith("立项按全部居民判断")
    watch = changed(weak, verdict="观察", more=1600.0)
    assert follow_up.action(watch, steps()).step.text == "满意率核查原因，下一轮再看"
    assert "知晓率观察：完成宣传，下一轮再看" in [one.text for one in follow_up.action(watch, steps()).more]
    met = follow_up.action(changed(itemised(weak), verdict="达标"), steps())
    assert (met.who.text, met.step.text, met.pressing) == ("", "没有要办的，下一轮再看", False)


def test_the_trend_says_whether_it_can_be_seen(district: Profile) -> None:
    seen = {"before": 0.61, "estimate": 0.7, "change": 0.09, "change_low": 0.02, "change_high": 0.16}
    label = district.main["label"]
    assert follow_up.trend(changed(district, **seen)).text == f"{label} 61% → 70%，上升"
    assert follow_up.trend(changed(district, **{**seen, "change_low": -0.01})).text.endswith("还看不出变化")
    apart = changed(district, **{**seen, "before": float("nan")})
    assert follow_up.trend(apart).text == ""
    assert follow_up.trend_title(changed(district, **seen)).text == f"{label} 61% → 70%，上升"
    assert follow_up.trend_title(apart).text == f"{label}各轮比例，前后不可比，不说升降"
    alone = replace(apart, waves=Estimates(apart.waves.table.tail(1), apart.waves.meta))
    assert follow_up.trend_title(alone).text == f"{label}只有这一轮，下一轮后看升降"


def test_areas_beside_are_the_nearest_and_have_one_row_each(
    study: Study, gathered: StudySample, asked: Selection, district: Profile
) -> None:
    near = beside(study, district.area).areas
    assert district.area not in near
    assert len(near) == len(study.areas.districts) - 1
    four = judged(gathered, asked.asking(district.rates.table["item"].tolist(), ("district",)))
    rows = rows_by_area(four, near)
    order = ["确认薄弱", "观察", "尚难判断", "达标", ""]
    for area, row in rows.items():
        verdicts = four.table[four.table["district"].astype(str) == area.name]["verdict"]
        assert row["verdict"] == min(verdicts, key=order.index)


def test_a_row_in_words_holds_what_the_chart_shows(district: Profile) -> None:
    row = replace(district.main, source=district.rates)
    text = words.row_text(row, "区县").text
    assert all(part in text for part in (str(row["label"]), "区间", "目标", "全市", "其他区县", "上轮", "答卷"))
    alone = changed(district, others_low=float("nan"), before=float("nan"))
    assert "其他" not in words.row_text(alone.main, "区县").text
    assert "上轮" not in words.row_text(alone.main, "区县").text


def test_the_channels_are_those_of_the_group_or_of_the_area(study: Study, asked: Selection, district: Profile) -> None:
    heard = hear(study, asked)
    whole = reached(heard, asked, district.area, ())
    here = asked.asking([f"{name}{REACH}" for name in heard.audience.channels.labels]).within(**district.area.condition)
    shares = heard.gathered.estimates(here).table["estimate"].astype(float)
    assert [row["estimate"] for row in whole.channels] == sorted(shares, reverse=True)[: len(whole.channels)]
    assert whole.group == ""
    assert words.channels(whole).text.startswith("“")


def test_residents_are_quoted_without_places_and_only_where_many_say_it(study: Study, asked: Selection) -> None:
    answers = load_answers(study, "H1")
    request, area = TextSelection(asked, "H1"), find(study.areas, [study.areas.districts[0]])
    found = voices(replace(study, suppression=5), answers, request, area)
    assert found.themes
    assert found.quotes
    places = {point.community for point in study.areas.points} | {point.street for point in study.areas.points}
    assert not [place for place in places for _, quote in found.quotes if place in quote]
    assert words.themes(found, area).text.startswith(("比其他区县提得多", "提得较多"))
    assert voices(replace(study, suppression=10_000), answers, request, area).quotes == ()
    only = TextSelection(replace(asked, conditions=(("sex", ("女",)),)), "H1")
    assert voices(study, answers, only, area).themes == ()


def test_quotes_of_the_city_are_of_the_mode_that_is_shown(tmp_path: Path) -> None:
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 6, "responses": 960}
    study = replace(load_study(imported_city(tmp_path / "city", **size)), suppression=5)
    answers = load_answers(study, "H1")
    waves = (study.waves[-1].name,)
    for mode in ("household", "online"):
        request = TextSelection(Selection(waves=waves, mode=mode), "H1")
        texts = every_answer(study, answers, request)["text"].to_pylist()
        those = {Quoter(study.areas).scrub(text) for text in texts}
        found = [voices(study, answers, request, area) for area in of_level(study.areas, "community")]
        assert all(quote in those for one in found for _, quote in one.quotes)
        assert any(one.of_city for one in found)


def test_suppressed_areas_say_so_and_show_nothing(gathered: StudySample, asked: Selection, study: Study) -> None:
    hidden = replace(study, suppression=100_000)
    sample = replace(gathered, study=hidden, sample=replace(gathered.sample, suppression=100_000))
    found = profile_of(sample, asked, find(study.areas, [study.areas.districts[0]]))
    assert found.gone
    assert "答卷过少" in words.headline(found).text
    assert found.split is None
    assert found.people == ()
    assert pd.isna(found.rates.table["estimate"]).all()
