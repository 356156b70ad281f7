"""The forecast of the official survey: one probability, the first step, the chance of each line, and further steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.decisions.passing.pass_forecast import CONFIDENT
from analysis.numerals import chance, chance_gain, percent, spoken_chance
from reports.overview.lever import Foreseen
from reports.plans.pass_forecast import PassForecast
from reports.sentences import passing as words
from reports.sentences.notes import reaching
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import join
from views.blocks.html import text
from views.blocks.rows import Column, Line, row_table

FIRST_STEP = "先办这一步"
NOT_ENOUGH = "（仍不到九成，其他区县也要提高）"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of bars.

    Attributes:
        label: name of the row.
        number: number as printed.
        length: length of the bar, in [0, 1].
        kind: class of the bar: "silu-sure" for nine in ten and more, "silu-best" for the best, "" for the others.
        note: small print below the name; may be empty.
    """

    label: str
    number: str
    length: float
    kind: str = ""
    note: str = ""


def forecast_block(seen: Foreseen, state: object = "", href: str = "") -> str:
    """Return the probability and the first step at the left, the bars at the right; below one another on a phone.

    Args:
        seen: the forecast.
        state: the next step of the rate and district to begin with.
        href: address of the ledger where it has an open entry there; "" for no button.
    """
    answer, found = seen.forecast, seen.forecast.found
    huge = _huge(chance(found.everything)) + _squares(found.of_ten)
    exam = reaching.exam(answer.exam, date.today())
    return (
        f'<div class="silu-forecast"><section><h2>{tr("照这次的水平")}<small>{text(exam)}</small></h2>{huge}'
        f"<p>{text(words.in_ten(found))}</p>{_first_step(seen, state, href)}</section>"
        f"<section><h2>{tr('各条线达标的可能')}<small>{text(words.official(answer.official))}</small></h2>"
        f"{_bars(gates(answer), 'silu-gates')}{_reason(seen)}{_ladder(seen)}</section></div>"
    )


def _ladder(seen: Foreseen) -> str:
    """Return what each further step brings; "" where no step helps."""
    bars = rungs(seen)
    if len(bars) < 2:
        return ""
    title = f"<h2>{tr('办到哪一步，可能升到多少')}<small>{tr('全部达标，竖线为九成把握')}</small></h2>"
    return title + _bars(bars, "silu-gates silu-ladder")


def rungs(seen: Foreseen) -> list[Bar]:
    """Return the chance of passing everything now and after each further step, up to nine in ten."""
    found, step = seen.forecast.found, seen.lever
    if step.at is None:
        return []
    first = step.reached if step.title else float(found.raised[step.at])
    name = step.title or words.step_title(seen.forecast.rates[step.at], found)
    some = [(tr("照这次的水平"), found.everything, ""), (str(name), first, "")]
    if step.others:
        some.append((str(step.second), step.together, tr("由{leads}牵头").format(leads="、".join(step.leads))))
    if seen.rise:
        some.append((str(seen.rise), CONFIDENT, ""))
    return [
        Bar(label, chance(value), value, "silu-sure" if value >= CONFIDENT else "silu-best" if at == 1 else "", note)
        for at, (label, value, note) in enumerate(some)
    ]


def gain_block(seen: Foreseen) -> str:
    """Return what one step in each rate adds, as bars with their title."""
    title = f"{text(words.gains_title(seen.forecast.found))}<small>{tr('个百分点')}</small>"
    return f'<div class="silu-forecast silu-gains"><section><h2>{title}</h2>{_bars(gains(seen))}</section></div>'


def _reason(seen: Foreseen) -> str:
    """Return why the least certain line is in doubt, and why what is met may still fail."""
    said = join([seen.forecast.reason, seen.close], "；")
    return f'<p class="silu-reason">{text(said)}</p>' if said else ""


