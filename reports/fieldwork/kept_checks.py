"""What the checks of single answers found in a wave and mode, kept beside the lights.

The key holds the stored parts instead of the data version, and all else that the checks look at; so an undo finds
earlier results again. Deleting them changes no number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.estimation.sample import SampleOptions
from analysis.text.answers import VERSION
from analysis.text.themes import coder
from reports.counted.kept_tables import Tables, kept_tables
from reports.fieldwork.kept.round_parts import RoundParts, digest_of
from reports.fieldwork.kept.written import linked_to, texts_of
from reports.fieldwork.kept_lights import KEPT, Round, parts_of, path_of
from reports.voices.open_answers import study_engine, study_lexicon
from survey.quality import exclusions
from survey.storage.stored_parts import stored_parts
from survey.study.coding_sheet import read_codes, settled
from survey.study.study import Study

EDITION = 3
"""Increment when a check of single answers, or a table about them, is made in another way."""
CHECKS, FLAGS, SAYINGS, EFFECT = "checks", "flags", "sayings", "effect"
"""Kinds of kept tables: what pages show of the checks, the same without texts, texts, rates without the excluded."""


def kept_checks(study: Study, one: Round, make: Callable[[], Tables]) -> Tables:
    """Return the tables about flagged answers, see `Fieldwork.summary`.

    Themes of texts depend on the texts of all waves, so a commit to another wave voids these tables, not `kept_flags`.
    """
    return kept_tables(path_of_flags(study, one), make, KEPT)


def is_flagged(study: Study, one: Round) -> bool:
    """Return whether the tables about flagged answers are kept."""
    return path_of_flags(study, one).exists()


def path_of_flags(study: Study, one: Round) -> Path:
    """Return the file of the tables about flagged answers, whether it exists or not."""
    parts = stored_parts(study.root / "store", one.version)
    stored = [part.identity or part.path.name for part in parts]
    out = [exclusions.left_out_of(study, wave) for wave in sorted({part.wave for part in parts})]
    texts = (study_lexicon(study).fingerprint, study_engine(study), VERSION, coder.EDITION)
    human = sorted(settled(read_codes(study.root)).items())
    return _path(study, one, CHECKS, (stored, out, study.waves, texts, human))


def kept_flags(study: Study, one: Round, make: Callable[[], Tables]) -> Tables:
    """Return what the checks flag, texts left aside: a commit to another wave or mode leaves it as it is."""
    return kept_tables(_path(study, one, FLAGS, (*_answers(study, one), study.waves)), make, KEPT)


def kept_sayings(parts: RoundParts, scopes: Sequence[str | None], make: Callable[[], Tables]) -> Tables:
    """Return how many texts contradict scores, given what the answers to each open question say.

    Answers without texts, and texts of other waves and modes, change nothing unless themes change with them.
    """
    if None in scopes:
        return make()
    study = parts.study
    words = (study_lexicon(study).fingerprint, study_engine(study))
    linked = [parts.identities[at] for at in linked_to(parts, texts_of(parts))]
    out = exclusions.left_out_of(study, parts.one.wave)
    digest = digest_of(EDITION, parts.definition, linked, out, words, list(scopes))
    return kept_tables(study.root / "store" / "lights" / f"{digest}.{SAYINGS}", make, KEPT)


def kept_effect(study: Study, one: Round, flagged: str, make: Callable[[], Tables]) -> Tables:
    """Return the rates with and without excluded answers; `flagged` is a digest of those that the checks flag."""
    margins = hashlib.sha256(pd.util.hash_pandas_object(study.margins, index=False).to_numpy().tobytes()).hexdigest()
    out = sorted(exclusions.decisions_of(study).excluded(one.wave))
    asked = (SampleOptions.of(study, modes=(one.mode,)), margins, out, flagged)
    return kept_tables(_path(study, one, EFFECT, (*_answers(study, one), *asked)), make, KEPT)


def _answers(study: Study, one: Round) -> tuple[Any, ...]:
    """Return what names the answers of a wave and mode, and those of the wave that are left out."""
    return parts_of(study, one), exclusions.left_out_of(study, one.wave)


def _path(study: Study, one: Round, kind: str, made_from: tuple[Any, ...]) -> Path:
    digest = hashlib.sha256(repr((EDITION, *made_from)).encode()).hexdigest()[:16]
    lights = path_of(study, one)
    return lights.with_name(f"{lights.stem}-{digest}.{kind}")
