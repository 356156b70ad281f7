"""Lint a questionnaire: first its shape, then its semantics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from survey.instrument.completion.completion import Completed, complete
from survey.instrument.element import walk
from survey.instrument.finding import LintFinding, Place
from survey.instrument.lint.codes import answer_key_findings, code_findings, name_findings, rate_findings, role_findings
from survey.instrument.lint.routing import ending_findings, routing_findings
from survey.instrument.lint.schema import shape_findings

RULES: tuple[Callable[[Sequence[Place]], Iterator[LintFinding]], ...] = (
    name_findings,
    code_findings,
    role_findings,
    rate_findings,
    answer_key_findings,
    routing_findings,
)
"""Semantic rules, applied to all questions of a file with a valid shape."""


def lint_questionnaire(survey: Any) -> tuple[LintFinding, ...]:
    """Return all findings on a questionnaire.

    Args:
        survey: any JSON value of a file.

    Returns:
        Findings with their places, first what is completed. If the shape has errors, the semantic rules are not
        applied.
    """
    return lint_completed(complete(survey))


def lint_completed(completed: Completed) -> tuple[LintFinding, ...]:
    """Return all findings on a completed questionnaire, with their places in the file as it is written."""
    findings = (*completed.findings, *_findings(completed.survey))
    return tuple(map(_in_flat_file, findings)) if completed.flat else findings


def _in_flat_file(finding: LintFinding) -> LintFinding:
    return replace(finding, path=finding.path.removeprefix("pages[0]."))


def _findings(survey: Any) -> tuple[LintFinding, ...]:
    findings = list(shape_findings(survey))
    if any(finding.level == "error" for finding in findings):
        return tuple(findings)
    places = [Place(*found) for found in walk(survey)]
    if not places:
        return (*findings, LintFinding("error", "pages", "", "问卷里没有题目"))
    for rule in RULES:
        findings += rule(places)
    findings += ending_findings(survey, places)
    return tuple(findings)
