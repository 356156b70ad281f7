"""A mock city with planted faults and its honest twin, inspected once for all tests."""

from dataclasses import dataclass
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity.report import Integrity, IntegrityInput, inspect
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw
from survey.quality.sheet import ResponseSheet, open_sheet
from survey.study.lexicon import official_phrases


@dataclass(frozen=True)
class Inspected:
    """The last wave of household interviews."""

    city: MockCity
    rows: pa.Table
    sheet: ResponseSheet
    found: Integrity

    def planted(self, fault: str) -> set[str]:
        labels = self.city.truth.faults
        return set(labels.loc[(labels["fault"] == fault) & (labels["wave"] == "W2"), "detail"])


@cache
def inspected(faults: bool, seed: int = 1) -> Inspected:
    city = draw(MockSpec(seed=seed, faults=faults))
    rows = part(city.responses(), "W2", "household")
    sheet = open_sheet(rows, city.questionnaire)
    return Inspected(
        city, rows, sheet, inspect(IntegrityInput(sheet, city.city.areas, city.texts(), official_phrases()))
    )


def part(rows: pa.Table, wave: str, mode: str) -> pa.Table:
    return rows.filter(pc.and_(pc.equal(rows["wave"], wave), pc.equal(rows["mode"], mode)))