def gates(answer: PassForecast) -> list[Bar]:
    """Return the chance of each line, the surest first."""
    pairs = sorted(zip(answer.labels.values(), answer.found.gate.tolist(), strict=True), key=lambda pair: -pair[1])
    return [
        Bar(label, spoken_chance(value).removeprefix(tr("约 ")), value, "silu-sure" if value >= CONFIDENT else "")
        for label, value in pairs
    ]


def gains(seen: Foreseen) -> list[Bar]:
    """Return what one step in each rate adds, the largest first; lengths are shares of all that is missing."""
    answer, found = seen.forecast, seen.forecast.found
    missing = max(1 - found.everything, 0.05)
    order = sorted(range(len(answer.rates)), key=lambda at: -found.item_gain[at])
    tied = () if seen.lever.at is None else words.tied_with(found, seen.lever.at)
    return [
        Bar(
            answer.rates[at],
            chance_gain(found.everything, float(found.raised[at])),
            min(max(float(found.item_gain[at]), 0.0) / missing, 1.0),
            "silu-best" if at in tied else "",
        )
        for at in order
    ]


def _huge(number: str) -> str:
    return f'<p class="silu-huge"><b>{text(number.removesuffix("%"))}</b><small>%</small></p>'


def _squares(full: int) -> str:
    squares = "".join(f"<i{' class=silu-full' if at < full else ''}></i>" for at in range(10))
    return f'<div class="silu-squares" aria-hidden="true">{squares}</div>'


def _first_step(seen: Foreseen, state: object, href: str) -> str:
    answer, found, step = seen.forecast, seen.forecast.found, seen.lever
    shown = "" if step.title else step.area
    place = f"<b>{text(shown)}</b> {text('、'.join(step.items))}".strip() if shown or step.items else ""
    rows = [(tr("优先解决"), place), (tr("下一步"), text(state))]
    button = f'<a class="silu-button silu-do" href="{href}">{tr("看台账")}&nbsp;→</a>' if href else ""
    told = "".join(f"<dt>{head}</dt><dd>{content}</dd>" for head, content in rows if content)
    told = f"<dl>{told}</dl>{button}"
    if step.at is None:
        return f'<div class="silu-step"><p>{FIRST_STEP}</p><h3>{text(words.no_step(found))}</h3>{told}</div>'
    title, to = step.title, step.reached
    if not title:
        title, to = words.step_title(answer.rates[step.at], found), float(found.raised[step.at])
    rise = f"{chance(found.everything)} → <b>{chance(to)}</b>"
    first = FIRST_STEP + (NOT_ENOUGH if to < CONFIDENT and not step.others else "")
    return f'<div class="silu-step"><p>{first}</p><h3>{text(title)}</h3><p class="silu-rise">{rise}</p>{told}</div>'


def _bars(bars: Sequence[Bar], kind: str = "") -> str:
    rows = "".join(
        f"<li><span>{text(bar.label)}{f'<small>{text(bar.note)}</small>' if bar.note else ''}</span>"
        f'<b>{text(bar.number)}</b><div class="silu-track" aria-hidden="true">'
        f'<i class="{bar.kind}" style="width:{percent(bar.length)}"></i></div></li>'
        for bar in bars
    )
    return f'<ul class="silu-bars {kind}">{rows}</ul>'


def district_table(answer: PassForecast) -> str:
    """Return the chances of each district on its own, the least certain first; a card each on a phone."""
    numbers = (tr("全部达标"), *answer.labels.values(), tr("多出（百分点）"))
    columns = [Column(tr("区县"), "title"), *(Column(head, "number") for head in numbers)]
    rows = answer.districts.sort_values("everything").to_dict("records")
    return row_table(columns, [_district(row, answer) for row in rows], tr("各区县单独看"))


def _district(row: dict[object, object], answer: PassForecast) -> Line:
    everything = answer.found.everything
    chances = [chance(float(str(row[name]))) for name in ("everything", *answer.labels)]
    gain = chance_gain(everything, everything + float(str(row["gain"])))
    return Line([text(cell) for cell in (row["district"], *chances, gain)])
