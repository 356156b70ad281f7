"""Plant careless and carefully invented answers at a normal pace: only the answers themselves give them away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from survey.instrument.question import Question
from survey.instrument.questionnaire import ROLES, Questionnaire
from survey.mock.city.probabilities import World
from survey.mock.city.scales import substantive_codes
from survey.mock.city.spec import MockSpec
from survey.mock.city.streams import stream
from survey.mock.draft import Draft
from survey.mock.wave.answers import routed
from survey.mock.wave.sample import INTERVIEWERS, interviewer_name
from survey.mock.wave.session import NULL, Codes

Ints = npt.NDArray[np.int64]
Fill = Callable[[str, Ints], Codes]
"""Item and rows -> their answers."""
RANDOM, RANDOM_GRID, ZIGZAG, LATE = "random", "random-grid", "zigzag", "late-line"
CAREFUL: dict[str, float] = {"careful": 1.0, "careful-half": 0.5}
"""Careful fabricators and the share of their forms that they invent."""
SHARE = 0.02
"""Share of the clean responses that get each kind of careless answering."""
LATE_START = (0.33, 0.5)
"""Part of the grid items after which a straight line may begin."""
PATTERNS = ((0, 1), (0, 2), (1, 2), (0, 1, 2), (0, 1, 2, 1), (0, 4), (0, 1, 2, 3, 4, 3, 2, 1))
NO_OPINION = frozenset({"foil", "integrity", "channel", "barrier", "reason"})
"""Roles of single choices that random answers leave as they are."""


class CarelessPlanter:
    """Plants careless respondents, and interviewers who invent plausible forms.

    Args:
        spec: specification of the city.
        world: its model.
        questionnaire: the questionnaire.
        taken: an interviewer who fabricates in another way.
    """

    def __init__(self, spec: MockSpec, world: World, questionnaire: Questionnaire, taken: int) -> None:
        """Sort the questions by what can be invented."""
        self.spec, self.world, self.questionnaire, self.taken = spec, world, questionnaire, taken
        self.answered = [q for q in questionnaire.questions if q.items and q.role not in (*ROLES, "screening")]
        listed = [question for question in self.answered if question.type.listed and not question.type.several]
        self.single = [question for question in listed if question.role not in NO_OPINION]
        self.grids = [question for question in questionnaire.questions if question.type.grid]

    def plant(self, draft: Draft) -> None:
        """Plant careless respondents in a draft, in place."""
        kinds = {RANDOM: self._random, RANDOM_GRID: self._random_grid, ZIGZAG: self._zigzag, LATE: self._late}
        for kind, answer in kinds.items():
            if kind in self.spec.planted:
                rng = stream(self.spec.seed, "faults", kind, draft.people.wave, draft.people.mode)
                chosen = draft.clean() & (rng.random(len(draft.people)) < SHARE)
                answer(draft, np.flatnonzero(chosen), rng)
                draft.mark(chosen, kind)

    def fabricate(self, draft: Draft) -> None:
        """Invent forms of interviewers in place: every answer is one that somebody in the district gave."""
        taken = {self.taken}
        for kind, share in CAREFUL.items():
            if kind in self.spec.planted:
                maker = self._maker(kind, taken)
                taken.add(maker)
                rng = stream(self.spec.seed, "faults", kind, draft.people.wave)
                mine = draft.clean() & (draft.people.interviewer == maker)
                chosen = mine & (rng.random(len(mine)) < share)
                self._invent(draft, np.flatnonzero(chosen), maker, rng)
                draft.mark(chosen, kind, interviewer_name(self.world.city, maker))

    def _maker(self, kind: str, taken: set[int]) -> int:
        rng = stream(self.spec.seed, "faults", kind, "interviewer")
        free = [one for one in range(len(self.world.city.districts) * INTERVIEWERS) if one not in taken]
        return int(rng.choice(free))

    def _invent(self, draft: Draft, rows: Ints, maker: int, rng: np.random.Generator) -> None:
        home = self.world.city.district[draft.people.community] == maker // INTERVIEWERS
        others = np.flatnonzero(draft.clean() & home & (draft.people.interviewer != maker))
        if not len(rows) or not len(others):
            return
        before = {name: values.copy() for name, values in draft.columns.items()}

        def borrowed(item: str, places: Ints) -> Codes:
            asked = others[before[item][others] != NULL]
            return np.asarray(before[item][rng.choice(asked if len(asked) else others, len(places))], dtype=np.int8)

        for question in self.answered:
            donors = rng.choice(others, len(rows))
            for item in question.items:
                if not question.type.several:
                    donors = rng.choice(others, len(rows))
                draft.columns[item.name][rows] = before[item.name][donors]
        self._reroute(draft, rows, borrowed)

    def _random(self, draft: Draft, rows: Ints, rng: np.random.Generator) -> None:
        """Choose any option, don't know included, of every single choice."""
        self._any_option(draft, rows, self.single, rng)

        def filled(item: str, places: Ints) -> Codes:
            question = next(q for q in self.answered for one in q.items if one.name == item)
            codes = [choice.code for choice in question.choices] if not question.type.several else [0, 1]
            return np.asarray(rng.choice(np.array(codes, dtype=np.int8), len(places)), dtype=np.int8)

        self._reroute(draft, rows, filled)

    def _random_grid(self, draft: Draft, rows: Ints, rng: np.random.Generator) -> None:
        self._any_option(draft, rows, self.grids, rng)

    def _any_option(self, draft: Draft, rows: Ints, questions: list[Question], rng: np.random.Generator) -> None:
        for question in questions:
            codes = np.array([choice.code for choice in question.choices if choice.missing != "refused"], dtype=np.int8)
            for item in question.items:
                draft.columns[item.name][rows] = rng.choice(codes, len(rows))

    def _zigzag(self, draft: Draft, rows: Ints, rng: np.random.Generator) -> None:
        chosen = rng.integers(0, len(PATTERNS), len(rows))
        for question in self.grids:
            codes = np.array(substantive_codes(question), dtype=np.int8)
            for at, item in enumerate(question.items):
                places = np.array([pattern[at % len(pattern)] for pattern in PATTERNS])[chosen]
                draft.columns[item.name][rows] = codes[np.minimum(places, len(codes) - 1)]

    def _late(self, draft: Draft, rows: Ints, rng: np.random.Generator) -> None:
        """Keep to one column of all grids from some item on."""
        items = [(question, item.name) for question in self.grids for item in question.items]
        low, high = (round(part * len(items)) for part in LATE_START)
        start = rng.integers(low, high + 1, len(rows)) if items else np.zeros(len(rows), dtype=np.int64)
        place = np.zeros(len(rows), dtype=np.int64)
        for at, (question, name) in enumerate(items):
            codes = np.array(substantive_codes(question), dtype=np.int8)
            values = draft.columns[name]
            begins = start == at
            held = (values[rows][:, None] == codes[None, :]).argmax(axis=1)  # the first column for don't know
            place[begins] = held[begins]
            later = start <= at
            values[rows[later]] = codes[np.minimum(place, len(codes) - 1)][later]

    def _reroute(self, draft: Draft, rows: Ints, fill: Fill) -> None:
        """Make the answers obey the routing: drop those not asked for, and fill in those that are missing."""
        for question in self.questionnaire.questions:
            if not question.visible_if or not question.items or not len(rows):
                continue
            columns = {name: values[rows] for name, values in draft.columns.items()}
            shown = routed(question, columns, self.questionnaire.meanings)
            for item in question.items:
                values = draft.columns[item.name]
                empty = rows[shown & (values[rows] == NULL)]
                values[rows[~shown]] = NULL
                values[empty] = fill(item.name, empty)
