"""Not knowing and not being content are two problems with two cures: the rates that tell them apart."""

from __future__ import annotations

from dataclasses import replace

from survey.instrument.questionnaire import Questionnaire, Rate

UNKNOWN, UNHAPPY = ".unknown", ".unhappy"


def opposite_rates(questionnaire: Questionnaire) -> tuple[Rate, ...]:
    """For each item of satisfaction two more rates: `.unknown` and `.unhappy`, both out of everyone asked.

    Unknown is the share that chose a don't-know option. Unhappy is the share on the unfavourable side: the
    substantive options that are not favourable, without the middle of a scale of odd length.
    """
    found: list[Rate] = []
    for rate in questionnaire.rates:
        single = rate.variant == "strict" and len(rate.terms) == 1 and not rate.overall
        if rate.measure == "satisfaction" and single:
            found += _pair(questionnaire, rate)
    return tuple(found)


def _pair(questionnaire: Questionnaire, rate: Rate) -> list[Rate]:
    (column, favourable), *_ = rate.terms
    choices = questionnaire.item(column).choices
    scale = [choice.code for choice in choices if choice.missing is None]
    middle = {scale[len(scale) // 2]} if len(scale) % 2 else set()
    unhappy = tuple(code for code in scale if code not in favourable and code not in middle)
    unknown = tuple(choice.code for choice in choices if choice.missing == "dontknow")
    if not unhappy or not unknown:
        return []
    return [
        replace(rate, name=rate.name + suffix, terms=((column, codes),), base="all", missing=(), overall=False)
        for suffix, codes in ((UNKNOWN, unknown), (UNHAPPY, unhappy))
    ]
