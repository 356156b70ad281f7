"""Cells of a publication: those of a large wave lie beside the store, like those of all its answers.

They are named by the stored parts and the record of the publication, so that readers without raw data need no ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from analysis.design.counts.cell_terms import remaining
from analysis.design.counts.layout import Term
from reports.counted.counted_parts import UncountableError, count
from reports.counted.definition import KEEP_FROM, Definition
from reports.counted.kept_cells import KeptCells, keep_cells, kept_files
from reports.counted.made_parts import Part
from reports.counted.some_rows import shown_of
from survey.host.disk import sha256_of
from survey.quality.publishing.publication import FOLDER, path_of_rows
from survey.study.study import Study


def published_terms(study: Study, parts: Sequence[Part], definition: Definition) -> tuple[Term, ...]:
    """Return the cells of the responses of a wave that the publication of a study shows, with the column `SINCE`.

    Args:
        study: with the number of its publication.
        parts: the stored parts of the wave.
        definition: the groups and rates.

    Raises:
        UncountableError: see `reports.counted.counted_parts`.
    """
    names = _names(study, parts)
    if names and (kept := _kept(study, parts, definition, names)) is not None:
        return (Term(1, kept),)
    return tuple(_counted(study, parts, definition))


def keep_published(study: Study, parts: Sequence[Part], definition: Definition) -> bool:
    """Keep the cells of a wave where none are kept; return whether they were written. The arguments are those above.

    Raises:
        OSError: they cannot be written.
    """
    names = _names(study, parts)
    if not names or _kept(study, parts, definition, names) is not None:
        return False
    with suppress(UncountableError):
        counted = remaining(list(_counted(study, parts, definition)), definition.keys)
        if counted is not None:
            keep_cells(study.root / "store", definition, parts[0].wave, counted, names)
            return True
    return False


def are_kept(study: Study, parts: Sequence[Part], definition: Definition) -> bool:
    """Return whether the cells of a wave are kept, or so few that nobody keeps them; arguments as above."""
    names = frozenset(_names(study, parts))
    return not names or any(file.parts == names for file in kept_files(study.root / "store", definition, parts[0].wave))


def _counted(study: Study, parts: Sequence[Part], definition: Definition) -> Iterator[Term]:
    for part in parts:
        some = shown_of(study, part)
        if len(some.places):
            yield Term(1, count([some.reader(definition)], definition))


def _kept(study: Study, parts: Sequence[Part], definition: Definition, names: Sequence[str]) -> KeptCells | None:
    """Return kept cells of exactly these parts and this publication."""
    for file in kept_files(study.root / "store", definition, parts[0].wave):
        if file.parts == frozenset(names) and (found := file.open(definition)) is not None:
            return found
    return None


def _names(study: Study, parts: Sequence[Part]) -> list[str]:
    """Return what names the shown responses of each part; nothing where they are few, or not named by their content."""
    path = path_of_rows(study.root / FOLDER, study.publication)
    if sum(part.rows for part in parts) < KEEP_FROM or not all(part.identity for part in parts) or not path.exists():
        return []
    found = path.stat()
    record = _checksum(path, found.st_mtime_ns, found.st_size)
    return [f"{part.identity}@{record}" for part in parts]


@lru_cache(maxsize=4)
def _checksum(path: Path, _written: int, _size: int) -> str:
    return sha256_of(path)
