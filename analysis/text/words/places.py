"""Places that an answer mentions: the kind of place, and streets or communities of the sampling frame by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd
import pyarrow as pa

from analysis.text.words.phrases import Found, PhraseFinder
from survey.study.areas import Areas

KINDS = {
    "背街小巷": ("背街小巷", "小街小巷", "后街", "背街", "小巷", "巷子", "巷口", "胡同", "里弄"),
    "老旧小区": (
        "老旧小区",
        "老小区",
        "旧小区",
        "家属院",
        "老楼",
        "老房子",
        "单位大院",
        "机关宿舍",
        "无物业小区",
        "安置房",
    ),
    "农贸市场": ("农贸市场", "菜市场", "集贸市场", "菜场", "早市", "市场旁边", "市场里"),
    "城乡结合部": ("城乡结合部", "城乡接合部", "城郊", "城边", "城中村", "出租屋集中", "三不管地带"),
    "商圈": ("商圈", "商业街", "步行街", "美食街", "商场", "夜市"),
    "学校周边": ("校门口", "学校门口", "学校旁边", "校园周边", "学校周边", "幼儿园门口"),
    "医院周边": ("医院门口", "医院旁边", "医院周边"),
    "公园广场": ("公园", "广场", "绿道", "河边", "江边", "湖边"),
    "主次干道": ("主干道", "次干道", "大街", "大道", "马路上", "路口"),
    "楼道": ("楼道", "楼梯间", "单元楼下", "单元门"),
}
"""Kind of place -> names for it; the first four are the weak places of the assessment (domain.md 1.7)."""
AT_ONCE = 4_000
"""Texts that are searched at a time."""
_ENDINGS = ("社区", "街道", "村", "镇", "乡", "区")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Places in a text: `kinds` are keys of `KINDS`; `codes` are 12-digit community codes, `streets` street names."""

    kinds: tuple[str, ...]
    codes: tuple[int, ...]
    streets: tuple[str, ...]


NOWHERE = Mentioned((), (), ())


class PlaceFinder:
    """Kinds of place, and the names of one frame."""

    def __init__(self, areas: Areas | None = None) -> None:
        """Index the phrases and, where a frame is given, its names with and without their endings."""
        self._kind = {phrase: kind for kind, phrases in KINDS.items() for phrase in phrases}
        self._community: dict[str, list[int]] = {}
        self._street: dict[str, str] = {}
        for point in areas.points if areas else ():
            self._community.setdefault(str(point.community), []).append(point.code)
            self._street[str(point.street)] = str(point.street)
        self._finder = PhraseFinder([*self._kind, *self._community, *self._street])

    def __call__(self, texts: Sequence[str]) -> Iterator[Mentioned]:
        """Yield the places of each normalised text, each once. A name that two communities share links to neither."""
        for start in range(0, len(texts), AT_ONCE):
            for found in self._finder.longest_each(texts[start : start + AT_ONCE]):
                yield self._of(found) if found else NOWHERE

    def _of(self, hits: Iterable[Found]) -> Mentioned:
        found = list(dict.fromkeys(each.phrase for each in hits))
        kinds = dict.fromkeys(self._kind[phrase] for phrase in found if phrase in self._kind)
        codes = [self._community[phrase] for phrase in found if phrase in self._community]
        streets = dict.fromkeys(self._street[phrase] for phrase in found if phrase in self._street)
        return Mentioned(tuple(kinds), tuple(code[0] for code in codes if len(code) == 1), tuple(streets))


def with_kinds(answers: pa.Table, finder: PlaceFinder) -> pa.Table:
    """Add a list column "kinds", the kinds of place each answer mentions, ready for `shares.presence`."""
    kinds = [list(found.kinds) for found in finder(answers["text"].to_pylist())]
    return answers.append_column("kinds", pa.array(kinds, pa.list_(pa.string())))


def named_places(answers: pa.Table, responses: pa.Table, areas: Areas) -> pd.DataFrame:
    """Tabulate the streets and communities of the frame that respondents name, with their district.

    Args:
        answers: as `answers.attach` gives them.
        responses: response_id, wave, psu of the same waves.
        areas: the sampling frame.

    Returns:
        One row per place: name, level ("community" or "street"), district, n (respondents who name it), outside (of
        these, living in another district); the most named first. A name that several places share is left out.
    """
    finder, points = PlaceFinder(areas), areas.by_code
    streets: dict[str, set[str]] = {}
    for point in areas.points:
        streets.setdefault(str(point.street), set()).add(str(point.district))
    rows = []
    waves, ids, texts = (answers[name].to_pylist() for name in ("wave", "response_id", "text"))
    for *who, found in zip(waves, ids, finder(texts), strict=True):
        if found is NOWHERE:
            continue
        rows += [(*who, str(points[code].community), "community", str(points[code].district)) for code in found.codes]
        rows += [(*who, name, "street", min(streets[name])) for name in found.streets if len(streets[name]) == 1]
    named = pd.DataFrame(rows, columns=["wave", "response_id", "name", "level", "district"]).drop_duplicates()
    homes = responses.select(["wave", "response_id", "psu"]).to_pandas().astype({"wave": object})
    home = {code: str(point.district) for code, point in points.items()}
    named = named.merge(homes, on=["wave", "response_id"], how="left")
    named["outside"] = named["psu"].map(home).fillna(named["district"]).ne(named["district"])
    table = named.groupby(["name", "level", "district"], as_index=False).agg(
        n=("response_id", "size"), outside=("outside", "sum")
    )
    return table.sort_values(["n", "name"], ascending=[False, True], ignore_index=True)


def place_words(areas: Areas) -> frozenset[str]:
    """Return place names to leave out of comparisons of districts: they show where people live, not their concerns."""
    names: set[str] = set()
    for point in areas.points:
        for name in (str(point.district), str(point.street), str(point.community)):
            names |= {name, *_stems(name)}
    kinds = {phrase for phrases in KINDS.values() for phrase in phrases}
    return frozenset(names | kinds | set(KINDS))


def without_places(words: Sequence[str], places: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Yield position and word of those that are no part of a place name, and of which no part is one."""
    joined = "\n".join(places)
    for at, word in enumerate(words):
        parts = (word[start:end] for start, end in combinations(range(len(word) + 1), 2))
        if word not in joined and places.isdisjoint(parts):
            yield at, word


def _stems(name: str) -> Sequence[str]:
    return [name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending) and len(name) > len(ending) + 1]
