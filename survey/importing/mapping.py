"""Propose which columns of a foreign table hold which questions, and which labels mean which answers.

Proposals are used only after a person has confirmed them (`survey.importing.mapping_file`). A match must be good,
better than all alternatives on both sides by a margin, and supported by cells that are answers to the question;
otherwise it is left open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from survey.errors import ReadError
from survey.instrument.question import Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.decoding import Decoder
from survey.readers.cells.keys import heading_key
from survey.readers.cells.similarity import answer_likeness, likeness
from survey.readers.files.opening import open_file
from survey.readers.files.private_copy import private_copy
from survey.readers.files.sheet import Opened
from survey.readers.tables.layout import META_KEYS, Heading, find_heading
from survey.readers.tables.native import DIALECT
from survey.readers.tables.read_table import META_TARGETS, Form
from survey.readers.tables.targets import decoder_of, part_targets, whole_target

GOOD, SAME, MARGIN = 0.72, 0.95, 0.12
FITTING = 0.5  # share of the cells that must be answers to the question
ANSWER_GOOD, ANSWER_MARGIN = 0.72, 0.15
SAMPLED = 2_000
HINT = 0.45  # least similarity of a candidate that is shown


@dataclass(frozen=True, slots=True)
class HeadingMatch:
    """One column of the file.

    Args:
        heading: heading as written in the file.
        target: native column name, "" if no match is certain enough.
        likeness: similarity in [0, 1] of heading and target, or of the best candidate without a target.
        candidate: name of the most similar candidate, for a person to decide; "" for none.
        title: title of the target or candidate.
    """

    heading: str
    target: str
    likeness: float
    candidate: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class AnswerMatch:
    """An answer label of the file that the questionnaire lacks; `code` is None if no match is certain enough."""

    question: str
    text: str
    code: int | None
    likeness: float
    label: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposed mapping of a file, for a person to confirm."""

    file: str
    headings: tuple[HeadingMatch, ...]
    answers: tuple[AnswerMatch, ...]


@dataclass(frozen=True, slots=True)
class MappingTarget:
    """A possible column of the questionnaire: its name, possible headings (`wordings`), and the form of its cells."""

    name: str
    question: Question
    form: Form
    wordings: tuple[str, ...]


def propose_for(path: Path, questionnaire: Questionnaire) -> Proposal:
    """Propose the mapping of a file, reading a private copy so that it cannot change meanwhile.

    Raises:
        ReadError: the file cannot be opened or is being written to, or no row resembles a heading.
    """
    with private_copy(path) as copy:
        return propose(open_file(copy), questionnaire)


def propose(opened: Opened, questionnaire: Questionnaire) -> Proposal:
    """Propose the mapping of the columns and answers of a table.

    Args:
        opened: any table with a heading row.
        questionnaire: the questionnaire.

    Raises:
        ReadError: no row resembles a heading.
    """
    candidates = tuple(candidates_of(questionnaire))
    heading = find_heading(opened, lambda cells: _resemblance(cells, candidates))
    if heading is None:
        raise ReadError("找不到表头：没有一行与问卷的题目相像", where=opened.name, cure="确认文件和研究是否对应")
    frame = heading.sheet.load(heading.row).frame.slice(0, SAMPLED)
    cells = {i: [cell or "" for cell in frame[f"c{i}"].to_pylist()] for i in range(frame.num_columns)}
    matches = _match(heading, candidates, cells)
    by_name = {candidate.name: candidate for candidate in candidates}
    answers = [
        answer
        for index, match in enumerate(matches)
        if match.target in by_name
        for answer in match_answers(by_name[match.target], cells.get(index, []))
    ]
    return Proposal(opened.name, tuple(match for match in matches if match.heading.strip()), tuple(_once(answers)))


def candidates_of(questionnaire: Questionnaire) -> Iterator[MappingTarget]:
    """Yield all possible columns of the questionnaire."""
    for question in questionnaire.questions:
        if whole := whole_target(question):
            yield MappingTarget(question.name, question, whole[0], (question.title, question.label))
        if question.other:
            labels = [
                choice.label for choice in question.choices if f"{question.name}.{choice.code}" and choice.code == 97
            ]
            yield MappingTarget(
                f"{question.name}.other", question, Form.TEXT, tuple(f"{question.title}{label}" for label in labels)
            )
        for item, (form, name) in part_targets(question):
            combined = f"{question.title}{item.label}"
            yield MappingTarget(name, question, form, (item.label, combined) if question.type.grid else (combined,))


def _resemblance(cells: Sequence[str], candidates: Sequence[MappingTarget]) -> float:
    """Return how much a row resembles a heading; exact matches first, because similarity is slow to compute."""
    titles = {heading_key(wording) for candidate in candidates for wording in candidate.wordings}
    texts = [cell for cell in cells if len(cell.strip()) > 1]
    exact = sum(heading_key(cell) in titles or heading_key(cell) in META_KEYS for cell in texts)
    return exact + sum(max((_score(cell, one) for one in candidates), default=0.0) > GOOD for cell in texts[:40])


