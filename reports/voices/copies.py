"""Copied answers: what counting them once changes, and the most copied ones."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.estimates import Estimates
from analysis.numerals import percent, target
from analysis.text.quotes import Quoter
from reports.voices.asked import COPIES_LIMIT, TextSelection, counts_once, repeated
from reports.voices.open_answers import OpenAnswers
from reports.voices.shares import theme_shares
from survey.study.study import Study


def copies_note(study: Study, answers: OpenAnswers, asked: TextSelection) -> str:
    """Return how many answers repeat another, how they are counted, and what that changes most; "" without copies."""
    n, again = repeated(answers, asked)
    if not again:
        return ""
    once = counts_once(answers, asked)
    over = "超过" if again > COPIES_LIMIT * n else "不到"
    counted = "这里同样的话只算一条" if once else "这里每条都算"
    told = f"有内容的 {n:,} 条里有 {again:,} 条与别人的雷同（{percent(again / n)}，{over} {target(COPIES_LIMIT)}），{counted}"
    both = [theme_shares(study, answers, replace(asked, once=flag)).estimates for flag in (False, True)]
    rows = (
        with_and_without_copies(*both).sort_values("moved", key=abs, ascending=False, kind="stable").to_dict("records")
    )
    return f"{told}。每条都算与只算一条，差得最多的是{_moved(rows[0])}。" if rows else f"{told}。"


def _moved(row: Mapping[Hashable, Any]) -> str:
    """Return "停车：占全体 7.2% 与 2.0%，占写了内容的人 15.0% 与 11.0%"."""
    of_all, said = ([percent(float(row[f"{name}{end}"])) for end in ("", "_once")] for name in ("of_all", "estimate"))
    return f"{row['label']}：占全体 {' 与 '.join(of_all)}，占写了内容的人 {' 与 '.join(said)}"


def copied(study: Study, answers: OpenAnswers, asked: TextSelection, most: int) -> pd.DataFrame:
    """Return the largest groups of copied answers of a wave: masked text and people; none below the limit."""
    here = np.asarray(pc.is_in(answers.table["wave"], pa.array(asked.selection.waves, pa.string())))
    here &= answers.copies.group >= 0
    rows = answers.table.filter(pa.array(here)).select(["response_id", "text"]).to_pandas()
    rows["group"] = answers.copies.group[here]
    groups = rows.groupby("group").agg(
        n=("response_id", "nunique"), text=("text", lambda texts: texts.value_counts().index[0])
    )
    groups = groups[groups["n"] >= study.suppression].sort_values("n", ascending=False, kind="stable").head(most)
    scrub: Any = Quoter(study.areas).scrub
    texts = [scrub(str(text)) for text in groups["text"]]
    return pd.DataFrame({"这样说的（已隐去地名）": texts, "人数": groups["n"].tolist()})


def with_and_without_copies(every: Estimates, once: Estimates) -> pd.DataFrame:
    """Return theme shares from all answers and with copies counted once (`_once`), most frequent first.

    `moved` is the difference in the share of all respondents.
    """
    both = every.table.merge(once.table, on="item", suffixes=("", "_once")).dropna(subset=["estimate", "estimate_once"])
    both = both.assign(moved=both["of_all_once"] - both["of_all"])
    return both.sort_values("estimate", ascending=False, kind="stable").reset_index(drop=True)
