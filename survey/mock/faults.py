"""Plant labelled faults: straight-liners, duplicates, a fabricating interviewer and coached clusters.

Those that leave no trace in pace or time are planted by `survey.mock.careless`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from survey.instrument.conditions.expressions import parse
from survey.instrument.questionnaire import Questionnaire
from survey.mock.careless import CarelessPlanter
from survey.mock.city.areas import City
from survey.mock.city.planting import PlantedTruth
from survey.mock.city.probabilities import World
from survey.mock.city.scales import Scale
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream
from survey.mock.draft import US, Draft, personal_columns
from survey.mock.wave.phrases import list_pool
from survey.mock.wave.sample import DAY, INTERVIEWERS, interviewer_name, wave_dates
from survey.mock.wave.session import NULL, Flags

Ints = npt.NDArray[np.int64]
STRAIGHT, DUPLICATE, FABRICATED, COACHED = "straight-line", "duplicate", "fabricated", "coached"
STRAIGHT_SHARE, DUPLICATE_SHARE, COACHED_CLUSTERS = 0.05, 0.01, 2
TEMPLATES, TEMPLATE_NOISE = 4, 0.12  # the fabricator varies four answer patterns slightly
TOP_BOX = 0.94  # share of coached answers with the best code; the others have the second best
ADMITTED, STAFF_PRESENT, FOIL, SLOGAN = 0.20, 0.50, 0.35, 0.60
HURRY = {STRAIGHT: 0.45, FABRICATED: 0.35}


class Planter:
    """Plants faults into the drafts of a city.

    Args:
        spec: specification of the city.
        world: its model.
        plan: its weak and changing districts; the fabricator works in others.
        questionnaire: the questionnaire.
    """

    def __init__(self, spec: MockSpec, world: World, plan: PlantedTruth, questionnaire: Questionnaire) -> None:
        """Choose the fabricating interviewer and the scales that can be changed without violating the routing."""
        self.spec, self.world, self.plan, self.questionnaire = spec, world, plan, questionnaire
        self.personal = personal_columns(questionnaire)
        self.free = _free_scales(world, questionnaire)
        self.fabricator = _fabricator(spec, world.city, plan)
        self.careless = CarelessPlanter(spec, world, questionnaire, self.fabricator)

    def plant(self, draft: Draft, *, last: bool) -> None:
        """Plant every fault that applies to this wave and mode.

        Args:
            draft: the draft, modified in place.
            last: whether this is the last wave, in which clusters are coached.
        """
        people, wanted = draft.people, self.spec.planted
        rng = stream(self.spec.seed, "faults", people.wave, people.mode)
        if people.mode == "household":
            if FABRICATED in wanted:
                self._fabricate(draft, rng)
            self.careless.fabricate(draft)
            if last and COACHED in wanted:
                self._coach(draft, rng)
        if STRAIGHT in wanted:
            self._straighten(draft, rng)
        if DUPLICATE in wanted:
            self._duplicate(draft, rng)
        self.careless.plant(draft)

    def _fabricate(self, draft: Draft, rng: np.random.Generator) -> None:
        """Fabricate all interviews of one interviewer: few patterns, no 不清楚, fast, in the evening."""
        rows = np.flatnonzero((draft.people.interviewer == self.fabricator) & draft.clean())
        if not len(rows):
            return
        origin = np.arange(len(draft.people))
        origin[rows] = rng.choice(rows[:TEMPLATES], len(rows))
        draft.copy_from(origin, keep=self.personal)
        for scale in self.free:
            values = draft.columns[scale.item]
            noise = rows[rng.random(len(rows)) < TEMPLATE_NOISE]
            values[noise] = rng.choice(np.array(scale.codes[:2], dtype=np.int8), len(noise))
            unsure = rows[values[rows] == (scale.unsure[0] if scale.unsure else NULL)]
            values[unsure] = scale.codes[min(1, len(scale.codes) - 1)]
        draft.seconds[rows] = (draft.seconds[rows] * HURRY[FABRICATED]).astype(np.int64)
        first = (wave_dates(self.spec)[draft.people.wave][0].toordinal() - _EPOCH) * DAY
        evening = rng.integers(2, 5, len(rows)) * DAY + 19 * 3600 + rng.integers(0, 3 * 3600, len(rows))
        draft.submitted[rows] = (first + evening) * US
        draft.mark(_flags(rows, len(origin)), FABRICATED, interviewer_name(self.world.city, self.fabricator))

    def _coach(self, draft: Draft, rng: np.random.Generator) -> None:
        """Coach the respondents of two communities, one in a weak district and one in another."""
        for community in _coached(self.world.city, self.plan, draft, rng):
            rows = np.flatnonzero((draft.people.community == community) & draft.clean())
            donors = np.flatnonzero(self._favourable(draft) & draft.clean())
            if not len(rows) or not len(donors):
                continue
            origin = np.arange(len(draft.people))
            origin[rows] = rng.choice(donors, len(rows))
            draft.copy_from(origin, keep=self.personal)
            for scale in self.free:
                self._coach_scale(draft, rng, rows, scale)
            self._present(draft, rng, rows)
            name = self.world.city.areas.points[community].community
            draft.mark(_flags(rows, len(origin)), COACHED, name)

    def _favourable(self, draft: Draft) -> Flags:
        """Return the rows with favourable answers to all headline questions."""
        good = np.ones(len(draft.people), dtype=np.bool_)
        for rate in self.questionnaire.rates:
            if rate.overall:
                good &= np.logical_or.reduce([np.isin(draft.columns[name], codes) for name, codes in rate.terms])
        return good

    def _coach_scale(self, draft: Draft, rng: np.random.Generator, rows: Ints, scale: Scale) -> None:
        best, second = scale.codes[0], scale.codes[min(1, len(scale.codes) - 1)]
        if scale.slope < 0:
            # a foil, a campaign that does not exist: people coached to know everything claim to know it too
            draft.columns[scale.item][rows[rng.random(len(rows)) < FOIL]] = best
        else:
            top = rng.random(len(rows)) < TOP_BOX
            draft.columns[scale.item][rows] = np.where(top, best, second).astype(np.int8)

    def _present(self, draft: Draft, rng: np.random.Generator, rows: Ints) -> None:
        """Plant signs of coaching: some respondents admit it, staff are present, open answers contain slogans."""
        admitted = rows[rng.random(len(rows)) < ADMITTED]
        with_staff = rows[rng.random(len(rows)) < STAFF_PRESENT]
        for question in self.questionnaire.with_role("integrity"):
            if question.type.several and f"{question.name}.2" in draft.columns:
                for item in question.items:
                    draft.columns[item.name][with_staff] = int(item.name == f"{question.name}.2")
            elif question == self.questionnaire.with_role("integrity")[0]:
                draft.columns[question.name][admitted] = question.choices[0].code
        first = next(iter(draft.texts), None)
        if first is not None:
            chosen = _flags(rows[rng.random(len(rows)) < SLOGAN], len(draft.people))
            group = np.zeros(len(chosen), dtype=np.int64)
            slogans = list_pool("misc", "slogans").draw(rng, group, group)
            draft.texts[first] = draft.texts[first].replaced(chosen, slogans)

    def _straighten(self, draft: Draft, rng: np.random.Generator) -> None:
        """Give all rows of every matrix the same answer."""
        rows = np.flatnonzero(draft.clean() & (rng.random(len(draft.people)) < STRAIGHT_SHARE))
        for question in self.questionnaire.questions:
            if question.type.grid:
                codes = np.array([choice.code for choice in question.choices if not choice.missing][:3], dtype=np.int8)
                line = rng.choice(codes, len(rows))
                for item in question.items:
                    draft.columns[item.name][rows] = line
        draft.seconds[rows] = (draft.seconds[rows] * HURRY[STRAIGHT]).astype(np.int64)
        draft.mark(_flags(rows, len(draft.people)), STRAIGHT)

    def _duplicate(self, draft: Draft, rng: np.random.Generator) -> None:
        """Make a row a copy of the one two rows before it in the community, with at most one answer changed."""
        size = len(draft.people)
        source = np.maximum(np.arange(size) - 2, 0)
        clean, community = draft.clean(), draft.people.community
        possible = clean & clean[source] & (community == community[source]) & (source != np.arange(size))
        chosen = possible & (rng.random(size) < DUPLICATE_SHARE / max(possible.mean(), DUPLICATE_SHARE))
        chosen &= ~chosen[source]  # no copies of copies
        rows = np.flatnonzero(chosen)
        origin = np.where(chosen, source, np.arange(size))
        draft.copy_from(origin, keep=frozenset())
        for scale, part in zip(self.free, np.array_split(rng.permutation(rows), max(len(self.free), 1)), strict=False):
            values, changed = draft.columns[scale.item], part[::2]
            values[changed[values[changed] != NULL]] = scale.codes[0]
        draft.device[rows] = draft.device[source[rows]]
        later = draft.submitted[source[rows]] + rng.integers(300, 7200, len(rows)) * US
        last_day = wave_dates(self.spec)[draft.people.wave][1].toordinal() - _EPOCH
        draft.submitted[rows] = np.minimum(later, ((last_day + 1) * DAY - 1) * US)
        draft.mark(chosen, DUPLICATE)
        draft.detail[rows] = [int(row) for row in source[rows]]


_EPOCH = 719163  # ordinal of 1970-01-01


def _flags(rows: Ints, size: int) -> Flags:
    flags = np.zeros(size, dtype=np.bool_)
    flags[rows] = True
    return flags


def _free_scales(world: World, questionnaire: Questionnaire) -> tuple[Scale, ...]:
    """Return the scales whose questions neither have routing nor determine it."""
    leading = {name for q in questionnaire.questions if q.visible_if for name in parse(q.visible_if).names}
    routed = {question.name for question in questionnaire.questions if question.visible_if}
    scales = world.scales.values()
    return tuple(scale for scale in scales if scale.question not in leading | routed and scale.item not in leading)


def _fabricator(spec: MockSpec, city: City, plan: PlantedTruth) -> int:
    named = {weak.district for weak in plan.weak} | {change.district for change in plan.changes}
    plain = [index for index, name in enumerate(city.districts) if name not in named] or [len(city.districts) - 1]
    rng = stream(spec.seed, "faults", "interviewer")
    return int(rng.choice(plain)) * INTERVIEWERS + int(rng.integers(INTERVIEWERS))


def _coached(city: City, plan: PlantedTruth, draft: Draft, rng: np.random.Generator) -> list[int]:
    """Choose one sampled community in a weak district and one outside the weak districts."""
    sampled = np.unique(draft.people.community)
    weak = np.isin(city.district[sampled], [city.districts.index(entry.district) for entry in plan.weak])
    groups = [group for group in (sampled[weak], sampled[~weak]) if len(group)]
    picked = [int(rng.choice(group)) for group in groups]
    if len(picked) < COACHED_CLUSTERS:
        picked = [int(value) for value in rng.choice(sampled, COACHED_CLUSTERS, replace=False)]
    return picked
