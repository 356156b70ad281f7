"""Every kind of document: bound numbers, forbidden words, privacy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from analysis.areas.verdict import Reason, Verdict
from analysis.estimation.estimates import Estimates
from reports.areas.places import find
from reports.briefing import circular
from reports.briefing.blocks import Action, Actions, Heading, text_of
from reports.briefing.build import Source, build
from reports.briefing.facts import profile_in
from reports.briefing.model import Briefing, Kind
from reports.briefing.notice import row_of
from reports.briefing.parts import retest
from reports.briefing.parts.actions import due, table
from reports.briefing.parts.tasks import tasks_of
from reports.briefing.record import to_json
from reports.sentences.notes.days import deadline
from reports.sentences.sentence import say
from survey.errors import ArgumentError
from survey.study.plans.rectification import Status

FORBIDDEN = re.compile(
    "第一名|倒数|排名|红榜|高度重视|扎实推进|成效显著|再上新台阶|人民群众普遍认为|基本达标|略有上升|持平|偏低|大幅|造假"
    "|最差|垫底|n=0|nan|None|，，|；；|。。|；。|：。|，。|{|}"
)


@pytest.mark.parametrize("kind", Kind)
def test_fixed_words_hold_no_digit_and_nothing_forbidden(pages: Mapping[Kind, Briefing], kind: Kind) -> None:
    for sentence in pages[kind].sentences:
        assert not FORBIDDEN.search(sentence.text), sentence.text
        assert not [piece for piece in sentence.pieces if isinstance(piece, str) and re.search(r"\d", piece)]


@pytest.mark.parametrize("kind", Kind)
def test_alternative_texts_are_no_titles(pages: Mapping[Kind, Briefing], kind: Kind) -> None:
    for block in (*pages[kind].tables, *pages[kind].charts):
        assert block.alt.text
        assert block.alt.text != block.title.text


@pytest.mark.parametrize("kind", Kind)
def test_no_community_is_named(found: Source, pages: Mapping[Kind, Briefing], kind: Kind) -> None:
    frame = found.facts.study.areas.frame
    names = set(frame["community"].astype(str)) - set(frame["street"].astype(str)) - set(frame["district"].astype(str))
    said = "\n".join(sentence.text for sentence in pages[kind].sentences)
    assert not [name for name in names if name in said]


def test_a_notice_is_written_only_for_what_is_confirmed(found: Source) -> None:
    places = {one.place for one in found.facts.sure}
    for one in build(found, Kind.NOTICE):
        entry = int(dict(one.facts)["entry"])
        assert [(each.area, each.item) in places for each in found.facts.entries if each.number == entry] == [True]
        said = {row[0][0].text.text: text_of(row[1]) for row in one.tables[0].rows}
        demand = "(台账措施|原措施（复测未达标）)：.+；原定.+完成，逾期3天。\n本次要求：.*先改.+。"
        assert re.fullmatch(demand, said["整改要求"])
        assert len(re.findall("目标[0-9]+%", "".join(said.values()))) == 1
        assert said["逾期处理"].startswith("到期没有报送或没有完成的予以督办；督办后仍没有完成的，")
        assert re.match("..率由[0-9.]+%提高到[0-9]+%以上。口径：问“.+”，答.+的计入。", said["整改目标"])
        assert re.match("以整改期满后的下一轮调查（.+前进行）为准，在.+不少于本轮的[0-9]+名居民。", said["复测销号"])
        assert re.search("判断为达标的销号（目标加抽样误差，按本轮份数约为[0-9]+%以上）", said["复测销号"])
        here = find(found.facts.study.areas, (one.area,))
        every = [task.task.text for task in tasks_of(found.facts, profile_in(found.facts, here))]
        assert [task for task in every[1:] if task not in said.get("同期任务", "")] == []
        assert "再次逾期" not in "".join(said.values())
    calm = next(name for name in found.facts.study.areas.districts if name not in {place for place, _ in places})
    with pytest.raises(ArgumentError, match="没有要发整改通知单"):
        build(found, Kind.NOTICE, calm)


def test_verdicts_are_those_of_the_pages(found: Source, pages: Mapping[Kind, Briefing]) -> None:
    table = found.facts.districts.table
    weak = (table["verdict"] == Verdict.WEAK).sum()
    said = "\n".join(sentence.text for sentence in pages[Kind.CIRCULAR].sentences)
    assert f"确认薄弱{weak}项" in said


def test_slides_say_what_changed_and_what_is_due_by_when(pages: Mapping[Kind, Briefing]) -> None:
    deck = pages[Kind.DECK]
    city = next(one for one in deck.charts if one.key == "city")
    told = [
        re.fullmatch(r"比.+[+−].*个百分点\n（.+至.+，(看不出变化|上升|下降)）", one.change.text) for one in city.points
    ]
    assert all(told)
    seen = [found[1] != "看不出变化" for found in told if found]
    ends = [re.findall("[+−]?[0-9.]+", one.change.text.split("（")[1]) for one in city.points]
    assert seen == [("−" in low) == ("−" in high) for low, high in ends]
    areas = next(one for one in deck.charts if one.key == "districts")
    assert [one.value is None for one in areas.points] == [one.verdict not in set(Verdict) for one in areas.points]
    assert [len(one.rows) for one in deck.tables if one.key == "limits"] == [3]
    todo = next(block for block in deck.blocks if isinstance(block, Actions))
    title = next(one.text.text for one in deck.blocks if isinstance(one, Heading) and "件事" in one.text.text)
    assert title.startswith(f"{len(todo.rows)}件事：")
    due = [day for one in todo.rows for day in re.findall("[0-9]+月[0-9]+日前", one.due.text)]
    assert {due[0], due[-1]} <= set(re.findall("[0-9]+月[0-9]+日前", title)) <= set(due)


def test_the_brief_has_the_tasks_of_the_district_in_its_headline_in_order_of_day(
    found: Source, pages: Mapping[Kind, Briefing]
) -> None:
    district = found.facts.sure[0].place[0]
    brief, own = (next(block for block in pages[kind].blocks if isinstance(block, Actions)).rows
                  for kind in (Kind.BRIEF, Kind.PROFILE))  # fmt: skip
    assert [one.by for one in brief] == sorted(one.by for one in brief)
    assert brief[0].task.text.startswith(f"{district}报送整改方案")
    there = [one for one in brief if one.task.text.startswith(f"{district}：")]
    for first, mine in zip(there, own, strict=True):
        assert first.task.text in (mine.task.text, f"{district}：{mine.task.text}")
        assert first.owner.text == mine.owner.text
        assert mine.due.text.startswith(first.due.text)
    said = "\n".join(sentence.text for sentence in pages[Kind.BRIEF].sentences)
    assert re.search("整改台账1项没有销号，1项超期：.*逾期3天。", said)
    assert re.search("全部达标的可能为[0-9]+%", said)


def test_titles_of_slides_are_no_topics(pages: Mapping[Kind, Briefing]) -> None:
    for kind in (Kind.DECK, Kind.PROFILE, Kind.BRIEF, Kind.CIRCULAR, Kind.REPORT):
        heads = [one for one in pages[kind].blocks if isinstance(one, Heading)]
        assert [one.text.text for one in heads if kind is not Kind.DECK and not one.finding] == []
        titles = [(one.finding or one.text).text for one in heads]
        assert [one for one in titles if len(one) < 8] == []


def test_a_record_without_changes_is_written_as_before(pages: Mapping[Kind, Briefing]) -> None:
    chart = next(one for one in pages[Kind.DECK].charts if one.key != "city")
    assert '"change"' not in to_json(replace(pages[Kind.DECK], blocks=(chart,), spoken=()))


@pytest.mark.parametrize("tasks", [1, 9, 10])
def test_no_demand_of_a_circular_is_dropped_and_the_last_one_forbids_coaching(tasks: int) -> None:
    todo = table([Action(say("整改"), say("城管"), say("年底前"))] * tasks, led=True)
    lines = [one.text for one in circular._demands(todo)]
    assert len(lines) == tasks + 1
    assert "如实作答" in lines[-1]
    assert len({line.partition("）")[0] for line in lines}) == tasks + 1


def test_an_order_for_a_district_with_a_red_light_names_no_share_that_closes_it(found: Source) -> None:
    facts = found.facts
    entry = next(one for one in facts.entries if (one.area, one.item) in {each.place for each in facts.sure})
    row = row_of(facts, entry)
    assert "约为" in retest.closing(facts, entry.area, row, facts.day).text
    table_ = facts.districts.table
    red = table_.assign(reason=table_["reason"].where(table_["district"].astype(str) != entry.area, Reason.RED_LIGHT))
    lit = replace(facts, districts=Estimates(red, facts.districts.meta))
    text = retest.closing(lit, entry.area, row, facts.day).text
    assert "约为" not in text
    assert "判断为达标" in text


def test_what_is_reported_as_done_and_still_weak_gets_a_new_day(found: Source) -> None:
    facts = found.facts
    entry = replace(facts.entries[0], deadline=facts.day + timedelta(days=5))
    for status, day in ((Status.DOING, entry.deadline), (Status.DONE, deadline(facts.day, facts.letterhead.mend))):
        ledger = replace(facts, entries=(replace(entry, status=status),))
        assert due(ledger, entry.area, entry.item) == day, status
