"""The templates that a study names for all of its documents: `docx` and `pptx` in [briefing] of study.toml."""

from __future__ import annotations

from collections.abc import Mapping

from documents.forms import FORMS, Form
from documents.templates.check import templated
from survey.study.plans.letterhead import letterhead
from survey.study.study import Study


def own_forms(study: Study) -> Mapping[str, Form]:
    """Return the forms of a study: name -> form, with its templates where it names some.

    Raises:
        ArgumentError: there is no such file in the folder of the study, or it has faults.
        StudyError: [briefing] of study.toml cannot be read.
    """
    known = letterhead(study)
    named = {"docx": known.docx, "pptx": known.pptx}
    return {name: templated(study.root / file) if (file := named.get(name)) else one for name, one in FORMS.items()}
