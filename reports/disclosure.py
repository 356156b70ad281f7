"""Disclosure control: every table of rates passes here before it is shown.

Small groups are suppressed for everybody (rule R-04). Readers other than analysts must not be able to derive them by
subtracting tables either (rule R-06): they get one wave, one mode and one column of people at a time, and
`analysis.estimation.disclosure.differencing` protects the set of these tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.estimation.disclosure.differencing import AREAS
from analysis.estimation.disclosure.lattice import guard, nobody_left
from analysis.estimation.disclosure.suppression import HIDDEN, protect, unmarked
from analysis.estimation.estimates import Estimates
from reports.labels import HEADINGS
from reports.publishing.shown_counts import ShownCounts
from reports.sample import StudySample
from reports.selection import PEOPLE, Selection
from survey.errors import ArgumentError
from survey.study.study import MODES

__all__ = ["HIDDEN", "hidden_areas", "other_responses", "permit", "permit_exclusions", "refusal", "shown"]


def shown(
    found: Estimates,
    gathered: StudySample,
    selection: Selection,
    kind: str = "",
    *,
    along: Sequence[str] | None = None,
) -> Estimates:
    """Suppress the numbers that the reader of a selection may not see.

    Args:
        found: estimates of the selection; a comparison of waves names them in `selection.waves`.
        gathered: the sample they were made from.
        selection: the request, with the role of its reader.
        kind: what the items are, where they are not those of the questionnaire, such as the themes of a question.
        along: by-columns along which the cells add up to a known total; all when None.

    Returns:
        The same rows; suppressed numbers are missing and the flag gives the reason.
    """
    few = gathered.study.suppression
    if selection.reserved:
        group = next(iter(_people(selection)), None)
        noted = ShownCounts(gathered.study, kind + "+".join(gathered.sample.modes))
        departed = noted.departed if gathered.study.publication else nobody_left
        for domain in _domains(selection):
            asked = Estimates(found.table, {**found.meta, "where": domain})
            found = guard(asked, gathered.sample.cells, group, few, departed)
        return in_scope(unmarked(protect(found, few)), gathered.sample.cells.keys, selection)
    return in_scope(protect(found, few, along=along), gathered.sample.cells.keys, selection)


def hidden_areas(gathered: StudySample, selection: Selection, kind: str = "") -> frozenset[str]:
    """Return the areas of which the reader may not see some rate, in whatever scope; none for analysts.

    A model must not learn from their answers: what it says of an area would reveal them.

    Args:
        gathered: the sample.
        selection: the rates, by one column of areas.
        kind: as in `shown`.
    """
    if not selection.reserved:
        return frozenset()
    found = shown(gathered.estimates(selection), gathered, replace(selection, scope=None), kind)
    return frozenset(found.table.loc[found.table["flag"].isin(HIDDEN), selection.by[0]].astype(str))


def in_scope(found: Estimates, keys: pd.DataFrame, selection: Selection) -> Estimates:
    """Leave out the areas that the reader of a selection may not see; totals of the city remain.

    Args:
        found: estimates of the selection.
        keys: keys of the cells: which district each street and community lies in.
        selection: the request, with the scope of its reader.
    """
    if selection.scope is None:
        return found
    level = next((name for name in (*AREAS[::-1], "community") if name in found.table or name in selection.where), "")
    if not level:
        return found
    districts = dict(keys[[level, "district"]].drop_duplicates().astype(str).itertuples(index=False, name=None))
    names = found.table[level].astype(str) if level in found.table else [str(one) for one in selection.where[level]]
    inside = [districts.get(name) in selection.scope for name in names]
    kept = inside if level in found.table else [all(inside)] * len(found.table)
    return Estimates(found.table[np.asarray(kept, dtype=bool)].reset_index(drop=True), found.meta)


def _people(selection: Selection) -> list[str]:
    """Return the columns of people that a selection groups or filters by."""
    columns = dict.fromkeys((*selection.by, *selection.where))
    return [name for name in columns if name not in ("wave", "mode", *AREAS)]


def _domains(selection: Selection) -> list[dict[str, object]]:
    """Return one domain per wave, because the guard handles one wave at a time; rows by wave name their own."""
    if "wave" in selection.by or not selection.waves:
        return [dict(selection.domain)]
    return [{**selection.where, "wave": wave} for wave in selection.waves]


def permit(selection: Selection, modes: Sequence[str], options: Sequence[str] = ()) -> None:
    """Refuse tables other than the protected ones to readers who are not analysts.

    Args:
        selection: the request.
        modes: modes of the sample.
        options: command options that request responses other than the newest data of everybody.

    Raises:
        ArgumentError: another table is requested; the error names the allowed alternative.
    """
    if not selection.reserved:
        return
    if options:
        raise other_responses("、".join(options))
    if len(modes) > 1:
        raise refusal("合并几种调查方式", "、".join(MODES[mode] for mode in modes), "用 --mode 指定一种")
    people = _people(selection)
    if wrong := [name for name in people if name not in PEOPLE]:
        raise refusal("这样分组", "、".join(HEADINGS[name] for name in wrong), "用区县、街道、年龄、性别或场所类型")
    if len(people) > 1:
        raise refusal("同时按几种人群分组或筛选", "、".join(HEADINGS[name] for name in people), "一次只用一种")
    if several := [name for name, values in selection.domain.items() if len(values) > 1]:
        raise refusal("把几个取值合在一起", "、".join(HEADINGS[name] for name in several), "一次只写一个取值")


def permit_exclusions(selection: Selection) -> None:
    """Refuse tables without excluded responses to readers who are not analysts: the difference reveals those.

    Raises:
        ArgumentError: such a table is requested.
    """
    if selection.reserved and selection.without_excluded:
        raise other_responses("--without-excluded")


def refusal(what: str, got: str, cure: str) -> ArgumentError:
    """Return the error for a refused request, with the words that made it and the alternative."""
    return ArgumentError(f"{what}只对分析员开放：与别的表相减会推算出少数人的情况（规则 R-06）", got=got, cure=cure)


def other_responses(options: str) -> ArgumentError:
    """Refuse responses other than the newest data of everybody: two such tables reveal the difference."""
    return refusal("换一批答卷来算", options, "不写这些选项")
