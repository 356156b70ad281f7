"""Match features to the areas of the frame, by code and by name; list what matches on neither side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey.boundaries.names import DISTRICT, bare_name, code_at, whole_name
from survey.boundaries.places import Place, places_of
from survey.boundaries.reading.source import Feature
from survey.study.areas import Areas

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Matches:
    """Features and areas.

    Attributes:
        found: area -> its features; more than one where the file has it in parts.
        unused: features without an area, in Chinese, each with its place and the reason.
        missing: areas of the frame without a feature.
        notes: what a person should check, in Chinese.
        by: attributes that names and codes were taken from, in Chinese.
    """

    found: Mapping[Place, tuple[Feature, ...]]
    unused: tuple[str, ...]
    missing: tuple[Place, ...]
    notes: tuple[str, ...]
    by: str


def match(features: Sequence[Feature], areas: Areas, level: str) -> Matches:
    """Match features to the frame: first by code, then what is left by name.

    Args:
        features: repaired features.
        areas: the frame.
        level: "district" or "street".
    """
    return _Matching(features, places_of(areas, level), level).result()


class _Matching:
    """One run: attributes are chosen by how many of their values are in the frame."""

    def __init__(self, features: Sequence[Feature], places: Sequence[Place], level: str) -> None:
        self._features, self._places, self._level = features, places, level
        self._by_code = {place.code: place for place in places}
        self._whole, self._bare = _index(places, whole_name), _index(places, lambda name: bare_name(name, level))
        self._districts = {bare_name(place.district, DISTRICT) for place in places}
        codes = {place.code for place in places}
        self._code = _best(features, lambda text: code_at(text, level) in codes)
        self._name = _best(features, lambda text: bool(self._named(text)))
        self._parent = "" if level == DISTRICT else _best(features, self._is_district, apart=self._name)
        self._found: dict[Place, list[Feature]] = defaultdict(list)
        self._notes: list[str] = []
        self._unused: list[str] = []

    def result(self) -> Matches:
        rest = [one for one in self._features if not self._take_by_code(one)]
        taken = set(self._found)
        for one in rest:
            if reason := self._take_by_name(one, taken):
                self._unused.append(f"{one.where}{self._called(one)}：{reason}")
        self._note_parts()
        missing = tuple(place for place in self._places if place not in self._found)
        by = "、".join(
            f"{what}取自“{name}”"
            for what, name in (("代码", self._code), ("名称", self._name), ("区县", self._parent))
            if name
        )
        found = {place: tuple(self._found[place]) for place in self._places if place in self._found}
        return Matches(found, tuple(self._unused), missing, tuple(self._notes), by)

    def _take_by_code(self, one: Feature) -> bool:
        place = self._by_code.get(code_at(one.fields.get(self._code, ""), self._level))
        if place is None:
            return False
        others = self._candidates(one)
        if others and place not in others:
            got = one.fields.get(self._name, "")
            self._notes.append(
                f"{one.where}：代码是{place.name}的，名称写的是“{got[:20]}”，按代码算作{place.name}，请核对"
            )
        self._found[place].append(one)
        return True

    def _take_by_name(self, one: Feature, taken: set[Place]) -> str:
        """Match one feature by name; return why it has no area, "" where it has one."""
        name, code = one.fields.get(self._name, ""), code_at(one.fields.get(self._code, ""), self._level)
        if not name:
            return "没有名称，代码也不在抽样框里"
        places = self._candidates(one)
        if not places:
            return "抽样框里没有这个名称" + ("和代码" if code else "")
        if len(places) > 1:
            where = "、".join(place.district for place in places)
            return f"重名：抽样框里有 {len(places)} 个（{where}），文件里没有代码或所属区县，分不清"
        if places[0] in taken and code:
            return f"和{places[0].name}同名，但代码不同，{places[0].name}已按代码对上"
        if code:
            self._notes.append(f"{one.where}：代码不在抽样框里，按名称算作{places[0].name}")
        self._found[places[0]].append(one)
        return ""

    def _candidates(self, one: Feature) -> Sequence[Place]:
        """Return the areas of a feature's name, those of its district where it names one."""
        places = self._named(one.fields.get(self._name, ""))
        parent = bare_name(one.fields.get(self._parent, ""), DISTRICT) if self._parent else ""
        parent_code = code_at(one.fields.get("parent.adcode", ""), DISTRICT)
        if parent and len(places) > 1:
            places = [place for place in places if bare_name(place.district, DISTRICT) == parent]
        if parent_code and len(places) > 1:
            places = [place for place in places if place.code // 1000 == parent_code]
        return places

    def _named(self, text: str) -> Sequence[Place]:
        """Return the areas with a name: as it is written, else without the ending of its kind."""
        if not text:
            return []
        return self._whole.get(whole_name(text)) or self._bare.get(bare_name(text, self._level)) or []

    def _is_district(self, text: str) -> bool:
        return bare_name(text, DISTRICT) in self._districts

    def _called(self, one: Feature) -> str:
        name, code = one.fields.get(self._name, ""), one.fields.get(self._code, "")
        if not (name or code):
            name = next(iter(one.fields.values()), "")
        return f"“{' '.join(filter(None, (name[:20], code[:15])))}”" if name or code else ""

    def _note_parts(self) -> None:
        for place, features in self._found.items():
            if len(features) > 1:
                where = "、".join(one.where for one in features[:5])
                self._notes.append(f"{place.name}有 {len(features)} 个图形（{where}），合成一个区域，请看预览")


def _index(places: Iterable[Place], key: Callable[[str], str]) -> Mapping[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        found[key(place.name)].append(place)
    return found


def _best(features: Sequence[Feature], fits: Callable[[str], bool], *, apart: str = "") -> str:
    """Return the attribute whose values fit most often; "" where none ever does."""
    counts = Counter(name for name, text in _values(features, apart) if fits(text))
    return max(counts, key=lambda name: counts[name]) if counts else ""


def _values(features: Sequence[Feature], apart: str) -> Iterator[tuple[str, str]]:
    return ((name, text) for one in features for name, text in one.fields.items() if name != apart)
