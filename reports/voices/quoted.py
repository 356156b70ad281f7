"""Masked quotes of what many people write, from the waves and mode that are asked about."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.text.quotes import Quoter
from reports.voices.asked import TextSelection, counts_once, rows_of
from reports.voices.gathered import gathered
from reports.voices.listed import every_answer, said
from reports.voices.open_answers import OpenAnswers
from survey.study.study import Study


def comments(
    study: Study,
    answers: OpenAnswers,
    asked: TextSelection,
    *,
    theme: str,
    most: int = 2,
    within: pa.Table | None = None,
) -> tuple[str, ...]:
    """Return a few masked quotes with a theme, praise left out; empty where too few people raise it.

    They are from the waves and mode; conditions on people do not matter.

    Args:
        study: the study.
        answers: read and coded.
        asked: the request.
        theme: code of the theme.
        most: largest number of quotes.
        within: the rows of `every_answer` to quote from; all when None.
    """
    every = every_answer(study, answers, asked) if within is None else within
    raised = said(every, np.ones(len(every), dtype=np.bool_), once=counts_once(answers, asked), theme=theme)
    texts = every["text"].take(pa.array(np.flatnonzero(raised))).to_pylist()
    return Quoter(study.areas)(texts, fewest=study.suppression, most=most)


def comments_with(study: Study, answers: OpenAnswers, asked: TextSelection, word: str) -> tuple[str, ...]:
    """Return a masked quote with a word, as `comments` does with a theme."""
    rows = rows_of(answers, asked, gathered(study, answers, asked).within())
    rows = rows.filter(pc.not_equal(rows["intent"].cast(pa.string()), "praise"))
    lists = rows["words"].combine_chunks()
    at = pc.unique(pc.list_parent_indices(lists).filter(pc.equal(lists.flatten(), word)))
    return Quoter(study.areas)(rows["text"].take(at).to_pylist(), fewest=study.suppression, most=1)
