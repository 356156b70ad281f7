"""The items to begin with: the lowest first, with unit and with how many residents ask for them."""

import pandas as pd

from reports.causes import FirstItem
from reports.sentences.sentence import rows_of
from views.blocks.single.begin import begin_list

EVIL = "<script>alert(1)</script>"
ITEMS = pd.DataFrame(
    {"item": ["E1", "E2"], "label": ["停车", EVIL], "estimate": [0.46, 0.6], "line": [0.8, float("nan")]}
)
ASKED = pd.DataFrame({"item": ["E1"], "wanted": [0.354]})


def test_each_item_has_its_share_its_unit_and_what_residents_ask_for() -> None:
    rows = rows_of(ITEMS, ITEMS, "item")
    asked = rows_of(ASKED, ASKED, "item")[0]
    html = begin_list("先改这 2 项", (FirstItem(rows[0], "城管", asked), FirstItem(rows[1], "", None)))
    assert html.index("停车") < html.index("&lt;script&gt;")
    for cell in ("<b>46%</b>", "<b>60%</b>", "城管", ">35%<", ">—<"):
        assert cell in html
    assert EVIL not in html
    assert html.count("silu-line") == 1
