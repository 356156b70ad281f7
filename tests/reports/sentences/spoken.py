"""Every sentence that the pages of a study show, page by page, as the reports make them.

A page offers the same part in several ways (goals of a plan, limits of a campaign, columns of groups). Each study takes
one of them by its turn, so that the random studies together take all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import TypeVar

import numpy as np
import pandas as pd

from reports import causes, change, groups, rates, verdicts, weak_areas
from reports.areas import follow_up
from reports.areas import words as area_words
from reports.areas.places import Area, find
from reports.areas.report import area_report
from reports.audience.heard import hear
from reports.briefing.parts.repeats import charge
from reports.data import import_preview
from reports.definitions import headlines, item_rates
from reports.fieldwork import area_lights, integrity
from reports.fieldwork.area_lights import Round, doubt
from reports.fieldwork.concerns import concerns
from reports.fieldwork.data_quality import fieldwork
from reports.overview import headline, lever, next_step, weak_words
from reports.overview.problems import problems
from reports.overview.weaknesses import weaknesses
from reports.plans import outreach as plans
from reports.plans import pass_forecast, rectification, sample_plan
from reports.plans.area_plans import rest_of
from reports.plans.campaign import Limit
from reports.plans.due import by_due
from reports.plans.sample_curve import cost_curve
from reports.plans.sample_plan import SampleGoal
from reports.provenance import Provenance, of_inbox
from reports.sample import StudySample, gather
from reports.selection import Selection
from reports.sentences import briefing, ledger, passing, sampling
from reports.sentences import causes as sentences_of_causes
from reports.sentences import change as sentences_of_change
from reports.sentences import fieldwork as sentences_of_fieldwork
from reports.sentences import outreach as words
from reports.sentences import voices as sentences_of_voices
from reports.sentences.notes import captions, files
from reports.sentences.sentence import Sentence, rows_of
from reports.voices import shares
from reports.voices.asked import TextSelection
from reports.voices.copies import copies_note
from reports.voices.finding import finding as headline_of_comments
from reports.voices.open_answers import load_answers, open_questions
from survey.collect.monitoring.monitor import Live
from survey.errors import SiluError
from survey.importing.ingest import stage
from survey.instrument.measure import measure_label
from survey.study.study import Study

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """A study with a wave of face-to-face interviews, and its turn among the studies."""

    gathered: StudySample
    selection: Selection
    turn: int

    @property
    def four(self) -> Selection:
        """The four rates of the city."""
        return self.selection.asking([rate.name for rate in headlines(self.gathered.study)])

    @property
    def districts(self) -> Selection:
        """The four rates by district."""
        return self.four.asking(self.four.items, ("district",))


def every_sentence(study: Study, turn: int) -> Iterator[tuple[str, Sentence]]:
    """Yield page and sentence; a page that refuses a study says so with an error, which has no sentence."""
    selection = Selection(mode="household")
    gathered = gather(study, selection)
    asked = Asked(gathered, gathered.newest(selection), turn)
    for name, page in PAGES.items():
        for part in page(asked):
            for sentence in said_in(part()):
                yield name, sentence


def said_in(value: object) -> Iterator[Sentence]:
    """Yield the sentences in a result, wherever they stand."""
    if isinstance(value, Sentence):
        yield value
    elif isinstance(value, tuple | list):
        for one in value:
            yield from said_in(one)
    elif isinstance(value, Provenance):
        yield from (value.foot, *(text for _, text in value.lines))
    elif is_dataclass(value):
        for one in fields(value):
            yield from said_in(getattr(value, one.name))


Part = Callable[[], object]
DAY = date(2026, 11, 1)


def overview(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 总览."""
    city = rates.with_change(asked.gathered, asked.four)
    found = verdicts.judged(asked.gathered, asked.districts)
    lit = area_lights.lights(asked.gathered.study, Round(asked.gathered.version, asked.selection.wave, "household"))
    worst = problems(asked.gathered, asked.districts, found)
    steps = next_step.next_steps(asked.gathered, asked.selection.wave, DAY)
    yield lambda: (headline.headline(city, found, worst), headline.lead(city, worst, steps), headline.unchanged(city))
    yield lambda: (headline.listing(worst), headline.nothing(found))
    for say in (headline.now, headline.gap, headline.units, headline.items):
        yield lambda say=say: tuple(say(one) for one in worst)  # type: ignore[misc]
    yield lambda: tuple((headline.since(one, asked.gathered.study), headline.step(one, steps)) for one in worst)
    yield lambda: headline.entered(worst, next_step.unlisted(steps, rectification.by_place(found), ()), steps)
    yield lambda: doubt(found, lit)


