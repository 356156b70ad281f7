"""Cube: aggregate coded responses into Cells by one GROUP BY.

The query uses only SUM, COUNT, CASE, GROUP BY and whole numbers (weights are fixed point, made at ingestion), so the
sums are bit-identical whatever the order of the rows, the number of threads or the engine. An engine takes SQL text
and returns an Arrow table; DuckDB and Spark run the same text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells, IntArray
from analysis.design.counts.counted_rows import count_cells
from analysis.design.counts.counting import key_values
from analysis.engines.duck import DuckEngine
from analysis.engines.engine import TABLE, Engine
from analysis.engines.spark import SparkEngine
from survey.errors import ArgumentError, DesignError
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate


def engine_for(responses: Any) -> Engine:
    """Return an engine unchanged; wrap anything else in a DuckEngine."""
    if responses is None:
        raise ArgumentError("没有给出答卷数据")
    if isinstance(responses, DuckEngine | SparkEngine):
        return responses
    return DuckEngine(responses)


W_SCALE = 1 << 20
MOST_ITEMS = 100  # SQL text and planning grow with the items: query them in batches


def build_cells(
    responses: Any,
    rates: Sequence[Rate],
    by: Sequence[str] = (),
    *,
    psu: str = "psu",
    weight: str = "w_fx",
    scale: int = W_SCALE,
) -> Cells:
    """Sum responses into cells by sampling point and `by`.

    Args:
        responses: a pyarrow Table, DuckDB relation, pandas or polars frame, or an `Engine`.
        rates: numerator and base of each rate, over stored columns.
        by: columns of the responses; columns of the frame (district, street, stratum) are attached afterwards.
        psu: column of the sampling point; left out when it is not among the columns (no design then).
        weight: int64 fixed-point weights; 1 for every response when the column is absent.
        scale: scale of the weights, from the table's metadata.

    Raises:
        DesignError: a column is missing, a weight is not positive, or there are no responses.
    """
    engine = engine_for(responses)
    try:
        known = set(engine.columns())
        keys = list(dict.fromkeys([psu, *by]))
        _need(known, keys, rates)
        rows = engine.responses if isinstance(engine, DuckEngine) else None
        if (counted := count_cells(rows, keys, rates, weight, scale)) is not None:
            return counted
        w = _quote(weight, engine.quote) if weight in known else str(scale)
        parts = [
            engine.aggregate(cube_sql(keys, rates[at : at + MOST_ITEMS], weight=w, scale=scale, quote=engine.quote))
            for at in range(0, max(1, len(rates)), MOST_ITEMS)
        ]
    finally:
        if isinstance(engine, DuckEngine) and engine is not responses:
            engine.close()
    return _cells(parts, keys, rates, scale)


def cube_sql(keys: Sequence[str], rates: Sequence[Rate], *, weight: str, scale: int, quote: str = '"') -> str:
    """Return the query: sums by `keys`, in SQL that DuckDB, Spark, PostgreSQL and others accept.

    Args:
        keys: grouping columns.
        rates: the items, as y_0, y_1 ...
        weight: SQL of the weight (a whole number).
        scale: of the weight; squares are kept at the same scale.
        quote: quote character of identifiers.
    """
    names = [_quote(key, quote) for key in keys]
    answers = [f"{answer_sql(rate, quote)} AS y_{at}" for at, rate in enumerate(rates)]
    square = f"CAST(FLOOR(CAST({weight} AS DOUBLE) * {weight} / {scale} + 0.5) AS BIGINT) AS w2"
    inner = ", ".join([*names, f"{weight} AS w", square, *answers])
    sums = ["COUNT(*) AS n", "MIN(w) AS w_min", _sum("w", "sw"), _sum("w2", "sww")]
    for at in range(len(rates)):
        y = f"y_{at}"
        sums += [
            f"COUNT({y}) AS n_{at}",
            _sum(f"CASE WHEN {y} IS NOT NULL THEN w ELSE 0 END", f"wo_{at}"),
            _sum(f"CASE WHEN {y} = 1 THEN w ELSE 0 END", f"wy_{at}"),
            _sum(f"CASE WHEN {y} = 1 THEN 1 ELSE 0 END", f"ny_{at}"),
        ]
    group = ", ".join(names)
    return f"SELECT {group}, {', '.join(sums)} FROM (SELECT {inner} FROM {TABLE}) AS coded GROUP BY {group}"


def answer_sql(rate: Rate, quote: str = '"') -> str:
    """Return SQL for 1 (in the numerator), 0 (in the base only) or NULL (outside the base)."""
    terms = [(_quote(column, quote), codes) for column, codes in rate.terms]
    hit = " OR ".join(f"{column} IN ({_list(codes)})" for column, codes in terms if codes)
    if rate.base == "all":
        inside = " OR ".join(f"{column} IS NOT NULL" for column, _ in terms)
    else:
        outside = _list((BLANK, *rate.missing))
        inside = " OR ".join(f"{column} NOT IN ({outside})" for column, _ in terms)
    first = f"WHEN {hit} THEN 1 " if hit else ""
    return f"CASE {first}WHEN {inside} THEN 0 END"


def _sum(expression: str, name: str) -> str:
    return f"CAST(SUM({expression}) AS BIGINT) AS {name}"


def _list(codes: Iterable[int]) -> str:
    return ", ".join(str(int(code)) for code in codes)


def _quote(name: str, quote: str) -> str:
    return f"{quote}{name.replace(quote, quote * 2)}{quote}"


def _need(known: set[str], keys: Sequence[str], rates: Sequence[Rate]) -> None:
    lost = [name for name in (*keys, *(column for rate in rates for column in rate.columns)) if name not in known]
    if lost:
        raise DesignError(
            "答卷表中没有这些列",
            got="、".join(dict.fromkeys(lost)),
            expected="、".join(sorted(known)),
            cure="核对问卷与导入的数据是否同一版本",
        )


def _cells(parts: Sequence[Any], keys: Sequence[str], rates: Sequence[Rate], scale: int) -> Cells:
    frames = [_sorted(part, keys) for part in parts]
    first = frames[0]
    if not first.num_rows:
        raise DesignError("没有任何答卷", cure="先用 silu import 导入答卷")
    if min(_whole(first, "w_min")) <= 0:
        raise DesignError("有答卷的权数不是正数", where="w_fx 列", cure="改正权数后重新导入")

    def items(name: str) -> IntArray:
        columns = [
            _whole(frame, f"{name}_{at}")
            for frame, start in zip(frames, range(0, len(rates), MOST_ITEMS), strict=False)
            for at in range(min(MOST_ITEMS, len(rates) - start))
        ]
        return np.array(columns, dtype=np.int64).reshape(len(rates), first.num_rows)

    table = pd.DataFrame({key: key_values(first.column(key)) for key in keys})
    wy = items("wy")
    ww = _whole(first, "sww") / scale
    return Cells(
        keys=table,
        items=tuple(rates),
        n=_whole(first, "n"),
        w=_whole(first, "sw"),
        ww=ww,
        n_i=items("n"),
        wo=items("wo"),
        wy=wy,
        ny=items("ny"),
        wyy=wy,
        scale=scale,
    )


def _sorted(table: Any, keys: Sequence[str]) -> Any:
    return table.sort_by([(key, "ascending") for key in keys])


def _whole(table: Any, name: str) -> IntArray:
    return np.asarray(table.column(name).to_numpy(), dtype=np.int64)
