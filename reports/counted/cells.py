"""Cells of all responses that count in a version: kept ones, plus added parts, minus removed parts and responses."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pyarrow as pa

from analysis.design.cells import Cells
from analysis.design.counts.cell_terms import lazy_cells, remaining
from analysis.design.counts.layout import Term
from reports.counted.counted_parts import UncountableError, count, count_parts
from reports.counted.definition import KEEP_FROM, Definition
from reports.counted.held import held
from reports.counted.kept_cells import KeptFile, keep_cells, kept_files
from reports.counted.made_parts import MadePart, Making, Part
from reports.counted.published_cells import are_kept, keep_published, published_terms
from reports.counted.some_rows import SomeRows
from reports.counted.trial_cells import FindRows, places_of, terms_without
from survey.host.engine import AUTO
from survey.host.memory import buffer_limit
from survey.quality import exclusions
from survey.quality.publishing.shown_rows import SINCE
from survey.storage.stored_parts import earlier_part, stored_parts
from survey.study.study import Study

RESPONSE_BYTES = 8
"""Memory that a response takes while it is counted: the number of its cell and its own weight, 32 bits each."""


@dataclass(frozen=True, slots=True)
class WaveTerms:
    """The terms of one wave, before responses are left out.

    Attributes:
        terms: kept cells, parts added to them, parts taken away.
        recounted: number of responses in parts that are counted now.
    """

    terms: tuple[Term, ...]
    recounted: int


def counted_cells(
    study: Study,
    version: int,
    definition: Definition,
    rates: Sequence[int],
    *,
    waves: Sequence[str] | None = None,
    made: Making | None = None,
    gone: FindRows | None = None,
) -> Cells | None:
    """Return the cells of the responses that count, in all modes, as `cube.build_cells` makes them from their rows.

    Args:
        study: the study; `without_excluded` decides which responses count.
        version: data version.
        definition: the groups, and every rate that may be asked for.
        rates: positions of the rates to sum.
        waves: only these waves; all when None.
        made: columns of rates that no part has.
        gone: finds the responses of a part that do not count, instead of those that the study leaves out.

    Returns:
        The cells; None where only the rows will do: nobody counts, a weight is not positive, a column is missing or
        has no codes.

    Raises:
        StoreError: a part of the version was erased.
        DamagedError: a part is missing or corrupt.
    """
    parts: Sequence[Part] = stored_parts(study.root / "store", version, waves)
    if not study.publication and (study.engine.chosen != AUTO or _is_too_large(study, parts, definition)):
        if made is not None or gone is not None:
            return None
        from reports.counted.engine_cells import engine_cells  # loads DuckDB

        return engine_cells(study, version, definition, rates, waves=waves)
    parts = _with_made(parts, made)
    if not parts or not _is_countable(parts[0].schema, definition):
        return None
    some = replace(definition, rates=tuple(definition.rates[at] for at in rates))
    trial = None if gone is None else (gone, some)
    made_of = _shown(study, parts, definition) if study.publication else _all(study, parts, definition, trial)
    try:
        terms = list(made_of)
    except UncountableError:
        return None
    found = remaining(terms, definition.keys)
    return None if found is None else lazy_cells(found, [definition.rates[at] for at in rates], definition.scale)


def keep_missing(study: Study, version: int, definition: Definition, most: float, made: Making | None = None) -> int:
    """Keep the cells of waves with `KEEP_FROM` to `most` responses that no file counts; return how many were written.

    The arguments are those of `counted_cells`.

    Raises:
        OSError: they cannot be written.
    """
    parts, written = _with_made(stored_parts(study.root / "store", version), made), 0
    if not parts or not _is_countable(parts[0].schema, definition):
        return 0
    for wave in _by_wave(parts):
        try:
            found = _of_wave(study, wave, definition)
        except UncountableError:
            continue
        identities = [part.identity for part in wave]
        if not KEEP_FROM <= found.recounted <= most or not all(identities):
            continue
        if (counted := remaining(found.terms, definition.keys)) is not None:
            keep_cells(study.root / "store", definition, wave[0].wave, counted, identities)
            written += 1
    return written


def _with_made(parts: Sequence[Part], made: Making | None) -> Sequence[Part]:
    return parts if made is None else [MadePart(part, made) for part in parts]


def _is_countable(schema: pa.Schema, definition: Definition) -> bool:
    """Return whether a schema has all columns, those of rates with whole numbers."""
    if not {*definition.columns, *definition.keys} - {SINCE} <= set(schema.names):
        return False
    return all(pa.types.is_integer(schema.field(name).type) for name in definition.columns)


def _is_too_large(study: Study, parts: Sequence[Part], definition: Definition) -> bool:
    """Return whether counting responses here may take more than a command may: then DuckDB sums within that limit."""
    most = buffer_limit(None)
    if most is None or sum(part.rows for part in parts) * RESPONSE_BYTES <= most:
        return False
    lacking = (wave for wave in _by_wave(parts) if not any(kept_files(study.root / "store", definition, wave[0].wave)))
    return sum(part.rows for wave in lacking for part in wave) * RESPONSE_BYTES > most


def _by_wave(parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    ordered = sorted(parts, key=attrgetter("wave"))
    return [tuple(some) for _, some in groupby(ordered, key=attrgetter("wave"))]


def _of_wave(study: Study, parts: Sequence[Part], definition: Definition) -> WaveTerms:
    """Return the terms of a wave: with the kept file that leaves the fewest responses to be counted, if any helps."""
    whole, store = _Choice(None, tuple(parts), ()), study.root / "store"
    choices = [_from_file(store, one, parts) for one in kept_files(store, definition, parts[0].wave)]
    fewer = [one for one in choices if one is not None and one.rows < whole.rows]
    for choice in sorted(fewer, key=attrgetter("rows")):
        if (found := held(partial(_name_of, choice, definition), partial(_opened, choice, definition))) is not None:
            return WaveTerms(found, choice.rows)
    return WaveTerms(tuple(_counted(whole, definition)), whole.rows)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A file of kept cells, the parts that it lacks, and those that it has too many."""

    file: KeptFile | None
    added: tuple[Part, ...]
    removed: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """Return the number of responses to be counted."""
        return sum(part.rows for part in (*self.added, *self.removed))


