"""Report: the signals of every interviewer and area of a wave, their lights, and the evidence behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity.basis import Basis, by_area, by_interviewer
from analysis.integrity.clusters import districts_of
from analysis.integrity.combine import RATE, SPEAKS, Light, lights
from analysis.integrity.copied_texts import Writers, written_texts
from analysis.integrity.matching import STEPS
from analysis.integrity.outlying import FLOOR, Outlying
from analysis.integrity.shuffling import DRAWS, Shuffled
from analysis.integrity.signals import SIGNALS
from analysis.integrity.sums.district_rows import compared, rows_by_district
from analysis.integrity.sums.tally import cells_of, tally_of
from analysis.integrity.sums.usual import usual_of
from survey.quality.sheet import Floats, ResponseSheet
from survey.study.areas import Areas

LEAST = {"interviewer": 20, "area": 10}
"""Smallest number of responses that is judged."""
EVIDENCE = ["level", "unit", "signal", "value", "expected", "p", "n"]


@dataclass(frozen=True)
class Integrity:
    """The integrity of one wave and mode.

    Attributes:
        interviewers: unit, n, district, name, p, q, light, signals (comma-separated names); most conspicuous first.
        areas: the same by sampling point; unit is its 12-digit code, name its name.
        evidence: level ("interviewer" or "area"), unit, signal, value, expected, p, n.
        meta: n, draws, rate, floor (level -> smallest p that a signal can have).
    """

    interviewers: pd.DataFrame
    areas: pd.DataFrame
    evidence: pd.DataFrame
    meta: Mapping[str, Any]

    def of(self, level: str, unit: str) -> pd.DataFrame:
        """Return the figures of one unit, the most significant first."""
        mine = self.evidence[(self.evidence["level"] == level) & (self.evidence["unit"] == unit)]
        found: pd.DataFrame = mine.sort_values("p", na_position="last", ignore_index=True)
        return found


@dataclass(frozen=True, slots=True)
class IntegrityInput:
    """The input of a report that is made from responses in memory.

    Attributes:
        sheet: responses of one wave and one mode.
        areas: the sampling frame.
        texts: their free texts, None if there are none.
        official: phrases of slogans and documents.
    """

    sheet: ResponseSheet
    areas: Areas
    texts: pa.Table | None = None
    official: frozenset[str] = frozenset()

    def basis(self) -> Basis:
        """Return the sums that are judged."""
        usual = usual_of(self.sheet, self.areas)
        tally = tally_of(self.sheet, self.areas, usual)
        rows = rows_by_district(self.sheet, self.areas)
        written = None
        if self.texts is not None:
            at = pc.index_in(self.texts["response_id"], self.sheet.rows["response_id"].combine_chunks())
            there, (_, district) = pc.is_valid(at), districts_of(self.sheet.rows["psu"], self.areas)
            of = np.asarray(at.filter(there).to_numpy(), dtype=np.int64)
            written = written_texts(
                Writers(*cells_of(self.sheet), district), self.texts.filter(there), of, self.official
            )
        first = self.sheet.rows.select(["wave", "mode"]).slice(0, 1).to_pylist()
        stage = " ".join(f"{one['wave']} {one['mode']}" for one in first)
        found = Basis(tally, usual, self.areas, lambda district: compared(None, rows[district]), written, stage)
        return replace(found, slogans=bool(self.official))


def inspect(basis: IntegrityInput | Basis, *, seed: int = 0, draws: int = DRAWS) -> Integrity:
    """Test for coached, copied and invented answers.

    Args:
        basis: responses of one wave and one mode, or sums of them.
        seed: random seed of the shuffling; the same seed gives the same report.
        draws: number of arrangements of clusters.

    Returns:
        Lights and evidence. They are statistics, not accusations (rule R-14); respondents are never listed.
    """
    sums = basis.basis() if isinstance(basis, IntegrityInput) else basis
    people, mine = _judged("interviewer", *by_interviewer(sums, seed=seed, draws=draws))
    places, theirs = _judged("area", *by_area(sums))
    floor = {"interviewer": 1 / (draws + 1), "area": FLOOR}
    meta = {"n": int(sums.tally.rows.sum()), "draws": draws, "rate": RATE, "floor": floor}
    return Integrity(people, places, pd.concat([mine, theirs], ignore_index=True), meta)


def _judged(
    level: str, units: pd.DataFrame, found: Mapping[str, Shuffled] | Mapping[str, Outlying]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the units with their lights, most conspicuous first, and every figure behind them."""
    names = [name for name in SIGNALS if name in found]
    if not names or units.empty:
        grey = units.assign(p=np.nan, q=np.nan, light=str(Light.GREY), signals="")
        return grey, pd.DataFrame(columns=EVIDENCE)
    p = np.stack([found[name].p for name in names], axis=1)
    akin = np.array([SIGNALS[name].akin for name in names], dtype=np.bool_)
    combined, q, light = lights(p, (units["n"] >= LEAST[level]).to_numpy(), akin)
    judged = units.assign(p=combined, q=q, light=light, signals=[_speaking(names, row) for row in p])
    parts = [
        pd.DataFrame(
            {
                "level": level,
                "unit": units["unit"],
                "signal": name,
                "value": _shown(name, level, found[name].value),
                "expected": _shown(name, level, found[name].expected),
                "p": found[name].p,
                "n": units["n"],
            }
        )
        for name in names
    ]
    return judged.sort_values(["p", "unit"], na_position="last", ignore_index=True), pd.concat(parts)


def _speaking(names: list[str], p: Floats) -> str:
    return ",".join(names[at] for at in np.argsort(p, kind="stable") if p[at] <= SPEAKS)


def _shown(name: str, level: str, values: Floats) -> Floats:
    """Return a figure in display units: speed as a multiple of the usual, likeness as a share."""
    if name == "pace":
        return np.asarray(np.exp(values), dtype=np.float64)
    return values / STEPS if name == "match" and level == "interviewer" else values
