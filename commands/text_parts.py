"""Further parts of `silu text`: waves, copies, places and discoveries, printed line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from analysis.numerals import change

if TYPE_CHECKING:
    import pyarrow as pa

    from reports.voices.open_answers import OpenAnswers
    from reports.voices.shares import TextSelection
    from survey.study.study import Study


@dataclass(frozen=True, slots=True)
class Asked:
    """The input of a part: the answers of a selection, and the number of lines to print."""

    study: Study
    answers: OpenAnswers
    selection: TextSelection
    top: int

    @property
    def rows(self) -> pa.Table:
        """The answers of the wave."""
        from reports.voices.shares import rows_of

        return rows_of(self.answers, self.selection)


def _waves(asked: Asked) -> None:
    from reports.voices.shares import ranked, theme_shares

    print("各轮主动提到各主题的受访居民占比（95% 区间）")
    every = theme_shares(asked.study, asked.answers, asked.selection.in_wave(), ("wave",))
    table = ranked(every.estimates)
    wave = asked.selection.selection.wave
    for name in dict.fromkeys(table.loc[table["wave"].astype(str) == wave, "label"].head(asked.top)):
        mine = table[table["label"] == name].sort_values("wave")
        parts = [
            f"{row.wave} {row.estimate:.1%}（{row.conf_low:.1%} 至 {row.conf_high:.1%}）" for row in mine.itertuples()
        ]
        print(f"  {name}：{'，'.join(parts)}")


def _copies(asked: Asked) -> None:
    from reports.voices.shares import theme_shares, with_and_without_copies

    print(f"雷同的留言算不算，结果差多少（{asked.selection.selection.wave}）")
    every, once = (
        theme_shares(asked.study, asked.answers, replace(asked.selection, once=flag)).estimates
        for flag in (False, True)
    )
    for row in with_and_without_copies(every, once).head(asked.top).itertuples():
        shares = f"全部 {row.estimate:.1%}，雷同只算一条 {row.estimate_once:.1%}"
        print(f"  {row.label}：{shares}，相差 {change(float(str(row.moved)))}")


def _places(asked: Asked) -> None:
    from reports.voices.shares import kind_shares, named, ranked

    study, wave = asked.study, asked.selection.selection.wave
    print(f"说到各类地方的受访居民占比（{wave}，95% 区间）")
    for row in ranked(kind_shares(study, asked.answers, asked.selection).estimates).head(asked.top).itertuples():
        print(f"  {row.estimate:>6.1%}  {row.conf_low:.1%} 至 {row.conf_high:.1%}  {row.label}")
    table = named(study, asked.answers, asked.selection)
    print(f"\n点了名的街道、社区所在的区县（人数；不到 {study.suppression} 人不显示）")
    for district, n in table.groupby("district")["n"].sum().sort_values(ascending=False).items():
        if n >= study.suppression:
            shown = table[(table["district"] == district) & (table["n"] >= study.suppression)]
            listed = "、".join(f"{row['name']} {row['n']} 人" for row in shown.to_dict("records"))
            print(f"  {district}：{n} 人{f'（{listed}）' if listed else ''}")


def _discoveries(asked: Asked) -> None:
    from reports.voices.coding_queue import groups_of, words_of

    count, groups = groups_of(asked.study, asked.answers)
    print(f"归不进任何主题的留言 {count:,} 条（雷同的算一条），其中相近的：")
    for group in groups:
        print(f"  {group.n} 条：{'、'.join(group.words)}")
        for quote in group.quotes:
            print(f"      例如：{quote}")
    print("\n词典里没有的常用说法（确是一个词的，用 --add-words 加入本调查的词典）：")
    print("  " + "、".join(f"{each.word}（{each.count}）" for each in words_of(asked.answers)))


PARTS: Mapping[str, Callable[[Asked], None]] = MappingProxyType(
    {"waves": _waves, "copies": _copies, "places": _places, "discover": _discoveries}
)
"""Value of `--show` -> function that prints the part."""
