"""Kept basis: all that the lights of a wave and mode are judged by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from analysis.integrity.basis import Basis
from analysis.integrity.shuffling import Found, made_now
from reports.counted.held import is_holding
from reports.fieldwork.kept.district_rows import Districts
from reports.fieldwork.kept.flags import checking_ahead
from reports.fieldwork.kept.norms import keep_norms
from reports.fieldwork.kept.round_parts import RoundParts, digest_of
from reports.fieldwork.kept.tally import kept_tally
from reports.fieldwork.kept.usual import kept_usual, usual_digest
from reports.fieldwork.kept.written import kept_written
from reports.fieldwork.kept_comparisons import kept_comparison
from survey.study.lexicon import official_phrases


def kept_basis(parts: RoundParts, *, keep: bool) -> Basis:
    """Return the sums of the answers of a wave and mode.

    Args:
        parts: the answers.
        keep: whether files are read and written.
    """
    usual, districts = kept_usual(parts, keep=keep, also=partial(keep_norms, parts)), Districts(parts, keep)
    checking = checking_ahead(parts, usual) if keep and is_holding() else None
    summed = kept_tally(parts, lambda: usual, districts.see, keep=keep, checking=checking)
    districts.places = summed.districts
    written = kept_written(parts, keep=keep)
    return Basis(
        summed.tally,
        usual,
        parts.study.areas,
        districts.compared,
        None if written is None else written.among(summed.tally.cells),
        f"{parts.one.wave} {parts.one.mode}",
        _Comparisons(districts) if keep else made_now,
        slogans=bool(official_phrases(parts.study.root)),
    )


@dataclass(frozen=True, slots=True)
class _Comparisons:
    """Finds comparisons that are kept under a digest of all interviews that they compare."""

    districts: Districts

    def __call__(self, names: tuple[str, ...], digest: str, make: Callable[[], Found]) -> Found:
        parts = self.districts.parts
        made_from = (usual_digest(parts), digest, [self.districts.digest(name) for name in names])
        return kept_comparison(parts.study, digest_of(*made_from), make)
