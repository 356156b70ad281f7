"""Draw open answers: theme x place x tone in colloquial words, with typos, emoji, phone numbers and non-answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from survey.instrument.measure import SATISFACTION
from survey.instrument.question import Question
from survey.instrument.questionnaire import Questionnaire
from survey.mock.city.areas import Floats
from survey.mock.wave.phrases import (
    PLAIN,
    TRADITIONAL,
    TYPO,
    list_pool,
    place_groups,
    place_pool,
    theme_codes,
    theme_pool,
    word_pool,
)
from survey.mock.wave.session import Codes, Flags, Session, categories

Ints = npt.NDArray[np.int64]
SILENT = {"household": 0.12, "online": 0.35}  # share of empty fields
NON_ANSWER = 0.30  # share of 无, 没有 and the like among the others
FORM_SHARES = ((TRADITIONAL, 0.03), (TYPO, 0.08))
EMOJI, PHONE, NAMED, PLACED = 0.05, 0.012, 0.10, 0.75
TONE_SHARES = np.array([[0.36, 0.40, 0.07, 0.17], [0.66, 0.26, 0.07, 0.01]])  # satisfied and dissatisfied people
OTHER_WORDS = {"channel": "channel", "barrier": "barrier", "reason": "reason"}


@dataclass(frozen=True)
class Answered:
    """The answers to an open question in one wave and mode.

    Attributes:
        text: the text; NULL if empty.
        theme: index into `theme_codes`, -1 without content.
        tone: index into `TONES`, -1 without content.
        form: PLAIN, TRADITIONAL or TYPO.
        phone: whether the text contains a phone number.
        emoji: whether it ends in an emoji.
    """

    text: pa.Array
    theme: Ints
    tone: Ints
    form: Ints
    phone: Flags
    emoji: Flags

    def take(self, origin: Ints) -> Answered:
        """Return the answers with row i taken from row `origin[i]`."""
        theme, tone, form = self.theme[origin], self.tone[origin], self.form[origin]
        text = self.text.take(pa.array(origin))
        return Answered(text, theme, tone, form, self.phone[origin], self.emoji[origin])

    def replaced(self, chosen: Flags, words: pa.Array) -> Answered:
        """Return the answers with the texts of the chosen rows replaced by words without a theme."""
        text = pc.if_else(pa.array(chosen), words, self.text)
        plain = np.where(chosen, PLAIN, self.form)
        theme, tone = np.where(chosen, -1, self.theme), np.where(chosen, -1, self.tone)
        return Answered(text, theme, tone, plain, self.phone & ~chosen, self.emoji & ~chosen)


def draw_texts(session: Session, questionnaire: Questionnaire, shares: Floats) -> dict[str, Answered]:
    """Draw every text column of the questionnaire.

    Args:
        session: the session, with its closed questions already drawn.
        questionnaire: the questions; the first open one asks for suggestions, the others for ways to be informed.
        shares: shares of the themes; see `phrases.theme_shares`.
    """
    found: dict[str, Answered] = {}
    open_questions = [question for question in questionnaire.questions if question.type.open]
    for rank, question in enumerate(open_questions):
        found[question.name] = _wishes(session, question, shares) if rank == 0 else _ways(session, question)
    for question in questionnaire.questions:
        if question.other:
            found[f"{question.name}.other"] = _other(session, question)
    return found


def _form(rng: np.random.Generator, size: int) -> Ints:
    draw, form = rng.random(size), np.full(size, PLAIN, dtype=np.int64)
    for code, share in FORM_SHARES:
        form[(draw >= 0) & (draw < share)] = code
        draw = draw - share
    return form


def _discontent(session: Session) -> Ints:
    """Return 1 for people whose propensity to be satisfied is below the middle, else 0."""
    return (session.propensity[SATISFACTION] + session.halo[SATISFACTION] < -0.8).astype(np.int64)


def _wishes(session: Session, question: Question, shares: Floats) -> Answered:
    """Draw suggestions of what to change, and where."""
    rng, size = session.rng(f"text/{question.name}"), session.size
    theme = categories(rng, shares, session.people.community)
    tone = categories(rng, TONE_SHARES, _discontent(session))
    form = _form(rng, size)
    emoji, phone = rng.random(size) < EMOJI, rng.random(size) < PHONE
    parts = [
        word_pool("open").draw(rng, tone, form),
        _place(session, rng, form),
        theme_pool().draw(rng, tone * len(theme_codes()) + theme, form),
        word_pool("end").draw(rng, tone, form),
        _only(phone, lambda count: _contact(rng, count)),
        _only(emoji, lambda count: _plain(rng, count, "misc", "emoji")),
    ]
    # suggestions name the place first: 希望 + 巷子口 + 装几盏路灯
    text = pc.binary_join_element_wise(*parts, "")
    return _with_non_answers(session, rng, Answered(text, theme, tone, form, phone, emoji))


def _place(session: Session, rng: np.random.Generator, form: Ints) -> pa.Array:
    """Draw the place: its type, sometimes the name of the community, sometimes nothing."""
    city, size = session.world.city, session.size
    words = place_pool().draw(rng, place_groups(city.place)[session.people.community], form)
    names = pa.array([point.community for point in city.areas.points], pa.string())
    draw = rng.random(size)
    named = names.take(pa.array(session.people.community))
    words = pc.if_else(pa.array(draw < NAMED), named, words)
    return pc.if_else(pa.array(draw < PLACED), words, "")


def _plain(rng: np.random.Generator, count: int, table: str, name: str) -> pa.Array:
    group = np.zeros(count, dtype=np.int64)
    return list_pool(table, name).draw(rng, group, group)


def _only(chosen: Flags, make: Any) -> pa.Array:
    """Return phrases made for the chosen rows, and the empty phrase for the others."""
    index = np.cumsum(chosen) - 1
    phrases = make(int(chosen.sum()))
    return pc.fill_null(phrases.take(pa.array(index, mask=~chosen)), "")


def _contact(rng: np.random.Generator, count: int) -> pa.Array:
    """Draw a fictitious mobile number, QQ or WeChat id, or contact person."""
    head = pa.array(["130", "131", "135", "138", "139", "150", "158", "177", "186", "189"])
    mobile = pc.binary_join_element_wise(
        "，",
        _plain(rng, count, "misc", "phone_lead"),
        head.take(pa.array(rng.integers(0, len(head), count))),
        pc.utf8_lpad(pa.array(rng.integers(0, 10**8, count)).cast(pa.string()), 8, "0"),
        "",
    )
    chat = pc.binary_join_element_wise(
        "，",
        _plain(rng, count, "misc", "chat_lead"),
        pa.array(rng.integers(10**7, 10**10, count)).cast(pa.string()),
        "",
    )
    person = pc.binary_join_element_wise(
        "，找", _plain(rng, count, "misc", "surnames"), _plain(rng, count, "misc", "titles"), "就行", ""
    )
    kind = rng.random(count)
    return pc.if_else(pa.array(kind < 0.6), mobile, pc.if_else(pa.array(kind < 0.8), chat, person))


def _ways(session: Session, question: Question) -> Answered:
    """Draw ways to be informed."""
    rng, size = session.rng(f"text/{question.name}"), session.size
    form = _form(rng, size)
    group = np.zeros(size, dtype=np.int64)
    parts = [list_pool("inform", name).draw(rng, group, form) for name in ("lead", "ways", "tail")]
    none = np.full(size, -1, dtype=np.int64)
    emoji = rng.random(size) < EMOJI / 2
    text = pc.binary_join_element_wise(*parts, _only(emoji, lambda count: _plain(rng, count, "misc", "emoji")), "")
    no_rows = np.zeros(size, dtype=np.bool_)
    return _with_non_answers(session, rng, Answered(text, none, none, form, no_rows, emoji))


def _with_non_answers(session: Session, rng: np.random.Generator, full: Answered) -> Answered:
    """Replace some answers by blanks and non-answers; screened-out respondents were not asked."""
    draw = rng.random(session.size)
    silent = (draw < SILENT[session.people.mode]) | ~session.people.eligible
    empty = silent | (rng.random(session.size) < NON_ANSWER)
    words = _plain(rng, session.size, "misc", "blank_like")
    text = pc.if_else(pa.array(silent), pa.scalar(None, pa.string()), pc.if_else(pa.array(empty), words, full.text))
    return Answered(
        text=text,
        theme=np.where(empty, -1, full.theme),
        tone=np.where(empty, -1, full.tone),
        form=np.where(empty, PLAIN, full.form),
        phone=full.phone & ~empty,
        emoji=full.emoji & ~empty,
    )


def _other(session: Session, question: Question) -> Answered:
    """Draw the respondents' own words where 其他 was chosen."""
    rng, size = session.rng(f"text/{question.name}.other"), session.size
    chosen = _chose_other(session, question)
    table = OTHER_WORDS.get(question.role or "", "activity" if question.name in _form_questions(session) else "plain")
    words = _only(chosen, lambda count: _plain(rng, count, "other", table))
    text = pc.if_else(pa.array(chosen & (rng.random(size) < 0.9)), words, pa.scalar(None, pa.string()))
    none, no_rows = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    return Answered(text, none, none, np.zeros(size, dtype=np.int64), no_rows, no_rows)


def _form_questions(session: Session) -> set[str]:
    return {form.question.name for form in session.world.forms.values()}


def _chose_other(session: Session, question: Question) -> Flags:
    last = question.choices[-1].code
    flag: Codes | None = session.columns.get(f"{question.name}.{last}")
    values = session.columns.get(question.name) if flag is None else flag
    wanted = last if flag is None else 1
    if values is None:
        return np.zeros(session.size, dtype=np.bool_)
    return np.asarray(values == wanted, dtype=np.bool_)
