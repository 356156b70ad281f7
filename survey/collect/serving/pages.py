"""The form as one HTML page with style, script and questionnaire inline, for slow networks.

Nothing is loaded from elsewhere: no font, no library, no counter (rule R-21). The content security policy allows the
script by its hash.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from survey.collect.form.formspec import form_of
from survey.collect.form.notice import header, notice, notice_id
from survey.collect.links.seals import Pass
from survey.collect.serving.reach import CHECK
from survey.collect.serving.receiver import TOO_MANY, Receiver
from survey.collect.serving.web import Response
from survey.collect.submission.envelope import LONGEST
from survey.study.study import MODES

SCRIPTS = (
    "values.js",
    "rules.js",
    "outbox.js",
    "widgets.js",
    "session.js",
    "trail.js",
    "consent.js",
    "asking.js",
    "after.js",
    "form.js",
)
"""Scripts in order of dependency: each uses only earlier ones at load time."""
EXTRA_STEPS = ("consent", "declined")
"""Steps that are not questions: consent given or declined."""
COMMON = (
    (b"cache-control", b"no-cache"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)


def static(name: str) -> str:
    """Return the text of a static file."""
    return (resources.files("survey.collect") / "static" / name).read_text(encoding="utf-8")


def addresses(name: str) -> Mapping[str, str]:
    """Where the form sends to; relative to the page, for a proxy may offer it under any path."""
    places = {"put": f"r/{name}/", "check": f"r/{name}/{CHECK}", "step": f"p/{name}", "withdraw": f"w/{name}"}
    return {**places, "health": "healthz"}


class Pages:
    """The form of one receiver.

    Args:
        receiver: provides the study, its opening and its seals.
        raw: the JSON of the questionnaire.
    """

    def __init__(self, receiver: Receiver, raw: Mapping[str, Any]) -> None:
        """Prepare the page."""
        self.receiver = receiver
        study = receiver.study
        clauses = notice(study, receiver.settings)
        self._form = {
            "study": receiver.name,
            "title": study.title,
            "version": receiver.version,
            "notice": clauses,
            "noticeId": notice_id(clauses),
            "minors": receiver.settings.minors,
            "contact": receiver.settings.contact,
            **addresses(receiver.name),
            **form_of(study.questionnaire, raw),
        }
        self._questions = frozenset([*(question.name for question in study.questionnaire.questions), *EXTRA_STEPS])
        script = "(() => {\n" + "\n".join(static(name) for name in SCRIPTS) + "\n})();"
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy = (
            f"default-src 'self'; script-src 'self' 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
            "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        self._headers = (
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-encoding", b"gzip"),
            (b"content-security-policy", policy.encode()),
            *COMMON,
        )
        footer = "\n".join(f"<span>{html.escape(f'{name}：{value}')}</span>" for name, value in header(study))
        page = static("form.html").replace("@TITLE@", html.escape(study.title))
        page = page.replace("@STYLE@", static("form.css")).replace("@FOOTER@", footer)
        self._page = page.replace("@SCRIPT@", script)
        self._render = lru_cache(maxsize=256)(self._fill)
        kinds = ((b"content-type", b"text/javascript; charset=utf-8"), *COMMON)
        self.protocol = Response(200, static("openapi.json").encode())
        self.worker = Response(200, static("sw.js").encode(), kinds)

    def asks(self, name: str) -> bool:
        """Return whether a step names something the form shows."""
        return name in self._questions

    def form(self, query: Mapping[str, str], *, spent: bool = False) -> tuple[Response, bool]:
        """Return the page for a link, and whether its code was never issued.

        Args:
            query: `p` place, `t` invitation, `k` interviewer's pass.
            spent: the invitation was used already.
        """
        key, token = query.get("k", ""), query.get("t", "")[:LONGEST]
        admission = self.receiver.admission
        given = admission.pass_of(key)
        opened = self.receiver.open_for(given.mode if given is not None else "online")
        code = query.get("p", "")
        place = int(code) if len(code) == 12 and code.isascii() and code.isdecimal() else None
        place = place if key else admission.place_of(token) or place
        objection = admission.objection(key, given, token, place)
        # Refuse before the first question rather than after the last.
        refusal = "" if objection is None else objection.message
        if spent and not refusal:
            refusal = "这份邀请已经用过，每份邀请只能填写一次。要撤回已经交的答卷，请用回执码。"
        wave = opened.wave.name if opened.wave is not None else ""
        # Pages of invalid links are cached, since rendering takes milliseconds and such links can be made up at will.
        known = place if place in self.receiver.study.areas.by_code else None
        seal = "" if refusal else token
        body = self._render(known, seal, given, key if given else "", (wave, opened.reason or refusal))
        return Response(200, body, self._headers), objection is not None and not objection.ended

    def held(self, wait: float) -> Response:
        """Return the page for a link that is not checked, because too many wrong ones came from its network."""
        body = self._render(None, "", None, "", ("", TOO_MANY))
        return Response(429, body, (*self._headers, (b"retry-after", b"%d" % round(wait + 0.5))))

    def _fill(self, place: int | None, token: str, given: Pass | None, key: str, state: tuple[str, str]) -> bytes:
        wave, closed = state
        points = self.receiver.study.areas.by_code
        point = points.get(place) if place is not None else None
        config = {
            **self._form,
            "place": {"code": point.code, "name": f"{point.street}{point.community}"} if point else None,
            "token": token,
            "wave": wave,
            "closed": closed,
            "interviewer": self._interviewer(given, key),
        }
        # "<" must not end the script element that holds the JSON.
        text = json.dumps(config, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        return gzip.compress(self._page.replace("@CONFIG@", text).encode(), 9, mtime=0)

    def _interviewer(self, given: Pass | None, key: str) -> dict[str, Any] | None:
        if given is None:
            return None
        # With the district: two streets of a city may have one name.
        points = self.receiver.study.areas.points
        places = [[point.code, f"{point.district}{point.street}{point.community}"] for point in points]
        return {"code": given.interviewer, "mode": MODES[given.mode], "pass": key, "places": places}
