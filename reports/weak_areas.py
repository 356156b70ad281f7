"""Weak areas: verdicts, certainty of their ranking, model estimates of streets, LQAS of communities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.areas.funnel import Funnel, funnel
from analysis.areas.lqas import LotPlan, judge_communities, smallest_plan
from analysis.areas.ranking import LABELS as RANKS
from analysis.areas.streets import model_streets
from analysis.areas.verdict import SILENT, UNDECIDED, Reason
from analysis.design.labels import unique_names
from analysis.estimation.estimates import Estimates
from analysis.integrity.lights import MARK, NOTE, AreaLight, marked, marked_rows
from analysis.numerals import DASH, count, percent, target
from reports.disclosure import refusal
from reports.fieldwork.area_lights import red_areas
from reports.labels import HEADINGS, short
from reports.missing import objection, require_own_parts
from reports.provenance import Provenance, provenance
from reports.rates import target_of
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import communities
from reports.sentences import weak as words
from reports.sentences.notes import expert
from reports.sentences.sentence import Sentence
from reports.verdicts import judged, said
from survey.instrument.measure import measure_label

Lights = Mapping[str, AreaLight]
TOO_CLOSE = "差距太小"  # more interviews than `analysis.areas.further_interviews.TOO_MANY` would be needed


@dataclass(frozen=True, slots=True)
class WeakAreas:
    """Verdicts of every area and rate.

    Attributes:
        found: the verdicts; areas with a red light are marked and have no rank (rule R-13).
        sentence: what to do first.
        headline: the confirmed weakness to act on first, in a few words.
        doubt: areas whose answers may not be trusted; empty for none.
        title: short list of the confirmed weaknesses.
        remarks: meaning of the mark, where the table has one.
        provenance: provenance of the rates.
    """

    found: Estimates
    sentence: Sentence
    headline: Sentence
    doubt: Sentence
    title: Sentence
    remarks: tuple[str, ...]
    provenance: Provenance


def weak_areas(gathered: StudySample, selection: Selection, lights: Lights, margin: float | None = None) -> WeakAreas:
    """Return the verdicts, marked by the lights of the areas, with what to do first; see `reports.verdicts.judged`."""
    found = judged(gathered, selection, margin)
    by = found.by[0]
    doubt = words.red_lights(lights, list(found.table[by].astype(str).unique()))
    found = marked(found, lights, by)
    objected = objection(gathered.study, against_targets=margin is None)
    return WeakAreas(
        found,
        objected or words.advice(found, by, HEADINGS[by], doubt),
        objected or expert.verdicts(found, by, HEADINGS[by]),
        doubt,
        words.title(found, by, HEADINGS[by]),
        (NOTE,) if found.table[by].astype(str).str.endswith(MARK).any() else (),
        provenance(gathered, selection, found),
    )


def verdict_table(found: Estimates) -> pd.DataFrame:
    """Return the verdicts formatted for readers, in percent."""
    rows, by = found.table, found.by[0]
    shares = {name: (100 * rows[name].astype(float)).round(1) for name in ("estimate", "line", "model")}
    return pd.DataFrame(
        {
            HEADINGS[by]: rows[by].astype(str),
            "指标": rows["label"],
            "判断": said(rows),
            "答卷数": rows["n"],
            "比例(%)": shares["estimate"],
            "线(%)": shares["line"],
            HEADINGS["prob_below"]: (100 * rows["prob_below"].astype(float)).round(4),
            "模型估计(%)": shares["model"],
            "再访份数": [_further(*one) for one in zip(rows["verdict"], rows["more"].astype(float), strict=True)],
            "名次": [_rank(low, high) for low, high in zip(rows["rank_low"], rows["rank_high"], strict=True)],
            "组别": [RANKS.get(group, "") for group in rows["rank_group"]],
        }
    )


def _rank(low: float, high: float) -> str:
    """Return the range of ranks of an area; a dash where its light forbids a rank."""
    return DASH if pd.isna(low) or pd.isna(high) else f"{int(low)}—{int(high)}"


def undecided(found: Estimates) -> pd.DataFrame:
    """Return areas and rates that are undecided, fewest further interviews (`more`) first."""
    rows = found.table[found.table["verdict"].isin(list(UNDECIDED))]
    return rows.assign(more=rows["more"].astype(float)).sort_values("more", na_position="last")


def _more(value: float) -> str:
    return TOO_CLOSE if pd.isna(value) else f"{count(value)} 份"


def _further(verdict: str, more: float) -> int | str | None:
    """Return the further interviews of an undecided rate; None where nothing is open."""
    if verdict not in UNDECIDED:
        return None
    return TOO_CLOSE if pd.isna(more) else int(more)


def top_up_table(found: Estimates) -> pd.DataFrame:
    """Return undecided areas formatted for readers: where further interviews would decide."""
    rows = undecided(found)
    return pd.DataFrame(
        {
            "区县": rows[found.by[0]].astype(str),
            "指标": rows["label"],
            "现在的判断": said(rows),
            "本次答卷": [DASH if pd.isna(n) else f"{int(n):,}" for n in rows["n"]],
            "本次结果": [percent(float(value)) if pd.notna(value) else DASH for value in rows["estimate"]],
            "线": [target(float(value)) for value in rows["line"]],
            "再访约": [_more(value) for value in rows["more"]],
        }
    )


@dataclass(frozen=True, slots=True)
class FunnelReport:
    """Districts by one rate and effective sample size.

    Attributes:
        table: name, estimate, n_eff, verdict, outside (whether the district lies outside the 95 % limits).
        limits: control limits of chance variation.
        sentence: which districts lie outside.
        groups: description of the rank groups.
        estimates: the districts shown.
    """

    table: pd.DataFrame
    limits: Funnel
    sentence: Sentence
    groups: Sentence
    estimates: Estimates


def funnel_of(gathered: StudySample, selection: Selection, found: Estimates) -> FunnelReport | None:
    """Return the funnel plot data of the districts; None where fewer than two have enough answers.

    Args:
        gathered: the sample.
        selection: names one rate of the whole city.
        found: the verdicts of that rate by district.
    """
    rows = found.table[~found.table["reason"].isin(list(SILENT))]
    if len(rows) < 2:
        return None
    centre = float(gathered.estimates(selection.asking(selection.items)).table["estimate"].iloc[0])
    share, n_eff = rows["estimate"].to_numpy(float), rows["n_pooled"].to_numpy(float)
    limits = funnel(share, n_eff, centre)
    columns = {"name": rows["district"].astype(str), "estimate": share, "n_eff": n_eff, "verdict": rows["verdict"]}
    table = pd.DataFrame({**columns, "outside": limits.outside > 0}).reset_index(drop=True)
    outside = table.loc[table["outside"], "name"].tolist()
    text = words.funnel(outside, limits.dispersed, "区县")
    return FunnelReport(table, limits, text, words.rank_groups(rows), Estimates(rows, found.meta))


def streets(
    gathered: StudySample, selection: Selection, lights: Lights, most: int
) -> tuple[pd.DataFrame, Sentence, Sentence, Estimates]:
    """Return model estimates of one rate for the lowest streets.

    Returns:
        The rows of `model_streets`, the lowest `most`, with their `verdict` ("" for none), marked by their lights;
        which streets to go to first; the sentence about all streets; the city's estimate.

    Raises:
        DesignError: too few streets with answers for a model.
    """
    require_own_parts(gathered.study)
    rate = gathered.rate(selection.items[0])
    before = gathered.before(selection.wave)
    table = model_streets(
        gathered.sample,
        rate,
        unique_names(gathered.study.areas),
        selection.domain,
        earlier=selection.in_wave(before[-1]).domain if before else None,
        red=[name for name, light in lights.items() if not light.may_rank],
    )
    verdicts = judged(gathered, selection.asking(selection.items, ("street",))).table
    known = verdicts.set_index(verdicts["street"].astype(str))[["verdict", "gap"]]
    table = table.join(known, on="street").fillna({"verdict": ""})
    label = measure_label(rate.measure)
    text = words.streets(table, label, target_of(gathered.study, rate))
    rows = marked_rows(table.sort_values("estimate").head(most), lights, "street")
    return rows, expert.model_streets(table, label), text, gathered.estimates(selection.asking(selection.items))


@dataclass(frozen=True, slots=True)
class CommunityVerdicts:
    """Communities judged by lot quality assurance sampling (LQAS).

    Attributes:
        plan: the smallest plan that keeps both risks.
        table: the communities, formatted for readers.
        headline: how many fail and are open.
        sentence: how many pass, and how sure that is.
        risks: description of the plan and its risks.
    """

    plan: LotPlan
    table: pd.DataFrame
    headline: Sentence
    sentence: Sentence
    risks: Sentence


def community_verdicts(gathered: StudySample, selection: Selection, lines: tuple[float, float]) -> CommunityVerdicts:
    """Judge every community of a selection for one rate by LQAS; none with a red light, or in a district with one.

    Args:
        gathered: the sample.
        selection: names one rate.
        lines: share of a good community and of a poor one.

    Raises:
        ArgumentError: the reader is not an analyst: communities are counted exactly, and no other table is guarded
            against them.
        DesignError: no plan can distinguish the two lines.
    """
    require_own_parts(gathered.study)
    if selection.reserved:
        raise refusal("逐个社区判定", "社区", "看区县和街道的判断")
    rate = gathered.rate(selection.items[0])
    plan = smallest_plan(*lines)
    found = _doubted(judge_communities(gathered.sample, rate, selection.domain, lines), gathered, selection)
    table = pd.DataFrame(
        {
            "判定": found["verdict"],
            "区县": found["district"].astype(str),
            "街道": found["street"].astype(str),
            "社区": found["community"].astype(str),
            "有效答卷": found["n"],
            "其中达到的": found["favourable"],
        }
    )
    text = communities.verdicts(found, short(rate), lines)
    return CommunityVerdicts(plan, table, expert.lots(found, short(rate)), text, communities.risks(plan))


def _doubted(found: pd.DataFrame, gathered: StudySample, selection: Selection) -> pd.DataFrame:
    """Replace the verdicts of communities that have a red light, or lie in a district that has one; list them last."""
    red = {by: red_areas(gathered, selection.waves, by) for by in ("community", "district")}
    hit = found["community"].astype(str).isin(red["community"]) | found["district"].astype(str).isin(red["district"])
    judged_ = found.assign(verdict=found["verdict"].astype(str).mask(hit, str(Reason.RED_LIGHT)))
    return pd.concat([judged_[~hit], judged_[hit]], ignore_index=True)
