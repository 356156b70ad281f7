"""The mock city: a known truth, a sample drawn from it, answers, free text, planted faults."""

from survey.mock.drawing import MockCity, draw
from survey.mock.spec import MockSpec

__all__ = ["MockCity", "MockSpec", "draw"]
