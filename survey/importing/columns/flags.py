"""Code multiple choices with a column per option: how they are numbered is decided on all columns of the question.

0 and 1 mean unticked and ticked. 1 and 2 mean ticked and unticked in LimeSurvey, and the reverse in some SPSS files, so
that they are read only where the tool is known. Columns that hold options instead (first mention, second mention, ...)
are recognised by their values: many different options in one column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np
import pyarrow as pa

from survey.importing.columns.coded_answers import CodedAnswers, Codes, absent
from survey.instrument.question import BLANK, OTHER, Question
from survey.readers.cells.decoding import Answer, Decoder, Tokens, bad, codes_of, whole
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.issues import IssueCode
from survey.readers.cells.keys import key
from survey.readers.tables.read_table import Column
from survey.readers.tables.targets import decoder_of

ONE_TWO = frozenset({"1", "2"})


class FlagCoding(StrEnum):
    """How the columns of the options are numbered."""

    TRUTH = "truth"  # 1 ticked, 0 unticked, or words
    ONE_TWO = "one_two"  # 1 ticked, 2 unticked
    UNSURE = "unsure"  # 1 and 2 without a rule
    MENTIONS = "mentions"  # every column holds an option

    def read(self, cell: str, decode: Decoder) -> Answer:
        """Return the decoded cell of a flag."""
        number = whole(key(cell))
        if self in (FlagCoding.TRUTH, FlagCoding.MENTIONS) or number not in ONE_TWO:
            return decode(cell)
        return Answer(code=int(number == "1")) if self is FlagCoding.ONE_TWO else bad(IssueCode.FLAG_CODING)


def flag_coding(flags: Mapping[Column, pa.DictionaryArray], question: Question, dialect: Dialect) -> FlagCoding:
    """Return how the columns of one question are numbered.

    Args:
        flags: the columns with their cells.
        question: the question.
        dialect: conventions of the tool.
    """
    tokens, options = Tokens.of(dialect), codes_of(question, dialect)
    given: dict[Column, set[str]] = {}
    wrong = False
    for column, cells in flags.items():
        texts = [text for text in cells.dictionary.to_pylist() if tokens.read(key(text)) is None]
        given[column] = {whole(key(text)) for text in texts}
        decode = decoder_of((column.form, column.target), question, dialect)
        wrong = wrong or any(decode(text).state == "bad" for text in texts)
    if not wrong:
        return FlagCoding.TRUTH
    everything = set().union(*given.values())
    if everything <= ONE_TWO:
        return FlagCoding.ONE_TWO if dialect.one_two else FlagCoding.UNSURE
    several = any(len(texts) > 1 for texts in given.values())  # one label per column may just be in the wrong column
    return FlagCoding.MENTIONS if several and everything <= options.keys() else FlagCoding.TRUTH


def code_mentions(
    answers: CodedAnswers, columns: Sequence[pa.DictionaryArray], question: Question, dialect: Dialect
) -> None:
    """Code columns that hold an option each: an option is ticked if any of the columns holds it."""
    tokens, options = Tokens.of(dialect), codes_of(question, dialect)
    mentions, skipped = [], np.ones(answers.rows, dtype=bool)
    for cells in columns:
        texts = [key(text) for text in cells.dictionary.to_pylist()]
        where = np.asarray(cells.indices.to_numpy(), dtype=np.int32)
        codes = np.array([options.get(whole(text), BLANK) for text in texts], dtype=np.int16)
        mentions.append(codes[where])
        skipped &= np.array([text in tokens.skipped for text in texts], dtype=bool)[where]
    any_mention = np.logical_or.reduce([codes != BLANK for codes in mentions])
    for item in question.items:
        ticked = np.logical_or.reduce([codes == item.option for codes in mentions])
        coded = np.where(any_mention, ticked.astype(np.int8), np.int8(BLANK))
        answers.codes[item.name] = np.where(skipped, absent(np.int8), coded).astype(np.int8)


def _flags(answers: CodedAnswers, question: Question) -> list[Codes]:
    return [answers.codes[item.name] for item in question.items if item.name in answers.codes]


def _add_other(answers: CodedAnswers, question: Question) -> None:
    """Set the column of 其他 where there are words after it, and create the column if the file lacks it."""
    words, name = answers.words.get(f"{question.name}.other"), f"{question.name}.{OTHER}"
    flags = _flags(answers, question)
    if words is None or not flags:
        return
    if name not in answers.codes:
        skipped = np.logical_and.reduce([flag == absent(np.int8) for flag in flags])
        answers.codes[name] = np.where(skipped, absent(np.int8), BLANK).astype(np.int8)
    answers.codes[name][words.positions] = 1


def unticked_is_zero(answers: CodedAnswers, question: Question) -> None:
    """Replace empty flags by 0 if another flag of the row is set; if all are empty, the question was left blank."""
    _add_other(answers, question)
    flags = _flags(answers, question)
    if len(flags) < 2:
        return
    ticked = np.logical_or.reduce([flag >= 0 for flag in flags])
    for flag in flags:
        flag[ticked & (flag == BLANK)] = 0
