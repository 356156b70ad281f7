"""Login at a provider: a real one on a port, which lies in every way it can; away, and browsers that did not leave."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from accounts.entry import Entry
from accounts.oidc import name_of, start
from accounts.rules import Provider, Rules
from accounts.sessions import key_of
from survey.errors import AccountError
from views.door import sso
from views.door.door import Doorway

KEY, OTHER = ECKey.generate_key("P-256", {"kid": "a"}), ECKey.generate_key("P-256", {"kid": "a"})
BACK = "http://127.0.0.1:8501/sso/back"


@dataclass
class Fake:
    """What the provider says; a test changes it."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: KEY)
    document: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    token: str | None = None

    def described(self) -> dict[str, str]:
        """Return the description of the provider."""
        paths = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer, **{key: f"{self.issuer}/{path}" for key, path in paths.items()}, **self.document}

    def signed(self) -> str:
        """Return the signed token."""
        return self.token or jwt.encode({"alg": "ES256", "kid": "a"}, self.claims, self.key)


@contextmanager
def serving(fake: Fake) -> Iterator[None]:
    """Serve the provider on a port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = {"/.well-known/openid-configuration": fake.described(), "/keys": KeySet([KEY]).as_dict()}
            self._say(known.get(self.path, {}))

        def do_POST(self) -> None:
            fake.asked.append(parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()))
            self._say({"access_token": "x", "token_type": "Bearer", "id_token": fake.signed()})

        def _say(self, content: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake()
    with serving(made):
        yield made


def provider_of(fake: Fake) -> Provider:
    return Provider(fake.issuer, "silu", "secret")


def good(fake: Fake, nonce: str) -> dict[str, Any]:
    return {
        "iss": fake.issuer,
        "aud": "silu",
        "exp": int(time.time()) + 60,
        "nonce": nonce,
        "preferred_username": "zhang",
    }


def test_the_name_comes_from_a_signed_token(fake: Fake) -> None:
    address, trip = start(provider_of(fake), BACK, 0.0)
    query = parse_qs(urlsplit(address).query)
    assert address.startswith(f"{fake.issuer}/auth?")
    assert query["code_challenge_method"] == ["S256"]
    assert (query["state"], query["nonce"], query["redirect_uri"]) == ([trip.state], [trip.nonce], [BACK])
    assert trip.verifier not in address
    fake.claims = good(fake, trip.nonce)
    assert name_of(provider_of(fake), trip, {"code": "c", "state": trip.state}) == "zhang"
    assert fake.asked[0]["code_verifier"] == [trip.verifier]
    fake.claims["aud"] = ["other", "silu"]
    assert name_of(provider_of(fake), trip, {"code": "c"}) == "zhang"


LIES: list[tuple[str, dict[str, Any]]] = [
    ("another issuer", {"iss": "https://evil.example"}),
    ("for another application", {"aud": "mail"}),
    ("no audience", {"aud": None}),
    ("too old", {"exp": 1}),
    ("of another login", {"nonce": "x"}),
    ("no nonce", {"nonce": None}),
    ("no name", {"preferred_username": ""}),
    ("a name that is no text", {"preferred_username": ["zhang"]}),
]


@pytest.mark.parametrize(("lie", "changed"), LIES, ids=[lie for lie, _ in LIES])
def test_a_token_that_does_not_fit_is_refused(fake: Fake, lie: str, changed: dict[str, Any]) -> None:
    _, trip = start(provider_of(fake), BACK, 0.0)
    fake.claims = {key: value for key, value in {**good(fake, trip.nonce), **changed}.items() if value is not None}
    with pytest.raises(AccountError, match="答复无效，没有登录"):
        name_of(provider_of(fake), trip, {"code": "c"})


def test_a_token_that_nobody_signed_is_refused(fake: Fake) -> None:
    _, trip = start(provider_of(fake), BACK, 0.0)
    fake.claims = good(fake, trip.nonce)
    unsigned = "eyJhbGciOiJub25lIn0." + fake.signed().split(".")[1] + "."
    for key, token in ((OTHER, None), (KEY, unsigned), (KEY, "rubbish"), (KEY, fake.signed()[:-8] + "AAAAAAAA")):
        fake.key, fake.token = key, token
        with pytest.raises(AccountError, match="答复无效，没有登录"):
            name_of(provider_of(fake), trip, {"code": "c"})


def test_a_provider_that_is_away_or_another_is_said(fake: Fake) -> None:
    _, trip = start(provider_of(fake), BACK, 0.0)
    with pytest.raises(AccountError, match="没有让您登录"):
        name_of(provider_of(fake), trip, {"error": "access_denied"})
    gone = replace(provider_of(fake), issuer="http://127.0.0.1:9")
    for ask in (lambda: start(gone, BACK, 0.0), lambda: name_of(gone, trip, {"code": "c"})):
        with pytest.raises(AccountError, match="统一身份认证现在连不上"):
            ask()
    fake.document = {"issuer": "https://evil.example"}
    with pytest.raises(AccountError, match="答复无效"):
        start(provider_of(fake), BACK, 0.0)
    fake.document = {"token_endpoint": "ftp://evil.example"}
    with pytest.raises(AccountError, match="答复无效"):
        start(provider_of(fake), BACK, 0.0)


def test_only_the_browser_that_left_comes_back(fake: Fake, entry: Entry, tmp_path: Path) -> None:
    way = Doorway(replace(entry, rules=Rules(provider=provider_of(fake))), tmp_path)
    app = Starlette(routes=[*sso.routes(way), Route("/", lambda _: PlainTextResponse("in"))])

    async def visit() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8501") as mine,
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8501") as thief,
        ):
            left = await mine.get("/sso")
            (trip,) = way.trips.values()
            fake.claims = good(fake, trip.nonce)
            query = {"state": trip.state, "code": "c"}
            return [
                left,
                await thief.get("/sso/back", params=query),
                await mine.get("/sso/back", params=query),
                await mine.get("/sso/back", params=query),
            ]

    left, stolen, back, again = asyncio.run(visit())
    assert left.headers["location"].startswith(fake.issuer)
    assert (stolen.status_code, again.status_code) == (503, 503)
    assert "这次登录过期了" in stolen.text
    assert (back.status_code, back.headers["location"]) == (303, "../")
    token = back.headers["set-cookie"].partition(";")[0].partition("=")[2]
    found = entry.find(key_of(token))
    assert found is not None
    assert (found.user.name, found.way) == ("zhang", "oidc")
    assert sso.routes(Doorway(entry, tmp_path)) == []
