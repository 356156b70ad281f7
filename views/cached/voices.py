"""Call `reports.voices` for the page on open answers, once for each data version and lexicon."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from reports.voices.asked import TextSelection
from reports.voices.open_answers import FOLDER, OpenAnswers, load_answers
from survey.study.study import Study
from views.shell.shelf import Shelf, arguments
from views.visitor.session import Key, Loaded, files_of

T = TypeVar("T")
More = ParamSpec("More")
_RESULTS = Shelf(512, "正在计算……")
_ANSWERS = Shelf(4, "正在读市民留言（首次：一万条约几秒，百万条约几分钟）……")


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
    key = (name, key_of(loaded), asked, arguments(more, named))
    found: T = _RESULTS.get(key, lambda: question(loaded.study, answers, asked, *more, **named))
    return found


def answers_of(loaded: Loaded, item: str) -> OpenAnswers:
    """Return all answers to an open question, read and coded."""
    key = key_of(loaded)
    found: OpenAnswers = _ANSWERS.get((key, item), lambda: load_answers(loaded.study, item, version=key[2]))
    return found


def key_of(loaded: Loaded) -> Key:
    """Return the cache key of texts; it includes the study's own word lists, which the page can extend.

    The codes that the page adds are a file of the study, which the key of `loaded` includes.
    """
    folder, stamp, version, without = loaded.key
    return folder, "|".join([stamp, *files_of(loaded.study.root / FOLDER)]), version, without
