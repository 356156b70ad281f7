"""Documents of studies that lack something, and of odd names: something true is said, and nothing breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from analysis.areas.verdict import Reason, Verdict
from analysis.estimation.estimates import Estimates
from documents.forms import FORMS
from reports.briefing.brief import brief
from reports.briefing.build import Source
from reports.briefing.circular import circular
from reports.briefing.facts import Facts
from reports.briefing.model import Kind
from reports.briefing.parts.heard import Heard
from reports.briefing.parts.spoken import LENGTHS

ODD = "𠮷堃㛃区"
LONG = "非常长的区县名称" * 10


def changed(found: Estimates, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Estimates:
    return Estimates(change(found.table.copy()), found.meta)


def suppressed(rows: pd.DataFrame) -> pd.DataFrame:
    numbers = ("estimate", "conf_low", "conf_high", "n", "prob_below", "gap", "change", "change_low", "change_high")
    for name in set(numbers) & set(rows.columns):
        rows[name] = float("nan")
    return rows.assign(verdict="", reason=str(Reason.HIDDEN), flag="suppressed")


def without_line(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(line=float("nan"), gap=float("nan"), prob_below=float("nan"), verdict="",
                       reason=str(Reason.NO_LINE))  # fmt: skip


def first_wave(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(change=float("nan"), change_low=float("nan"), change_high=float("nan"))


def everything(found: Facts, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Facts:
    groups = tuple(changed(one, change) for one in found.groups)
    tables = {name: changed(getattr(found, name), change) for name in ("city", "districts", "streets", "items")}
    return replace(found, groups=groups, problems=(), **tables)


def sixty(found: Facts) -> Facts:
    """Sixty districts with names of eighty characters and without streets, all met in every rate."""
    table = found.districts.table
    rows = table[table["district"].astype(str) == str(table["district"].iloc[-1])]
    parts = [rows.assign(district=f"{LONG[:76]}{at:03}区", verdict=str(Verdict.MET), reason="") for at in range(60)]
    many = Estimates(pd.concat(parts, ignore_index=True), found.districts.meta)
    return replace(found, districts=many, streets=changed(found.streets, lambda rows: rows.iloc[:0]), problems=())


CASES: dict[str, Callable[[Facts], Facts]] = {
    "all suppressed": lambda found: everything(found, suppressed),
    "no targets": lambda found: everything(found, without_line),
    "no earlier wave": lambda found: replace(found, city=changed(found.city, first_wave)),
    "sixty districts": sixty,
    "odd name": lambda found: replace(
        found, letterhead=replace(found.letterhead, office=ODD + LONG[:70], lead="{区县}\x0b👍=1+1")
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_something_true_is_said_and_nothing_breaks(found: Source, case: str) -> None:
    facts = CASES[case](found.facts)
    for page in (brief(facts, Heard()), circular(facts, Heard())):
        said = "\n".join(sentence.text for sentence in page.sentences)
        assert not re.search("nan|None|—%|（—|n=—|，，|。。|：。", said)
        assert page.title.text
        assert all(0 < len(text.text) <= most for text, most in zip(page.spoken, LENGTHS, strict=False))
        for name in FORMS if page.kind is Kind.BRIEF else ("docx", "pdf"):
            assert FORMS[name].render(page)


def test_nothing_suppressed_is_printed(found: Source) -> None:
    page = brief(CASES["all suppressed"](found.facts), Heard())
    assert "不作判断" in page.title.text
    words = "\n".join(sentence.text for sentence in (page.title, *page.spoken))
    assert not re.search(r"\d+\.\d%", words)


def test_without_targets_nobody_is_judged(found: Source) -> None:
    page = brief(CASES["no targets"](found.facts), Heard())
    words = "\n".join(sentence.text for sentence in page.sentences)
    assert "没有设定目标" in words
    assert "确认薄弱：" not in words
