"""Owners: the unit responsible for a theme of residents' comments, the same as for the item about it.

The questionnaire is the one table of owners. A theme has the owner of the rate with its indicator; its own entry in
`themes.toml` counts only where the questionnaire has no such rate.
"""

from __future__ import annotations

from analysis.text.themes.codebook import Theme
from survey.instrument.questionnaire import Questionnaire


def unit_of(questionnaire: Questionnaire, theme: Theme) -> str:
    """Return the responsible unit of a theme; "" where neither the questionnaire nor the theme has one."""
    rates = questionnaire.rates if theme.indicator else ()
    return next((rate.unit for rate in rates if rate.unit and theme.indicator in rate.indicators), theme.unit)
