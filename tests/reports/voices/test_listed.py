"""Comments listed one by one: masked, searched as shown, never below the limit, place and person never together."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from analysis.text.quotes import Quoter
from reports.plans.letter import QUOTE, letter, letter_table
from reports.selection import Selection
from reports.voices import copies, shares
from reports.voices.asked import TextSelection, repeated, rows_of
from reports.voices.finding import finding
from reports.voices.gathered import gathered, places
from reports.voices.listed import PAGE, Comments, Wanted, comments_of
from reports.voices.open_answers import OpenAnswers, load_answers
from reports.voices.quoted import comments
from reports.voices.streets import streets_with
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

ASKED = TextSelection(Selection(waves=("W2",), mode="household"), "H1")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    root = tmp_path_factory.mktemp("listed") / "city"
    return load_study(imported_city(root, districts=3, streets_per_district=3, communities_per_street=3))


@pytest.fixture(scope="module")
def answers(study: Study) -> OpenAnswers:
    return load_answers(study, "H1")


def every(study: Study, answers: OpenAnswers, wanted: Wanted) -> list[Comments]:
    first = comments_of(study, answers, ASKED, wanted)
    return [first, *(comments_of(study, answers, ASKED, wanted, page) for page in range(2, first.pages + 1))]


def test_pages_hold_every_comment_of_the_mode_once(study: Study, answers: OpenAnswers) -> None:
    pages = every(study, answers, Wanted())
    within = places(study, gathered(study, answers, ASKED).linked, ())
    rows = rows_of(answers, ASKED, within)
    rows = rows.filter(pc.and_(rows["says"], pc.not_equal(rows["intent"].cast(pa.string()), "praise")))
    scrub = Quoter(study.areas).scrub
    assert [one.text for page in pages for one in page.rows] == [scrub(text)[:160] for text in rows["text"].to_pylist()]
    assert all(len(page.rows) == PAGE for page in pages[:-1])
    assert (pages[-1].last, pages[-1].n) == (rows.num_rows, rows.num_rows)
    assert comments_of(study, answers, ASKED, Wanted(), 10**6) == pages[-1]


def test_praise_stands_apart(study: Study, answers: OpenAnswers) -> None:
    assert {one.kind for page in every(study, answers, Wanted(praise=True)) for one in page.rows} == {"表扬"}
    assert "表扬" not in {one.kind for page in every(study, answers, Wanted()) for one in page.rows}


def test_the_search_reads_only_what_is_shown(study: Study, answers: OpenAnswers) -> None:
    raw = [str(point.community) for point in study.areas.points]
    texts = " ".join(answers.table["text"].to_pylist())
    masked = next(name for name in raw if name in texts)
    found = comments_of(study, answers, ASKED, Wanted(search=masked))
    assert (found.n, found.rows) == (0, ())
    pages = every(study, answers, Wanted(search="小区"))
    assert pages[0].n >= study.suppression
    assert all("小区" in one.text for page in pages for one in page.rows)


def test_too_few_comments_are_not_listed(study: Study, answers: OpenAnswers) -> None:
    words = {text[at : at + 4] for text in answers.table["text"].to_pylist()[:200] for at in range(len(text) - 3)}
    pages = [comments_of(study, answers, ASKED, Wanted(search=word)) for word in sorted(words)[:60]]
    assert {page.n for page in pages if page.n < study.suppression} == {0}
    assert all(page.rows == () for page in pages if not page.n)
    assert (
        comments_of(study, answers, ASKED, Wanted(search="绝不会有人这样写"))
        == pages[[one.n for one in pages].index(0)]
    )


def test_age_is_left_out_where_a_place_is_chosen(study: Study, answers: OpenAnswers) -> None:
    assert any(one.age for one in comments_of(study, answers, ASKED, Wanted()).rows)
    here = every(study, answers, Wanted(district=study.areas.districts[0]))
    assert here[0].n
    assert not [one for page in here for one in page.rows if one.age]


def test_copies_are_counted_in_the_mode_of_the_shares(study: Study, answers: OpenAnswers) -> None:
    within = places(study, gathered(study, answers, ASKED).linked, ())
    n, again = repeated(answers, ASKED, within)
    whole = repeated(answers, ASKED)
    assert n < whole[0]
    assert copies.copies_note(study, answers, ASKED).text.startswith(f"有内容的 {n:,} 条里有 {again:,} 条")
    kinds = shares.kinds(study, answers, ASKED)
    assert kinds.loc[kinds["kind"] == "says", "n"].item() == n


def test_the_finding_names_a_district_or_the_most_frequent_themes(study: Study, answers: OpenAnswers) -> None:
    found = finding(study, answers, ASKED)
    assert found is not None
    assert found.theme in found.headline.text
    assert found.district in found.headline.text
    online = finding(study, answers, TextSelection(Selection(waves=("W2",), mode="online"), "H1"))
    if online is not None:
        assert not online.district
        assert "参与者的意见" in online.lead.text


def test_streets_are_counted_where_enough_people_raise_a_theme(study: Study, answers: OpenAnswers) -> None:
    top = shares.ranked(shares.theme_shares(study, answers, ASKED).estimates)
    theme, district = str(top["item"].iloc[0]), study.areas.districts[0]
    every = streets_with(replace(study, suppression=1), answers, ASKED, district, theme)
    assert set(every["street"]) <= set(study.areas.children(district))
    assert every["n"].tolist() == sorted(every["n"], reverse=True)
    tested = shares.distinct_themes(study, answers, ASKED)
    here = tested[(tested["district"] == district) & (tested["term"] == theme)]
    assert every["n"].sum() == here["n"].sum() or here.empty
    limit = int(every["n"].max())
    assert streets_with(replace(study, suppression=limit), answers, ASKED, district, theme)["n"].min() == limit
    assert streets_with(replace(study, suppression=limit + 1), answers, ASKED, district, theme).empty


def test_the_letter_holds_the_finding_and_quotes_of_the_city_only(study: Study, answers: OpenAnswers) -> None:
    found = finding(study, answers, ASKED)
    assert found is not None
    table = shares.theme_shares(study, answers, ASKED).estimates.table
    code = str(table.loc[table["estimate"].astype(float).idxmax(), "item"])
    about = replace(found, district=study.areas.districts[0], code=code, units=("城管", "公安"))
    rows = dict.fromkeys(
        zip(*(letter_table(study, answers, ASKED, about)[name] for name in ("事项", "内容")), strict=True)
    )
    assert ("转办给", "城管、公安") in rows
    assert ("依据", str(found.headline)) in rows
    quotes = [text for name, text in rows if name == QUOTE]
    assert quotes == list(comments(study, answers, ASKED, theme=code))
    assert quotes
    assert letter(study, answers, ASKED, about)[:2] == b"PK"
