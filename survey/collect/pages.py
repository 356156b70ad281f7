"""The form as one HTML page: style, script and questionnaire inside, so that a slow network is asked only once.

Nothing is fetched from anywhere else: no font, no library, no counter (rule R-21). The content security policy
names the one script by its hash.
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

from survey.collect.formspec import form_of
from survey.collect.notice import header, notice, notice_id
from survey.collect.receiver import Receiver
from survey.collect.seals import Pass
from survey.collect.web import Response
from survey.study import INTERVIEWER_MODES, MODES

SCRIPTS = ("rules.js", "outbox.js", "widgets.js", "form.js")
EXTRA_STEPS = ("consent", "declined")
"""Steps that are no question: someone agreed, or said no."""
COMMON = (
    (b"cache-control", b"no-cache"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)


def static(name: str) -> str:
    """The text of a static file."""
    return (resources.files("survey.collect") / "static" / name).read_text(encoding="utf-8")


class Pages:
    """The form of one receiver.

    Args:
        receiver: knows the study, whether it is open, and its seals.
        raw: the JSON of the questionnaire.
    """

    def __init__(self, receiver: Receiver, raw: Mapping[str, Any]) -> None:
        """Put the page together."""
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
            "put": f"/r/{receiver.name}/",
            "step": f"/p/{receiver.name}",
            "withdraw": f"/w/{receiver.name}",
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
        footer = "　".join(f"{name}：{value}" for name, value in header(study))
        page = static("form.html").replace("@TITLE@", html.escape(study.title))
        page = page.replace("@STYLE@", static("form.css")).replace("@FOOTER@", html.escape(footer))
        self._page = page.replace("@SCRIPT@", script)
        self._render = lru_cache(maxsize=256)(self._fill)
        kinds = ((b"content-type", b"text/javascript; charset=utf-8"), (b"service-worker-allowed", b"/"), *COMMON)
        self.protocol = Response(200, static("openapi.json").encode())
        self.worker = Response(200, static("sw.js").encode(), kinds)

    def asks(self, name: str) -> bool:
        """Whether a step names something the form shows."""
        return name in self._questions

    def form(self, query: Mapping[str, str]) -> Response:
        """The page for a link: `p` place, `t` invitation, `k` interviewer's pass."""
        given = self.receiver.seals.interviewer(query.get("k", ""))
        mode = given.mode if given is not None else "online"
        opened = self.receiver.open_for(mode)
        code = query.get("p", "")
        place = int(code) if len(code) == 12 and code.isascii() and code.isdecimal() else None
        token = query.get("t", "")[:200]
        body = self._render(place, token, given, query.get("k", "") if given else "", opened.reason)
        return Response(200, body, self._headers)

    def _fill(self, place: int | None, token: str, given: Pass | None, key: str, closed: str) -> bytes:
        points = self.receiver.study.areas.by_code
        point = points.get(place) if place is not None else None
        config = {
            **self._form,
            "place": {"code": point.code, "name": f"{point.street}{point.community}"} if point else None,
            "token": token,
            "closed": closed,
            "interviewer": self._interviewer(given, key),
        }
        # "<" must not end the script element that holds the JSON.
        text = json.dumps(config, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        return gzip.compress(self._page.replace("@CONFIG@", text).encode(), 9, mtime=0)

    def _interviewer(self, given: Pass | None, key: str) -> dict[str, Any] | None:
        if given is None or given.mode not in INTERVIEWER_MODES:
            return None
        places = [[point.code, f"{point.street}{point.community}"] for point in self.receiver.study.areas.points]
        return {"code": given.interviewer, "mode": MODES[given.mode], "pass": key, "places": places}
