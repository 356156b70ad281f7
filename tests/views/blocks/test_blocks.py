"""Blocks of HTML: cards, tiles and problem rows say the verdict in sign, word and colour, and obey no foreign text."""

import re
from importlib import resources

import pandas as pd
import pytest

from analysis.areas.against_target import judge
from analysis.integrity.lights import MARK
from views.blocks.cards import rate_cards
from views.blocks.html import chip, head, link, strip, stylesheet
from views.blocks.problems import ProblemRow, problem_table
from views.blocks.tiles import faults, tile_map
from views.shell import palette

CHANGE = {"before": 0.7, "change": 0.08, "change_low": 0.02, "change_high": 0.14}
EVIL = '<script>alert(1)</script>"&'


def rates(*shares: float, **more: object) -> pd.DataFrame:
    table = pd.DataFrame({"estimate": shares, "n": 400, "flag": "", "std_error": 0.01, "n_eff": 400.0})
    table = table.assign(conf_low=table["estimate"] - 0.02, conf_high=table["estimate"] + 0.02, df_pooled=1e6)
    return judge(table.assign(n_pooled=400.0, **CHANGE, label="满意率", **more), 0.8)


def test_a_card_states_rate_interval_verdict_target_and_visible_change() -> None:
    card = rate_cards(rates(0.9))
    assert "<b>90<small>%</small></b>" in card
    assert "区间 88%—92%" in card
    assert "目标 80%" in card
    assert "■</span>达标" in card
    assert "比上轮 +8.0 个百分点" in card
    hidden = rates(0.9).assign(change_low=-0.01)
    assert "比上轮" not in rate_cards(hidden)


@pytest.mark.parametrize("share", [0.03, 0.2, 0.5, 0.8, 1.0])
def test_marks_stay_on_the_axis(share: float) -> None:
    table = rates(share).assign(conf_low=max(share - 0.1, 0), conf_high=min(share + 0.1, 1))
    places = [float(one) for one in re.findall(r"left:([\d.]+)%", rate_cards(table))]
    assert len(places) == 3
    assert all(0 <= one <= 100 for one in places)


def test_a_tile_has_the_worst_verdict_of_its_district() -> None:
    table = rates(0.9, 0.5, 0.9, 0.9, district=["甲区", "甲区", "乙区", "乙区"]).assign(label=["知晓率", "满意率"] * 2)
    tiles = tile_map(table, "district", ["乙区", "甲区"], lambda area, rate: f"weak_areas?{area}&{rate}")
    assert re.findall(r'aria-label="(.+?)"', tiles) == ["乙区：各率达标，达标", "甲区：满意率 50%，确认薄弱"]
    assert 'href="weak_areas?甲区&满意率"' in tiles
    assert "确认薄弱 1" in tiles
    assert "达标 1" in tiles


def test_a_district_with_one_hidden_rate_is_not_called_met_in_all() -> None:
    table = rates(0.9, 0.9, district="甲区").assign(label=["知晓率", "满意率"])
    table.loc[1, ["verdict", "reason"]] = ["", "样本过少，不显示"]
    tiles = tile_map(table, "district", ["甲区"], lambda area, rate: "")
    assert "各率达标" not in tiles
    assert 'aria-label="甲区：知晓率 90%，达标"' in tiles


def test_a_number_from_which_its_verdict_cannot_be_read_is_said_when_pointed_at() -> None:
    table = rates(0.9, 0.81, district="甲区").assign(label=["知晓率", "满意率"], verdict=["达标", "观察"], reason="")
    tiles = tile_map(table, "district", ["甲区"], lambda area, rate: "")
    assert 'aria-label="甲区：满意率 81%，观察"' in tiles
    assert "81%" not in re.sub(r'(title|aria-label)="[^"]*"', "", tiles)


