"""Further parts of `silu text`: waves, copies, places and discoveries, printed line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from survey.host.access import require_analyst

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


def _waves(asked: Asked) -> None:
    from reports.sentences.notes import texts as notes
    from reports.sentences.sentence import rows_of
    from reports.voices.shares import folded, ranked, theme_shares

    print("各轮写了内容的人中，提到各主题的占比（95% 区间）")
    every = theme_shares(asked.study, asked.answers, asked.selection.in_wave(), ("wave",))
    table = ranked(every.estimates)
    wave = asked.selection.selection.wave
    newest, _ = folded(table[table["wave"].astype(str) == wave])
    for name in dict.fromkeys(newest["label"].head(asked.top)):
        mine = table[table["label"] == name].sort_values("wave")
        print(f"  {notes.over_waves(str(name), rows_of(every.estimates, mine, 'item', 'wave'))}")


def _copies(asked: Asked) -> None:
    from reports.sentences.notes import texts as notes
    from reports.sentences.sentence import rows_of
    from reports.voices.copies import copies_note, with_and_without_copies
    from reports.voices.shares import folded, theme_shares

    print(f"雷同的留言算不算，结果差多少（{asked.selection.selection.wave}）")
    every, once = (
        theme_shares(asked.study, asked.answers, replace(asked.selection, once=flag)).estimates
        for flag in (False, True)
    )
    print(copies_note(asked.study, asked.answers, asked.selection))
    rows, _ = folded(with_and_without_copies(every, once))
    for row in rows_of(rows, rows.head(asked.top), "item"):
        print(f"  {notes.copied(row)}")


def _places(asked: Asked) -> None:
    from reports.sentences.notes import texts as notes
    from reports.sentences.sentence import rows_of
    from reports.voices.shares import folded, kind_shares, named, ranked

    study, wave = asked.study, asked.selection.selection.wave
    print(f"写了内容的人中，说到各类地方的占比（{wave}，95% 区间；另列占全体受访居民）")
    found = kind_shares(study, asked.answers, asked.selection).estimates
    kinds, _ = folded(ranked(found))
    for row in rows_of(found, kinds.head(asked.top), "item"):
        print(f"  {notes.theme(row)}")
    if asked.selection.selection.reserved:
        return
    table = named(study, asked.answers, asked.selection)
    print(f"\n{notes.places_heading(study.suppression)}")
    for district, n in table.groupby("district")["n"].sum().sort_values(ascending=False).items():
        if n >= study.suppression:
            print(f"  {notes.named_district(table, str(district), study.suppression)}")


def _discoveries(asked: Asked) -> None:
    from reports.sentences.notes import texts as notes
    from reports.voices.coding_queue import groups_of, words_of

    require_analyst("发现新主题和新词", asked.selection.selection.role)
    count, groups = groups_of(asked.study, asked.answers)
    print(notes.uncovered(count))
    for group in groups:
        print(f"  {notes.group(group.n, group.words)}")
        for quote in group.quotes:
            print(f"      例如：{quote}")
    print("\n词典里没有的常用说法（确是一个词的，用 --add-words 加入本调查的词典）：")
    print(f"  {notes.candidates({each.word: each.count for each in words_of(asked.answers)})}")


PARTS: Mapping[str, Callable[[Asked], None]] = MappingProxyType(
    {"waves": _waves, "copies": _copies, "places": _places, "discover": _discoveries}
)
"""Value of `--show` -> function that prints the part."""
