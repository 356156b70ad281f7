"""Check deep links: accept an existing value by its label or short name, and report any other value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from reports.sentences.notes.catalogue import tr
from views.shell.markup import plain
from views.shell.shell import NOWHERE, pages


def check_link_value(label: str, options: Sequence[str], key: str, naming: Callable[[str], str]) -> str:
    """Check the query parameter of a widget before the widget is drawn.

    Streamlit itself accepts only the labels on screen and silently drops any other value.

    Args:
        label: label of the widget.
        options: allowed values.
        key: key of the widget and name of the query parameter.
        naming: option -> label on screen.

    Returns:
        A message in Chinese for an invalid value; "" for a label or the name of an option (`?wave=W1`).
    """
    given = st.query_params.get(key)
    labels = [naming(option) for option in options]
    if given is None or given in labels:
        return ""
    if given in options:
        with suppress(StreamlitAPIException):
            # Rerun with the query parameter in the form that Streamlit accepts.
            st.query_params[key] = naming(given)
            st.rerun()
        return ""
    return tr("链接里的{label}写成了“{given}”，没有这个选项，下面没有按它筛选。可以是：{labels}。").format(
        label=label, given=given, labels="、".join(labels)
    )


def show_unknown_address() -> None:
    """Report an unknown address, where the server redirected the browser here from one."""
    if lost := st.query_params.get(NOWHERE):
        why = (
            tr("“{lost}”这一页只对分析员等岗位开放").format(lost=lost)
            if lost in pages()
            else tr("没有“{lost}”这个页面").format(lost=lost)
        )
        st.warning(tr("{why}，已回到首页。请从上方的页面中选择。").format(why=plain(why)))
