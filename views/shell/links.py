"""What a deep link asks for: a value that is there, under its label or its short name; anything else is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from views.shell.markup import plain
from views.shell.shell import NOWHERE, pages


def check_link_value(label: str, options: Sequence[str], key: str, naming: Callable[[str], str]) -> str:
    """Take what the address says of a box that is drawn next.

    Streamlit itself knows the labels on screen alone and drops any other value without a word.

    Args:
        label: what the box is called.
        options: what may be chosen.
        key: key of the box and query parameter.
        naming: option -> label on screen.

    Returns:
        What is wrong with the value, in Chinese; "" where it is a label or the name of an option (`?wave=W1`).
    """
    given = st.query_params.get(key)
    labels = [naming(option) for option in options]
    if given is None or given in labels:
        return ""
    if given in options:
        with suppress(StreamlitAPIException):
            # Once more from the start, with the address in the form that Streamlit knows.
            st.query_params[key] = naming(given)
            st.rerun()
        return ""
    return f"链接里的{label}写成了“{given}”，没有这个选项，下面没有按它筛选。可以是：{'、'.join(labels)}。"


def told_where() -> None:
    """Say that the address was no page, where the server sent the browser here for that reason."""
    if lost := st.query_params.get(NOWHERE):
        why = f"“{lost}”这一页只对分析员等岗位开放" if lost in pages() else f"没有“{lost}”这个页面"
        st.warning(f"{plain(why)}，已打开总览。请从上方的页面中选择。")
