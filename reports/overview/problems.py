"""Problems: the verdicts below the line that a leader sees first, with their start, their causes and their owners."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.areas.against_target import targets_of
from analysis.areas.verdict import Verdict
from analysis.estimation.estimates import Estimates
from reports.definitions import item_rates
from reports.disclosure import shown
from reports.owners import in_charge
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.briefing import of
from reports.sentences.sentence import Row, rows_of
from reports.verdicts import named
from survey.instrument.questionnaire import Rate
from survey.study.plans.letterhead import letterhead
from survey.study.plans.rectification import Entry

MOST = 4
"""Number of problems on the first page."""
OWNERS = 2
"""Number of units that an entry of the ledger proposes."""
WORST = 3
"""Number of items named as the worst ones of a rate."""


@dataclass(frozen=True)
class Problem:
    """One rate of one district that lies below its line, surely or probably.

    Attributes:
        row: the verdict, a row of `reports.verdicts.judged`.
        since: first wave of the unbroken run of waves in which the district's answers lie below the line; "" where a
            condition on people is set.
        worst: the worst items of the rate in this district, the worst first, with `label`, `estimate` and `line` (their
            own target, NaN where they have none); may be empty.
        units: the units in charge of them; of the rate itself where it has no items.
        lead: the lead unit of the district; "" where study.toml names none.
    """

    row: Row
    since: str = ""
    worst: tuple[Row, ...] = ()
    units: tuple[str, ...] = ()
    lead: str = ""

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Return the labels of the worst items."""
        return tuple(str(item["label"]) for item in self.worst)

    @cached_property
    def sure(self) -> bool:
        """Return whether the verdict is 确认薄弱."""
        return self.row["verdict"] == Verdict.WEAK

    @cached_property
    def place(self) -> tuple[str, str]:
        """Return district and name of the rate."""
        return str(self.row["district"]), str(self.row["item"])


def problems(
    gathered: StudySample,
    selection: Selection,
    found: Estimates,
    most: int = MOST,
    verdicts: Sequence[Verdict] = (Verdict.WEAK, Verdict.WATCH),
) -> tuple[Problem, ...]:
    """Return the worst problems, confirmed ones first, each group by shortfall.

    Args:
        gathered: the sample.
        selection: the rates by district of one wave; start and items are left out under a condition on people.
        found: its verdicts, from `reports.verdicts.judged`.
        most: how many to return.
        verdicts: the verdicts that count as a problem, the first ones first.
    """
    rows = [row for verdict in verdicts for row in rows_of(found, of(found.table, verdict), "district", "item")][:most]
    leads = letterhead(gathered.study)
    some = [_plain(gathered, row) for row in rows] if selection.where else _explained(gathered, selection, rows)
    return tuple(replace(one, lead=leads.named_lead_of(one.place[0])) for one in some)


def problem_of(
    gathered: StudySample, selection: Selection, found: Estimates, district: str, item: str
) -> Problem | None:
    """Return a rate of a district whatever its verdict, with its worst items and the units in charge; None without one.

    Args:
        gathered: the sample.
        selection: the headline rates by district of one wave.
        found: its verdicts, from `reports.verdicts.judged`.
        district: where.
        item: name of the rate.
    """
    here = found.table["district"].astype(str).eq(district) & found.table["item"].astype(str).eq(item)
    one = problems(gathered, selection, Estimates(found.table[here], found.meta), 1, tuple(Verdict))
    return one[0] if one else None


def first_place(found: Estimates) -> tuple[str, str]:
    """Return district and rate of the worst problem, a confirmed one before a watched one; "" for none."""
    for verdict in (Verdict.WEAK, Verdict.WATCH):
        for row in of(found.table, verdict).head(1).to_dict("records"):
            return str(row["district"]), str(row["item"])
    return "", ""


def as_entered(found: Sequence[Problem], entries: Sequence[Entry]) -> tuple[Problem, ...]:
    """Return problems with the units of their open entries in the ledger; see `reports.owners.in_charge`."""
    return tuple(replace(one, units=in_charge(*one.place, one.units, entries)) for one in found)


def owner_of(gathered: StudySample, selection: Selection, district: str, item: str) -> str:
    """Return who is proposed as the owner of an entry in the ledger: the units of the worst items of a rate.

    Args:
        gathered: the sample.
        selection: the wave.
        district: where.
        item: name of the rate.

    Returns:
        At most two units; "" where the questionnaire names none.
    """
    rate = gathered.rate(item)
    here = selection.everyone().within(district=district)
    units = units_of_items(gathered, rate, worst_items(gathered, here, rate, district))
    return "、".join(units[:OWNERS])


def _plain(gathered: StudySample, row: Row) -> Problem:
    return Problem(row, units=own_units(gathered.rate(str(row["item"]))))


