"""A briefing as HTML: a whole file, or the article alone for a page that shows it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from html import escape
from importlib import resources

from analysis.numerals import percent
from documents import code_picture
from documents.html.dots import dots
from documents.joiners import segments
from documents.marks import mark_of
from reports.briefing.blocks import Actions, Annex, Block, Chart, Column, Heading, Paragraph, Table, Text
from reports.briefing.model import Briefing, Foot, Head
from reports.briefing.parts.rows import as_table
from reports.briefing.record import code
from reports.sentences.sentence import Sentence

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def render(found: Briefing) -> bytes:
    """Return a document as one file that needs no network and runs no script."""
    title = escape(found.title.text or found.head.red.text)
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{style()}</style></head><body>{article(found)}</body></html>\n"
    ).encode()


def style() -> str:
    """Return the style sheet; every rule is about the article."""
    return resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")


def article(found: Briefing) -> str:
    """Return the document as one element."""
    blocks = "".join(BLOCKS[type(block)](block) for block in found.blocks)
    title = f"<h1>{_words(found.title)}</h1>" if found.title else ""
    addressee = f'<p style="text-indent:0">{_words(found.head.addressee)}</p>' if found.head.addressee else ""
    kind = f"brief-{found.kind.name.lower()}"
    return f'<article class="brief {kind}">{_head(found.head)}{title}{addressee}{blocks}{_foot(found)}</article>'


def _head(head: Head) -> str:
    parts = []
    if head.secrecy or head.mark:
        mark = f'<span class="brief-mark">{_words(head.mark)}</span>' if head.mark else ""
        parts.append(f'<div class="brief-top"><span>{_words(head.secrecy)}</span>{mark}</div>')
    parts += [f'<p class="brief-red">{_words(head.red)}</p>'] if head.red else []
    parts += [f'<p class="brief-number">{_words(head.number)}</p>'] if head.number else []
    parts.append(f'<div class="brief-line"><span>{_words(head.left)}</span><span>{_words(head.right)}</span></div>')
    return "".join(parts)


def _words(text: Sentence) -> str:
    found = ((escape("".join(pieces)), len(pieces) > 1) for pieces in segments(text.text))
    return "".join(f'<span class="brief-whole">{words}</span>' if whole else words for words, whole in found).replace(
        "\n", "<br>"
    )


def _text(runs: Text) -> str:
    parts = []
    for run in runs:
        words = _words(run.text)
        mark = mark_of(run.mark)
        sign = f'<span style="color:#{mark.colour}" aria-hidden="true">{mark.sign}</span> ' if mark else ""
        words = f"<b>{words}</b>" if run.strong else words
        parts.append(sign + (f'<span class="brief-pale">{words}</span>' if run.pale else words))
    return "".join(parts)


def _heading(block: Heading) -> str:
    note = f"<small>{_words(block.note)}</small>" if block.note else ""
    return f"<h2>{_words(block.text)}{note}</h2>"


def _paragraph(block: Paragraph) -> str:
    return f'<p class="brief-{block.role}">{_text(block.text)}</p>' if block.text else ""


def _table(block: Table) -> str:
    sides = [f' class="brief-{one.align}"' if one.align != "left" else "" for one in block.columns]
    head = "" if block.grid else f"<thead><tr>{''.join(map(_column, block.columns))}</tr></thead>"
    rows = "".join(
        "<tr>" + "".join(f"<td{side}>{_text(cell)}</td>" for cell, side in zip(row, sides, strict=True)) + "</tr>"
        for row in block.rows
    )
    kind = ' class="brief-grid"' if block.grid else ""
    return f"<table{kind}><caption>{_words(block.alt)}</caption>{head}<tbody>{rows}</tbody></table>"


def _column(column: Column) -> str:
    mark = mark_of(column.mark)
    sign = f'<span style="color:#{mark.colour}" aria-hidden="true">{mark.sign}</span> ' if mark else ""
    return f'<th scope="col" style="width:{percent(column.width)}">{sign}{_words(column.heading)}</th>'


def _chart(block: Chart) -> str:
    return f"<figure>{dots(block)}<figcaption>{_words(block.title)}　{_words(block.note)}</figcaption></figure>"


def _actions(block: Actions) -> str:
    return _table(as_table(block))


def _annex(block: Annex) -> str:
    label = f'<p style="text-indent:0">{_words(block.label)}</p>'
    return f'<div class="brief-annex">{label}<h1>{_words(block.title)}</h1></div>'


BLOCKS: Mapping[type[Block], Callable[..., str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Table: _table,
    Chart: _chart,
    Actions: _actions,
    Annex: _annex,
}


def _foot(found: Briefing) -> str:
    foot, name = found.foot, code(found)
    picture = base64.b64encode(code_picture.picture(name)).decode()
    alt = escape(code_picture.alternative(name).text)
    method = f"<p>{_text(foot.method)}　<b>{_words(code_picture.caption(name))}</b></p>"
    return (
        f'{_signed(foot)}<footer>{method}<img src="data:image/png;base64,{picture}" alt="{alt}"></footer>'
        f'{_sent(foot)}<p class="brief-source" style="text-indent:0">{_words(foot.source)}</p>'
    )


def _signed(foot: Foot) -> str:
    signed = [f'<p class="brief-signature">{_words(one)}</p>' for one in (foot.signature, foot.date) if one]
    fields = "　".join(_words(one) for one in foot.fields)
    return "".join(signed) + (f'<p style="text-indent:0">{fields}</p>' if fields else "")


def _sent(foot: Foot) -> str:
    lines = ["".join(f"<span>{escape(part)}</span>" for part in one.text.split("\t")) for one in foot.sent]
    return "".join(f'<div class="brief-sent">{line}</div>' for line in lines)
