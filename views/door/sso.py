"""Routes of the login at the provider of the office (OpenID Connect)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from accounts import sessions
from reports.sentences.notes.catalogue import tr
from survey.errors import AccountError, SiluError
from views.door.door import BACK, NO_STORE, PROVIDER, Doorway, cookies
from views.door.forms import address_of, enter, is_secure, words

TRIP = "silu_sso"
"""Cookie that binds a trip to a browser."""
Step = Callable[[Doorway, Request], Response]
LONGEST, MOST = 600.0, 500
"""Seconds that a trip may take, and trips under way at a time."""


def routes(way: Doorway) -> list[Route]:
    """Return the routes; none where no provider is set."""
    if not way.entry.rules.provider.issuer:
        return []
    return [Route(PROVIDER, partial(_answer, way, _leave)), Route(BACK, partial(_answer, way, _return))]


async def _answer(way: Doorway, step: Step, request: Request) -> Response:
    try:
        return await run_in_threadpool(step, way, request)
    except SiluError as error:
        return words(error, 503)


def _leave(way: Doorway, request: Request) -> Response:
    """Send the browser to the provider."""
    from accounts.oidc import start

    provider, now = way.entry.rules.provider, way.entry.clock.now()
    own = provider.address or f"{request.url.scheme}://{request.headers.get('host', '')}"
    for state in [state for state, trip in way.trips.items() if now - trip.begun > LONGEST]:
        way.trips.pop(state, None)
    if len(way.trips) >= MOST:
        raise AccountError(tr("现在登录的人太多"), cure=tr("过几分钟再试"))
    target, trip = start(provider, f"{own.rstrip('/')}{BACK}", now)
    way.trips[trip.state] = trip
    response = RedirectResponse(target, 303, NO_STORE)
    response.set_cookie(TRIP, trip.state, httponly=True, samesite="lax", secure=is_secure(request))
    return response


def _return(way: Doorway, request: Request) -> Response:
    """Let in whom the provider vouches for, in the browser that left."""
    from accounts.oidc import name_of

    state = request.query_params.get("state", "")
    known = cookies(request.scope).get(TRIP, "")
    trip = way.trips.pop(state, None) if state and hmac.compare_digest(state.encode(), known.encode()) else None
    if trip is None or way.entry.clock.now() - trip.begun > LONGEST:
        raise AccountError(tr("这次登录过期了"), cure=tr("回到登录页再试一次"))
    name = name_of(way.entry.rules.provider, trip, dict(request.query_params))
    token = way.entry.vouched(name, address_of(request), sessions.OIDC)
    response = enter(way, request, token, "../")
    response.delete_cookie(TRIP, httponly=True, samesite="lax", secure=is_secure(request))
    return response
