"""The pages of the door as HTML: no script, no other file, legible on a phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from importlib import resources

from accounts.passwords import EXPECTED
from accounts.rules import Provider
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError

NAME, PASSWORD, AGAIN, OLD, CODE, NEXT, TOKEN = "name", "password", "again", "old", "code", "next", "form"
"""Fields of the forms."""
FORGOTTEN = "忘了口令，或没有账户：请找本单位的安全管理员。"
NEVER_ASKED = "工作人员不会向您要口令。用完公用电脑请退出登录。"


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a form: name, label, kind of input, hint of the browser's password store, and a note."""

    name: str
    label: str
    kind: str = "password"
    store: str = "off"
    note: str = ""
    value: str = ""

    @property
    def html(self) -> str:
        """Return the label and the input."""
        note = f'<small class="hint" id="{self.name}-hint">{escape(self.note)}</small>' if self.note else ""
        described = f' aria-describedby="{self.name}-hint"' if self.note else ""
        return (
            f'<label for="{self.name}">{self.label}</label>'
            f'<input id="{self.name}" name="{self.name}" type="{self.kind}" value="{escape(self.value)}"'
            f' autocomplete="{self.store}" autocapitalize="none" maxlength="200"'
            f' spellcheck="false" required{described}>{note}'
        )


def login(token: str, back: str, provider: Provider, name: str = "", fault: SiluError | None = None) -> str:
    """Return the page on which people log in."""
    fields = (
        Field(NAME, tr("用户名"), "text", "username", value=name),
        Field(PASSWORD, tr("口令"), "password", "current-password"),
    )
    other = (
        f'<a class="button second" href="sso">{tr("用")}{escape(provider.label)}{tr("登录")}</a>'
        if provider.issuer
        else ""
    )
    body = _form("login", token, fields, tr("登录"), {NEXT: back}) + other
    return _page(tr("登录"), tr("登录后看到的内容，由您的岗位决定。"), body, fault, FORGOTTEN)


def logout(token: str, name: str) -> str:
    """Return the page on which people log out."""
    return _page(
        tr("退出登录"),
        tr("现在登录的是“{name}”。").format(name=name),
        _form("logout", token, (), tr("退出")),
        None,
        NEVER_ASKED,
    )


def left() -> str:
    """Return the page after logging out."""
    return _page(
        tr("已经退出"),
        tr("这台电脑上的登录已经结束。"),
        tr('<a class="button" href="login">重新登录</a>'),
        None,
        NEVER_ASKED,
    )


def set_up(token: str, name: str = "", fault: SiluError | None = None) -> str:
    """Return the page on which the first administrator is made."""
    fields = (
        Field(CODE, tr("开通码"), "text", note=tr("启动看板的窗口里显示的那一行，只用一次")),
        Field(NAME, tr("用户名"), "text", "username", value=name),
        *_new(),
    )
    lead = tr("还没有账户。先设一位安全管理员：由他添加其他人，授予岗位，自己看不到调查结果。")
    return _page(tr("第一次使用"), lead, _form("setup", token, fields, tr("建立账户")), fault, NEVER_ASKED)


def new_password(token: str, *, stale: bool, fault: SiluError | None = None) -> str:
    """Return the page on which people change their password."""
    lead = (
        tr("一次性口令只能用来设自己的口令；到期的口令也要换。") if stale else tr("换好以后，其他地方的登录同时结束。")
    )
    fields = (Field(OLD, tr("现在的口令"), store="current-password"), *_new())
    return _page(tr("换口令"), lead, _form("password", token, fields, tr("换口令")), fault, NEVER_ASKED)


def unencrypted() -> str:
    """Return the page for a connection without TLS."""
    lead = tr("这个连接没有加密，口令和结果会被旁人看到，所以没有打开。")
    body = tr(
        "<p>请用 https:// 开头的地址。系统管理员：给看板配证书（--tls-cert、--tls-key），或由反向代理加密并转发 "
        "X-Forwarded-Proto；暂时不加密，启动时要写明 --insecure-lan。</p>"
    )
    return _page(tr("连接没有加密"), lead, body, None, "")


def refusal(error: SiluError) -> str:
    """Return the page where the door cannot work."""
    return _page(tr("现在不能登录"), tr("请把下面的话告诉系统管理员。"), "", error, "")


def _new() -> tuple[Field, Field]:
    first = Field(PASSWORD, tr("新口令"), store="new-password", note=EXPECTED)
    return first, Field(AGAIN, tr("再写一次新口令"), store="new-password")


def _form(action: str, token: str, fields: Iterable[Field], button: str, hidden: dict[str, str] | None = None) -> str:
    unseen = {TOKEN: token, **(hidden or {})}
    kept = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in unseen.items())
    lines = "".join(field.html for field in fields)
    return f'<form method="post" action="{action}">{kept}{lines}<button type="submit">{button}</button></form>'


def _page(title: str, lead: str, body: str, fault: SiluError | None, foot: str) -> str:
    below = f"<footer>{foot}</footer>" if foot else ""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}{tr(" · 四率")}</title><link rel="icon" href="data:,"><style>{_style()}</style></head><body>'
        f"<header>{tr('四率')}<small>{tr('民意调查看板')}</small></header><main><h1>{title}</h1>"
        f'<p class="lead">{escape(lead)}</p>{_fault(fault)}{body}</main>{below}</body></html>'
    )


def _fault(fault: SiluError | None) -> str:
    if fault is None:
        return ""
    more = [
        (tr("位置"), fault.where),
        (tr("读到"), fault.got),
        (tr("应为"), fault.expected),
        (tr("怎么办"), fault.cure),
    ]
    lines = "".join(f"<span>{label}：{escape(words)}</span>" for label, words in more if words)
    return f'<div class="fault" role="alert"><b>{escape(fault.what)}</b>{lines}</div>'


@lru_cache(maxsize=1)
def _style() -> str:
    return (resources.files("views.door") / "door.css").read_text(encoding="utf-8")
