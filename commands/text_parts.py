"""Parts of `silu text` beside the themes: waves, copies, places and discoveries, as lines on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.sample import SampleOptions, prepare
from analysis.estimation.suppression import protect
from analysis.text.shares import presence, voices
from analysis.text.words.places import PlaceFinder, named_places, with_kinds
from reports.coding_queue import groups_of, words_of
from reports.open_answers import OpenAnswers
from survey.quality import exclusions
from survey.study.study import Study


def shares(
    study: Study, answers: OpenAnswers, rows: pa.Table, by: tuple[str, ...] = (), column: str = "themes"
) -> pd.DataFrame:
    """Share of respondents who raise each theme (or speak of each kind of place), protected, most raised first.

    Args:
        study: the study.
        answers: gives the names of the themes.
        rows: the answers counted.
        by: columns to report by.
        column: "themes" or "kinds".
    """
    waves = sorted(set(rows["wave"].to_pylist()))
    labels = dict(answers.labels) if column == "themes" else None
    found = presence(rows, column, labels=labels)
    responses = exclusions.counted_responses(study, waves=waves)
    plan = SampleOptions.of(study, rates=())
    sample = prepare(responses, study.questionnaire, study.areas, study.margins, plan)
    said = voices(sample, responses, found, study.questionnaire)
    table = protect(said.shares(by=by)).table.dropna(subset=["estimate"])
    table = table.assign(label=table["item"].astype(str).map(lambda name: (labels or {}).get(name, name)))
    return table.sort_values("estimate", ascending=False, kind="stable")


def _waves(study: Study, answers: OpenAnswers, wave: str, top: int) -> None:
    print("各轮主动提到各主题的受访居民占比（95% 区间）")
    table = shares(study, answers, answers.table, ("wave",))
    for name in dict.fromkeys(table.loc[table["wave"].astype(str) == wave, "label"].head(top)):
        mine = table[table["label"] == name].sort_values("wave")
        told = [
            f"{row.wave} {row.estimate:.1%}（{row.conf_low:.1%} 至 {row.conf_high:.1%}）" for row in mine.itertuples()
        ]
        print(f"  {name}：{'，'.join(told)}")


def _copies(study: Study, answers: OpenAnswers, wave: str, top: int) -> None:
    print(f"雷同的留言算不算，结果差多少（{wave}）")
    every = shares(study, answers, _of(answers.table, wave))
    once = shares(study, answers, _of(answers.without_copies(), wave)).set_index("label")["estimate"]
    for row in every.head(top).itertuples():
        other = once.get(row.label, float("nan"))
        points = f"{100 * (other - row.estimate):+.1f} 个百分点"
        print(f"  {row.label}：全部 {row.estimate:.1%}，雷同只算一条 {other:.1%}，相差 {points}")


def _places(study: Study, answers: OpenAnswers, wave: str, top: int) -> None:
    rows = _of(answers.table, wave)
    print(f"说到各类地方的受访居民占比（{wave}，95% 区间）")
    for row in shares(study, answers, with_kinds(rows, PlaceFinder()), column="kinds").head(top).itertuples():
        print(f"  {row.estimate:>6.1%}  {row.conf_low:.1%} 至 {row.conf_high:.1%}  {row.label}")
    table = named_places(rows, exclusions.counted_responses(study, waves=[wave]), study.areas)
    print(f"\n点了名的街道、社区所在的区县（人数；不到 {study.suppression} 人不显示）")
    for district, n in table.groupby("district")["n"].sum().sort_values(ascending=False).items():
        if n >= study.suppression:
            named = table[(table["district"] == district) & (table["n"] >= study.suppression)]
            told = "、".join(f"{row.name_} {row.n} 人" for row in named.rename(columns={"name": "name_"}).itertuples())
            print(f"  {district}：{n} 人{f'（{told}）' if told else ''}")


def _discoveries(study: Study, answers: OpenAnswers, wave: str, top: int) -> None:
    count, groups = groups_of(study, answers)
    print(f"归不进任何主题的留言 {count:,} 条（雷同的算一条），其中相近的：")
    for group in groups:
        print(f"  {group.n} 条：{'、'.join(group.words)}")
        for quote in group.quotes:
            print(f"      例如：{quote}")
    print("\n词典里没有的常用说法（确是一个词的，用 --add-words 加入本调查的词典）：")
    print("  " + "、".join(f"{each.word}（{each.count}）" for each in words_of(answers)))


def _of(rows: pa.Table, wave: str) -> pa.Table:
    return rows.filter(pc.equal(rows["wave"], wave))


PARTS: Mapping[str, Callable[[Study, OpenAnswers, str, int], None]] = MappingProxyType(
    {"waves": _waves, "copies": _copies, "places": _places, "discover": _discoveries}
)
"""Value of `--show` -> what prints it: study, answers, wave, how many lines."""
