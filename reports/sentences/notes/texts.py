"""Lines and captions on residents' comments: shares of themes, copies, places, coding by people, discoveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.numerals import DASH
from reports.sentences.formats import Format
from reports.sentences.references import Cell
from reports.sentences.sentence import Binding, Declared, Name, Row, Sentence, count, join, say, setting
from survey.study.study import Study

F1 = Declared("F1", "standard")
"""The name of the measure of agreement."""


def head(title: str, wave: str, here: int, every: int, says: int, coder: Sentence) -> Sentence:
    """Return the first line: the question, the number of answers of the wave, those with content, and the coder."""
    numbers = {"here": setting("answers of the wave", here), "every": setting("answers", every)}
    return say(
        "{title}（{wave}，本轮 {here} 条，全部 {every} 条中有内容的 {says} 条，由{coder}归类）",
        title=Declared(title, "wording"),
        wave=Name(wave),
        says=setting("answers with content", says),
        coder=coder,
        **numbers,
    )


def head_of_shares(title: str, wave: str, coder: Sentence) -> Sentence:
    """Return the first line without numbers of answers."""
    return say("{title}（{wave}，由{coder}归类）", title=Declared(title, "wording"), wave=Name(wave), coder=coder)


def coder(by_people: int) -> Sentence:
    """Report who or what assigned the themes."""
    if not by_people:
        return say("主题码本")
    return say("主题码本和 {n} 条人工编码", n=setting("answers coded by people", by_people))


def share(row: Row) -> Sentence:
    """Return the share of a theme or place with its interval; only the share where there is none."""
    interval = row.interval()
    spread = Sentence() if str(interval) == DASH else say("（{interval}）", interval=interval)
    return say("{share}{spread}", share=row.bound("estimate", Format.PERCENT), spread=spread)


def theme(row: Row, ending: str = "") -> Sentence:
    """Report one theme or place: its share of those who wrote, and of all; `ending` names the unit in charge."""
    of_all = row.bound("of_all", Format.PERCENT)
    words = "{share}，全体 {of_all}  {label}{ending}"
    return say(words, share=share(row), of_all=of_all, label=row.name("label"), ending=Name(ending))


def over_waves(label: str, rows: Sequence[Row]) -> Sentence:
    """Report the shares of a theme, wave by wave."""
    parts = [say("{wave} {share}", wave=row.name("wave"), share=share(row)) for row in rows]
    return say("{label}：{parts}", label=Name(label), parts=join(parts, "，"))


def distinct(row: Row, by: str, *, counted: bool = True) -> Sentence:
    """Report a theme that an area raises more than the others, and by how many people where `counted`."""
    return say(
        "{area}：{theme}，{here}，其他地方 {rest}" + ("（{n} 人）" if counted else ""),
        area=row.name(by),
        theme=row.name("label"),
        here=row.bound("share", Format.PERCENT),
        rest=row.bound("share_rest", Format.PERCENT),
        **({"n": row.bound("n", Format.COUNT)} if counted else {}),
    )


def copied(row: Row) -> Sentence:
    """Report the share of a theme with every copy counted and with copies counted once."""
    cells = ("estimate", "estimate_once", "of_all", "of_all_once")
    return say(
        "{label}：占写了内容的人，每条都算 {estimate}，雷同只算一条 {estimate_once}；"
        "占全体，每条都算 {of_all}，只算一条 {of_all_once}，相差 {moved}",
        label=row.name("label"),
        moved=row.bound("moved", Format.CHANGE),
        **{name: row.bound(name, Format.PERCENT) for name in cells},
    )


def named_district(table: pd.DataFrame, district: str, fewest: int) -> Sentence:
    """Report how many people name a place in a district, and the places that enough people name."""
    n = int(table.loc[table["district"] == district, "n"].sum())
    rows = table[(table["district"] == district) & (table["n"] >= fewest)].reset_index(drop=True)
    parts = [say("{name} {n} 人", name=Name(str(rows["name"][at])), n=_at(rows, at)) for at in rows.index]
    places = say("（{places}）", places=join(parts, "、")) if parts else Sentence()
    return say("{district}：{n} 人{places}", district=Name(district), n=setting("people", n), places=places)


def _at(rows: pd.DataFrame, at: int) -> Binding:
    keyed = rows.assign(at=[str(one) for one in rows.index])
    return Binding(Cell(keyed, (("at", str(at)),), ("n",)), Format.COUNT)


def places_heading(fewest: int) -> Sentence:
    """Introduce the districts of the places that are named."""
    words = "点了名的街道、社区所在的区县（人数；不到 {fewest} 人不显示）"
    return say(words, fewest=setting("suppression", fewest))


def named_places(study: Study) -> Sentence:
    """Explain the table of places that are named."""
    words = "抽样框里的街道、社区；本轮各种方式的人数，不是占比。不到 {fewest} 人的地方不单列，只计入所在区县。"
    return say(words, fewest=setting("suppression", study.suppression))


def no_copies(study: Study) -> Sentence:
    """Report that no words are repeated by enough people to be shown."""
    return say("没有 {fewest} 人以上说同样话的留言。", fewest=setting("suppression", study.suppression))


def quoted(study: Study) -> Sentence:
    """Explain which comments are quoted."""
    words = "只摘同类留言不少于 {fewest} 条的主题，不摘表扬；姓名、电话、门牌、地名和日期已隐去。"
    return say(words, fewest=setting("suppression", study.suppression))


def nothing(study: Study) -> Sentence:
    """Explain why no theme is shown."""
    words = "没有人答开放题，或写了内容的人不足 {fewest} 人，按规则不显示。"
    return say(words, fewest=setting("suppression", study.suppression))


def hidden() -> Sentence:
    """Explain what the listed comments leave out."""
    return say("姓名、电话、门牌、地名和日期已隐去；选了地方就不写年龄。更多原话只给分析员看。")


def uncovered(n: int) -> Sentence:
    """Report how many comments no theme covers."""
    return say("归不进任何主题的留言 {n} 条（雷同的算一条），其中相近的：", n=setting("answers without a theme", n))


def discovery(says: int, n: int, study: Study) -> Sentence:
    """Explain the groups of comments that no theme covers."""
    return say(
        "有内容的 {says} 条留言里，{n} 条（雷同的算一条）归不进任何主题。下面按用词自动分组，只用来发现"
        "新主题，不是占比；少于 {fewest} 条的组不显示。确有新主题时写进调查文件夹的 lexicon/themes.toml。",
        says=setting("answers with content", says),
        n=setting("answers without a theme", n),
        fewest=setting("suppression", study.suppression),
    )


def group(n: int, words: Iterable[str]) -> Sentence:
    """Report a group of similar comments."""
    return say("{n} 条：{words}", n=setting("answers of the group", n), words=Declared("、".join(words), "wording"))


def candidates(found: Mapping[str, int]) -> Sentence:
    """Report words that the lexicon lacks, with their frequency."""
    parts = [say("{word}（{n}）", word=Declared(word, "wording"), n=setting(word, n)) for word, n in found.items()]
    return join(parts, "、")


def words_added(n: int, words: Sequence[str] = ()) -> Sentence:
    """Report how many words were added to the lexicon."""
    which = say("：{words}。", words=Declared("、".join(words), "wording")) if words else Sentence()
    return say("已加入 {n} 个新词{which}", n=setting("words added", n), which=which)


def sheet_written(n: int, path: object) -> Sentence:
    """Report how many comments a coding sheet holds."""
    words = "已写出 {n} 条最值得编码的留言：{path}"
    return say(words, n=setting("lines", n), path=Declared(str(path), "wording"))


def codes_read(n: int, kept: int) -> Sentence:
    """Report how many codes were read and how many are kept."""
    numbers = {"n": setting("codes read", n), "kept": setting("codes kept", kept)}
    return say("读回 {n} 条编码，共保存 {kept} 条；这些留言从现在起按人工编码计", **numbers)


def codes_kept(n: int, total: int) -> Sentence:
    """Report how many codes were saved on the page."""
    return say("已保存 {n} 条编码，共 {total} 条。", n=setting("codes", n), total=setting("codes kept", total))


def coded(n: int) -> Sentence:
    """Return the number of comments coded by people."""
    return say("{n} 条", n=setting("answers coded by people", n))


def to_code(lines: Sequence[object]) -> Sentence:
    """Explain the form of the most informative comments."""
    words = "最值得编的 {n} 条（模型最拿不准、彼此不雷同；已隐去个人信息和地名）。一条可选几个主题，最主要的先选。"
    return say(words, n=count(lines, "lines to code"))


def f1(value: float) -> Sentence:
    """Report the agreement of the model with people."""
    return say("模型对人工编码的 {name}（交叉验证）：{value}", name=F1, value=_decimal("F1", value))


def agreement(one: str, other: str, n: int, f1: float, kappa: float) -> Sentence:
    """Report the agreement of two coders."""
    return say(
        "{one} 与 {other}：共同编码 {n} 条，{name} {value}，kappa {kappa}",
        one=Name(one),
        other=Name(other),
        n=setting("answers coded by both", n),
        name=F1,
        value=_decimal("F1", f1),
        kappa=_decimal("kappa", kappa),
    )


def together(n: int, kappa: float) -> Sentence:
    """Report the agreement of all coders."""
    numbers = {"n": setting("answers coded by all", n), "kappa": _decimal("Fleiss kappa", kappa)}
    return say("全部编码员都编过的 {n} 条，一致程度（Fleiss kappa）为 {kappa}。", **numbers)


def _decimal(name: str, value: float) -> Binding:
    return setting(name, value, Format.DECIMAL)


def wording(text: str) -> Sentence:
    """Return words of the questionnaire."""
    return Sentence((Declared(text, "wording"),))
