"""Response families of the regression: those of statsmodels, except where R's `glm` differs.

Links, variances and deviances come from `statsmodels.genmod.families`. From R come the starting values, the clipping
of the linear predictors of a logistic model at 30 and the rounding of its mean, so that separated data stop where
`glm` stops. statsmodels is imported when the first family is requested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.design.cells import FloatArray
from survey.errors import ArgumentError

STEEP = 30.0
"""Linear predictors beyond this are clipped, as in R."""
FAMILIES = {"binomial": "Binomial", "quasibinomial": "Binomial", "gaussian": "Gaussian"}
"""Name -> statsmodels class. Under a design-based covariance the first two are the same."""


@dataclass(frozen=True, slots=True)
class Family:
    """A response family with its canonical link.

    Attributes:
        bounded: the answer is a share in [0, 1].
        source: family of statsmodels.
    """

    bounded: bool
    source: Any

    def mean(self, eta: FloatArray) -> FloatArray:
        """Return the mean at a linear predictor; for logistic models rounded as R rounds it."""
        if not self.bounded:
            return np.asarray(self.source.link.inverse(eta), dtype=np.float64)
        odds = np.exp(self._cut(eta))
        return np.asarray(odds / (1 + odds), dtype=np.float64)

    def slope(self, eta: FloatArray) -> FloatArray:
        """Return the derivative of the mean."""
        return np.asarray(self.source.link.inverse_deriv(self._cut(eta)), dtype=np.float64)

    def curvature(self, eta: FloatArray) -> FloatArray:
        """Return the second derivative of the mean."""
        return np.asarray(self.source.link.inverse_deriv2(self._cut(eta)), dtype=np.float64)

    def variance(self, mean: FloatArray) -> FloatArray:
        """Return the variance at a mean, up to the dispersion."""
        return np.asarray(self.source.variance(mean), dtype=np.float64)

    def deviance(self, y: FloatArray, mean: FloatArray, weights: FloatArray) -> float:
        """Return the weighted deviance."""
        return float(self.source.deviance(y, mean, var_weights=weights))

    def start(self, y: FloatArray, weights: FloatArray) -> FloatArray:
        """Return the starting linear predictor of R's `glm`."""
        mean = (weights * y + 0.5) / (weights + 1) if self.bounded else y
        return np.asarray(self.source.link(mean), dtype=np.float64)

    def _cut(self, eta: FloatArray) -> FloatArray:
        return np.clip(eta, -STEEP, STEEP) if self.bounded else eta


def family_of(name: str) -> Family:
    """Return a family by its name in `FAMILIES`.

    Raises:
        ArgumentError: an unknown family.
    """
    if name not in FAMILIES:
        raise ArgumentError("没有这种回归", got=name, expected="、".join(FAMILIES))
    from statsmodels.genmod import families

    source = FAMILIES[name]
    return Family(source == "Binomial", getattr(families, source)())