def _score(heading: str, candidate: MappingTarget) -> float:
    return max(likeness(heading, wording) for wording in candidate.wordings)


def _match(
    heading: Heading, candidates: Sequence[MappingTarget], cells: Mapping[int, Sequence[str]]
) -> list[HeadingMatch]:
    """Match every heading to its best candidate, provided that it is also the best heading for that candidate."""
    texts = heading.cells
    scores = [[_score(text, one) if text.strip() else 0.0 for one in candidates] for text in texts]
    made = []
    for index, text in enumerate(texts):
        if meta := META_KEYS.get(heading_key(text)):
            made.append(HeadingMatch(text.strip(), meta, 1.0, title=META_TARGETS[meta]))
            continue
        made.append(_decide(index, text, candidates, scores, cells.get(index, [])))
    return made


def _decide(
    index: int, text: str, candidates: Sequence[MappingTarget], scores: Sequence[Sequence[float]], cells: Sequence[str]
) -> HeadingMatch:
    row = scores[index]
    best = max(range(len(candidates)), key=row.__getitem__, default=-1)
    if best < 0 or row[best] < HINT:
        return HeadingMatch(text.strip(), "", 0.0)
    one, score = candidates[best], row[best]
    rivals = [value for place, value in enumerate(row) if place != best and not _whole_and_part(one, candidates[place])]
    others = [scores[place][best] for place in range(len(scores)) if place != index]
    alone = score - max([*rivals, *others, 0.0]) >= MARGIN
    sure = score >= GOOD and alone and fits(one, cells)
    name, title = one.name, one.wordings[0]
    return HeadingMatch(text.strip(), name if sure else "", round(score, 2), "" if sure else name, title)


def _whole_and_part(one: MappingTarget, other: MappingTarget) -> bool:
    """Return whether two candidates are a question and one of its options, which do not compete."""
    same = one.question is other.question
    return same and (one.name == one.question.name) != (other.name == other.question.name)


def fits(candidate: MappingTarget, cells: Sequence[str]) -> bool:
    """Return whether most cells are answers to the question, exactly or nearly; True for free text."""
    filled = Counter(cell for cell in cells if cell.strip())
    if candidate.form is Form.TEXT or not filled:
        return candidate.form is Form.TEXT or not cells
    decode = _decoder(candidate)
    near = {answer.text for answer in match_answers(candidate, cells) if answer.code is not None}
    good = sum(count for cell, count in filled.items() if decode(cell).state != "bad" or cell in near)
    return good >= FITTING * filled.total()


def _decoder(candidate: MappingTarget) -> Decoder:
    return decoder_of((candidate.form, candidate.name), candidate.question, DIALECT)


def match_answers(candidate: MappingTarget, cells: Sequence[str]) -> Iterator[AnswerMatch]:
    """Yield the labels of a column that the questionnaire lacks, with their choice where the match is certain.

    A choice that occurs in the column under its own label is not matched again.
    """
    if candidate.form is not Form.SINGLE:
        return
    decode, question = _decoder(candidate), candidate.question
    known = Counter(cell.strip() for cell in cells if cell.strip())
    read = {text: decode(text) for text in known}
    taken = {answer.code for answer in read.values() if answer.state == "ok"}
    free = [choice for choice in question.choices if choice.code not in taken]
    for text, answer in read.items():
        if answer.state != "bad":
            continue
        ranked = sorted(((answer_likeness(text, choice.label), choice) for choice in free), key=lambda pair: -pair[0])
        score, second = (ranked[0][0] if ranked else 0.0), (ranked[1][0] if len(ranked) > 1 else 0.0)
        sure = score >= ANSWER_GOOD and score - second >= ANSWER_MARGIN
        chosen = ranked[0][1] if ranked and score > HINT else None
        code = chosen.code if chosen and sure else None
        yield AnswerMatch(question.name, text, code, round(score, 2), chosen.label if chosen else "", known[text])


def _once(answers: Sequence[AnswerMatch]) -> Iterator[AnswerMatch]:
    """Merge equal labels of the rows of a matrix and sum their counts; contradictory matches are dropped."""
    groups: dict[tuple[str, str], list[AnswerMatch]] = {}
    for answer in answers:
        groups.setdefault((answer.question, answer.text), []).append(answer)
    for (question, text), group in groups.items():
        codes = {answer.code for answer in group}
        best = max(group, key=lambda answer: answer.likeness)
        code = best.code if len(codes) == 1 else None
        yield AnswerMatch(question, text, code, best.likeness, best.label, sum(answer.count for answer in group))
