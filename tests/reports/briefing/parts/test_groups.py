"""Widths of the table of districts by verdict: no name and no heading is broken, however many districts there are."""

from hypothesis import given
from hypothesis import strategies as st

from analysis.line_breaks import width
from reports.briefing.parts.groups import APART, LEAST, PAGE, column_widths

NAMES = ["望澄", "栖枫", "柏渡", "霁岭", "萤川", "经济开发区"]
CELL = st.one_of(st.just("—"), st.lists(st.sampled_from(NAMES), min_size=1, max_size=12).map("、".join))


@given(st.lists(st.tuples(st.just("知晓率"), CELL, CELL, CELL, CELL), min_size=1, max_size=4))
def test_every_column_holds_its_heading_and_its_names(rows: list[tuple[str, ...]]) -> None:
    shares = column_widths(rows)
    assert abs(sum(shares) - 1) < 1e-9
    for share, least, column in zip(shares, LEAST, zip(*rows, strict=True), strict=True):
        assert share * PAGE >= least
        for cell in column:
            assert all(share * PAGE >= width(f"{name}、") for name in cell.split("、")[:-1])


def test_cells_that_fit_in_one_line_take_as_much_as_they_say() -> None:
    shares = column_widths([("满意率", "望澄、栖枫、柏渡、霁岭、萤川", "—", "—", "青苇")])
    sizes = [size + APART for size in (3, 14, 3.5, 5.5, 3.5)]
    assert [round(share, 6) for share in shares] == [round(size / sum(sizes), 6) for size in sizes]
