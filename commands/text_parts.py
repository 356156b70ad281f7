"""Further parts of `silu text`: waves, copies, places and discoveries, printed line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analysis.numerals import change, estimate, percent

if TYPE_CHECKING:
    import pyarrow as pa

    from reports.voices.asked import TextSelection
    from reports.voices.open_answers import OpenAnswers
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
        from reports.voices.asked import rows_of

        return rows_of(self.answers, self.selection)

    def every_copy(self) -> Asked:
        """The same with every copy counted."""
        return replace(self, selection=replace(self.selection, once=False))


def share_text(row: Any) -> str:
    """Return the share of a row with its interval."""
    return estimate(row.estimate, row.conf_low, row.conf_high)


def _waves(asked: Asked) -> None:
    from reports.voices.shares import folded, ranked, theme_shares

    print("各轮写了内容的人中，提到各主题的占比（95% 区间）")
    every = theme_shares(asked.study, asked.answers, asked.selection.in_wave(), ("wave",))
    table = ranked(every.estimates)
    wave = asked.selection.selection.wave
    newest, _ = folded(table[table["wave"].astype(str) == wave])
    for name in dict.fromkeys(newest["label"].head(asked.top)):
        mine = table[table["label"] == name].sort_values("wave")
        parts = [f"{row.wave} {share_text(row)}" for row in mine.itertuples()]
        print(f"  {name}：{'，'.join(parts)}")


def _copies(asked: Asked) -> None:
    from reports.voices.copies import copies_note, with_and_without_copies
    from reports.voices.shares import folded, theme_shares

    print(f"雷同的留言算不算，结果差多少（{asked.selection.selection.wave}）")
    every, once = (
        theme_shares(asked.study, asked.answers, replace(asked.selection, once=flag)).estimates
        for flag in (False, True)
    )
    print(copies_note(asked.study, asked.answers, asked.selection))
    rows, _ = folded(with_and_without_copies(every, once))
    for row in rows.head(asked.top).itertuples():
        shares = [
            percent(float(str(value))) for value in (row.estimate, row.estimate_once, row.of_all, row.of_all_once)
        ]
        said = f"占写了内容的人：每条都算 {shares[0]}，雷同只算一条 {shares[1]}"
        of_all = f"占全体：{shares[2]} 和 {shares[3]}"
        print(f"  {row.label}：{said}；{of_all}，相差 {change(float(str(row.moved)))}")


def _places(asked: Asked) -> None:
    from reports.voices.shares import folded, kind_shares, named, ranked

    study, wave = asked.study, asked.selection.selection.wave
    print(f"写了内容的人中，说到各类地方的占比（{wave}，95% 区间；另列占全体受访居民）")
    kinds, _ = folded(ranked(kind_shares(study, asked.answers, asked.selection).estimates))
    for row in kinds.head(asked.top).itertuples():
        print(f"  {share_text(row)}，全体 {percent(float(str(row.of_all)))}  {row.label}")
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
