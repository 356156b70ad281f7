"""The receiver: one submission, one PUT, one record.

    201  stored now            200  stored before, identical       409  stored before, different
    403  invitation spent, unknown, missing, expired or revoked; an interviewer's pass likewise
    404  no such study         410  closed, or withdrawn           413  too long
    400  not our JSON          422  against the questionnaire, with the names of the questions
    429  rate limit            503  temporarily unavailable        (both with Retry-After)

201 and 200 carry the id and are sent only after the commit; the phone keeps its copy until it has received its own id.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from survey.collect.inbox.inbox import Inbox, Receipt, State, Submission
from survey.collect.links.admission import Admission
from survey.collect.links.revocations import NOTHING_REVOKED, Revocations
from survey.collect.links.seals import Pass, Seals
from survey.collect.serving.limits import Guesses, Limits, block, network
from survey.collect.serving.metrics import Metrics
from survey.collect.serving.web import Request, Response, json_response, refused
from survey.collect.settings import CollectSettings, Opening, opening
from survey.collect.submission.envelope import (
    Envelope,
    MalformedError,
    consent_problems,
    read_envelope,
    read_identity,
)
from survey.collect.submission.fast_path import FastReader
from survey.collect.submission.fast_types import Bounds
from survey.collect.submission.validation import REASONS, Problem, Validator
from survey.errors import CollectError
from survey.study.study import Study

GUARDED_AGE = 14
"""Age in years; younger residents need a guardian's consent (Personal Information Protection Law, art. 28 and 31)."""
RETRY_AFTER = 2.0
TOO_MANY = "这个网络上无效的邀请码或链接太多，请过几分钟再试"
"""Said of every code from a block of addresses over the limit, whether it is valid or not."""
NETWORKS = 4096
"""Number of cached address hashes, because offices, schools and mobile networks recur."""
_STORED = '{"id":"%s","receipt":"%s","sha256":"%s"}'
Respond = Callable[[Response], None]
"""Receives the response to a submission, in the event loop."""


