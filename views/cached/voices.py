"""Call `reports.voices` for the page on open answers, once for each data version and lexicon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from reports.voices.asked import TextSelection
from reports.voices.open_answers import FOLDER, OpenAnswers, load_answers
from survey.study.coding_sheet import CODES_FILE
from survey.study.study import Study
from views.visitor.session import Key, Loaded

T = TypeVar("T")
More = ParamSpec("More")


def ask(
    loaded: Loaded,
    asked: TextSelection,
    question: Callable[Concatenate[Study, OpenAnswers, TextSelection, More], T],
    *more: More.args,
    **named: More.kwargs,
) -> T:
    """Return the result of a function of `reports.voices` for some open answers.

    Args:
        loaded: study and data version.
        asked: which open answers.
        question: a function of `reports.voices`, called with study, answers, selection and the arguments below.
        more: further positional arguments, hashable.
        named: further keyword arguments, hashable.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    answers = answers_of(loaded, asked.item)
    found: T = _answered(
        lambda: question(loaded.study, answers, asked, *more, **named), name, key_of(loaded), asked, (more, named)
    )
    return found


@st.cache_resource(max_entries=512, show_spinner="正在计算……")
def _answered(_question: Callable[[], Any], name: str, key: Key, asked: TextSelection, more: Any) -> Any:
    """Compute a result once; `question` must not call `ask`."""
    return _question()


def answers_of(loaded: Loaded, item: str) -> OpenAnswers:
    """Return all answers to an open question, read and coded."""
    return _answers(loaded.study, key_of(loaded), item)


def key_of(loaded: Loaded) -> Key:
    """Return the cache key of texts; it includes the study's own word lists and codes, which the page can extend."""
    root = loaded.study.root
    files = [*sorted((root / FOLDER).glob("*.*")), *root.glob(CODES_FILE)]
    stamps = [f"{path.name}:{path.stat().st_mtime_ns}" for path in files]
    return (loaded.key[0], "|".join([loaded.key[1], *stamps]), *loaded.key[2:])


@st.cache_resource(max_entries=4, show_spinner="正在读市民留言（首次：一万条约几秒，百万条约几分钟）……")
def _answers(_study: Study, key: Key, item: str) -> OpenAnswers:
    return load_answers(_study, item, version=key[2])
