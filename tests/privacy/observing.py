"""Observations: which count of which cell a table, a tooltip or a sentence states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from reports.definitions import headlines, item_rates
from reports.labels import role_options, short
from survey.study.study import Study
from tests.privacy.attacker import ALL, Count
from tests.privacy.reading import Rows, Sight

COLUMNS = ("age", "sex", "place")
ITEMS, GROUPS, AREAS = ("指标", "项目", "分项"), ("年龄", "性别", "场所类型"), ("区县", "街道", "区域")
"""Headings of columns."""
COUNTED = ("答卷数", "n", "有效回答人数", "有效答卷", "本次答卷")
STATED = re.compile(r"n=([\d,]+)(?![\d,]*[—–-])|答卷 ([\d,]+) 份")
RANGE = re.compile(r"n=([\d,]+)[—–-]([\d,]+)")
PEOPLE = re.compile(r"(?<![\d.,—–-])(\d[\d,]*)\s*(?:份|人|条|名|位)(?![次以])")
NOT_PEOPLE = re.compile(
    r"不足|少于|不到|不满|以上|至多|最多|至少|每个?社区|每\s*\d|官方|抽\s*[\d,]+|再访|再补|新增知晓|不知晓|场|"
    r"元|触达|区间|人—|（\d+ 人"
)
"""Settings, plans and estimates of residents, which are no numbers of answers."""


@dataclass(frozen=True)
class Context:
    """What a look is about, as far as what it shows does not say so.

    Attributes:
        study: names of areas, groups and items.
        wave: its name.
        column, group: the filter; "" for everybody.
        area: district, and street, that the page is about.
        item: the rate, where a table is about one.
    """

    study: Study
    wave: str
    column: str = ""
    group: str = ALL
    area: tuple[str, ...] = ()
    item: str = ""

    @property
    def items(self) -> Mapping[str, str]:
        """Label -> item, for the headline rates and their parts."""
        rates = (*headlines(self.study), *item_rates(self.study))
        return {name: rate.name for rate in rates for name in (rate.label, short(rate), rate.name)}

    @property
    def places(self) -> Mapping[str, tuple[str, ...]]:
        """Name of a district or street -> its path."""
        frame = self.study.areas.frame
        streets = {str(row.street): (str(row.district), str(row.street)) for row in frame.itertuples()}
        return {**streets, **{name: (name,) for name in self.study.areas.districts}}

    @property
    def groups(self) -> Mapping[str, tuple[str, str]]:
        """Name of a group -> its column and itself."""
        asked = {name: role_options(self.study.questionnaire, name) for name in ("age", "sex")}
        asked["place"] = list(self.study.areas.population("place"))
        return {str(group): (name, str(group)) for name, groups in asked.items() for group in groups}


@dataclass(frozen=True)
class Observation:
    """A stated number of answers."""

    wave: str
    item: str
    column: str
    count: Count
    n: int


@dataclass
class Reader:
    """Reads sights of one context; `loose` keeps numbers that no cell could be found for."""

    about: Context
    loose: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look the names up once."""
        self.items, self.places, self.groups = self.about.items, self.about.places, self.about.groups

    def read(self, sight: Sight) -> Iterator[Observation]:
        """Yield the observations of tables and lines; numbers in the prose of a document keep to themselves."""
        for table in sight.tables:
            yield from self._of_table(sight.where, table)
        for line in dict.fromkeys(sight.lines):
            found = list(self._of_line(sight.where, line))
            if not sight.prose:
                yield from found
            self.loose += [(f"{sight.where}: {line[:80]}", one.n) for one in found if sight.prose]

    def _of_table(self, where: str, table: Rows) -> Iterator[Observation]:
        head = table[0] if table else []
        at = next((head.index(name) for name in COUNTED if name in head), None)
        for row in table[1:] if at is not None else ():
            assert at is not None
            value = row[at].replace(",", "") if at < len(row) else ""
            named = {name: cell.strip("* ▼▽○■□△") for name, cell in zip(head, row, strict=False)}
            words = [named[name] for name in (*ITEMS, *GROUPS, *AREAS, "轮次") if name in named]
            if value.isdigit() and not any(name in named for name in ITEMS) and self.about.item:
                words = [self.about.item, *words]
            if value.isdigit():
                yield from self._place(where, words, int(value))

    def _of_line(self, where: str, line: str) -> Iterator[Observation]:
        for found in RANGE.finditer(line):
            self.loose += [(f"{where}: {line[:80]}", number(end)) for end in found.groups()]
        stated = [number(one or other) for one, other in STATED.findall(line)]
        words = re.split(r"[\s：，（]", line)
        if len(stated) == 1 and len({self.items[word] for word in words if word in self.items}) == 1:
            yield from self._place(where, words, stated[0], row=False)
        else:
            self.loose += [(f"{where}: {line[:80]}", n) for n in stated]

    def _place(self, where: str, words: list[str], n: int, *, row: bool = True) -> Iterator[Observation]:
        """Yield the observation of a row or line that names an item, or keep its number."""
        item = next((self.items[word] for word in words if word in self.items), "")
        if not item:
            self.loose.append((f"{where}: {' '.join(words)[:80]}", n))
            return
        words = [word for word in words if self.items.get(word) != item]
        whole = row and "全市" in words
        area = () if whole else max((self.places[word] for word in words if word in self.places), key=len, default=None)
        column, group = next((self.groups[word] for word in words if word in self.groups), ("", ALL))
        if not column:
            column, group = self.about.column, self.about.group
        wave = next((one.name for one in self.about.study.waves if one.name in words), self.about.wave)
        path = self.about.area if area is None else area
        yield Observation(wave, item, column, (group, *path), n)


def number(text: str) -> int:
    """Return a number as it is printed."""
    return int(text.replace(",", ""))


def everywhere(one: Observation) -> Iterator[Observation]:
    """Yield an observation for each system of equations that it belongs to: everybody belongs to every column."""
    for column in (one.column,) if one.column else COLUMNS:
        yield replace(one, column=column)


def few_people(sight: Sight, few: int) -> list[str]:
    """Return the texts that state a number of people or answers below the limit."""
    return [
        f"{sight.where}: {text[max(0, found.start() - 40) : found.end() + 20]}"
        for text in dict.fromkeys(sight.text)
        for found in PEOPLE.finditer(text)
        if 0 < number(found[1]) < few and not NOT_PEOPLE.search(text[max(0, found.start() - 30) : found.end() + 8])
    ]