class Receiver:
    """Accepts the submissions of one study.

    Args:
        study: the study; its questionnaire validates the submissions.
        settings: its collect table.
        inbox: an inbox that the caller has started.
        seals: seals of the same inbox.
        revoked: invitations and passes that are no longer valid.
        clock: UTC seconds since 1970; tests use one that jumps.
        most: question -> how many options may be ticked.
    """

    def __init__(
        self,
        study: Study,
        settings: CollectSettings,
        *,
        inbox: Inbox,
        seals: Seals,
        revoked: Revocations = NOTHING_REVOKED,
        clock: Callable[[], float] = time.time,
        most: Mapping[str, int] | None = None,
    ) -> None:
        """Compile the questionnaire."""
        self.study, self.settings, self.inbox, self.seals, self.clock = study, settings, inbox, seals, clock
        self.admission = Admission(settings, seals, revoked, clock)
        self.name = short_name(study)
        self.version = study.questionnaire.fingerprint[:16]
        self.metrics = Metrics()
        self.limits, self.guesses = Limits(settings.burst, settings.per_second), Guesses()
        self._validators = {
            alone: Validator(study.questionnaire, interviewer=not alone, most=most) for alone in (True, False)
        }
        age = study.questionnaire.roles.get("age")
        self._age = age.name if age is not None and age.type.numeric else None
        self._plain = FastReader(
            study.questionnaire,
            self._validators[True].rules,
            bounds=Bounds(most or {}, self._age, GUARDED_AGE),
            places=study.areas.by_code.keys(),
        )
        self._opening: dict[str, tuple[float, Opening]] = {}
        self._latest = 0
        self._network = lru_cache(maxsize=NETWORKS)(self._keyed)

    async def put(self, request: Request, name: str, identity_text: str) -> Response:
        """Handle PUT /r/{study}/{id}."""
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def respond(response: Response) -> None:
            if not future.done():
                future.set_result(response)

        self.take(request, name, identity_text, respond)
        return await future

    def take(self, request: Request, name: str, identity_text: str, respond: Respond) -> None:
        """Handle the request without waiting: call `respond` once, now or after the commit of the submission."""
        start = time.perf_counter()

        def reply(response: Response) -> None:
            self.metrics.answer(response.status, time.perf_counter() - start)
            respond(response)

        refusal = self._take(request, name, identity_text, reply)
        if refusal is not None:
            reply(refusal)

    def _take(self, request: Request, name: str, identity_text: str, reply: Respond) -> Response | None:
        """Return an immediate response, or None where `reply` is called later."""
        identity = read_identity(identity_text)
        if name != self.name or identity is None:
            return refused(404, "unknown", "没有这项调查，或答卷编号不对")
        wait = self.limits.wait(request.address, time.monotonic())
        if wait:
            return refused(429, "busy", "同一网络提交较多，稍后自动重试", retry_after=wait)
        if len(request.body) > self.settings.body_limit:
            return refused(413, "long", "内容太长")
        try:
            envelope = self._plain.read(request.body) or read_envelope(request.body)
        except MalformedError as error:
            return refused(400, "malformed", str(error))
        if envelope.id != identity_text:
            return refused(400, "malformed", "答卷编号与地址不一致")
        try:
            return self._judge(request, envelope, identity, reply)
        except CollectError as error:
            return _busy(error)

    def _judge(self, request: Request, envelope: Envelope, identity: bytes, reply: Respond) -> Response | None:
        coded = bool(envelope.seal or envelope.token)
        if coded and (held := self.held(request.address)) is not None:
            return held
        digest = hashlib.sha256(request.body).digest()
        given = self.admission.pass_of(envelope.seal)
        mode = given.mode if given else "online"
        opened = self.open_for(mode)
        if opened.wave is None:
            self._late(envelope.id, identity, digest, refused(410, "closed", opened.reason), reply)
            return None
        objection = self.admission.objection(envelope.seal, given, envelope.token, envelope.place)
        if objection is not None and objection.ended:
            self._late(envelope.id, identity, digest, refused(403, *objection), reply)
            return None
        if coded and objection is not None:
            self.guesses.missed(request.address, time.monotonic())
        refusal = self._invalid(envelope, given) if objection is None else refused(403, *objection)
        if refusal is not None:
            return refusal
        token = (envelope.token or None) if given is None else None
        hints = (self.seals.hint(envelope.device), self._network(request.address))
        about = (identity, self.name, opened.wave.name, mode, envelope.version, envelope.place)
        submission = Submission(*about, self._now(), digest, token, *hints, self._flags(envelope), request.body)

        def stored(receipt: Receipt | None, error: CollectError | None) -> None:
            reply(self.answered(envelope.id, digest, receipt) if receipt is not None else _busy(error))

        self.inbox.post(submission, stored)
        return None

    def held(self, address: str) -> Response | None:
        """Return the reply to any code from an address whose block sent too many wrong ones; None otherwise."""
        wait = self.guesses.wait(address, time.monotonic())
        return refused(429, "busy", TOO_MANY, retry_after=wait) if wait else None

    def answered(self, identity_text: str, digest: bytes, receipt: Receipt) -> Response:
        """Return the response to a submission; id and receipt need no escaping, so the JSON is a template."""
        number, state = receipt
        if state is State.STORED or state is State.SAME:
            values = (identity_text, self.seals.receipt(number), digest.hex())
            return Response(201 if state is State.STORED else 200, (_STORED % values).encode())
        if state is State.SPENT:
            return refused(403, "spent", "这份邀请已经用过")
        if state is State.WITHDRAWN:
            return refused(410, "withdrawn", "这份答卷已经撤回")
        return json_response(
            409, {"id": identity_text, "error": "different", "message": "这份答卷已经收到过，以第一次提交为准"}
        )

    def _late(self, identity_text: str, identity: bytes, digest: bytes, refusal: Response, reply: Respond) -> None:
        """Refuse late submissions, but return the receipt of one that is stored already."""

        def respond(found: asyncio.Future[tuple[Receipt, bytes] | None]) -> None:
            error = found.exception()
            known = None if error else found.result()
            if error is not None:
                reply(_busy(error))
            elif known is None:
                reply(refusal)
            else:
                receipt, kept = known
                same = receipt.state is State.WITHDRAWN or kept == digest
                reply(
                    self.answered(identity_text, digest, receipt if same else Receipt(receipt.number, State.DIFFERENT))
                )

        self.inbox.ask(lambda backend: backend.find(identity)).add_done_callback(respond)

    def _invalid(self, envelope: Envelope, given: Pass | None) -> Response | None:
        """Return the refusal of invalid content, or None."""
        if envelope.proven:
            return None
        problems = self._validators[given is None].check(envelope.answers)
        young = self._age is not None and _below(envelope.answers.get(self._age), GUARDED_AGE)
        problems += consent_problems(envelope.consent, young=young, minors=self.settings.minors)
        unknown = envelope.place is not None and envelope.place not in self.study.areas.by_code
        if unknown or (given is not None and envelope.place is None):
            problems.append(Problem("place", "place"))
        if not problems:
            return None
        self.metrics.problems.update(problem.reason for problem in problems)
        listed = [{"question": p.question, "reason": p.reason, "message": REASONS[p.reason]} for p in problems]
        return json_response(422, {"error": "invalid", "message": "有的题目需要修改", "questions": listed})

    def open_for(self, mode: str) -> Opening:
        """Return whether submissions of a mode are accepted now; checked once a second."""
        now = self.clock()
        at, opened = self._opening.get(mode, (-1.0, Opening(None)))
        if not 0 <= now - at < 1:
            opened = opening(self.study, self.settings, datetime.fromtimestamp(now, UTC), mode)
            self._opening[mode] = (now, opened)
        return opened

    def _now(self) -> int:
        """Return milliseconds since 1970, never earlier than for the previous submission, even if the clock jumps."""
        self._latest = max(self._latest, int(self.clock() * 1000))
        return self._latest

    def _keyed(self, address: str) -> str:
        """Return keyed hashes of the network and of the block of an address, "" for none; never the address itself."""
        if not address:
            return ""
        return f"{self.seals.hint(network(address))}.{self.seals.hint(f'block {block(address)}')}"

    def _flags(self, envelope: Envelope) -> str:
        flags = ["honeypot"] if envelope.trap else []
        if envelope.seconds < self.settings.minimum_seconds:
            flags.append("fast")
        return ",".join(flags)


def _busy(error: BaseException | None) -> Response:
    """Return the refusal of a busy inbox; the phone keeps the submission and retries."""
    return refused(
        503, "busy", error.what if isinstance(error, CollectError) else "收件箱暂时不能写入", retry_after=RETRY_AFTER
    )


def short_name(study: Study) -> str:
    """Return the study's name in addresses: the questionnaire's id, in characters that need no escape.

    Not of dots alone, which a browser takes for the folder above, and not of any length.
    """
    name = "".join(sign for sign in study.questionnaire.id if sign.isascii() and (sign.isalnum() or sign in "-_."))
    return name[:64] if name.strip(".") else "survey"


def _below(value: Any, age: int) -> bool:
    return isinstance(value, int | float) and value < age
