"""Names of a form to be written: valid for pyxform, and unique without regard to case."""

from __future__ import annotations

import re

from survey.formats.xlsform.logic.relevant import FormNames
from survey.formats.xlsform.standard import NCNAME
from survey.instrument.conditions.expressions import COMMENT
from survey.instrument.question import OTHER, Question
from survey.instrument.questionnaire import Questionnaire

RESERVED = frozenset({"meta", "start", "end", "audit", "instanceid", "instancename"})


class FormNaming:
    """Names given so far."""

    def __init__(self) -> None:
        """Start with the names that pyxform and the rows about the interview use."""
        self._taken = set(RESERVED)

    def give(self, wanted: str, fallback: str) -> str:
        """Return the wanted name if it is valid and free, else the nearest one that is."""
        plain = wanted if re.fullmatch(NCNAME, wanted) else fallback
        name, number = plain, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{plain}_{number}"
        self._taken.add(name.casefold())
        return name


def form_names(questionnaire: Questionnaire, naming: FormNaming) -> FormNames:
    """Return the names of all questions, matrix rows, texts of 其他 and choices."""
    fields = {one.name: naming.give(one.source_name or one.name, one.name) for one in questionnaire.questions}
    for question in questionnaire.questions:
        for row in question.rows:
            name = f"{question.name}_{row.name}"
            fields[f"{question.name}.{row.name}"] = naming.give(row.source_name or name, name)
        if question.other:
            fields[question.name + COMMENT] = naming.give(f"{fields[question.name]}_other", "other")
    return FormNames(fields, {question.name: _choices(question) for question in questionnaire.questions})


def _choices(question: Question) -> dict[int, str]:
    """Return code -> name; a name is not used twice, and has no blank, which separates chosen options."""
    names: dict[int, str] = {}
    for choice in question.choices:
        if question.other and choice.code == OTHER:
            continue
        wanted = choice.source_name or str(choice.code)
        taken = wanted in names.values() or re.search(r"\s", wanted) or (question.other and wanted == "other")
        names[choice.code] = f"c{choice.code}" if taken else wanted
    return names
