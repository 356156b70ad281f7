"""Cells and correlations of samples, kept beside the store before anybody asks for them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from math import inf

from analysis.estimation.sample import SampleOptions
from reports.counted.cells import keep_missing, keep_shown, lacks_shown
from reports.counted.definition import Definition, definition_of
from reports.counted.kept_correlations import correlations_path, keep_correlations
from reports.sample import gather, options
from reports.selection import Selection
from survey.errors import SiluError
from survey.host.access import Role
from survey.quality.publishing.publication import last_publication
from survey.storage.store import ResponseStore
from survey.storage.stored_parts import count_modes
from survey.study.study import MODES, PROBABILITY_MODES, Study


def keep_samples(study: Study, most: float = inf) -> int:
    """Keep the cells of every large wave beside the store, as `gather` asks for them; return how many were counted.

    The correlations of the samples of each mode are kept with them, after a commit those of the first mode.

    Args:
        study: the study.
        most: leave out waves of more new responses; infinite for a run that nobody waits for.

    Raises:
        OSError: they cannot be written.
    """
    version = ResponseStore(study.root / "store").version
    if version is None:
        return 0
    every = replace(study, publication=0, without_excluded=False)
    counted = keep_missing(every, version, definition_of(every, version, SampleOptions.of(study)), most)
    there = {mode for _, mode, _ in count_modes(study.root / "store", version)}
    asked = [(mode,) for mode in MODES if mode in there]
    together = tuple(mode for mode in MODES if mode in there & PROBABILITY_MODES)
    every_mode = [*asked, *([together] if len(together) > 1 else [])]
    with suppress(SiluError):
        for modes in every_mode if most == inf else asked[:1] if counted else ():
            _keep_correlations(every, version, modes)
    return counted


def _keep_correlations(study: Study, version: int, modes: tuple[str, ...]) -> None:
    """Keep the correlations of the sample of some modes, where they are not kept yet."""
    selection = Selection(mode="" if len(modes) > 1 else modes[0], version=version, role=Role.ANALYST, scope=None)
    wanted = options(study, selection)
    path = correlations_path(study, version, definition_of(study, version, wanted), replace(wanted, modes=modes))
    if path is not None and not path.exists():
        keep_correlations(gather(study, selection).sample, path)


def keep_published_samples(study: Study) -> int:
    """Keep the cells of what readers without raw data are shown of every large wave; return how many were written.

    Nothing is published here: that is done when such a reader comes, or by an analyst.

    Raises:
        OSError: they cannot be written.
    """
    shown = _shown(study)
    return 0 if shown is None else keep_shown(*shown)


def lacks_published_samples(study: Study) -> bool:
    """Return whether cells of what is published are not kept."""
    shown = _shown(study)
    return shown is not None and lacks_shown(*shown)


def _shown(study: Study) -> tuple[Study, int, Definition] | None:
    """Return the study as readers see it, its version, and what their cells are; None before the first publication."""
    last, version = last_publication(study), ResponseStore(study.root / "store").version
    if last is None or version is None or not last.holds(last.number, version):
        return None
    shown = replace(study, publication=last.number, without_excluded=False)
    wanted = options(shown, Selection(role=Role.LEADER, version=version))
    return shown, version, definition_of(shown, version, wanted)
