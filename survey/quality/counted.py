"""Which responses count: all of a data version, or those that no person has left out (`Study.without_excluded`)."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from survey.quality.exclusions import FILE, Decisions
from survey.storage.store import ResponseStore
from survey.study.study import Study


def responses(study: Study, *, waves: Sequence[str] | None = None, version: int | None = None) -> pa.Table:
    """The responses that count.

    Args:
        study: the study; `without_excluded` says which.
        waves: these waves; all when None.
        version: data version, the newest when None.
    """
    return _counted(study, ResponseStore(study.root / "store").read(waves=waves, version=version))


def texts(study: Study, *, waves: Sequence[str] | None = None, version: int | None = None) -> pa.Table:
    """The free texts of the responses that count, see `survey.storage.store.TEXTS`."""
    return _counted(study, ResponseStore(study.root / "store").texts(waves=waves, version=version))


def decisions_of(study: Study) -> Decisions:
    """The log of a study: who left out what."""
    return Decisions(study.root / FILE)


def left_out(study: Study) -> int:
    """Responses of all waves that are left out now by a person's decision."""
    return decisions_of(study).count()


def told(study: Study) -> str:
    """One phrase for captions: are they counted? "" where nothing is left out now."""
    return phrase(left_out(study), study.without_excluded)


def phrase(count: int, without: bool) -> str:
    """The same of a number that is known."""
    if not count:
        return ""
    return f"已剔除 {count:,} 份" if without else f"未剔除（{count:,} 份已决定剔除的仍计入）"


def _counted(study: Study, rows: pa.Table) -> pa.Table:
    return decisions_of(study).kept(rows) if study.without_excluded else rows