def weak(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 薄弱区域."""
    gathered, rate = asked.gathered, headlines(asked.gathered.study)[0]
    one = asked.selection.asking([rate.name], ("district",))
    yield lambda: _listed(asked)
    yield lambda: weak_areas.weak_areas(gathered, asked.districts, {})
    yield lambda: weak_areas.weak_areas(gathered, asked.districts, {}, 0.03)
    yield lambda: _ranked(asked, one, rate.measure)
    yield lambda: weak_areas.funnel_of(gathered, one, verdicts.judged(gathered, one))
    yield _refused(lambda: weak_areas.streets(gathered, one, {}, 20))
    yield _refused(lambda: weak_areas.community_verdicts(gathered, one, (0.85, 0.7)))
    district = at_turn(asked, list(gathered.study.areas.frame["district"].astype(str).unique()))
    yield _refused(lambda: _causes(asked, one, district))
    if by := at_turn(asked, list(groups.columns(gathered))):
        yield _refused(lambda: groups.groups(gathered, one.asking(one.items, (by,)), {}))
    yield lambda: groups.against_target(gathered, one)
    yield _refused(lambda: groups.waves_on_a_line(gathered, one.asking(one.items)))
    yield _refused(lambda: groups.sample_structure(gathered, one.asking(one.items)))


def _listed(asked: Asked) -> object:
    found = verdicts.judged(asked.gathered, asked.districts)
    every = weaknesses(asked.gathered, asked.districts, found)
    steps = next_step.NextSteps((), DAY)
    phrases: list[object] = [weak_words.headline(found, every), weak_words.lead(found, every, steps)]
    phrases += [weak_words.more(every.more_watched, weak_words.Verdict.WATCH), weak_words.unclear(every.unclear)]
    for one in every.confirmed:
        problem, where = one.problem, one.where
        phrases += [weak_words.gap(problem), weak_words.certainty(problem), weak_words.items_title(problem)]
        phrases += [*map(weak_words.share, problem.worst), weak_words.where_title(where)]
        phrases += weak_words.groups(where)
    return [
        *phrases,
        *(weak_words.decided_by(watched, steps) for watched in every.watched),
        *weak_words.by_rate(every.unclear),
    ]


def _ranked(asked: Asked, one: Selection, measure: str) -> object:
    found, label = verdicts.judged(asked.gathered, one), measure_label(measure)
    items = [rate.name for rate in item_rates(asked.gathered.study, measure)]
    with_city = verdicts.judged(asked.gathered, one.asking(items or one.items, ("district",)), 0.0)
    city = briefing.weakest(with_city, "district", "区县", "全市")
    return briefing.ranking(found, "district", "区县", label), briefing.ties(found, "district", "区县"), city


def _causes(asked: Asked, one: Selection, district: str) -> object:
    found = causes.causes(asked.gathered, one, district)
    people = sentences_of_causes.people(found.people, found.lacking) if len(found.people) else ()
    return found, people, causes.unknown_or_unhappy(asked.gathered, one, district)


def profiled(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 区域档案: a district in every second study, a street in every tenth."""
    areas = asked.gathered.study.areas
    path = [at_turn(asked, areas.districts)]
    if asked.turn % 10 == 0:
        path.append(areas.children(*path)[0])
    if asked.turn % 2 == 0:
        yield _refused(lambda: _profile(asked, find(areas, path)))


def _profile(asked: Asked, area: Area) -> object:
    found = area_report(asked.gathered, asked.selection, area, quotes=True)
    rows = [one for part in (found.found.rates, found.found.items) for one in rows_of(part, part.table, "item")]
    return found, [area_words.row_text(row, area.kind) for row in rows], follow_up.change(found.found)


def moved(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 趋势与回头看."""

    def compared() -> object:
        found = change.change(asked.gathered, asked.four)
        each = [found.moved(rate.name, rate.label) for rate in headlines(asked.gathered.study)]
        return found, each, found.lead(sentences_of_change.Pursuit(("某部门",)))

    yield _refused(compared)


def passed(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 达标预测."""

    def foreseen() -> object:
        lines = pass_forecast.lines_of(asked.gathered.study, headlines(asked.gathered.study))
        seen = lever.foreseen(asked.gathered, asked.four, pass_forecast.OfficialSample(1000), lines)
        found = seen.forecast
        more = (passing.in_ten(found.found), passing.official(found.official), passing.no_step(found.found))
        alone = (passing.districts(found.districts), passing.district_order(found.found, found.districts))
        titles = (passing.step_title(found.rates[0], found.found), passing.gains_title(found.found))
        return seen, seen.sentence, more, alone, titles

    yield _refused(foreseen)


def planned(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 样本设计."""
    known = sample_plan.earlier(asked.gathered, asked.selection)
    frame = asked.gathered.study.areas.frame
    small = SampleGoal(known.rate, icc=known.icc, total=max(4 * len(frame), 20))

    def plan_of(goal: SampleGoal) -> object:
        plan = sample_plan.plan_sample(frame, goal)
        points = cost_curve(frame, plan)
        rows = [sampling.option(points, at) for at in range(len(points))]
        texts = sampling.curve(points, advised=True), sampling.precision(plan), sampling.intervals(goal)
        return sample_plan.sentence(plan, known), texts, rows

    goal = at_turn(asked, [small, SampleGoal(0.8, half_width=0.06, minimum=30)])
    yield _refused(lambda: plan_of(goal))
    yield _refused(lambda: sample_plan.sentence(_top_up(asked, known.icc), known))


def _top_up(asked: Asked, icc: float) -> sample_plan.SamplePlan:
    return sample_plan.top_up_plan(asked.gathered, asked.selection, SampleGoal(0.8, icc=icc))


def reached(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 宣传规划."""

    heard = hear(asked.gathered.study, asked.selection)
    table = plans.reach(heard, asked.selection)

    def campaign(limit: Limit) -> object:
        found = plans.outreach(heard, asked.selection, table, plans.prices_of(heard, table), limit)
        people = sentences_of_causes.people(found.groups, found.lacking) if len(found.groups) else ()
        shown, rest = rest_of(found.plans, 1)
        each = [(words.people(one), words.span(one), words.streets(one)) for one in shown]
        box = captions.limit(limit, money=limit.budget is not None)
        return found, people, each, words.gain(found.spent), words.summed(rest) if rest else (), box

    limit = at_turn(asked, [Limit(200_000.0, None, False), Limit(None, 30, True), Limit(0.0, None, False)])
    yield _refused(lambda: campaign(limit))


def listed(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 整改台账."""
    waiting = rectification.confirmed(asked.gathered, asked.selection).waiting(())
    entries = tuple(
        rectification.new_entry(asked.gathered, asked.selection.wave, row, {"measure": "整治", "owner": "物业办"})
        for row in waiting.to_dict("records")
    )
    yield lambda: rectification.sentence(asked.gathered.study, (), waiting)
    dues, rows = by_due(asked.gathered.study, entries, date(2030, 1, 1)), rectification.rows_waiting(waiting)
    yield lambda: (ledger.headline(dues, rows), ledger.lead(dues, rows))
    measured = rectification.confirmed(asked.gathered, asked.selection).measured
    yield lambda: tuple(ledger.now(measured.get((one.entry.area, one.entry.item))) for one in dues)
    for say in (ledger.found, ledger.aim, ledger.since, ledger.deadline, ledger.distance):
        yield lambda say=say: tuple(say(one) for one in dues)  # type: ignore[misc]
    yield lambda: tuple(ledger.step(one, testable=at_turn(asked, [True, False])) for one in dues)


def written(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 市民留言; nothing without texts."""
    study = asked.gathered.study

    def themes() -> object:
        answers = load_answers(study, next(iter(open_questions(study))))
        request = TextSelection(asked.selection, next(iter(open_questions(study))))
        city = shares.theme_shares(study, answers, request)
        shown, fold = shares.folded(shares.ranked(city.estimates))
        kinds = shares.kinds(study, answers, request)
        finding = sentences_of_voices.frequent(city.estimates, shown) if len(shown) else ()
        notes = (shares.tone(study, answers, request), copies_note(study, answers, request))
        return finding, fold, notes, headline_of_comments(study, answers, request), sentences_of_voices.praise(kinds)

    yield _refused(themes)


def trusted(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 数据质量."""
    found = fieldwork(asked.gathered.study, asked.selection.wave, "household").integrity()
    by = charge(asked.gathered.study, asked.gathered.version)
    lit = area_lights.lights(asked.gathered.study, Round(asked.gathered.version, asked.selection.wave, "household"))
    yield lambda: (
        integrity.finding(found, by.unit, by.day, 3),
        concerns(found, lit, by),
        sentences_of_fieldwork.lead(lit),
    )
    for level, rows in integrity.units(found).items():
        name, shown = integrity.LEVELS[level], list(rows["unit"].head(8))
        yield lambda rows=rows, name=name: sentences_of_fieldwork.level_title(rows, name)
        yield lambda rows=rows, level=level, shown=shown: sentences_of_fieldwork.level_caption(rows, level, shown)


def imported(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 数据导入: the preview of some rows of a file of the study, and what would be written."""
    study, raw = asked.gathered.study, sorted((asked.gathered.study.root / "raw").glob("*_household.csv"))

    def previewed() -> object:
        file = study.root / "raw" / "some.csv"
        lines = raw[-1].read_text(encoding="utf-8-sig").splitlines()
        file.write_text("\n".join([*lines[:4], lines[1].replace("1", "77")]), encoding="utf-8")
        found = stage(study, [file], raw[-1].name.partition("_")[0], mode="household")
        more = (files.problems(sum(found.issue_count.values()), 1), files.corrected(found), files.written(7, found))
        more = (*more, files.unmatched("东街道第七社区", 300))
        return import_preview.summary(found), more, files.to_confirm(found.confirmations)

    yield _refused(previewed)


def received(asked: Asked) -> Iterator[Part]:
    """Yield the parts of 实时回收, with random submissions."""
    study, rng = asked.gathered.study, np.random.default_rng(asked.turn)
    places = study.areas.frame[["psu", "district", "street", "community"]].head(9)
    places = places.assign(answers=rng.integers(0, 9, len(places)), target=at_turn(asked, [math.nan, 4.0]))
    hours = pd.DataFrame({"hour": pd.date_range("2026-11-28", periods=5, freq="h"), "answers": rng.integers(0, 9, 5)})
    steps = pd.DataFrame({"question": ["consent", "A1"], "label": ["", "知晓"], "reached": [9, 7]})
    steps["left"] = rng.integers(0, 5, 2)
    total, damaged, faults = (int(one) for one in rng.integers(0, 3000, 3))
    state = Live("第一轮", hours, places, steps, total, 1, 2, 3, 4, damaged)

    def shown() -> object:
        now = datetime(2026, 11, 28, 9, 5)
        numbers = sentences_of_fieldwork.busiest(hours), sentences_of_fieldwork.communities(places)
        alarms = captions.damaged(state), captions.unreached(faults, "404"), captions.bursts(range(asked.turn % 9 + 1))
        given_up = sentences_of_fieldwork.given_up(steps, "A1 知晓")
        apart = [f"r{one}" for one in range(at_turn(asked, [0, 3]))]
        inbox = sentences_of_fieldwork.received(state, now, apart), sentences_of_fieldwork.chase(state, now, apart)
        ask = sentences_of_fieldwork.to_ask(places, str(places["district"].iloc[0]))
        return inbox, ask, numbers, alarms, given_up, of_inbox(study, total, "第一轮")

    yield shown


def at_turn(asked: Asked, ways: Sequence[T]) -> T:
    """Return the way of a part that this study takes."""
    return ways[asked.turn % len(ways)]


def _refused(part: Part) -> Part:
    """Return the part, or nothing where the study does not support it, as its page does."""

    def attempt() -> object:
        with suppress(SiluError):
            return part()
        return ()

    return attempt


PAGES: Mapping[str, Callable[[Asked], Iterator[Part]]] = {
    "总览": overview,
    "薄弱区域": weak,
    "区域档案": profiled,
    "趋势与回头看": moved,
    "达标预测": passed,
    "样本设计": planned,
    "宣传规划": reached,
    "整改台账": listed,
    "市民留言": written,
    "数据质量": trusted,
    "数据导入": imported,
    "实时回收": received,
}
