"""Charts: each figure is complete without its page, and Plotly accepts it."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from analysis.areas.against_target import judge
from analysis.line_breaks import width
from reports.crosstab.layout import SIGNS as CROSSED
from views.blocks.single.lights import SIGNS
from views.charts.dots import KINDS, Axis, dots
from views.charts.heat import heat
from views.charts.parts import style
from views.charts.parts.frame import Caption
from views.charts.parts.row_order import order
from views.charts.ranked import ranked
from views.charts.split import SIDES, split
from views.charts.standing import standing

SOURCE = "n=3,812；95% 置信区间；2026-03-01 至 2026-03-20；入户面访；按人口加权；数据版本 3；模拟数据"
CAPTION = Caption("3 个区县满意率低于目标", "满意率 · 第二次（W2） · 全部受访居民", SOURCE, mock=True)
DISTRICTS = ["安泰区", "北湖区", "城南区", "东平区", "凤鸣区", "高新区", "河西区", "锦绣区"]


def estimates(count: int, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    share, error = rng.uniform(0.6, 0.95, count), rng.uniform(0.01, 0.03, count)
    low, high = np.clip(share - 2 * error, 0, 1), np.clip(share + 2 * error, 0, 1)
    columns = {
        "n": 120,
        "n_eff": 80.0,
        "n_pooled": 80.0,
        "df_pooled": 1e6,
        "estimate": share,
        "std_error": error,
        "conf_low": low,
        "conf_high": high,
    }
    return pd.DataFrame(columns).assign(flag="")


def words(figure: go.Figure) -> str:
    return "\n".join(note.text for note in figure.layout.annotations)


def checked(figure: go.Figure) -> go.Figure:
    """The same figure through Plotly's own validation, which the charts skip for speed."""
    return go.Figure(figure.to_dict())


def all_charts() -> dict[str, go.Figure]:
    areas = judge(estimates(8).assign(district=DISTRICTS), 0.8)
    table = pd.concat([estimates(8, seed).assign(district=DISTRICTS, label=str(seed)) for seed in range(4)])
    items = pd.DataFrame({"label": ["停车", "物业"], "owner": ["转：城市管理部门", "宣传"]})
    for side, value in (("unhappy", 0.2), ("unknown", 0.1)):
        items[side], items[f"{side}_low"], items[f"{side}_high"] = value, value - 0.02, value + 0.02
    names = {"unhappy": "不满意", "unknown": "不了解"}
    return {
        "ranked": ranked(areas, "district", CAPTION),
        "heat": heat(judge(table, 0.8), "district", "label", CAPTION, 0.1),
        "split": split(items, CAPTION, names),
    }


@pytest.mark.parametrize("name", ["ranked", "heat", "split"])
def test_every_picture_carries_its_own_origin(name: str) -> None:
    figure = checked(all_charts()[name])
    text = words(figure).replace("<br>", "").replace("<b>", "").replace("</b>", "")
    for part in (CAPTION.title, CAPTION.subtitle, SOURCE, "模拟数据"):
        assert part in text
    assert figure.layout.template.layout.font.family == style.FONT


def test_real_data_bear_no_mock_mark() -> None:
    real = Caption("题", "副题", "来源；真实数据", mock=False)
    figure = ranked(judge(estimates(8).assign(district=DISTRICTS), 0.8), "district", real)
    assert "模拟数据" not in words(figure)


@pytest.mark.parametrize("count", [1, 8, 40])
def test_all_areas_are_named_in_order_of_their_rate(count: int) -> None:
    table = judge(estimates(count).assign(district=[f"区{i:02d}" for i in range(count)]), 0.8)
    figure = checked(ranked(table, "district", CAPTION))
    axis = figure.layout.yaxis
    names = [text.strip() for text in axis.ticktext]
    assert names == list(table.sort_values("estimate")["district"])
    assert list(axis.tickvals) == list(range(count))
    assert figure.layout.height > 20 * count


