"""Some responses of a part: those that are left out, or those that a publication shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analysis.design.counts.numbered_rows import Read
from reports.counted.counted_parts import LARGE_PART
from reports.counted.definition import Definition
from reports.counted.made_parts import Part
from survey.quality.publishing.shown_rows import SINCE, published_rows
from survey.study.study import Study


@dataclass(frozen=True, slots=True)
class SomeRows:
    """Some responses of a part.

    Attributes:
        part: the part.
        places: their positions in it.
        since: publication that first showed each; None where that is no column.
    """

    part: Part
    places: pa.Array | pa.ChunkedArray
    since: pa.ChunkedArray | None = None

    def reader(self, definition: Definition) -> Read:
        """Return how to read their columns: those of a small part in one go."""
        if self.part.rows >= LARGE_PART:
            return self.read
        whole = self.read(definition.stored)
        return lambda columns: whole.select(list(columns))

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Return some of their columns."""
        found = self.part.read([name for name in columns if name != SINCE]).take(self.places)
        return found if self.since is None or SINCE not in columns else found.append_column(SINCE, self.since)


def shown_of(study: Study, part: Part) -> SomeRows:
    """Return the responses of a part that the publication of a study shows, with the column `SINCE`."""
    ids = part.read(["wave", "response_id"])
    shown = published_rows(study, ids.append_column("place", pa.array(np.arange(ids.num_rows))))
    return SomeRows(part, shown["place"], shown[SINCE])
