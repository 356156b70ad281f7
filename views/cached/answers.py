"""Call functions of `reports` for pages, once for each data version; all visitors share the result.

    found = ask(loaded, selection.asking(names), rates.judged)

A question is a function of `reports` that takes the weighted sample and a selection. Its result is shared, so no
caller may change it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from analysis.estimation.estimates import Estimates
from reports.audience.heard import Heard, heard_by
from reports.fieldwork.area_lights import provisional
from reports.provenance import Provenance, provenance
from reports.sample import StudySample, gather
from reports.selection import Selection
from views.shell.shelf import Shelf, arguments
from views.visitor.session import Loaded

T = TypeVar("T")
Given = TypeVar("Given")
More = ParamSpec("More")
_ANSWERS = Shelf(512)
_SAMPLES = Shelf(4, "正在汇总答卷……")
_HEARD = Shelf(4, "正在整理渠道……")


def ask(
    loaded: Loaded,
    selection: Selection,
    question: Callable[Concatenate[StudySample, Selection, More], T],
    *more: More.args,
    **named: More.kwargs,
) -> T:
    """Return the result of a function of `reports` for a selection.

    Args:
        loaded: study and data version.
        selection: rates, groups, people and waves.
        question: a function of `reports`, called with sample, selection and the arguments below.
        more: further positional arguments; hashable, but for mappings and lists; no frames.
        named: further keyword arguments, likewise hashable.
    """
    gathered = _as_checked(loaded, selection)
    key = (_name(question), loaded.key, selection, gathered.unchecked, arguments(more, named))
    found: T = _ANSWERS.get(key, lambda: question(gathered, selection, *more, **named))
    return found


def follow(
    loaded: Loaded,
    selection: Selection,
    found: Given,
    question: Callable[Concatenate[StudySample, Selection, Given, More], T],
    *more: More.args,
    **named: More.kwargs,
) -> T:
    """Return the result of a function of `reports` for a selection and what `ask` returned for it.

    Args:
        loaded: study and data version.
        selection: the selection, which identifies `found` as well.
        found: estimates that `ask` returned.
        question: a function of `reports`, called with sample, selection, estimates and the arguments below.
        more: further positional arguments, hashable.
        named: further keyword arguments, hashable.
    """
    gathered = _as_checked(loaded, selection)
    key = (_name(question), loaded.key, selection, gathered.unchecked, arguments(more, named), "follow")
    result: T = _ANSWERS.get(key, lambda: question(gathered, selection, found, *more, **named))
    return result


def _name(question: Callable[..., object]) -> str:
    return f"{question.__module__}.{question.__qualname__}"


def sample_of(loaded: Loaded, selection: Selection) -> StudySample:
    """Return the weighted sample of a study, data version and mode, made once."""
    answers = selection.answers
    found: StudySample = _SAMPLES.get((loaded.key, answers), lambda: gather(loaded.study, answers))
    return found


def heard_of(loaded: Loaded, selection: Selection) -> Heard:
    """Return the same sample as an audience with its channels."""
    answers = selection.answers
    found: Heard = _HEARD.get((loaded.key, answers), lambda: heard_by(sample_of(loaded, answers), answers))
    return found


def origin_of(loaded: Loaded, selection: Selection, found: Estimates) -> Provenance:
    """Return the provenance of estimates of a selection."""
    return provenance(_as_checked(loaded, selection), selection, found)


def _as_checked(loaded: Loaded, selection: Selection) -> StudySample:
    """Return the sample as this run of the page shows it: before or after the checks of its answers."""
    return provisional(sample_of(loaded, selection), loaded.unchecked)