def test_colour_and_shape_both_show_the_verdict() -> None:
    table = judge(estimates(8).assign(district=DISTRICTS), 0.8)
    figure = checked(ranked(table, "district", CAPTION))
    looks = {trace.name: (trace.marker.color, trace.marker.symbol) for trace in figure.data[1:]}
    assert looks["确认薄弱"] == ("#C44E00", "triangle-down")
    assert looks["达标"] == ("#2166AC", "square")
    counts = table["verdict"].value_counts()
    assert f"确认薄弱（{counts['确认薄弱']}）" in words(figure)


def test_the_target_is_a_line_or_a_tick_in_each_row() -> None:
    table = estimates(3).assign(district=DISTRICTS[:3])
    one = checked(ranked(judge(table, 0.8), "district", CAPTION)).data[0]
    own = checked(ranked(judge(table, pd.Series([0.7, 0.8, 0.9])), "district", CAPTION)).data[0]
    assert (one.mode, list(one.x)) == ("lines", [0.8, 0.8])
    assert (own.mode, sorted(own.x)) == ("markers", [0.7, 0.8, 0.9])


def test_suppressed_numbers_are_nowhere_in_the_figure() -> None:
    table = estimates(8).assign(district=DISTRICTS)
    table.loc[2, "flag"] = "suppressed"
    table.loc[2, ["estimate", "conf_low", "conf_high"]] = 0.123456
    for figure in (
        ranked(judge(table, 0.8), "district", CAPTION),
        heat(judge(table.assign(label="满意率"), 0.8), "district", "label", CAPTION, 0.1),
    ):
        sent = checked(figure).to_json()
        assert "0.123456" not in sent
        assert "12%" not in words(figure)
        assert "—" in words(figure)


def test_few_answers_bear_a_star_and_are_explained() -> None:
    table = estimates(8).assign(district=DISTRICTS)
    table.loc[0, "flag"] = "few"
    figure = ranked(judge(table, 0.8), "district", CAPTION)
    assert sum("*（" in note.text for note in figure.layout.annotations) == 1
    assert "样本少，仅供参考" in words(figure)


def test_cells_have_the_colour_and_the_sign_of_their_verdict() -> None:
    shares = {"甲": 0.6, "乙": 0.78, "丙": 0.81, "丁": 0.95}
    table = pd.DataFrame({"district": list(shares), "estimate": list(shares.values()), "label": "满意率"})
    table = table.assign(n=50, n_eff=50.0, n_pooled=50.0, df_pooled=1e6, flag="", conf_low=0.5, conf_high=0.99)
    judged_ = judge(table, 0.8)
    assert judged_["verdict"].tolist() == ["确认薄弱", "观察", "尚难判断", "达标"]
    figure = checked(heat(judged_, "district", "label", CAPTION, 0.1))
    cells = [note.text for note in figure.layout.annotations[:4]]
    assert cells == ["<b>60%▼</b>", "78%▽", "81%", "95%■"]
    fills = [shape.fillcolor for shape in figure.layout.shapes[:4]]
    assert fills == [style.CELLS[word][0] for word in judged_["verdict"]]
    assert "没到的可能至少 90%" in words(figure)
    wide = checked(standing(judged_, "district", CAPTION, 0.1))
    assert [shape.fillcolor for shape in wide.layout.shapes[:4]] == fills
    assert "<b>▼确认薄弱</b>" in wide.layout.annotations[0].text


def test_red_lights_are_pale_outside_the_order_and_in_no_count() -> None:
    table = estimates(8).assign(district=DISTRICTS)
    table["district"] = table["district"].where(table.index != 3, table["district"] + "※")
    judged_ = judge(table, 0.8)
    judged_.loc[3, ["verdict", "reason"]] = ["", "待复访"]
    figure = checked(ranked(judged_, "district", CAPTION))
    assert figure.layout.yaxis.ticktext[-1].strip() == "东平区※"
    pale = next(trace for trace in figure.data if trace.name == "待复访")
    assert pale.marker.color == style.PALE
    assert list(pale.y) == [7]
    assert order(judged_, "district")[-1] == "东平区※"
    drawn = heat(judged_.assign(label="满意率"), "district", "label", CAPTION, 0.1).layout
    row = drawn.yaxis.ticktext.index("东平区※")
    assert next(shape for shape in drawn.shapes if shape.y0 < row < shape.y1).fillcolor == "#FFFFFF"