def _explained(gathered: StudySample, selection: Selection, rows: Sequence[Row]) -> list[Problem]:
    """Explain verdicts; what is estimated of a rate in several districts is estimated together."""
    districts: dict[str, list[str]] = {}
    for row in rows:
        districts.setdefault(str(row["item"]), []).append(str(row["district"]))
    known = {
        (district, name): (since, worst)
        for name, some in districts.items()
        for district, since, worst in _of_districts(gathered, selection, gathered.rate(name), some)
    }
    found = []
    for row in rows:
        rate, (since, worst) = gathered.rate(str(row["item"])), known[str(row["district"]), str(row["item"])]
        found.append(Problem(row, since, worst, units_of_items(gathered, rate, worst)))
    return found


def _of_districts(
    gathered: StudySample, selection: Selection, rate: Rate, districts: Sequence[str]
) -> Iterator[tuple[str, str, tuple[Row, ...]]]:
    """Yield districts, each with the start of its weakness in a rate and its worst items."""
    items = {one.name: one for one in item_rates(gathered.study, rate.measure)}
    waves = _waves(gathered, selection)
    asked, over = selection.asking(tuple(items)), selection.asking((rate.name,), ("wave",)).in_wave(*waves)
    worst = _apart(gathered.estimates, asked, districts) if asked.items else {}
    past = _apart(gathered.shares, over, districts)
    for one in districts:
        low = _lowest(gathered, asked.within(district=one), worst[one], items, one) if items else ()
        since = _since(gathered, over.within(district=one), past[one], rate, selection.wave)
        yield one, since, low


def _apart(
    estimate: Callable[[Selection], Estimates], asked: Selection, districts: Sequence[str]
) -> dict[str, Estimates]:
    """Return the estimates of what is asked in each of some districts, before suppression; they are made together."""
    some = replace(asked, by=("district", *asked.by), conditions=(*asked.conditions, ("district", tuple(districts))))
    every = estimate(some)
    of, found = every.table["district"].astype(str), dict[str, Estimates]()
    for one in districts:
        rows = every.table[of == one].drop(columns="district").reset_index(drop=True)
        where = {**every.meta["where"], "district": (one,)}
        found[one] = Estimates(rows, {**every.meta, "by": asked.by, "where": where})
    return found


def units_of_items(gathered: StudySample, rate: Rate, worst: Sequence[Row]) -> tuple[str, ...]:
    """Return who is in charge of some items of a rate; of the rate itself where nobody is of them."""
    owners = (gathered.rate(str(item["item"])).unit for item in worst)
    return tuple(dict.fromkeys(unit for unit in owners if unit)) or own_units(rate)


def own_units(rate: Rate) -> tuple[str, ...]:
    """Return the owner of a rate itself; none where there is none."""
    return (rate.owner,) if rate.owner else ()


def worst_items(gathered: StudySample, selection: Selection, rate: Rate, district: str = "") -> tuple[Row, ...]:
    """Return the items of a rate with the lowest shares; none where their answers are too few.

    They are kept with the sample, since several parts of a page or document name them.

    Args:
        gathered: the sample.
        selection: the wave, and the people and areas among whom.
        rate: the rate.
        district: the district whose targets apply; those of the city when "".
    """
    items = {one.name: one for one in item_rates(gathered.study, rate.measure)}
    if not items:
        return ()
    asked = selection.asking(tuple(items))
    cache, key = gathered.sample.cells.cache, ("worst items", asked, district)
    study, found = cache.get(key, (None, ()))
    if study is not gathered.study:
        found = _lowest(gathered, asked, gathered.estimates(asked), items, district)
        cache[key] = (gathered.study, found)
    return tuple(found)


def _lowest(
    gathered: StudySample, asked: Selection, every: Estimates, items: Mapping[str, Rate], district: str
) -> tuple[Row, ...]:
    """Return the rows of `worst_items` from the estimates of what is asked, before suppression."""
    found = named(shown(every, gathered, asked), gathered)
    table = found.table.assign(district=district) if district else found.table
    lines = targets_of(table, gathered.study.targets, items)
    found = Estimates(found.table.assign(line=lines), found.meta)
    clear = found.table[found.table["estimate"].notna() & ~found.table["flag"].eq("few")]
    return rows_of(found, clear.sort_values("estimate", kind="stable").head(WORST), "item")


def _waves(gathered: StudySample, selection: Selection) -> tuple[str, ...]:
    """Return the waves up to that of a selection."""
    return gathered.waves[: gathered.waves.index(selection.wave) + 1] if selection.wave in gathered.waves else ()


def _since(gathered: StudySample, asked: Selection, every: Estimates, rate: Rate, wave: str) -> str:
    """Return the wave from which on the district's own answers lie below the line without a break.

    Args:
        gathered: the sample.
        asked: the rate in the district, by wave up to the last one.
        every: its estimates, before suppression.
        rate: the rate.
        wave: the last wave.
    """
    rows, district = shown(every, gathered, asked).table, asked.where["district"][0]
    line = float(targets_of(rows.assign(district=district), gathered.study.targets, {rate.name: rate}).iloc[0])
    share = dict(zip(rows["wave"].astype(str), rows["estimate"].astype(float), strict=True))
    first = wave
    for one in reversed(asked.waves):
        if not share.get(one, line) < line:
            break
        first = one
    return first
