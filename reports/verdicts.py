"""Verdicts: the one door through which every page, command and export has rates judged against their lines.

Areas are judged by the model of all areas of their kind (`analysis.areas.verdicts`), also where only some of them are
shown; the city and groups of people by their own answers (`analysis.areas.against_target`), where a verdict has to
hold without the districts with a red light, too. The setting q, the targets and the lights of areas are read here and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.areas.against_target import judge, targets_of
from analysis.areas.verdict import Reason, Verdict, silence
from analysis.areas.verdicts import area_verdicts
from analysis.areas.weak import JUDGED
from analysis.design.labels import shared_names
from analysis.estimation.disclosure.suppression import conceal
from analysis.estimation.estimates import Estimates
from analysis.estimation.interval_names import DEFAULT_INTERVAL
from analysis.estimation.intervals import LEVEL
from reports.disclosure import shown
from reports.fieldwork.area_lights import red_areas
from reports.fieldwork.kept.verdicts import kept_verdicts
from reports.labels import short
from reports.missing import require_own_parts
from reports.sample import StudySample
from reports.selection import Selection
from survey.errors import DesignError

__all__ = ["MODELLED", "Reason", "Verdict", "area_of", "judged", "named", "said"]

MODELLED = ("community", "street", "district")
"""Columns of areas that are judged by a model, the smallest first."""
_NOTHING = dict.fromkeys(("verdict", "reason", "rank_group"), "")
"""What stands in the columns of a row that must not be judged; NaN in the others."""


def judged(
    gathered: StudySample,
    selection: Selection,
    margin: float | None = None,
    lines: Mapping[str, float] | None = None,
) -> Estimates:
    """Return the estimates of a selection with their verdicts; small cells are suppressed (rule R-04).

    Args:
        gathered: the sample.
        selection: the rates, groups and domain.
        margin: compare areas with "city minus margin" (a share) instead of the targets; 0 compares with the city.
        lines: rate -> line, a share, in place of the targets; every row is then judged by its own answers.

    Returns:
        The estimates with `label` and the columns of `analysis.areas.verdict.with_verdict`; of areas also those of
        `analysis.areas.weak.weak_areas`. Self-selected answers are not judged (rule R-10). The meta holds `margin`,
        `absent` (areas without answers) and `false_calls` (q); of the city and of groups also `doubted`: the districts
        with a red light without which some verdict would be another one.

    Raises:
        DesignError: a margin for estimates that are not of areas, or with a frame that is still the template's.
    """
    if margin is not None:
        require_own_parts(gathered.study)
    if lines is not None or set(selection.where) - set(MODELLED):
        return _judged(gathered, selection, margin, lines)
    return kept_verdicts(gathered, selection, margin, lambda: _judged(gathered, selection, margin, None))


def _judged(
    gathered: StudySample, selection: Selection, margin: float | None, lines: Mapping[str, float] | None
) -> Estimates:
    every = gathered.estimates(selection)
    found = named(shown(every, gathered, selection), gathered)
    q = gathered.study.false_calls
    meta = {**found.meta, "where": every.meta["where"], "margin": margin, "absent": (), "false_calls": q}
    if gathered.sample.opt_in:
        return Estimates(judge(found.table, float("nan")), meta)
    area = area_of(selection)
    if area and lines is None:
        return _by_area(gathered, selection, (every, Estimates(found.table, meta)), (area, margin))
    if margin is not None:
        raise DesignError("只有区域能与全市比", got="、".join(selection.by) or "全市", expected="区县、街道或社区")
    own = judge(found.table, _lines(gathered, selection, found.table, lines), q)
    own, red = _without_red(gathered, selection, own, lines)
    return Estimates(own, {**meta, "doubted": red})


def _lines(
    gathered: StudySample, selection: Selection, table: pd.DataFrame, lines: Mapping[str, float] | None
) -> pd.Series:
    """Return the targets of the city's rates and of groups, those of a district where there is only one."""
    if lines is not None:
        return table["item"].astype(str).map(lines).astype(float)
    rates = {name: gathered.rate(name) for name in selection.items}
    district = selection.where.get("district")
    whole = table if district is None else table.assign(district=district[0])
    return targets_of(whole, gathered.study.targets, rates)


