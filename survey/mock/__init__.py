"""The mock city: a known truth, a sample drawn from it, answers, free text and planted faults."""

from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw

__all__ = ["MockCity", "MockSpec", "draw"]
