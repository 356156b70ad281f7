"""Export coded answers as a data set for other programs, with the notes that must accompany them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from reports.data.design_columns import with_design
from reports.missing import missing
from reports.sample import read_counted
from reports.selection import Selection
from survey.formats.codebook import Dataset, dataset_of
from survey.quality import exclusions
from survey.storage.store import ResponseStore
from survey.study.study import Study
from survey.study.template.leftovers import PARTS


@dataclass(frozen=True, slots=True)
class Export:
    """A data set with its study, its data version, and a note on excluded responses."""

    study: Study
    version: int
    dataset: Dataset
    counted: str


def export(study: Study, selection: Selection, waves: Sequence[str] | None, *, texts: bool) -> Export:
    """Return the coded answers of a data version, with the weights and the design of the published rates.

    Responses of bursts that are outside the results are included and flagged.

    Args:
        study: the study.
        selection: only its version and exclusions apply.
        waves: these waves; all when None.
        texts: include free texts, which may hold personal data.

    Raises:
        StudyError: no such wave.
        StoreError: no responses yet, or no such version.
    """
    for name in waves or ():
        study.wave(name)
    counted = read_counted(study, selection)
    study, version = counted.study, counted.version
    held = exclusions.held_responses(study, version)
    added = with_design(counted, selection, held)
    rows = added.rows.filter(pc.is_in(added.rows["wave"].cast(pa.string()), pa.array(waves))) if waves else added.rows
    words = ResponseStore(study.root / "store").texts(waves=waves, version=version) if texts else None
    phrase = exclusions.caption_phrase(study)
    data = "模拟数据" if study.mock else "真实调查"
    lacking = [f"还缺：{PARTS[one.part]}" for one in missing(study)]  # one each: an SPSS note holds 80 bytes
    notes = tuple(note for note in (data, f"数据版本 {version}", phrase, *lacking) if note)
    dataset = dataset_of(study, rows, words, more=added.variables, notes=(*notes, *added.notes))
    return Export(study, version, dataset, phrase)
