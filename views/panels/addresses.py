"""Addresses of other pages for links in blocks: they keep the filters of the reader; "" for pages a role lacks."""

from __future__ import annotations

from views.blocks.html import link
from views.shell.pages_by_role import offered
from views.visitor import session
from views.visitor.selection import kept_filters


def address(page: str, **query: str) -> str:
    """Return the address of a page, with the filters that are set and further parameters.

    Args:
        page: last part of its address, such as "ledger".
        query: further parameters, as the page shows them.
    """
    return link(page, {**kept_filters(), **query}) if offered(page) else ""


def address_of_area(district: str) -> str:
    """Return the address of the page of one district."""
    return address("area", **{session.DISTRICT: district})
