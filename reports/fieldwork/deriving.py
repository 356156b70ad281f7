"""Derive ahead of time what pages would wait for: the lights of every wave and mode, the newest first.

What is derived lies beside the store under a digest of its input (`kept_lights`): it is never stale, a killed run
leaves whole files only, and deleting all of them changes no number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reports.fieldwork.area_lights import lights
from reports.fieldwork.kept_lights import Round, path_of, read_units
from survey.host.disk import locked, make_folder
from survey.storage.store import ResponseStore
from survey.study.study import Study

LOCK = "lock"
"""Name of the file by which runs wait for each other."""


def rounds(study: Study, version: int | None = None) -> Iterator[Round]:
    """Yield the waves and modes with answers, the newest wave first.

    Args:
        study: the study.
        version: data version, the newest when None.
    """
    store = ResponseStore(study.root / "store")
    at = store.version if version is None else version
    if at is None:
        return
    counts = store.read(["wave", "mode"], version=at).group_by(["wave", "mode"]).aggregate([])
    there = {(row["wave"], row["mode"]) for row in counts.to_pylist()}
    for wave in reversed(study.waves):
        yield from (Round(at, wave.name, mode) for name, mode in sorted(there) if name == wave.name)


def is_kept(study: Study, one: Round) -> bool:
    """Return whether the lights of a wave and mode are beside the store, so that nobody has to compute them."""
    return read_units(path_of(study, one)) is not None


def derive(study: Study, show: Callable[[str, float], object] = lambda *_: None) -> int:
    """Compute the lights that are missing, one after the other; another run on the study waits and finds them done.

    Args:
        study: the study.
        show: receives the wave and mode in work, and the completed share in [0, 1].

    Returns:
        How many were computed.
    """
    folder, made = study.root / "store" / "lights", 0
    make_folder(folder)
    with locked(folder / LOCK):
        asked = list(rounds(study))
        for at, one in enumerate(asked):
            if not is_kept(study, one):
                show(f"{one.wave} {one.mode}", at / len(asked))
                lights(study, one)
                made += 1
    return made
