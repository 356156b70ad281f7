"""Answers to personal questions by role: age, sex, education, work, hukou, housing, residence, insider."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from survey.instrument.question import Choice, Question
from survey.mock.city.people import age_groups, model
from survey.mock.wave.session import Codes, Session, categories
from survey.mock.words import read_words

REFUSED = 0.005
OLDEST = 120
Ints = npt.NDArray[np.int64]


def answers(session: Session, question: Question) -> Codes:
    """Return everyone's answers to a personal question."""
    codes = PERSONAL[question.role or ""](session, question)
    refused = next((choice.code for choice in question.choices if choice.missing == "refused"), None)
    if refused is not None:
        share = read_words("items")["role"].get(question.role, {}).get("refused", REFUSED)
        codes = np.where(session.rng(f"refused/{question.name}").random(session.size) < share, refused, codes)
    return codes.astype(np.int8)


def _plain(question: Question) -> list[Choice]:
    return [choice for choice in question.choices if not choice.missing and not choice.screen_out]


def _screening(question: Question) -> int | None:
    return next((choice.code for choice in question.choices if choice.screen_out), None)


def _age(session: Session, question: Question) -> Ints:
    if question.type.numeric:
        return session.people.years
    return np.asarray(age_codes(question)[session.people.years], dtype=np.int64)


def age_codes(question: Question) -> Ints:
    """Return the code of each year of age from 0 to 120: the choice, or the band of a number."""
    table = np.full(OLDEST + 1, 0, dtype=np.int64)
    for band in question.bands:
        last = OLDEST if band.maximum is None else int(band.maximum)
        table[int(band.minimum) : last + 1] = band.code
    for choice in reversed(question.choices):
        low, high = _range(choice.label)
        table[low : high + 1] = choice.code
    return table


def _range(label: str) -> tuple[int, int]:
    """Parse the years of a label such as 18—29岁, 60岁及以上, 不满18岁."""
    numbers = [int(number) for number in re.findall(r"\d+", label)]
    if len(numbers) >= 2:
        return numbers[0], numbers[1]
    number = numbers[0] if numbers else OLDEST
    if re.search("不满|不到|以下|未满", label):
        return 0, number if "以下" in label else number - 1
    return number, OLDEST


def _sex(session: Session, question: Question) -> Ints:
    return np.asarray(sex_codes(question)[session.world.people.woman[session.people.cell]], dtype=np.int64)


def sex_codes(question: Question) -> Ints:
    """Return the codes of men and of women."""
    codes = {word: choice.code for choice in question.choices for word in "男女" if word in choice.label}
    return np.array([codes.get("男", 1), codes.get("女", 2)], dtype=np.int64)


def _education(session: Session, question: Question) -> Ints:
    return np.asarray(education_codes(question)[session.world.people.education[session.people.cell]], dtype=np.int64)


def education_codes(question: Question) -> Ints:
    """Return the code of each education group, matched by words in the labels."""
    words = model()["people"]["education_words"]
    found = [next((c.code for c in _plain(question) if any(word in c.label for word in group)), 0) for group in words]
    # a level without its own choice belongs to the next higher one ("初中及以下")
    for index in reversed(range(len(found) - 1)):
        found[index] = found[index] or found[index + 1]
    return np.array([code or _plain(question)[-1].code for code in found], dtype=np.int64)


def _residence(session: Session, question: Question) -> Ints:
    settled, short = _plain(question)[0].code, _screening(question)
    leaves = ~session.people.eligible & ~session.people.minor
    return np.where(leaves & (short is not None), short or 0, settled)


def _insider(session: Session, question: Question) -> Ints:
    yes, no = (choice.code for choice in _plain(question)[:2])
    return np.where(session.world.people.insider[session.people.cell] == 1, yes, no)


def _work(session: Session, question: Question) -> Ints:
    rows = read_words("items")["role"]["work"]["by_age"]
    group = np.searchsorted(age_groups()[:, 0], session.people.years, side="right") - 1
    return _by_table(session, question, rows, np.maximum(group, 0))


def _by_place(session: Session, question: Question) -> Ints:
    table = read_words("items")["role"][question.role]["by_place"]
    kinds = {place: index for index, place in enumerate(table)}
    group = np.array([kinds.get(place, 0) for place in session.world.city.place], dtype=np.int64)
    return _by_table(session, question, list(table.values()), group[session.people.community])


def _by_table(session: Session, question: Question, rows: list[list[float]], group: Ints) -> Ints:
    codes = np.array([choice.code for choice in _plain(question)], dtype=np.int64)
    table = np.array(rows, dtype=np.float64)
    if table.shape[1] != len(codes):
        table, group = np.ones((1, len(codes))), np.zeros(session.size, dtype=np.int64)
    return codes[categories(session.rng(question.name), table, group)]


PERSONAL: Mapping[str, Callable[[Session, Question], Ints]] = {
    "age": _age,
    "sex": _sex,
    "education": _education,
    "residence": _residence,
    "insider": _insider,
    "work": _work,
    "hukou": _by_place,
    "housing": _by_place,
}
"""Role -> function that draws the answers."""
