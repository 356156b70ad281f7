"""What may be shown to whom: the one gate that every table of rates passes on its way out.

Small groups are blanked for everybody (rule R-04). Readers other than analysts may also not work them out by
subtracting tables (rule R-06): they get one wave, one mode and one column of people at a time, and
`analysis.estimation.differencing` guards these tables taken together.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.estimation.differencing import AREAS, guard
from analysis.estimation.estimates import Estimates
from analysis.estimation.suppression import HIDDEN, protect
from reports.labels import HEADINGS
from reports.sample import StudySample
from reports.selection import PEOPLE, Selection
from survey.errors import ArgumentError
from survey.study.study import MODES

__all__ = ["HIDDEN", "other_responses", "permit", "permit_exclusions", "refusal", "shown"]


def shown(found: Estimates, gathered: StudySample, selection: Selection) -> Estimates:
    """Blank what the reader of a selection may not see.

    Args:
        found: estimates of the selection; a comparison of waves names them in `selection.waves`.
        gathered: what they were made from.
        selection: what was asked, and who will read it.

    Returns:
        The same rows; hidden numbers are missing and the flag says why.
    """
    few = gathered.study.suppression
    if selection.reserved:
        group = next(iter(_people(selection)), None)
        for domain in _domains(selection):
            asked = Estimates(found.table, {**found.meta, "where": domain})
            found = guard(asked, gathered.sample.cells, group, few)
    return protect(found, few)


def _people(selection: Selection) -> list[str]:
    """Columns of people that a selection reports or chooses by."""
    columns = dict.fromkeys((*selection.by, *selection.where))
    return [name for name in columns if name not in ("wave", "mode", *AREAS)]


def _domains(selection: Selection) -> list[dict[str, object]]:
    """One domain a wave, because the guard knows one wave at a time; rows by wave name theirs."""
    if "wave" in selection.by or not selection.waves:
        return [dict(selection.domain)]
    return [{**selection.where, "wave": wave} for wave in selection.waves]


def permit(selection: Selection, modes: Sequence[str], options: Sequence[str] = ()) -> None:
    """Refuse a reader other than an analyst a table beside the guarded ones.

    Args:
        selection: what is asked.
        modes: modes of the sample.
        options: words by which other responses than the newest data of everybody were asked for.

    Raises:
        ArgumentError: another table is asked for; the error says what to ask instead.
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
    """Refuse a reader other than an analyst a table without excluded responses: with and without tell them apart.

    Raises:
        ArgumentError: such a table is asked for.
    """
    if selection.reserved and selection.without_excluded:
        raise other_responses("--without-excluded")


def refusal(what: str, got: str, cure: str) -> ArgumentError:
    """The error for what was asked, with the words that asked for it and what to do instead."""
    return ArgumentError(f"{what}只对分析员开放：与别的表相减会推算出少数人的情况（规则 R-06）", got=got, cure=cure)


def other_responses(options: str) -> ArgumentError:
    """The refusal of other responses than the newest data of everybody: the two tables tell the rest apart."""
    return refusal("换一批答卷来算", options, "不写这些选项")
