"""The form that confirms the mapping of columns to questions and of wordings to answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from accounts.audit.changes import change
from reports.sentences.notes import files
from reports.sentences.notes.catalogue import tr
from survey.importing.mapping import AnswerMatch, HeadingMatch, Proposal, candidates_of, propose_for
from survey.importing.mapping_file import NAME, read_mapping, write_mapping
from survey.importing.preview import Preview, unmatched_places
from survey.instrument.questionnaire import Questionnaire
from survey.readers.tables.read_table import META_TARGETS
from survey.study.study import Study
from views.shell.markup import plain

OPTION = "对应的选项"
QUESTION = "对应的题目"
PLACES = "社区名称对应"
HEADINGS = "列名对应表"
UNUSED = "（不使用）"
UNDECIDED = "（不对应，退回）"
PLACES_SHOWN = 10
"""Names of communities that are asked at once; the next ones follow."""


@st.cache_data(
    max_entries=8, show_spinner="正在比对列名和题目……", hash_funcs={Questionnaire: lambda one: one.fingerprint}
)
def proposal_of(path: Path, questionnaire: Questionnaire) -> Proposal:
    """Return the proposed mapping of the columns of a file."""
    return propose_for(path, questionnaire)


def mapping_form(study: Study, path: Path, who: str) -> bool:
    """Show the proposed mapping and, once confirmed, write it into the study.

    Args:
        study: receives mapping.toml.
        path: the file.
        who: the person who confirms.

    Returns:
        Whether it was confirmed in this run.
    """
    made = proposal_of(path, study.questionnaire)
    sure = sum(bool(match.target) for match in made.headings)
    st.markdown(f"### {plain(str(files.recognised(path.name, made.headings, sure)))}")
    st.markdown(tr("不是常用工具导出的文件。没有把握的列留空，请在“对应的题目”里选择；不用的列不必管。"))
    names = _names(study.questionnaire)
    headings = _heading_editor(made, names)
    answers = _answer_editor(made, study.questionnaire)
    if not st.button(tr("核对无误，按此对应"), type="primary", key="mapping-confirm", disabled=not who.strip()):
        return False
    with change(study.root, HEADINGS, {"file": path.name}):
        write_mapping(study.root / NAME, headings, answers, source=path.name, who=who.strip())
    return True


def places_form(preview: Preview, who: str) -> bool:
    """Offer the communities of the frame for the names that it lacks, and write what was chosen into the study.

    Args:
        preview: of the files.
        who: the person who confirms.

    Returns:
        Whether names were confirmed in this run.
    """
    study, names = preview.study, unmatched_places(preview)[:PLACES_SHOWN]
    if not names:
        return False
    st.markdown(tr("**有的社区名称在抽样框里没有。确是同一个社区，就选出来，以后都按此对应：**"))
    path = study.root / NAME
    if path.is_file() and not read_mapping(path, study.questionnaire).confirmed:
        st.info(tr("调查文件夹里的 {name} 还没有确认；先核对它，再来这里补社区名称。").format(name=NAME))
        return False
    labels = {point.code: f"{point.district} {point.street} {point.community}" for point in study.areas.points}
    chosen: dict[str, int] = {}
    for one in names:
        label = str(files.unmatched(one.shown, one.rows))
        code = st.selectbox(
            plain(label), [None, *labels], format_func=lambda code: labels.get(code, UNDECIDED), key=f"place-{one.name}"
        )
        if code is not None:
            chosen[one.name] = code
    if not st.button(tr("按此对应社区名称"), key="places-confirm", disabled=not (chosen and who.strip())):
        return False
    source = preview.coded[0].read.provenance.file
    with change(study.root, PLACES, {"file": source, "places": len(chosen)}):
        write_mapping(path, (), (), source=source, who=who.strip(), places=chosen)
    return True


def _names(questionnaire: Questionnaire) -> Mapping[str, str]:
    """Return target -> its label in the list of choices."""
    asked = {one.name: f"{one.name}　{one.wordings[-1]}" for one in candidates_of(questionnaire)}
    return {"": UNUSED, **asked, **{name: f"{label}（{name}）" for name, label in META_TARGETS.items()}}


def _heading_editor(made: Proposal, names: Mapping[str, str]) -> tuple[HeadingMatch, ...]:
    table = pd.DataFrame(
        {
            tr("文件里的列名"): [match.heading for match in made.headings],
            QUESTION: [names.get(match.target, UNUSED) for match in made.headings],
            tr("相似度"): [match.likeness for match in made.headings],
            tr("没有把握，像是"): [
                names.get(match.candidate, "") if match.candidate else "" for match in made.headings
            ],
        }
    )
    edited = st.data_editor(
        table,
        hide_index=True,
        key=f"mapping-headings-{made.file}",
        disabled=[tr("文件里的列名"), tr("相似度"), tr("没有把握，像是")],
        column_config={
            QUESTION: st.column_config.SelectboxColumn(options=list(names.values()), required=True, width="large"),
            tr("相似度"): st.column_config.NumberColumn(format="%.2f", width="small"),
        },
    )
    targets = {label: target for target, label in names.items()}
    chosen = [targets[label] for label in edited[QUESTION]]
    return tuple(replace(match, target=target) for match, target in zip(made.headings, chosen, strict=True))


def _answer_editor(made: Proposal, questionnaire: Questionnaire) -> tuple[AnswerMatch, ...]:
    if not made.answers:
        return ()
    st.markdown(tr("下面的答案写法与问卷选项不同："))
    labels = {
        question.name: {choice.code: f"{choice.code} {choice.label}" for choice in question.choices}
        for question in questionnaire.questions
    }
    options = dict.fromkeys(
        label for one in {answer.question for answer in made.answers} for label in labels[one].values()
    )
    table = pd.DataFrame(
        {
            tr("题目"): [answer.question for answer in made.answers],
            tr("文件里的写法"): [answer.text for answer in made.answers],
            tr("份数"): [answer.count for answer in made.answers],
            OPTION: [
                UNDECIDED if answer.code is None else labels[answer.question][answer.code] for answer in made.answers
            ],
        }
    )
    edited = st.data_editor(
        table,
        hide_index=True,
        key=f"mapping-answers-{made.file}",
        disabled=[tr("题目"), tr("文件里的写法"), tr("份数")],
        column_config={
            OPTION: st.column_config.SelectboxColumn(options=[UNDECIDED, *options], required=True, width="large")
        },
    )
    return tuple(
        replace(answer, code=next((code for code, label in labels[answer.question].items() if label == chosen), None))
        for answer, chosen in zip(made.answers, edited[OPTION], strict=True)
    )
