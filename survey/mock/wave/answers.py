"""Draw the answers to all closed questions for a whole wave and mode at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from scipy.special import logit, ndtr

from survey.instrument.conditions.expressions import parse
from survey.instrument.conditions.on_columns import Meanings, evaluate
from survey.instrument.question import BLANK, Question
from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.people import FormModel
from survey.mock.city.probabilities import unsure_shift
from survey.mock.city.scales import BLANK_SHARE, Scale
from survey.mock.wave import personal
from survey.mock.wave.session import NULL, Codes, Flags, Session, Singles, categories
from survey.mock.words import read_words

TOP = 3  # number of options named as most important
DEFAULT_SHARE = 0.2
NO_CHANNEL = {"dontknow": 0.08, "none": 0.05}
EDGE = 1e-7


def draw_answers(session: Session, questionnaire: Questionnaire) -> dict[str, Codes]:
    """Return item -> codes of the closed questions, with NULL where a question was not asked.

    Args:
        session: the respondents and their model; its columns are filled.
        questionnaire: the questions, in order.
    """
    last = _last_page_of_the_screened(questionnaire)
    for question in questionnaire.questions:
        shown = _shown(session, question, last, questionnaire.meanings)
        for name, values in _values(session, question):
            session.columns[name] = np.where(shown, values, NULL).astype(np.int8)
    return session.columns


def _shown(session: Session, question: Question, last: int, meanings: Meanings) -> Flags:
    """Return who is asked the question, by routing, screening and mode."""
    if question.interviewer and session.people.mode == "online":
        return np.zeros(session.size, dtype=np.bool_)
    shown = session.people.eligible | (question.page <= last)
    return shown & routed(question, session.columns, meanings) if question.visible_if else shown


def routed(question: Question, columns: Mapping[str, Codes], meanings: Meanings) -> Flags:
    """Return the rows in which the condition of a question holds."""
    condition = parse(question.visible_if)
    named = {
        name: np.where(values == NULL, np.nan, values).astype(np.float32)
        for name, values in columns.items()
        if name in condition.names or name.rpartition(".")[0] in condition.names
    }
    return evaluate(condition, named, meanings)


def _last_page_of_the_screened(questionnaire: Questionnaire) -> int:
    """Return the page on which a screened-out interview ends."""
    asked = [question.page for question in questionnaire.questions if any(c.screen_out for c in question.choices)]
    return max(asked, default=-1)


def _values(session: Session, question: Question) -> Iterator[tuple[str, Codes]]:
    """Yield the items of one question with their codes, as if everyone were asked."""
    channels = session.world.channels
    if question.role in personal.PERSONAL:
        yield question.name, personal.answers(session, question)
    elif question is channels.question:
        yield from _options(session, question, session.reached)
    elif question.items and question.items[0].name in session.world.forms:
        yield from _forms(session, question, session.world.forms[question.items[0].name])
    elif question.type.several and (question.role == "importance" or question.type.ordered):
        yield from _options(session, question, _most_important(session, question))
    elif question.type.several:
        yield from _options(session, question, _chosen(session, question))
    else:
        for item in question.items:
            scale = session.world.scales.get(item.name)
            yield item.name, _graded(session, scale) if scale else _named(session, question)


def _graded(session: Session, scale: Scale) -> Codes:
    """Draw an item with ordered answers."""
    rng = session.rng(scale.item)
    level = session.propensity[scale.family] * np.float32(scale.slope) + _noise(session, scale, rng)
    if scale.place:
        level += scale.places(session.world.city.place).astype(np.float32)[session.people.community]
    index = np.zeros(session.size, dtype=np.int8)
    for cut in scale.cuts.astype(np.float32):
        index += level <= cut
    values = np.array(scale.codes, dtype=np.int8)[index]
    if scale.unsure:
        shift = unsure_shift(session.world.people).astype(np.float32)[session.people.cell]
        doubt = np.float32(0.5) * session.doubt + np.float32(np.sqrt(0.75)) * _normal(session, rng)
        values[doubt < shift + np.float32(scale.threshold)] = scale.unsure[0]
    return _without(session, rng, values, scale.refused, scale.blank)


def _normal(session: Session, rng: np.random.Generator) -> Singles:
    return rng.standard_normal(session.size, dtype=np.float32)


def _noise(session: Session, scale: Scale, rng: np.random.Generator) -> Singles:
    """Draw standard logistic noise, part of which a person shares among all items of the family."""
    if scale.loading:
        own = np.float32(np.sqrt(1 - scale.loading**2)) * _normal(session, rng)
        share = ndtr(np.float32(scale.loading) * session.halo[scale.family] + own)
    else:
        share = rng.random(session.size, dtype=np.float32)
    return np.asarray(logit(np.clip(share, EDGE, 1 - EDGE)), dtype=np.float32)


def _without(
    session: Session, rng: np.random.Generator, values: Codes, refused: tuple[int, float] | None, blank: float
) -> Codes:
    """Replace some answers by refusals and blanks."""
    draw = rng.random(session.size, dtype=np.float32)
    if refused:
        values[draw > 1 - refused[1] * (1 - blank)] = refused[0]
    values[draw < blank] = BLANK
    return values


def _named(session: Session, question: Question) -> Codes:
    """Draw a nominal single choice: by channels if those are the choices, else by shares."""
    codes = [choice.code for choice in question.choices]
    rng = session.rng(question.name)
    blank = 0.0 if question.required else BLANK_SHARE
    if question.role == "channel" and set(codes) & set(session.world.channels.codes):
        return _without(session, rng, _one_channel(session, question, rng), None, blank)
    shares = read_words("items")["nominal"].get(question.name, {})
    if not codes:
        return np.full(session.size, BLANK, dtype=np.int8)
    weights = np.array([[shares.get(str(code), 0.0 if shares else 0.5**rank) for rank, code in enumerate(codes)]])
    found = categories(rng, np.maximum(weights, 1e-9), np.zeros(session.size, dtype=np.int64))
    return _without(session, rng, np.array(codes, dtype=np.int8)[found], None, blank)


def _one_channel(session: Session, question: Question, rng: np.random.Generator) -> Codes:
    """Draw one of the channels that reached the person, stronger ones more often."""
    channels = session.world.channels
    best = np.full(session.size, -np.inf, dtype=np.float32)
    spare = next((c.code for c in question.choices if c.missing or c.exclusive), question.choices[-1].code)
    values = np.full(session.size, spare, dtype=np.int8)
    offered = {choice.code for choice in question.choices}
    for code, units in zip(channels.codes, channels.units, strict=True):
        if code not in offered:
            continue
        score = rng.random(session.size, dtype=np.float32) + np.float32(0.15 * units)
        better = session.reached[code] & (score > best)
        best[better], values[better] = score[better], code
    for choice in question.choices:
        if choice.code not in channels.codes:
            share = NO_CHANNEL["dontknow" if choice.missing else "none"]
            values[rng.random(session.size, dtype=np.float32) < share] = choice.code
    return values


def _forms(session: Session, question: Question, form: FormModel) -> Iterator[tuple[str, Codes]]:
    """Draw participation by propensity, then the first form and additional ones."""
    rng = session.rng(question.name)
    noise = logit(np.clip(rng.random(session.size, dtype=np.float32), EDGE, 1 - EDGE))
    part = session.propensity[form.family] + noise > np.float32(form.cut)
    first = categories(rng, form.first[None, :], np.zeros(session.size, dtype=np.int64))
    chosen = {
        code: part & ((first == index) | (rng.random(session.size, dtype=np.float32) < np.float32(form.more[index])))
        for index, code in enumerate(form.codes)
    }
    yield from _options(session, question, chosen)


def _chosen(session: Session, question: Question) -> Mapping[int, Flags]:
    shares = read_words("items")["nominal"].get(question.name, {})
    rng = session.rng(question.name)
    return {
        choice.code: rng.random(session.size, dtype=np.float32) < shares.get(str(choice.code), DEFAULT_SHARE)
        for choice in question.choices
        if not choice.exclusive
    }


def _most_important(session: Session, question: Question) -> Mapping[int, Flags]:
    """Return who named which option: those with the highest scores (weight in the word list times noise)."""
    shares = read_words("items")["nominal"].get(question.name, {})
    rng = session.rng(question.name)
    listed = [choice for choice in question.choices if not choice.exclusive]
    weights = np.log([shares.get(str(choice.code), 1.0) for choice in listed]).astype(np.float32)
    scores = np.empty((len(listed), session.size), dtype=np.float32)
    for index, weight in enumerate(weights):
        scores[index] = weight - np.log(np.maximum(rng.standard_exponential(session.size, dtype=np.float32), EDGE))
    rest = max(0, len(listed) - _most(question))
    lowest = np.partition(scores, rest, axis=0)[rest]
    unsure = next((shares.get(str(c.code), 0.0) for c in question.choices if c.exclusive), 0.0)
    decided = rng.random(session.size, dtype=np.float32) >= unsure
    return {choice.code: (scores[index] >= lowest) & decided for index, choice in enumerate(listed)}


def _most(question: Question) -> int:
    """Return how many options are named: the number of ranks of a ranking, else `TOP`."""
    return len(question.items[0].chosen) if question.type.ordered else TOP


def _options(session: Session, question: Question, chosen: Mapping[int, Flags]) -> Iterator[tuple[str, Codes]]:
    """Yield the items of the options; the exclusive one is set if nothing was chosen, and some answers are blank."""
    nothing = ~np.logical_or.reduce(list(chosen.values()))
    blank = session.rng(f"blank/{question.name}").random(session.size, dtype=np.float32) < BLANK_SHARE
    exclusive = next((choice.code for choice in question.choices if choice.exclusive), None)
    if question.required:
        blank &= False
    if exclusive is None:
        blank = blank | nothing
    else:
        chosen = {**chosen, exclusive: nothing}
    marks = _places(session, question, chosen) if question.type.ordered else chosen
    for item in question.items:
        yield item.name, np.where(blank, BLANK, marks.get(item.option or 0, nothing & False)).astype(np.int8)


def _places(session: Session, question: Question, chosen: Mapping[int, Flags]) -> Mapping[int, Codes]:
    """Rank the chosen options by the Plackett-Luce model with the weights of the word list."""
    shares = read_words("items")["nominal"].get(question.name, {})
    rng, most = session.rng(f"order/{question.name}"), _most(question)
    scores = np.full((len(chosen), session.size), -np.inf, dtype=np.float32)
    for index, (code, flags) in enumerate(chosen.items()):
        noise = np.log(np.maximum(rng.standard_exponential(session.size, dtype=np.float32), EDGE))
        scores[index][flags] = (np.float32(np.log(shares.get(str(code), 1.0))) - noise)[flags]
    places = np.argsort(np.argsort(-scores, axis=0, kind="stable"), axis=0) + 1
    places[(scores == -np.inf) | (places > most)] = 0
    marks = np.array([question.type.mark(place) for place in range(len(chosen) + 1)], dtype=np.int8)
    return dict(zip(chosen, marks[places], strict=True))
