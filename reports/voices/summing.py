"""Sum up the answers to an open question ahead of time: what 市民留言 and 区域档案 show of the newest wave."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import suppress

from analysis.estimation.sample import SampleOptions
from reports.counted.asked import keep_asked
from reports.selection import Selection
from reports.voices.asked import TextSelection
from reports.voices.copies import copied, copies_note
from reports.voices.finding import keep_finding
from reports.voices.gathered import Gathered, kept_gathered, recall_gathered
from reports.voices.listed import keep_answers, people_by_age
from reports.voices.mentions import keep_mentions
from reports.voices.open_answers import OpenAnswers
from reports.voices.shares import LEVELS, distinct_themes, distinct_words, keep_words, kinds
from survey.errors import SiluError
from survey.host.access import Role
from survey.storage.stored_parts import count_modes
from survey.study.study import Study

LARGE = 20_000
"""Responses of a wave and mode above which its summaries are kept."""


def sum_up(study: Study, answers: OpenAnswers, item: str, version: int, shared: dict[Hashable, Gathered]) -> None:
    """Keep shares, comparison of districts, words and list of the newest wave, for each of its large modes.

    What else is asked for, such as another wave, is kept once a page has asked for it.

    Args:
        study: the study.
        answers: the answers, with a place where summaries are kept.
        item: column of the open question.
        version: data version.
        shared: what questions summed up before have gathered, to which this one adds.
    """
    with suppress(OSError):
        keep_asked(study, version, SampleOptions.of(study))
    found = count_modes(study.root / "store", version)
    there = {wave for wave, *_ in found}
    newest = [wave.name for wave in study.waves if wave.name in there][-1:]
    for wave, mode, n in found:
        if wave in newest and mode and n > LARGE:
            selection = Selection(waves=(wave,), mode=str(mode), version=version, role=Role.ANALYST, scope=None)
            with suppress(SiluError):
                asked = TextSelection(selection, item)
                recall_gathered(answers, shared)
                _sum_up(study, answers, asked)
                shared |= kept_gathered(answers)


def _sum_up(study: Study, answers: OpenAnswers, asked: TextSelection) -> None:
    keep_finding(study, answers, asked)
    kinds(study, answers, asked)
    copies_note(study, answers, asked, effect=False)
    copied(study, answers, asked)
    keep_answers(study, answers, asked)
    people_by_age(study, answers, asked)
    if not asked.selection.opt_in:
        distinct_words(study, answers, asked)
        keep_words(study, answers, asked)  # sums, too, which the comparisons need after the next import without texts
        for level in ("district", *LEVELS):
            distinct_themes(study, answers, asked, level)
            keep_mentions(study, answers, asked, "themes", (level,))
