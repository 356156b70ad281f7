"""A study: one folder with everything about a survey.

study.toml  questionnaire.json  frame.csv  margins.csv  targets.csv  raw/  store/   (mock data: truth/)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from survey.errors import StudyError
from survey.host.engine import THIS_MACHINE, EngineSettings
from survey.instrument.questionnaire import Questionnaire, read_questionnaire
from survey.study.areas import Areas, read_frame
from survey.study.margins import read_margins
from survey.study.modes import INTERVIEWER_MODES, MODES, PROBABILITY_MODES
from survey.study.retention import Retention, check_retention
from survey.study.settings import FALSE_CALLS, FILES, SUPPRESSION, Settings, read_settings
from survey.study.targets import read_targets
from survey.study.template.leftovers import Leftover, mock_leftovers, without_template
from survey.study.terms import Approval, Threshold, Wave, read_thresholds, read_waves
from survey.study.weighting import Weighting

__all__ = [
    "INTERVIEWER_MODES",
    "META_COLUMNS",
    "MODES",
    "PROBABILITY_MODES",
    "Study",
    "load_study",
]

META_COLUMNS = ("response_id", "wave", "mode", "psu", "submitted", "seconds", "interviewer", "weight", "ip", "device")
"""Columns of an answer file that describe the response."""


@dataclass(frozen=True)
class Study:
    """The definition of a survey, without its answers.

    Attributes:
        root: the folder.
        title: name of the survey.
        organiser: organisation that conducts it.
        approval: official approval.
        waves: waves in order of start.
        thresholds: thresholds of the assessment, in percent, without those of the template.
        suppression: smallest number of respondents in a cell that is shown (rule R-04).
        mock: whether the answers are simulated (rule R-19).
        questionnaire: the questionnaire.
        areas: the frame.
        margins: see `survey.study.margins.read_margins`; without those of the template.
        targets: see `survey.study.targets.read_targets`; without those of the template.
        mapping: heading in an answer file -> native column name.
        sections: further tables of study.toml, for packages with their own settings.
        without_excluded: whether results leave out the responses that a person has excluded; see
            `survey.quality.exclusions`.
        leftovers: the parts that are still those of the template; in a mock city, which is an example as a whole, only
            that there are no margins.
        publication: number of the publication that the results show (`survey.quality.publishing`); 0 for all answers.
        engine: where cells are summed; [engine] of study.toml holds for the commands that offer the choice.
    """

    root: Path
    title: str
    organiser: str
    approval: Approval
    waves: tuple[Wave, ...]
    thresholds: tuple[Threshold, ...]
    suppression: int
    mock: bool
    questionnaire: Questionnaire
    areas: Areas
    margins: pd.DataFrame
    targets: pd.DataFrame
    mapping: Mapping[str, str]
    sections: Mapping[str, Any]
    without_excluded: bool = False
    leftovers: tuple[Leftover, ...] = ()
    publication: int = 0
    engine: EngineSettings = THIS_MACHINE

    @property
    def example_frame(self) -> bool:
        """Whether communities of the frame are still those of the template, so that its populations mean nothing."""
        return any(one.part == "frame" for one in self.leftovers)

    @property
    def weighting(self) -> Weighting:
        """The weighting by [weighting], by default raking without trimming."""
        return Weighting(**self.sections.get("weighting", {}))

    @property
    def retention(self) -> Retention:
        """How long everything is kept: [retention], with its defaults where it says nothing."""
        return Retention(**self.sections.get("retention", {}))

    @property
    def false_calls(self) -> float:
        """The accepted probability of a false verdict, by [verdict] false_calls."""
        return float(self.sections.get("verdict", {}).get("false_calls", FALSE_CALLS))

    def file(self, key: str) -> Path:
        """Return the path of a file of the study: "study", "questionnaire", "frame", "margins" or "targets"."""
        if key == "study":
            return self.root / "study.toml"
        return self.root / str(self.sections.get("files", {}).get(key, FILES[key]))

    def wave(self, name: str) -> Wave:
        """Return the wave of this name; raise StudyError if there is none."""
        for wave in self.waves:
            if wave.name == name:
                return wave
        raise StudyError("没有这个调查轮次", got=name, expected="、".join(wave.name for wave in self.waves))


def load_study(root: Path | str) -> Study:
    """Read and check a study folder.

    Raises:
        StudyError: a file is missing or contradicts another; the error names file and line and key, or row and column.
        QuestionnaireError: the questionnaire is invalid.
    """
    root = Path(root)
    if root.is_file():
        cure = "写 study.toml 所在的文件夹；还没有就用 silu init 目录名 新建一个"
        raise StudyError("这里要写调查文件夹，不是一个文件", where=str(root), cure=cure)
    settings = read_settings(root / "study.toml")
    check_retention(settings)
    questionnaire = read_questionnaire(_file(settings, root, "questionnaire"))
    areas = read_frame(_file(settings, root, "frame"))
    draft = Study(
        root=root,
        title=settings.get("study", "title", ""),
        organiser=settings.get("study", "organiser", ""),
        approval=Approval(**settings.tables["approval"]),
        waves=read_waves(settings),
        thresholds=read_thresholds(settings, questionnaire),
        suppression=settings.get("disclosure", "suppression", SUPPRESSION),
        mock=settings.get("study", "data", "real") == "mock",
        questionnaire=questionnaire,
        areas=areas,
        margins=read_margins(_file(settings, root, "margins"), questionnaire, areas),
        targets=read_targets(_file(settings, root, "targets"), questionnaire, areas),
        mapping=_mapping(settings, questionnaire),
        sections=MappingProxyType(dict(settings.tables)),
    )
    return replace(draft, leftovers=mock_leftovers(draft)) if draft.mock else without_template(draft)


def _file(settings: Settings, root: Path, key: str) -> Path:
    path = root / str(settings.get("files", key, FILES[key]))
    if not path.is_file():
        raise StudyError("调查文件夹缺少文件", where=settings.place("files", 0, key), got=str(path))
    return path


def _mapping(settings: Settings, questionnaire: Questionnaire) -> Mapping[str, str]:
    mapping = settings.tables.get("mapping", {})
    names = [question.name for question in questionnaire.questions]
    known = {*META_COLUMNS, *names, *questionnaire.text_items, *(item.name for item in questionnaire.items)}
    for heading, name in mapping.items():
        if name not in known:
            raise StudyError(
                "列名对应到了不存在的题目",
                where=f"study.toml [mapping] {heading}",
                got=str(name),
                expected="、".join(names),
            )
    return MappingProxyType(dict(mapping))