def _without_red(
    gathered: StudySample, selection: Selection, own: pd.DataFrame, lines: Mapping[str, float] | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return verdicts of the city or of groups; unclear where they hold only with the districts with a red light.

    Those districts come second; none where no verdict depends on them.

    Such districts are neither praised nor blamed before people have interviewed there again, and neither is a city that
    passes, or fails, by their answers alone. The P of these rows is missing.
    """
    if set(MODELLED) & {*selection.where, *selection.by}:
        return own, ()
    without: set[str] = set()
    final = own["verdict"].isin([Verdict.MET, Verdict.WEAK])
    for wave, waves in _waves(gathered, selection).items():
        here = final & ((own["wave"].astype(str) == wave) if wave else True)
        red = red_areas(gathered, waves, "district") if here.any() else frozenset()
        if not red:
            continue
        others = tuple(sorted({str(name) for name in gathered.sample.cells.codes("district")[1]} - red))
        apart = _judged_within(gathered, replace(selection, waves=waves), others, lines)
        both = own[here].assign(_row=own.index[here]).merge(apart, how="left")
        doubted = own.index.isin(both.loc[both["verdict"] != both["_other"], "_row"])
        without |= red if doubted.any() else set()
        own = own.assign(
            verdict=own["verdict"].mask(doubted, str(Verdict.UNCLEAR)),
            reason=own["reason"].mask(doubted, str(Reason.DOUBTED)),
            prob_below=own["prob_below"].mask(doubted),
        )
    return own, tuple(sorted(without))


def _judged_within(
    gathered: StudySample, selection: Selection, districts: tuple[str, ...], lines: Mapping[str, float] | None
) -> pd.DataFrame:
    """Return the verdicts of the same rows in some districts: the columns that tell rows apart, and `_other`."""
    keys = ["item", *selection.by]
    if not districts:
        return pd.DataFrame(columns=[*keys, "_other"])
    some = replace(selection, conditions=(*selection.conditions, ("district", districts)))
    table = gathered.estimates(some).table
    judged_ = judge(table, _lines(gathered, selection, table, lines), gathered.study.false_calls)
    return judged_[keys].assign(_other=judged_["verdict"])


def named(found: Estimates, gathered: StudySample) -> Estimates:
    """Return the estimates with the short names of the rates in `label`."""
    items = found.table["item"].astype(str).tolist()
    labels = {name: short(gathered.rate(name)) for name in dict.fromkeys(items)}
    return Estimates(found.table.assign(label=[labels[name] for name in items]), found.meta)


def said(rows: pd.DataFrame) -> list[str]:
    """Return the verdicts in words: the reason in place of a missing one, and behind an unclear one."""
    return [
        f"{verdict}（{reason}）" if verdict and reason else str(verdict or reason)
        for verdict, reason in zip(rows["verdict"], rows["reason"], strict=True)
    ]


def area_of(selection: Selection) -> str:
    """Return the column of areas that a selection reports, the smallest of several; "" for the city and for groups.

    A single area in the conditions is an area, too; districts by age are groups.
    """
    if any(name not in (*MODELLED, "wave") for name in selection.by):
        return ""
    alone = [name for name, values in selection.where.items() if len(values) == 1]
    return next((name for name in MODELLED if name in selection.by), "") or next(
        (name for name in MODELLED if name in alone and not set(MODELLED) & set(selection.by)), ""
    )


def _by_area(
    gathered: StudySample, selection: Selection, both: tuple[Estimates, Estimates], how: tuple[str, float | None]
) -> Estimates:
    """Join the verdicts of all areas of a kind to the estimates of some of them: before and after suppression."""
    area, found = how[0], both[1]
    waves = _waves(gathered, selection)
    known = both[0] if _is_of_all(selection, area) else None
    parts = [(wave, _verdicts(gathered, selection, each, how, known)) for wave, each in waves.items()]
    every = pd.concat([one.table.assign(_wave=wave) for wave, one in parts], ignore_index=True)
    table = found.table.reset_index(drop=True)
    keys = pd.DataFrame({"item": table["item"].astype(str)})
    keys["_area"] = table[area].astype(str) if area in table else selection.where[area][0]
    keys["_wave"] = table["wave"].astype(str) if "wave" in table else ""
    every = every.assign(item=every["item"].astype(str), _area=every[area].astype(str))[[*keys, *JUDGED]]
    joined = keys.merge(every, on=list(keys), how="left")[list(JUDGED)]
    elsewhere = (joined["reason"] == Reason.HIDDEN).to_numpy() & (silence(table) == "")
    shown_ = conceal(Estimates(table, found.meta), elsewhere) if elsewhere.any() else Estimates(table, found.meta)
    hidden = silence(shown_.table)
    columns = {name: joined[name].where(hidden == "", _NOTHING.get(name, float("nan"))) for name in JUDGED}
    columns["reason"] = columns["reason"].where(hidden == "", hidden)
    judged_ = shown_.table.assign(**columns)
    some = set(selection.where) & set(MODELLED)
    absent = () if some else parts[-1][1].meta["absent"]
    return Estimates(judged_, {**shown_.meta, "absent": absent})


def _waves(gathered: StudySample, selection: Selection) -> Mapping[str, tuple[str, ...]]:
    """Return the waves that are judged separately: value of the column `wave` ("" without it) -> waves."""
    if "wave" not in selection.by:
        return {"": selection.waves}
    return {wave: (wave,) for wave in selection.waves or gathered.waves}


def _is_of_all(selection: Selection, area: str) -> bool:
    """Return whether the estimates of a selection are those of all areas of a kind that the model takes."""
    usual = (selection.interval, selection.level) == (DEFAULT_INTERVAL, LEVEL)
    return usual and selection.by == (area,) and not set(MODELLED) & set(selection.where)


def _verdicts(
    gathered: StudySample,
    selection: Selection,
    waves: tuple[str, ...],
    how: tuple[str, float | None],
    known: Estimates | None,
) -> Estimates:
    """Return the verdicts of all areas of one kind among these people, whatever areas the selection names."""
    area, margin = how
    before = gathered.before(waves[0])[-1:] if len(waves) == 1 else ()
    people = {name: values for name, values in selection.where.items() if name not in MODELLED}
    return area_verdicts(
        gathered.sample,
        [gathered.rate(name) for name in selection.items],
        gathered.study.targets,
        {**people, **({"wave": waves} if waves else {})},
        by=area,
        margin=margin,
        q=gathered.study.false_calls,
        red=red_areas(gathered, waves, area),
        frame=shared_names(gathered.study.areas),
        earlier={**people, "wave": before} if before else None,
        known=known,
    )
