"""Draw a complete mock city in memory from a MockSpec."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa

from survey.instrument.questionnaire import Questionnaire, read_questionnaire
from survey.mock.city.areas import City, Floats, draw_city
from survey.mock.city.effects import channels_of, draw_effects
from survey.mock.city.people import People, draw_people, forms_of
from survey.mock.city.planting import plant
from survey.mock.city.probabilities import World
from survey.mock.city.scales import scales_of
from survey.mock.city.spec import MockSpec
from survey.mock.city.truth import Truth
from survey.mock.draft import Draft, draft_of
from survey.mock.faults import Planter
from survey.mock.margins import population_margins, target_table
from survey.mock.tables import answer_table, fault_table, file_table, response_table, text_table
from survey.mock.wave.answers import draw_answers
from survey.mock.wave.design import FirstStage, draw_stages
from survey.mock.wave.phrases import planted_themes, theme_shares
from survey.mock.wave.sample import Respondents, household, online
from survey.mock.wave.session import Session
from survey.mock.wave.text import draw_texts

DEFAULT_QUESTIONNAIRE = Path(__file__).parents[1] / "template" / "questionnaire.json"


@dataclass(frozen=True)
class MockCity:
    """A mock city with its answers.

    Attributes:
        spec: the specification.
        questionnaire: the questionnaire of the interviews.
        city: the areas; `city.areas` is the frame as a study reads it.
        stages: the sampled communities of each wave, with inclusion probabilities.
        truth: the known truth.
        drafts: the answers of each wave and mode.
    """

    spec: MockSpec
    questionnaire: Questionnaire
    city: City
    stages: tuple[FirstStage, ...]
    truth: Truth
    drafts: tuple[Draft, ...]

    @property
    def people(self) -> People:
        """The population."""
        return self.truth.world.people

    @cached_property
    def margins(self) -> pd.DataFrame:
        """Return the true population in the form of `Study.margins`."""
        return population_margins(self.city, self.people, self.questionnaire)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """Return the targets in the form of `Study.targets`."""
        return target_table(self.questionnaire)

    def responses(self, *, modes: tuple[str, ...] = ("household", "online")) -> pa.Table:
        """Return coded responses in the schema of the store, `responses.response_schema`, sorted by wave and psu.

        Args:
            modes: modes to include; the online sample is never a probability sample.
        """
        chosen = [draft for draft in self.drafts if draft.people.mode in modes]
        return pa.concat_tables([response_table(draft, self.city, self.questionnaire) for draft in chosen])

    def texts(self) -> pa.Table:
        """Return free texts in the schema of the store, `store.TEXTS`."""
        return pa.concat_tables([text_table(draft) for draft in self.drafts])

    def files(self) -> Iterator[tuple[str, pa.Table]]:
        """Yield the answer files in the native layout: name without suffix, and table."""
        for draft in self.drafts:
            yield (
                f"{draft.people.wave}_{draft.people.mode}",
                file_table(draft, self.city, self.questionnaire),
            )


def draw(spec: MockSpec, questionnaire: Questionnaire | None = None) -> MockCity:
    """Draw a mock city.

    Args:
        spec: the specification; equal specifications give equal cities.
        questionnaire: the questionnaire; None for the default one.

    Returns:
        The city in memory; nothing is written.
    """
    asked = questionnaire or read_questionnaire(DEFAULT_QUESTIONNAIRE)
    city = draw_city(spec)
    people = draw_people(spec, city)
    channels = channels_of(asked, people)
    effects = draw_effects(spec, city, people, channels)
    world = World(city, people, channels, scales_of(asked), forms_of(asked), effects)
    world, plan = plant(spec, world, asked)
    themes = planted_themes(spec, city, plan)
    stages = draw_stages(spec, city)
    planter = Planter(spec, world, plan, asked)
    shares = theme_shares(city, themes)
    drafts = []
    for people_of_wave in _samples(spec, city, people, stages):
        drafts.append(_answered(spec, world, asked, people_of_wave, shares))
        if spec.planted:
            planter.plant(drafts[-1], last=people_of_wave.wave == spec.wave_names[-1])
    truth = Truth(
        spec=spec,
        world=world,
        questionnaire=asked,
        plan=plan,
        themes=themes,
        faults=pd.concat([fault_table(draft) for draft in drafts], ignore_index=True),
        texts=pd.concat([answer_table(draft) for draft in drafts], ignore_index=True),
    )
    return MockCity(spec, asked, city, stages, truth, tuple(drafts))


def _samples(spec: MockSpec, city: City, people: People, stages: tuple[FirstStage, ...]) -> Iterator[Respondents]:
    for wave, stage in zip(spec.wave_names, stages, strict=True):
        yield household(spec, city, people, stage, wave)
    if spec.online:
        yield online(spec, city, people, spec.wave_names[-1])


def _answered(spec: MockSpec, world: World, asked: Questionnaire, people: Respondents, shares: Floats) -> Draft:
    session = Session(world, people, spec.wave_names.index(people.wave), spec.seed)
    draw_answers(session, asked)
    return draft_of(session, draw_texts(session, asked, shares) if spec.texts else {})
