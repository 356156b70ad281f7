"""Changes: what a corrected file would change in answers that are stored already, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.preview import Preview
from survey.instrument.question import BLANK
from survey.storage.store import ResponseStore
from survey.study.responses import column_of
from survey.study.study import MODES

ABOUT: Mapping[str, str] = {
    "mode": "调查方式",
    "psu": "社区编码",
    "submitted": "提交时间",
    "seconds": "答题用时",
    "interviewer": "访问员",
    "w_fx": "基础权重",
}
NOTHING, LEFT_EMPTY = "（没有）", "（未答）"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of one response: what it says now, and what it would say."""

    response_id: str
    column: str
    before: str
    after: str


def changes(preview: Preview, limit: int = 500) -> tuple[Change, ...]:
    """The changed cells of a preview, in the order of the file; at most `limit` of them.

    Args:
        preview: a preview with changed responses.
        limit: stop there.
    """
    if not preview.changed or preview.base is None:
        return ()
    found: list[Change] = []
    for change in _all(preview):
        found.append(change)
        if len(found) == limit:
            break
    return tuple(found)


def _all(preview: Preview) -> Iterator[Change]:
    ids = pa.array(preview.comparison.replaced, pa.string())
    store = ResponseStore(preview.study.root / "store")
    old = store.read(waves=[preview.wave], version=preview.base)
    old = old.filter(pc.is_in(old["response_id"], ids))
    before = {row["response_id"]: row for row in old.to_pylist()}
    new = preview.comparison.responses
    said = [_words(words, ids) for words in (store.texts(waves=[preview.wave], version=preview.base), _texts(preview))]
    labels = dict(_labels(preview))
    for row in new.filter(pc.is_in(new["response_id"], ids)).to_pylist():
        one = row["response_id"]
        for column, (label, codes) in labels.items():
            was, now = before[one].get(column), row.get(column)
            if was != now:
                yield Change(one, label, _shown(was, codes), _shown(now, codes))
        for item in sorted(said[0].get(one, {}).keys() | said[1].get(one, {}).keys()):
            was, now = said[0].get(one, {}).get(item, ""), said[1].get(one, {}).get(item, "")
            if was != now:
                yield Change(one, item, was or NOTHING, now or NOTHING)


def _texts(preview: Preview) -> pa.Table:
    return preview.comparison.texts


def _words(texts: pa.Table, ids: pa.Array) -> Mapping[str, Mapping[str, str]]:
    said: dict[str, dict[str, str]] = {}
    for row in texts.filter(pc.is_in(texts["response_id"], ids)).to_pylist():
        said.setdefault(row["response_id"], {})[row["item"]] = row["text"]
    return said


def _labels(preview: Preview) -> Iterator[tuple[str, tuple[str, Mapping[Any, str]]]]:
    """Stored column -> its name for people, and its codes."""
    for column, label in ABOUT.items():
        yield column, (label, MODES if column == "mode" else {})
    questionnaire = preview.study.questionnaire
    for item in questionnaire.items:
        codes = {choice.code: choice.label for choice in item.choices} or {}
        flags = {0: "未选", 1: "选中"} if item.form == "flag" else {}
        yield column_of(item, questionnaire), (f"{item.name} {item.label}", {**codes, **flags})


def _shown(value: Any, codes: Mapping[Any, str]) -> str:
    if value is None:
        return NOTHING
    return LEFT_EMPTY if value == BLANK else codes.get(value, str(value))
