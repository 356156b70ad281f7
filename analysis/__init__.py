"""Statistics and text: pure functions on cells and frames.

The front door for statisticians. A name is imported on first use, so `import analysis` costs nothing:

    from analysis import survey_design
    design = survey_design(frame, strata="stratum", psu="psu", weight="w")
    design.rates("satisfied", by="district")

`docs/from_r.md` shows ten tasks beside R `survey`, `srvyr` and `svy`. Other names are in the subpackages:
`analysis.design`, `weights`, `estimation`, `inference`, `areas`, `decisions`, `integrity`, `text`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.areas.weak import weak_areas
    from analysis.design.cells import Cells
    from analysis.design.design import make_design
    from analysis.design.from_frame import cells_from_frame
    from analysis.estimation import contrasts
    from analysis.estimation.estimates import Estimates
    from analysis.estimation.linear import means, ratio, totals
    from analysis.estimation.rates import rates
    from analysis.estimation.weighted_design import WeightedDesign
    from analysis.frontdoor.declare import survey_design
    from analysis.frontdoor.survey_design import SurveyDesign
    from analysis.inference.association import associate
    from analysis.inference.marginal_effects import adjusted_rates, average_effects
    from analysis.inference.regression import regress
    from analysis.weights.trim import trim
    from analysis.weights.weights import base_weights, post_stratify, rake
    from survey.errors import SiluError

__all__ = [
    "Cells",
    "Estimates",
    "SiluError",
    "SurveyDesign",
    "WeightedDesign",
    "adjusted_rates",
    "associate",
    "average_effects",
    "base_weights",
    "cells_from_frame",
    "contrasts",
    "make_design",
    "means",
    "post_stratify",
    "rake",
    "rates",
    "ratio",
    "regress",
    "survey_design",
    "totals",
    "trim",
    "weak_areas",
]

PLACES = {
    "Cells": "analysis.design.cells",
    "Estimates": "analysis.estimation.estimates",
    "SiluError": "survey.errors",
    "SurveyDesign": "analysis.frontdoor.survey_design",
    "WeightedDesign": "analysis.estimation.weighted_design",
    "adjusted_rates": "analysis.inference.marginal_effects",
    "associate": "analysis.inference.association",
    "average_effects": "analysis.inference.marginal_effects",
    "base_weights": "analysis.weights.weights",
    "cells_from_frame": "analysis.design.from_frame",
    "contrasts": "analysis.estimation.contrasts",
    "make_design": "analysis.design.design",
    "means": "analysis.estimation.linear",
    "post_stratify": "analysis.weights.weights",
    "rake": "analysis.weights.weights",
    "rates": "analysis.estimation.rates",
    "ratio": "analysis.estimation.linear",
    "regress": "analysis.inference.regression",
    "survey_design": "analysis.frontdoor.declare",
    "totals": "analysis.estimation.linear",
    "trim": "analysis.weights.trim",
    "weak_areas": "analysis.areas.weak",
}
"""Name -> module that defines it."""


def __getattr__(name: str) -> Any:
    """Import a name of the front door on first use."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(PLACES[name])
    found = getattr(module, name, module)  # `contrasts` is offered as a module
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Return the names of the front door, for completion in a notebook."""
    return sorted(__all__)
