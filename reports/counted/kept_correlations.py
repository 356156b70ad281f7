"""Kept correlations: the intra-cluster correlations of a sample, beside its cells, under a digest of its input.

They cost more than all other numbers of a first page, because each needs the whole survey
(`analysis.estimation.pooled_deff`). A file is whole or absent; deleting it costs time only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.estimation.pooled_deff import correlations, recall_correlations
from analysis.estimation.sample import Sample, SampleOptions
from reports.counted.definition import KEEP_FROM, Definition
from reports.counted.kept_cells import report_damage
from survey.host.disk import write_whole
from survey.quality import exclusions
from survey.storage.files import CELLS, keep_newest
from survey.storage.stored_parts import stored_parts
from survey.study.study import Study

EDITION = 2
"""Increment when correlations, weights or designs are made in another way."""
KEPT = 24
"""Number of files: a few modes, each with its answers about channels, as they were before and after a few commits."""


def recall_kept(sample: Sample, path: Path) -> None:
    """Keep the correlations of a file, where there is one, with the cells of its sample."""
    recall_correlations(sample.basis, _read(path))


def keep_correlations(sample: Sample, path: Path, names: Sequence[str] | None = None) -> None:
    """Write the correlations of some items of a sample, of all when None.

    Raises:
        OSError: the folder cannot be written.
    """
    names = [item.name for item in sample.cells.items] if names is None else names
    found = dict(zip(names, correlations(sample.basis, names).tolist(), strict=True))
    content = json.dumps({"digest": _digest(found), "icc": found}, ensure_ascii=False)
    write_whole(path, lambda draft: draft.write_text(content, encoding="utf-8"))
    keep_newest(path.parent, "*.json", KEPT)


def correlations_path(study: Study, version: int, definition: Definition, wanted: SampleOptions) -> Path | None:
    """Return the file of the correlations of a sample, whether it exists or not; None where none is kept.

    Args:
        study: the study; `without_excluded` decides which responses count.
        version: data version.
        definition: what its cells are counts of.
        wanted: how the sample is made; which rates it sums does not matter.
    """
    made_as = (definition.digest, replace(wanted, rates=None))
    digest = sample_digest(study, version, made_as, modes=wanted.modes)
    return None if digest is None else study.root / "store" / CELLS / f"{digest}.json"


def sample_digest(
    study: Study,
    version: int,
    made_as: Hashable,
    *,
    modes: Sequence[str] | None = None,
    waves: Collection[str] = (),
    imports: Collection[str] | None = None,
) -> str | None:
    """Return a digest of the responses of a large study, what they are weighted to, and how a sample is made of them.

    Args:
        study: the study; `without_excluded` decides which responses count.
        version: data version.
        made_as: how the sample is made.
        modes: those of the sample, which depends on no response of another mode; all when None.
        waves: those of a sample that is made of these waves alone; all when empty.
        imports: only parts with answers of one of these; all when None.

    Returns:
        32 hexadecimal digits; None for publications, and where the responses are few or have no checksum.
    """
    parts = stored_parts(study.root / "store", version)
    if study.publication or sum(part.rows for part in parts) < KEEP_FROM or not all(part.identity for part in parts):
        return None
    columns = parts[0].schema.names if waves else ()  # a column may come with another wave
    own = [part for part in parts if not waves or part.wave in waves]
    own = [part for part in own if modes is None or not part.modes().keys().isdisjoint(modes)]
    own = [part for part in own if imports is None or not part.imports().isdisjoint(imports)]
    stored = [(part.wave, part.identity) for part in own]
    out = [exclusions.left_out_of(study, wave) for wave in sorted({part.wave for part in own})]
    margins = pd.util.hash_pandas_object(study.margins, index=False).to_numpy()
    tables = [hashlib.sha256(rows.tobytes()).hexdigest() for rows in (study.areas.row_hashes, margins)]
    made_from = (EDITION, study.questionnaire.fingerprint, stored, out, tables, made_as, columns)
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:32]


def _read(path: Path) -> Mapping[str, float]:
    """Return the correlations of a file; none where it is missing or damaged."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        known = {str(name): float(value) for name, value in kept["icc"].items()}
        if kept["digest"] == _digest(known):
            return known
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    report_damage(path)
    return {}


def _digest(known: Mapping[str, float]) -> str:
    pairs: Sequence[tuple[str, str]] = [(name, float(value).hex()) for name, value in sorted(known.items())]
    return hashlib.sha256(repr(pairs).encode()).hexdigest()
