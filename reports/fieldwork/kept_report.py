"""Reports of the checks, kept beside the lights under the same digest, so that nobody checks again after a restart."""

from __future__ import annotations

from collections.abc import Callable

from analysis.integrity.report import Integrity
from reports.counted.kept_tables import Tables, kept_tables
from reports.fieldwork.kept_lights import KEPT, Round, path_of
from survey.study.study import Study

TABLES = ("interviewers", "areas", "evidence")


def kept_report(study: Study, one: Round, check: Callable[[], Integrity]) -> Integrity:
    """Return the report of a wave and mode: the kept one, or what `check` returns, which is kept then."""

    def make() -> Tables:
        found = check()
        return Tables({name: getattr(found, name) for name in TABLES}, found.meta)

    kept = kept_tables(path_of(study, one).with_suffix(".arrow"), make, KEPT)
    interviewers, areas, evidence = (kept.tables[name] for name in TABLES)
    return Integrity(interviewers, areas, evidence, kept.meta)
