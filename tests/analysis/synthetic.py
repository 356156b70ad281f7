"""A small synthetic stratified cluster sample for the tests of inference."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.design.cells import Cells
from analysis.design.design import Design, make_design
from analysis.design.from_frame import cells_from_frame
from analysis.inference.observations import Observations, observe

KEYS = ["district", "age", "sex", "wave", "hours"]


def answers(seed: int = 1, *, strata: int = 4, psus: int = 3, size: int = 8) -> pd.DataFrame:
    """Make responses with cluster effects, unequal weights and some missing answers."""
    random = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(strata), psus * size)
    psu = np.tile(np.repeat(np.arange(psus), size), strata)
    n = len(stratum)
    shift = random.normal(0, 0.6, (strata, psus))[stratum, psu]
    age = random.choice(["18-39", "40-59", "60+"], n, p=[0.4, 0.35, 0.25])
    sex = random.choice(["女", "男"], n)
    hours = random.gamma(2.0, 3.0, n).round(2)
    chance = 1 / (1 + np.exp(-(0.8 + shift - 0.7 * (age == "60+") + 0.05 * hours)))
    y = (random.random(n) < chance).astype(float)
    y[random.random(n) < 0.08] = np.nan
    frame = pd.DataFrame({"stratum": stratum, "psu": psu, "w": random.lognormal(2, 0.5, n), "y": y, "x": hours})
    frame["district"], frame["age"], frame["sex"], frame["hours"] = [f"D{h % 2}" for h in stratum], age, sex, hours
    frame["wave"] = random.choice(["W1", "W2", "W3"], n)
    return frame


@dataclass(frozen=True)
class Sample:
    frame: pd.DataFrame
    cells: Cells
    design: Design

    def observe(self, item: str | None = "y", **options: object) -> Observations:
        return observe(self.cells, self.design, item=item, **options)


def sample(frame: pd.DataFrame | None = None, *, collapse: bool = False, keys: list[str] = KEYS) -> Sample:
    frame = answers() if frame is None else frame
    items = ["y", "x"] if not collapse else ["y"]
    design = {"stratum": "stratum", "psu": "psu"} | ({"fpc1": "fpc"} if "fpc" in frame else {})
    cells = cells_from_frame(frame, items, by=keys, design=design, weight="w", collapse=collapse)
    return Sample(frame, cells, make_design(cells))