def test_the_largest_certain_shortfall_comes_first() -> None:
    table = pd.DataFrame(
        {
            "district": ["甲", "乙", "乙", "丙"],
            "verdict": ["确认薄弱", "确认薄弱", "确认薄弱", "观察"],
            "gap": [-0.3, -0.1, -0.1, -0.4],
        }
    )
    assert order(table.assign(estimate=0.5, reason=""), "district") == ["甲", "乙", "丙"]


@pytest.mark.parametrize("name", ["ranked", "heat"])
@pytest.mark.parametrize("room", [600, 760, 1180])
def test_lines_fit_the_width_the_page_promises(name: str, room: int) -> None:
    long = Caption(
        "最低的安泰区与北湖区差别在误差以内，不分先后，" * 3, "满意率 · 全部受访居民 " * 6, SOURCE * 3, mock=True
    )
    table = judge(estimates(8).assign(district=DISTRICTS, label="满意率"), 0.8)
    drawn: dict[str, Any] = {
        "ranked": lambda: ranked(table, "district", long, page_width=room),
        "heat": lambda: heat(table, "district", "label", long, 0.1, page_width=room),
    }
    figure = drawn[name]()
    for note in figure.layout.annotations:
        if note["xanchor"] == "left" and note["x"] == 0:
            plain = note["text"].replace("<b>", "").replace("</b>", "").split("<br>")
            longest = max(width(line) for line in plain if "span" not in line) if "span" not in note["text"] else 0
            assert longest * note["font"]["size"] <= room


def test_text_on_coloured_cells_is_readable() -> None:
    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return float(np.dot([0.2126, 0.7152, 0.0722], linear))

    def contrast(one: str, other: str) -> float:
        low, high = sorted((luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)

    for fill, ink in style.CELLS.values():
        assert contrast(fill, ink) >= 4.5
    for color in (style.WEAK, style.NEUTRAL, style.STRONG, style.UNKNOWN, style.FAINT, style.SOFT):
        assert contrast(color, "#FFFFFF") >= 4.5


SPANS = [(2.4, ",.0f"), (0.9, "+.0f"), (23_041.0, ",.0f"), (0.03, ".0%"), (1.0, ".0%")]


@pytest.mark.parametrize(("span", "form"), SPANS)
def test_no_two_ticks_read_the_same(span: float, form: str) -> None:
    """An axis of "0 项 / 1 项 / 1 项" came from ticks at halves that were written without decimals."""
    table = pd.DataFrame({"label": ["甲", "乙"], "value": [0.0, span], "low": np.nan, "high": np.nan, "kind": "plain"})
    figure = checked(dots(table.assign(text=""), CAPTION, Axis(form, floor=0.0), {}))
    step, unit = figure.layout.xaxis.dtick, 0.01 if form.endswith("%") else 1.0
    assert step >= unit
    assert step / unit == pytest.approx(round(step / unit))
    assert span / step <= 6


def test_a_sign_has_one_meaning() -> None:
    """A verdict, a light and a comparison never share a sign; ● alone is any value without a finding."""
    verdicts = {sign for _, _, sign in style.MARKS.values()} - {"—"}
    lights = {sign for sign, _, _ in SIGNS.values()} - {"—", "●"}
    own = {kind: sign for kind, (_, _, sign) in KINDS.items() if kind in ("bad", "good", "noted")}
    others = {*own.values(), *CROSSED.values(), *(sign for _, _, _, sign in SIDES.values())} - {"●"}
    assert not verdicts & lights
    assert not others & (verdicts | lights)
    assert len(set(own.values())) == len(own)
