"""Cells of everyone, with who was asked the headline questions: the base of shares of all residents."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from analysis.design.cells import Cells
from analysis.estimation.sample import SampleOptions
from reports.counted.cells import counted_cells, keep_missing
from reports.counted.definition import Definition, definition_of
from survey.instrument.rate import Rate
from survey.storage.store import ResponseStore
from survey.study.study import Study

ASKED = "asked"
"""Name of the item whose base are those who were asked."""
ANY = (1,)
"""Codes of its numerator, which nobody needs."""


def asked_cells(study: Study, version: int, wanted: SampleOptions, waves: Sequence[str] | None) -> Cells | None:
    """Return the cells of all responses that count by the columns of a sample, in all modes; None as `counted_cells`.

    Their one item is `ASKED`; they have none where the store has no headline question, so that everybody counts.

    Args:
        study: the study; `without_excluded` decides which responses count.
        version: data version.
        wanted: how the sample is made.
        waves: only these waves; all when None.
    """
    definition = _definition(study, version, wanted)
    return counted_cells(study, version, definition, range(len(definition.rates)), waves=waves)


def keep_asked(study: Study, version: int, wanted: SampleOptions) -> None:
    """Keep them beside the store, so that new answers are added to them.

    Raises:
        OSError: they cannot be written.
    """
    keep_missing(study, version, _definition(study, version, wanted), inf)


def _definition(study: Study, version: int, wanted: SampleOptions) -> Definition:
    schema = ResponseStore(study.root / "store").schema(version)
    heads = (name for rate in study.questionnaire.rates if rate.overall for name in rate.columns)
    terms = tuple((name, ANY) for name in dict.fromkeys(heads) if schema is not None and name in schema.names)
    rates = (Rate(ASKED, ASKED, "", terms, "all"),) if terms else ()
    return definition_of(study, version, wanted, rates)
