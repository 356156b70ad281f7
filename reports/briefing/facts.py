"""Facts: the results that a document speaks of, computed once for all documents of a wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from analysis.areas.verdict import Verdict, worst_first
from analysis.estimation.estimates import Estimates
from analysis.integrity.lights import AreaLight
from reports import rates
from reports.areas.places import Area, children, find, of_level
from reports.areas.profile import Profile, profile
from reports.areas.spine import lowest_items
from reports.definitions import headlines, item_rates
from reports.fieldwork.area_lights import Round, lights
from reports.fieldwork.kept_lights import path_of, read_units
from reports.overview.next_step import NextSteps
from reports.overview.people import people_tables, weak_people
from reports.overview.problems import Problem, as_entered, problems
from reports.owners import local
from reports.plans.rectification import ledger_of
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.sentence import Row, rows_of
from reports.verdicts import judged
from survey.errors import DesignError
from survey.instrument.measure import appraisals
from survey.study.plans.letterhead import Letterhead, letterhead
from survey.study.plans.rectification import Entry
from survey.study.study import Study
from survey.study.terms import Wave

EVERY = 10_000


@dataclass(frozen=True, slots=True)
class Lit:
    """How many units have a red light: interviewers, communities, and the responses that come from them."""

    interviewers: int
    communities: int
    responses: int


@dataclass(frozen=True)
class Facts:
    """The results of one wave and mode.

    Attributes:
        gathered: the sample.
        selection: wave and mode, all residents.
        letterhead: who issues documents.
        city: its four rates with their change, judged.
        districts: the four rates by district, judged.
        streets: the same by street.
        items: the appraised items of the city, judged; may be empty.
        groups: the four rates by groups of people, judged, one table per kind of group.
        problems: confirmed and watched rates of districts with their items and owners.
        lights: light of each district.
        lit: units with a red light.
        entries: the ledger.
        interviews: number of responses of the wave.
        day: date of the data version; that of the end of the wave where it is not known.
    """

    gathered: StudySample
    selection: Selection
    letterhead: Letterhead
    city: Estimates
    districts: Estimates
    streets: Estimates
    items: Estimates
    groups: tuple[Estimates, ...]
    problems: tuple[Problem, ...]
    lights: Mapping[str, AreaLight]
    lit: Lit
    entries: tuple[Entry, ...]
    interviews: int
    day: date

    @property
    def study(self) -> Study:
        """Return the study."""
        return self.gathered.study

    @property
    def wave(self) -> Wave | None:
        """Return the wave; None where study.toml does not list it."""
        return _wave(self.study, self.selection.wave)

    @property
    def previous(self) -> Wave | None:
        """Return the wave before; None for a first one."""
        earlier = self.gathered.before(self.selection.wave)
        return _wave(self.study, earlier[-1]) if earlier else None

    @cached_property
    def sure(self) -> tuple[Problem, ...]:
        """Return the confirmed rates of districts, the largest shortfall first."""
        return tuple(one for one in self.problems if one.sure)

    @cached_property
    def watched(self) -> tuple[Problem, ...]:
        """Return the watched rates of districts."""
        return tuple(one for one in self.problems if not one.sure)

    @cached_property
    def steps(self) -> NextSteps:
        """Return the next steps of rates as of the day of the documents."""
        return NextSteps(self.entries, self.day, self.selection.wave, tuple(self.gathered.waves))

    @cached_property
    def unentered(self) -> tuple[Problem, ...]:
        """Return the watched rates without an open entry, whose next step is that of `watched.watching`."""
        return tuple(one for one in self.watched if self.steps.entry(*one.place) is None)

    @property
    def red(self) -> tuple[str, ...]:
        """Return the districts with a red light, in order of code."""
        return tuple(name for name, light in self.lights.items() if not light.may_rank)

    def weak_groups(self) -> tuple[tuple[str, Row], ...]:
        """Return (column, row) of the group farthest below its line in each rate, if confirmed; knowledge first."""
        return weak_people(self.groups)

    def local(self, units: Sequence[str], district: str = "") -> tuple[str, ...]:
        """Return units in charge as `reports.owners.local` calls them, in a district or in the whole city."""
        areas = self.study.areas
        places = children(areas, find(areas, (district,))) if district else of_level(areas, "street")
        return local(units, [one.path[-1] for one in places])

    def streets_of(self, district: str, item: str, verdict: Verdict) -> tuple[Row, ...]:
        """Return the streets of a district with one verdict on a rate, the largest shortfall first."""
        key = (district, item, verdict)
        if key not in self._streets:
            self._streets[key] = self._streets_of(*key)
        return self._streets[key]

    @cached_property
    def _streets(self) -> dict[tuple[str, str, Verdict], tuple[Row, ...]]:
        """What `streets_of` has found; several parts of a document ask for the same."""
        return {}

    def _streets_of(self, district: str, item: str, verdict: Verdict) -> tuple[Row, ...]:
        areas = self.study.areas
        names = {one.name for one in children(areas, find(areas, (district,)))}
        table = self.streets.table
        some = table[table["street"].astype(str).isin(names) & (table["item"].astype(str) == item)]
        return rows_of(self.streets, worst_first(some[some["verdict"] == verdict]), "street", "item")


def facts(gathered: StudySample, selection: Selection) -> Facts:
    """Compute the results of a wave.

    Args:
        gathered: a probability sample.
        selection: wave and mode; conditions are dropped, for a document speaks of all residents.

    Raises:
        DesignError: self-selected answers, on which no official document may be based (rule R-10).
    """
    if gathered.sample.opt_in:
        raise DesignError("网络自填不出公文：参与者的意见不代表全体居民", cure="选入户面访或电话")
    whole = gathered.newest(selection).everyone().asking([rate.name for rate in headlines(gathered.study)])
    by_district = whole.asking(whole.items, ("district",))
    districts = judged(gathered, by_district)
    items = [rate.name for rate in item_rates(gathered.study) if rate.measure in appraisals()]
    one = Round(gathered.version, whole.wave, gathered.sample.modes[0])
    lit = lights(gathered.study, one)
    city, entries = rates.with_change(gathered, whole), ledger_of(gathered.study).entries()
    return Facts(
        gathered=gathered,
        selection=whole,
        letterhead=letterhead(gathered.study),
        city=city,
        districts=districts,
        streets=judged(gathered, whole.asking(whole.items, ("street",))),
        items=judged(gathered, whole.asking(items)) if items else Estimates(city.table.head(0), city.meta),
        groups=people_tables(gathered, whole),
        problems=as_entered(problems(gathered, by_district, districts, EVERY), entries),
        lights=lit,
        lit=_lit(gathered.study, one, lit),
        entries=entries,
        interviews=_interviews(gathered, whole.wave),
        day=gathered.written.date() if gathered.written else _last_day(gathered.study, whole.wave),
    )


def _lit(study: Study, one: Round, lit: Mapping[str, AreaLight]) -> Lit:
    units = read_units(path_of(study, one))
    red = (units.people.get("red", ()), units.places.get("red", ())) if units else ((), ())
    return Lit(len(red[0]), len(red[1]), sum(light.doubtful for light in lit.values()))


def _interviews(gathered: StudySample, wave: str) -> int:
    cells = gathered.sample.cells
    return int(cells.n[(cells.keys["wave"] == wave).to_numpy()].sum())


def _last_day(study: Study, wave: str) -> date:
    known = _wave(study, wave)
    return known.end if known else max((one.end for one in study.waves), default=date.today())


def _wave(study: Study, name: str) -> Wave | None:
    return next((one for one in study.waves if one.name == name), None)


def rates_by(found: Facts, level: str) -> Estimates:
    """Return the four rates by areas of a level, judged."""
    if level in ("district", "street"):
        return found.districts if level == "district" else found.streets
    return _kept(found, found.selection.asking(found.selection.items, (level,)))


def area_items(found: Facts, area: Area) -> Estimates | None:
    """Return the appraised items to judge in an area, by all areas of its level; None without any.

    In the order of the questionnaire, as on the page of the area.
    """
    own = () if area.level == "district" else area.path  # those of all districts are the same
    cache, key = found.gathered.sample.cells.cache, ("names of items", found.selection, own)
    if key not in cache:
        cache[key] = lowest_items(found.gathered, found.selection, area)
    items: tuple[str, ...] = cache[key]
    return _kept(found, found.selection.asking(items, (area.level,))) if items else None


def profile_in(found: Facts, area: Area) -> Profile | None:
    """Return the profile of an area; None without answers. That of a district is kept with the sample."""
    if area.level != "district":
        return profile(found.gathered, found.selection, (rates_by(found, area.level), area_items(found, area)), area)
    cache, key = found.gathered.sample.cells.cache, ("profile for documents", found.selection, area.path)
    if key not in cache:
        judged_ = (rates_by(found, area.level), area_items(found, area))
        cache[key] = profile(found.gathered, found.selection, judged_, area)
    kept: Profile | None = cache[key]
    return kept


def _kept(found: Facts, asked: Selection) -> Estimates:
    """Return judged rates; they are kept with the sample, since every area of a batch asks for them."""
    cache, key = found.gathered.sample.cells.cache, ("judged for documents", asked)
    if key not in cache:
        cache[key] = judged(found.gathered, asked)
    kept: Estimates = cache[key]
    return kept


def worst_items(found: Estimates) -> Sequence[Row]:
    """Return the confirmed items, the one whose upper limit lies farthest below its line first."""
    table = found.table
    weak = table[table["verdict"] == Verdict.WEAK]
    key = ("district", "item") if "district" in table else ("item",)
    certain = (weak["line"].astype(float) - weak["conf_high"].astype(float)).rename("_certain")
    ordered = weak.loc[certain.sort_values(ascending=False, kind="stable").index]
    return rows_of(found, ordered, *key) if len(ordered) else ()
