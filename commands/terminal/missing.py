"""Checklist of commands: what a study still has of the template, printed before a command refuses to judge."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from survey.study.study import Study


def refuse_examples(study: Study, *, against_targets: bool = False) -> None:
    """Print the checklist and refuse, where areas of the study may not be judged; see `reports.missing.objection`.

    Raises:
        DesignError: parts that a judgement needs are still those of the template.
    """
    from reports.missing import missing_lines, objection, require_own_parts

    if objection(study, against_targets=against_targets):
        sys.stderr.write("\n".join(missing_lines(study)) + "\n")
    require_own_parts(study, against_targets=against_targets)