def test_a_red_district_has_no_number() -> None:
    table = rates(0.5, district=f"甲区{MARK}")
    table.loc[0, ["verdict", "reason"]] = ["", "待复访"]
    tiles = tile_map(table, "district", ["甲区"], lambda area, rate: "")
    assert 'aria-label="甲区：待复访"' in tiles
    assert "50%" not in tiles


@pytest.mark.parametrize("number", [1, 3, 9, 10, 40, 61, 120])
def test_every_district_has_a_tile(number: int) -> None:
    names = [f"第{at:03d}区" for at in range(number)]
    tiles = tile_map(rates(*[0.9] * number, district=names), "district", names, lambda area, rate: "")
    assert tiles.count("<li><a") == number
    assert re.findall(r'aria-label="(.+?)：', tiles) == names


def test_tiles_stand_in_their_cells_and_are_read_row_by_row() -> None:
    names = ["甲区", "乙区", "丙区"]
    cells = {"甲区": (4, 3), "乙区": (3, 2), "丙区": (4, 2)}
    tiles = tile_map(rates(0.9, 0.9, 0.9, district=names), "district", names, lambda area, rate: "", cells=cells)
    assert re.findall(r'aria-label="(.+?)：', tiles) == ["乙区", "丙区", "甲区"]
    assert re.findall(r'<li style="(.+?)">', tiles) == [
        "grid-row:1;grid-column:1", "grid-row:2;grid-column:1", "grid-row:2;grid-column:2",
    ]  # fmt: skip
    assert "--columns:2" in tiles
    assert "grid-row" not in tile_map(rates(0.9, 0.9, 0.9, district=names), "district", names, lambda area, rate: "")


def test_foreign_texts_are_shown_as_they_are() -> None:
    table = rates(0.5, district=EVIL).assign(label=EVIL)
    row = ProblemRow("确认薄弱", *[EVIL] * 8, link=EVIL, href=link("ledger", {"district": EVIL}), sure=True)
    tiles = tile_map(table, "district", [EVIL], lambda area, rate: link("weak_areas", {"district": area}))
    every = [
        rate_cards(table),
        tiles,
        problem_table([row], EVIL),
        problem_table([], EVIL),
        head(EVIL, EVIL),
        faults([EVIL]),
    ]
    every.append(strip(EVIL, link("quality", {}), EVIL, EVIL))
    assert not [one for one in every if "<script" in one or 'alert(1)</script>"' in one]
    assert all("&lt;script&gt;" in one for one in every)


def test_the_stylesheet_uses_the_colours_of_the_palette() -> None:
    known = {value.upper() for value in vars(palette).values() if isinstance(value, str) and value.startswith("#")}
    extra = {"#4A5058", "#5F6670", "#DFE2E6", "#F0F0EF", "#B3261E", "#8A9098", "#5F8FC0", "#F6F7F8"}
    """Secondary text, captions, rules, the fill of an undecided tile, the red of a data light, bars, panels."""
    assert set(re.findall(r"#[0-9A-F]{6}", stylesheet())) <= known | extra


def test_a_chip_repeats_its_colour_in_sign_and_word() -> None:
    assert chip("确认薄弱") == '<span class="silu-chip silu-weak"><span aria-hidden="true">▼</span>确认薄弱</span>'
    assert "silu-none" in chip("待复访")


def test_no_class_has_two_meanings() -> None:
    """A class that two stylesheets define would let one block change the looks of another."""
    owners: dict[str, set[str]] = {}
    for sheet in (resources.files("views.blocks") / "css").iterdir():
        plain = re.sub(r"/\*.*?\*/|@[^{]*{", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        names = {one.strip() for group in re.findall(r"([^{}]+){", plain) for one in group.split(",")}
        for name in names:
            if re.fullmatch(r"\.silu-[a-z-]+", name) and sheet.name != "shot.css":  # lays blocks out for a picture
                owners.setdefault(name, set()).add(sheet.name)
    assert not {name: files for name, files in owners.items() if len(files) > 1}
