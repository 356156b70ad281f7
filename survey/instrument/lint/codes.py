"""Lint codes and rates: duplicates, numerators, headlines, and rule R-01."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from survey.instrument.choices import localised_text
from survey.instrument.element import read_question
from survey.instrument.finding import LintFinding, Place, nearest
from survey.instrument.measure import MEASURES, knowledge, measure_label
from survey.instrument.question import GENERAL_ROLES, OTHER, ROLES, Question


def question_at(place: Place) -> Question:
    """Return the question of an element with a valid shape."""
    return read_question(place.element, page=place.page, around=place.around)


def repeated(values: Iterable[object]) -> list[object]:
    """Return the distinct values that occur more than once."""
    return [value for value, count in Counter(values).items() if count > 1]


def name_findings(places: Sequence[Place]) -> Iterator[LintFinding]:
    """Check that names are unique, and titles too, because other tools use them as column headings."""
    for key, level in (("name", "error"), ("title", "warning")):
        seen: dict[str, Place] = {}
        for place in places:
            text = localised_text(place.element.get(key))
            first = seen.setdefault(text, place) if text else place
            if first is not place:
                speak = place.error if level == "error" else place.warning
                yield speak(
                    key,
                    "两道题的题号相同" if key == "name" else "两道题的题目相同",
                    got=text,
                    expected=f"与 {first.path} 不同",
                )


def code_findings(places: Sequence[Place]) -> Iterator[LintFinding]:
    """Check that codes and labels are unique in a question, 97 means 其他, and numbers are not negative."""
    for place in places:
        question = question_at(place)
        listed = [choice for choice in question.choices if not (question.other and choice is question.choices[-1])]
        key = "columns" if question.type.grid else "choices"
        for code in repeated(choice.code for choice in listed):
            yield place.error(key, "两个选项的代码相同", got=code, expected="每个选项一个代码")
        for label in repeated(choice.label for choice in question.choices):
            yield place.error(key, "两个选项的文字相同", got=label, expected="每个选项不同的文字")
        if any(choice.code == OTHER for choice in listed):
            yield place.error(key, f"代码 {OTHER} 留给“其他”", got=OTHER, cure="换一个代码，或改用 showOtherItem")
        for name in repeated(row.name for row in question.rows):
            yield place.error("rows", "两行的代号相同", got=name)
        yield from _number_findings(place, question)


def _number_findings(place: Place, question: Question) -> Iterator[LintFinding]:
    if not question.type.numeric:
        return
    if not isinstance(question.minimum, int | float) or question.minimum < 0:
        yield place.error(
            "min", "数字题要写不小于 0 的 min", got=place.element.get("min", ""), expected="min: 0 或更大"
        )
    elif isinstance(question.maximum, int | float) and question.maximum < question.minimum:
        yield place.error("max", "max 小于 min", got=question.maximum, expected=f"不小于 {question.minimum}")
    for band, following in zip(question.bands, question.bands[1:], strict=False):
        if band.maximum is None or band.maximum >= following.minimum:
            yield place.error("bands", "分段互相重叠", got=f"{band.label}、{following.label}")
    for code in repeated(band.code for band in question.bands):
        yield place.error("bands", "两个分段的代码相同", got=code)


def role_findings(places: Sequence[Place]) -> Iterator[LintFinding]:
    """Check that canonical roles occur once, on a question with classes, and that other roles are known."""
    holders: dict[str, str] = {}
    for place in places:
        role = place.element.get("role", "")
        if role in ROLES:
            question = question_at(place)
            if role in holders:
                yield place.error("role", "两道题的 role 相同", got=role, expected=f"只有一道（已有 {holders[role]}）")
            holders.setdefault(role, place.name)
            if not question.type.classes and not question.bands:
                example = '"bands": [{"value": 1, "text": "18—39岁", "min": 18, "max": 39}, …]'
                yield place.error("role", f"{ROLES[role]}要能分组", cure=f"用单选题，或给数字题写分段，例如 {example}")
        elif role and role not in GENERAL_ROLES:
            near = nearest(role, {*ROLES, *GENERAL_ROLES}, 0.6)
            yield place.warning("role", "不认识的 role", got=role, cure=f"是否想写 {near}？" if near else "")


def rate_findings(places: Sequence[Place]) -> Iterator[LintFinding]:
    """Check that numerators contain existing, substantive codes, and that each measure has one headline."""
    for place in places:
        if "measure" in place.element:
            yield from _numerator_findings(place, question_at(place))
    yield from _headline_findings(places)


def _numerator_findings(place: Place, question: Question) -> Iterator[LintFinding]:
    if question.type.written:
        yield place.error(
            "measure", "这种题型不能算率", got=place.element["type"], expected="选择题、矩阵、评分或数字题"
        )
        return
    if question.type.several and any(choice.missing for choice in question.choices):
        yield place.error("choices", "计算率的多选题不能有“说不清”“拒答”选项", cure="删去这个选项；不答即为空")
    if place.element.get("role") == "foil":
        yield place.error("measure", "虚设题只用来查夸大，不能计入任何率", cure="删去 measure")
    for key, codes in _numerators(place):
        yield from _codes_findings(place, question, key, codes)
    strict, loose = set(place.element["measurePositive"]), place.element.get("measurePositiveLoose")
    if loose is not None and not strict < set(loose):
        yield place.error(
            "measurePositiveLoose",
            "宽口径应包含严口径的全部代码，并且更宽",
            got=loose,
            expected=f"包含 {sorted(strict)}",
        )
    for name in repeated(entry["name"] for entry in place.element.get("rates", ())):
        yield place.error("rates", "两个口径的 name 相同", got=name)


def _numerators(place: Place) -> Iterator[tuple[str, list[int]]]:
    for key in ("measurePositive", "measurePositiveLoose"):
        if key in place.element:
            yield key, place.element[key]
    for index, entry in enumerate(place.element.get("rates", ())):
        yield f"rates[{index}].positive", entry["positive"]


def _codes_findings(place: Place, question: Question, key: str, codes: list[int]) -> Iterator[LintFinding]:
    if question.type.numeric:
        low, high = question.minimum or 0, question.maximum if question.maximum is not None else 127
        if outside := [code for code in codes if not low <= code <= high]:
            yield place.error(key, "分子里有取不到的数值", got=outside, expected=f"{low} 到 {high}")
        return
    known = {choice.code: choice for choice in question.choices}
    if unknown := [code for code in codes if code not in known]:
        yield place.error(key, "分子里有不存在的选项代码", got=unknown, expected="、".join(map(str, known)))
    if missing := [code for code in codes if code in known and known[code].missing]:
        yield place.error(key, "“说不清”“拒答”不能算进分子", got=missing)
    if not [code for code, choice in known.items() if code not in codes and not choice.missing]:
        yield place.error(key, "所有选项都算进了分子，率永远是 100%", got=codes)


def _headline_findings(places: Sequence[Place]) -> Iterator[LintFinding]:
    by_measure: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        if "measure" in place.element:
            by_measure[place.element["measure"]].append(place)
    for measure, group in by_measure.items():
        heads = [place for place in group if place.element.get("measureOverall")]
        several = sum(max(1, len(question_at(place).rows)) for place in group) > 1
        label = measure_label(measure)
        for place in heads[1:]:
            yield place.error(
                "measureOverall", f"{label}有两个总指标", got=place.name, expected=f"只有一个（已有 {heads[0].name}）"
            )
        for place in heads:
            if question_at(place).type.grid:
                yield place.error("measureOverall", f"{label}的总指标不能是矩阵", cure="另设一道总体评价题")
        if several and not heads:
            yield group[0].error(
                "measureOverall", f"{label}有好几道题，却没有指明总指标", cure="给其中一道写 measureOverall: true"
            )


def answer_key_findings(places: Sequence[Place]) -> Iterator[LintFinding]:
    """Check rule R-01: only a knowledge item may have a key, because an opinion has no correct answer."""
    for place in places:
        element = place.element
        if "key" in element and not element.get("knowledge"):
            yield place.error(
                "key",
                "意见题不得存“正确答案”（规则 R-01）",
                got=element["key"],
                cure="删去 key；确为知识题的写 knowledge: true",
            )
        if element.get("knowledge") and element.get("measure") in MEASURES.keys() - knowledge():
            yield place.error("knowledge", "态度、参与和满意都是意见，不是知识（规则 R-01）", cure="删去 knowledge")
