"""A starter template made from ours: people change its look and keep its placeholders."""

from __future__ import annotations

from documents.templates.package import kind_of


def starter(name: str) -> bytes:
    """Return a template of the kind of a file name.

    Raises:
        ArgumentError: neither a deck nor a document.
    """
    if kind_of(name) == ".pptx":
        from documents.pptx.master import own_master

        return own_master()
    from documents.docx.starter import own_template

    return own_template()
