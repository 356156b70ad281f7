"""Weights on cells: from the sampling frame, post-stratified, raked; with their diagnostics and their calibration.

A weight is the base weight of the response times one factor a cell. A calibration keeps what the variance needs:
the linearised residuals (Deville & Sarndal 1992, JASA 87:376) follow from its regressors and the weights before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.cells import Cells, FloatArray
from analysis.influence import Influence


@dataclass(frozen=True, slots=True)
class Calibration:
    """One calibration step, as the variance needs it.

    Attributes:
        regressors: [C, q] scipy CSR or dense array: auxiliaries (dummies of the margins) by cell.
        before: [C] sum of the weights before the step.
        factor: [C] what the step multiplied them by.
    """

    regressors: Any
    before: FloatArray
    factor: FloatArray


@dataclass(frozen=True, slots=True)
class Weights:
    """Factors on the base weights of cells.

    Attributes:
        factor: [C] final weight over base weight.
        steps: the calibrations, in order; empty for design weights.
        label: Chinese description for captions.
        diagnostics: numbers a report needs: iterations, max_error, converged, collapsed margins ...
    """

    factor: FloatArray
    steps: tuple[Calibration, ...] = ()
    label: str = "未加权"
    diagnostics: Mapping[str, Any] = field(default_factory=dict)

    def residual(self, influence: Influence) -> Influence:
        """Influence of calibrated estimates: each step leaves the residuals of its regression.

        Entry u of a response becomes u - x'B with B = (X'WX)^- X'Wu, W the weights before the step.
        """
        after = np.ones_like(self.factor)
        for step in self.steps:
            after = after * step.factor
        for step in self.steps:
            after = np.divide(after, step.factor, out=np.ones_like(after), where=step.factor > 0)
            influence = _residual(step, influence, after)
        return influence


def _residual(step: Calibration, influence: Influence, after: FloatArray) -> Influence:
    """One step; `after` is what later steps multiplied the weights by."""
    from scipy.sparse import csr_matrix, diags_array

    x = csr_matrix(step.regressors)
    down = np.divide(1.0, step.factor * after, out=np.zeros_like(after), where=step.factor * after > 0)
    gram = (x.T @ diags_array(step.before) @ x).toarray()
    turned = x.T @ diags_array(down)
    right = (turned @ influence.matrix()).toarray()
    if influence.right is not None:
        right -= (turned @ influence.left) @ influence.right
    coefficients = np.linalg.pinv(gram, hermitian=True) @ right
    return influence.less(diags_array(step.before * step.factor * after) @ x, coefficients)


def base_weights(cells: Cells) -> Weights:
    """The base weights as they are stored."""
    return Weights(np.ones(len(cells)), label="按原有权数")
