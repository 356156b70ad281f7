"""How likely the official survey is passed, in one line with what the forecast leaves out."""

from __future__ import annotations

from accounts.grants import may
from accounts.verbs import Verb
from reports.briefing.facts import Facts
from reports.definitions import headlines
from reports.plans.pass_forecast import OfficialSample, lines_of, no_lines, pass_forecast
from reports.sentences.formats import Format
from reports.sentences.passing import in_doubt
from reports.sentences.sentence import Sentence, field, join, say
from reports.sentences.weak import without
from survey.errors import DesignError

OFFICIAL = OfficialSample()


def chance(found: Facts) -> Sentence:
    """Return the probability of passing every line, as on 达标预测.

    Empty without a line, with too few answers, and for those who may not see the forecast of the city.
    """
    rates = headlines(found.study)
    lines = lines_of(found.study, rates)
    if not may(Verb.FORECAST) or found.selection.scope is not None or no_lines(found.study, lines):
        return Sentence()
    try:
        seen = pass_forecast(found.gathered, found.selection.asking([rate.name for rate in rates]), OFFICIAL, lines)
    except DesignError:
        return Sentence()
    return say(
        "官方调查若抽{n}份，全部达标的可能为{chance}，{doubt}；{caveat}",
        n=field(OFFICIAL, "n", Format.PLAIN),
        chance=field(seen.found, "everything", Format.WHOLE),
        doubt=in_doubt(seen.found, seen.rates),
        caveat=join([without(found.red), say("不是保证")], "，"),
    )