def _from_file(store: Path, file: KeptFile, parts: Sequence[Part]) -> _Choice | None:
    """Return what a file leaves to be counted; None where a part that it has too many cannot be read any more."""
    wanted, first = {part.identity: part for part in parts}, parts[0]
    plain, made = (first.part, first.making) if isinstance(first, MadePart) else (first, None)
    removed = [earlier_part(store, one, plain.schema) for one in sorted(file.parts - wanted.keys())]
    there = tuple(_with_made([part for part in removed if part is not None], made))
    added = tuple(part for name, part in wanted.items() if name not in file.parts)
    return _Choice(file, added, there) if len(there) == len(removed) else None


def _opened(choice: _Choice, definition: Definition) -> tuple[Term, ...] | None:
    """Return the terms of a kept file and of what it leaves to be counted; None where it is damaged or gone."""
    kept = None if choice.file is None else choice.file.open(definition)
    return None if kept is None else (Term(1, kept), *_counted(choice, definition))


def _name_of(choice: _Choice, definition: Definition) -> Hashable:
    """Return what tells these terms from others: a file never changes, and neither do parts with the same identity."""
    added, removed = (tuple(part.identity or object() for part in some) for some in (choice.added, choice.removed))
    return "terms", definition.digest, choice.file, added, removed


def _counted(choice: _Choice, definition: Definition) -> Iterator[Term]:
    for sign, parts in ((1, choice.added), (-1, choice.removed)):
        yield from (Term(sign, counted) for counted in count_parts(parts, definition))


def _all(
    study: Study, parts: Sequence[Part], definition: Definition, trial: tuple[FindRows, Definition] | None
) -> Iterator[Term]:
    """Yield the terms of all responses without some: excluded ones and bursts that are held back where none are given.

    Responses that are left out on trial are found in each part, and counted in the rates of a definition of their own.
    """
    for wave in _by_wave(parts):
        yield from _of_wave(study, wave, definition).terms
        if trial is not None:
            yield from terms_without(study.root / "store", wave, trial[1], trial[0])
            continue
        names = exclusions.left_out_of(study, wave[0].wave)
        for part in wave if names else ():
            some = SomeRows(part, places_of(part, names))
            if len(some.places):
                yield Term(-1, count([some.reader(definition)], definition))


def _shown(study: Study, parts: Sequence[Part], definition: Definition) -> Iterator[Term]:
    for wave in _by_wave(parts):
        yield from published_terms(study, wave, definition)


def keep_shown(study: Study, version: int, definition: Definition) -> int:
    """Keep the cells of what a publication shows of every large wave; return how many were written.

    Raises:
        OSError: they cannot be written.
    """
    waves = _by_wave(stored_parts(study.root / "store", version))
    return sum(keep_published(study, wave, definition) for wave in waves)


def lacks_shown(study: Study, version: int, definition: Definition) -> bool:
    """Return whether the cells of what a publication shows of some large wave are not kept."""
    waves = _by_wave(stored_parts(study.root / "store", version))
    return not all(are_kept(study, wave, definition) for wave in waves)
