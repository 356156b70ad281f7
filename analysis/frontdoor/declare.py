"""Declare how a sample was drawn, from a data frame."""

from __future__ import annotations

from typing import Any

from analysis.design.design import Lonely, make_design
from analysis.design.domains import Names, names_of
from analysis.design.from_frame import cells_from_frame
from analysis.frontdoor.frames import read_frame, take_groups
from analysis.frontdoor.rows import Rows
from analysis.frontdoor.survey_design import SurveyDesign
from analysis.weights.weights import base_weights
from survey.errors import ArgumentError, DesignError


def survey_design(
    frame: Any,
    *,
    strata: str | None = None,
    psu: Names | None = None,
    weight: str | None = None,
    fpc: Names | None = None,
    lonely: Lonely = "fail",
) -> SurveyDesign:
    """Declare how a sample was drawn.

    Args:
        frame: one row per response: pandas, polars (also lazy), pyarrow, DuckDB, or anything that exports Arrow data.
        strata: column of the strata; one stratum when None.
        psu: column of the primary sampling units, always nested in the strata, as with `nest=TRUE` of R `svydesign`;
            two columns for a second stage, which counts only with two columns of `fpc`. Every row is its own unit
            when None.
        weight: column of base weights, 0 or more; 1 for all when None.
        fpc: column of the population size of the stratum in sampling units, or of the share sampled, as in R; two
            for two stages. None: sampled with replacement, which makes the standard error at most 5 % too large where
            less than a tenth of the units was drawn.
        lonely: what a stratum of one unit contributes. "fail", because a guess about a missing variance must be the
            analyst's; "adjust" centres it at the mean of all units, the cautious choice.

    Raises:
        ArgumentError: not a frame, an unknown or repeated column.
        DesignError: no rows, a missing sampling unit, a weight that is missing, negative or text, weights that are
            all 0, a population smaller than its sample.
    """
    stages, counts = names_of(psu), names_of(fpc)
    if len(stages) > 2 or len(counts) > max(len(stages), 1):
        got = "、".join((*stages, *counts))
        raise ArgumentError("抽样单元最多两级，fpc 的列数不超过级数", got=got, expected="一列或两列 psu，同样多的 fpc")
    data = read_frame(frame)
    sampling = dict(zip(("psu", "ssu"), stages, strict=False)) | dict(zip(("fpc1", "fpc2"), counts, strict=False))
    if strata is not None:
        sampling["stratum"] = strata
    columns = [*sampling.values(), *([weight] if weight else [])]
    cells = cells_from_frame(take_groups(data, columns), [], design=sampling, weight=weight, collapse=False)
    if not cells.weight.any():
        raise DesignError("权数全是 0，没有一份答卷参加推断", where=f"{weight} 列", cure="检查权数列")
    return SurveyDesign(Rows(data, weight), make_design(cells, lonely=lonely), base_weights(cells))
