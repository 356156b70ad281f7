"""Responses behind open answers and their weighted sample, made once for all summaries of a selection."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.sample import Sample, prepare
from reports.sample import Counted, columns_for, options, read_counted
from reports.selection import Selection
from reports.voices.asked import TextSelection
from reports.voices.open_answers import OpenAnswers
from survey.errors import ArgumentError
from survey.study.study import Study


@dataclass(frozen=True, slots=True)
class Gathered:
    """The responses of the requested waves and mode, and the cells, design and weights made from them.

    `kept` holds what summaries compute from them more than once.
    """

    study: Study
    counted: Counted
    sample: Sample
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)


def gathered(study: Study, answers: OpenAnswers, asked: TextSelection) -> Gathered:
    """Return responses and sample of a selection; the last ones are kept with the answers.

    Like the answers, they stay those of the data version that was current when they were read.

    Raises:
        ArgumentError: no responses in these waves and mode.
    """
    selection = asked.selection
    key = (selection.version, selection.waves, selection.mode, selection.without_excluded)
    last = answers.cache.get(key)
    if isinstance(last, Gathered) and last.study is study:
        return last
    counted = _counted(study, selection)
    wanted = replace(options(study, selection), rates=())
    sample = prepare(counted.rows, study.questionnaire, study.areas, study.margins, wanted)
    found = Gathered(study, counted, sample)
    for old in [name for name, one in answers.cache.items() if isinstance(one, Gathered)]:
        answers.cache.pop(old, None)
    answers.cache[key] = found
    return found


def _counted(study: Study, selection: Selection) -> Counted:
    headlines = [rate for rate in study.questionnaire.rates if rate.overall]  # they show who was asked
    columns = columns_for(study, headlines)
    counted = read_counted(study, selection, selection.waves or None, columns)
    if selection.mode:
        kept = counted.rows.filter(pc.equal(counted.rows["mode"].cast(pa.string()), selection.mode))
        counted = replace(counted, rows=kept)
    if not counted.rows.num_rows:
        raise ArgumentError("这一轮还没有答卷", got=selection.wave, cure="先用 silu import 导入一份答卷文件")
    return counted


def places(study: Study, responses: pa.Table, by: tuple[str, ...]) -> pa.Table:
    """Return wave and response_id of responses, and the named areas that the frame has, in which copies count once."""
    table = pa.table({name: responses[name].cast(pa.string()) for name in ("wave", "response_id")})
    columns = [name for name in by if name in study.areas.frame.columns]
    if not columns:
        return table
    frame = study.areas.frame.drop_duplicates("psu").set_index("psu")[columns]
    areas = frame.reindex(responses["psu"].to_pandas())
    for name in columns:
        table = table.append_column(name, pa.array(areas[name].tolist(), pa.string(), from_pandas=True))
    return table
