"""Sentences on outreach: no widest channel among those whose intervals overlap."""

import pandas as pd

from reports.sentences import outreach


def channels(*rows: tuple[str, float, float, float, bool]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["label", "reach_low", "reach", "reach_high", "seen"])
    return table.assign(item=table["label"])


def test_channels_with_overlapping_intervals_have_no_widest() -> None:
    found = channels(
        ("宣传栏", 0.44, 0.47, 0.49, True), ("微信", 0.43, 0.455, 0.48, True), ("广播", 0.1, 0.12, 0.14, False)
    )
    assert outreach.widest(found).text == "接触面较广的是“宣传栏”（47.0%）、“微信”（45.5%），区间重叠，不分先后"
    assert outreach.widest(found[1:]).text == "接触面最广的是“微信”（45.5%）"


def test_only_visible_associations_are_counted() -> None:
    found = channels(("宣传栏", 0.44, 0.47, 0.49, True), ("广播", 0.1, 0.12, 0.14, False))
    assert outreach.associated(found).text == "1 种渠道与知晓有看得出的关联"
    assert outreach.associated(found[1:]).text == "没有渠道与知晓的关联看得出来"
