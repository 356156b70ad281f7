"""Integrity of the answers: lights of interviewers and communities, their evidence, and sudden shifts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.integrity.combine import LIGHTS, SPEAKS, Light
from analysis.integrity.hints import FALSE_ALARMS, NOT_AN_ACCUSATION, chance, figure
from analysis.integrity.lights import AreaLight, area_lights
from analysis.integrity.report import Integrity
from analysis.integrity.signals import SIGNALS
from analysis.integrity.wave_jumps import mode_gaps, wave_jumps
from reports.fieldwork.data_quality import Fieldwork, fieldwork
from reports.labels import dates, wave_label
from reports.provenance import Provenance
from reports.sentences import fieldwork as words
from reports.sentences.notes.provenance import of_draws
from reports.sentences.sentence import Sentence
from survey.quality.sheet import open_sheet
from survey.study.study import MODES

__all__ = ["FALSE_ALARMS", "LIGHTS", "NOT_AN_ACCUSATION", "Integrity", "Light"]

KINDS = {str(Light.RED): "red light", str(Light.AMBER): "amber light", str(Light.GREEN): "green light"}
"""Light -> its mark in a figure; grey ones are not drawn."""
LEVELS = {"interviewer": "访问员", "area": "社区"}
LOUD = 0.05
"""False discovery rate among the districts reported."""


def units(found: Integrity) -> dict[str, pd.DataFrame]:
    """Return level -> its units."""
    return {"interviewer": found.interviewers, "area": found.areas}


def provenance_of(work: Fieldwork, found: Integrity) -> Provenance:
    """Return the provenance of the lights."""
    study, wave, n = work.study, work.study.wave(work.wave), int(found.meta["n"])
    null = of_draws(found.meta["draws"], found.meta["rate"])
    return Provenance(
        title=study.title,
        wordings=(),
        people="全部答卷",
        waves=(wave_label(study, work.wave),),
        dates=(dates(wave.start, wave.end),),
        mode=MODES[work.mode],
        n=(n, n),
        n_eff=None,
        weighting="逐份检查，不加权",
        interval=null,
        strata=0,
        points=0,
        suppression=0,
        version=work.version,
        written="",
        exclusions="已决定剔除的答卷也在检查之列",
        mock=study.mock,
    )


def finding(found: Integrity, unit: str, day: Sentence, number: int) -> Sentence:
    """Return the headline of the page; the arguments after the first as of `reports.sentences.fieldwork.lights`."""
    return words.lights(units(found), unit, day, number)


def conspicuous(judged: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the most conspicuous units as rows of a figure, with the number and names of their signals."""
    rows = judged[judged["light"] != str(Light.GREY)].head(most)
    names = [[SIGNALS[one].label for one in text.split(",") if one] for text in rows["signals"]]
    return pd.DataFrame(
        {
            "label": [f"{row['name']}" for row in rows.to_dict("records")],
            "value": [float(len(each)) for each in names],
            "low": float("nan"),
            "high": float("nan"),
            "kind": [KINDS[light] for light in rows["light"]],
            "text": ["、".join(each[:2]) + (f"等 {len(each)} 项" if len(each) > 2 else "") for each in names],
        }
    )


def evidence_table(found: Integrity, level: str, unit: str) -> pd.DataFrame:
    """Return the figures of one unit formatted for readers, signals first."""
    rows = found.of(level, unit).dropna(subset=["p"]).to_dict("records")
    return pd.DataFrame(
        {
            "信号": [SIGNALS[row["signal"]].label for row in rows],
            "本处": [figure(SIGNALS[row["signal"]], row["value"], level) for row in rows],
            "同区一般": [figure(SIGNALS[row["signal"]], row["expected"], level) for row in rows],
            "若无异常": [chance(row["p"], found.meta["floor"][level]) for row in rows],
            "说明问题": ["是" if row["p"] <= SPEAKS else "" for row in rows],
            "先要排除的正常解释": [SIGNALS[row["signal"]].innocent for row in rows],
        }
    )


def speaking(found: Integrity, level: str, row: Mapping[Any, Any]) -> tuple[str, pd.DataFrame]:
    """Return the probability of such a unit by chance, and its signals, see `evidence_table`."""
    table = evidence_table(found, level, str(row["unit"]))
    return chance(row["p"]), table[table["说明问题"] != ""]


def lights_table(lights: Mapping[str, AreaLight]) -> pd.DataFrame:
    """Return areas with their light, red ones first."""
    order = [Light.RED, Light.AMBER, Light.GREEN, Light.GREY]
    rows = sorted(lights.items(), key=lambda pair: order.index(pair[1].light))
    return pd.DataFrame(
        {
            "区县": [name for name, _ in rows],
            "灯": [LIGHTS[light.light].split("：")[0] for _, light in rows],
            "答卷": [light.n for _, light in rows],
            "其中存疑": [light.doubtful for _, light in rows],
            "建议独立复访": [f"{light.again} 份" if light.again else "—" for _, light in rows],
            "排名": ["可以" if light.may_rank else "复访前暂停" for _, light in rows],
        }
    )


def doubtful_areas(work: Fieldwork, found: Integrity) -> Mapping[str, AreaLight]:
    """Return the districts with doubtful responses and their lights, with all responses counted."""
    every = area_lights(found, work.read("psu", "interviewer"), work.study.areas)
    return {name: light for name, light in every.items() if light.doubtful}


@dataclass(frozen=True, slots=True)
class Shift:
    """Districts that changed differently from the others.

    Attributes:
        what: description of the comparison.
        table: district, value, expected (shares), n; the significant districts.
    """

    what: str
    table: pd.DataFrame


def shifts(work: Fieldwork, leaflet: Sequence[str] = ()) -> tuple[Shift, ...]:
    """Return districts whose leafleted items jumped, and whose online answers lie far above the interviews.

    Args:
        work: a wave and mode.
        leaflet: items that were printed on a leaflet between the two waves.
    """
    study, found = work.study, []
    sheet = open_sheet(work.rows, study.questionnaire)
    order = [wave.name for wave in study.waves]
    earlier = order[: order.index(work.wave)][-1:]
    if leaflet and earlier:
        before = open_sheet(fieldwork(study, earlier[0], work.mode).rows, study.questionnaire)
        found.append(_shift("宣传单上的题比其他题多涨", wave_jumps(before, sheet, study.areas, list(leaflet))))
    if work.mode != "online" and "online" in study.wave(work.wave).modes:
        online = open_sheet(fieldwork(study, work.wave, "online").rows, study.questionnaire)
        found.append(_shift("网络自填比面访高出", mode_gaps(sheet, online, study.areas)))
    return tuple(found)


def _shift(what: str, table: pd.DataFrame) -> Shift:
    return Shift(what, table[table["q"] <= LOUD])
