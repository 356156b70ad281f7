"""OpenID Connect: log in at the provider of the office, by the authorization code flow with PKCE, state and nonce.

Sources: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3; RFC 7636 (PKCE).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from accounts.rules import Provider
from survey.errors import AccountError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures with a public key; a token signed with the shared secret, or not at all, is refused."""
PATIENCE = 10.0
"""Seconds to wait for the provider."""
LEEWAY = 60
"""Seconds by which its clock may differ."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A login under way.

    Attributes:
        state: random text that comes back with the answer.
        nonce: random text that comes back inside the signed token.
        verifier: secret of PKCE.
        back: address to which the provider sends the browser back.
        begun: seconds since 1970.
    """

    state: str
    nonce: str
    verifier: str
    back: str
    begun: float


def start(provider: Provider, back: str, now: float) -> tuple[str, Trip]:
    """Return the address of the provider to which the browser goes, and the trip.

    Raises:
        AccountError: the provider cannot be reached, or answers something else.
    """
    trip = Trip(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), back, now)
    with _session(provider, trip) as session:
        place = _document(session, provider)["authorization_endpoint"]
        address, _ = session.create_authorization_url(
            place, state=trip.state, nonce=trip.nonce, code_verifier=trip.verifier
        )
    return str(address), trip


def name_of(provider: Provider, trip: Trip, answer: Mapping[str, str]) -> str:
    """Return the name of the account that the provider vouches for.

    Args:
        provider: the provider.
        trip: the trip of this browser.
        answer: query with which the browser came back.

    Raises:
        AccountError: the provider refused, cannot be reached, or its token is not valid.
    """
    if "code" not in answer:
        said = answer.get("error_description") or answer.get("error", "")
        raise AccountError(f"{provider.label}没有让您登录", got=said[:200], cure="再试一次，或用口令登录")
    with _session(provider, trip) as session:
        document = _document(session, provider)
        try:
            token = session.fetch_token(
                document["token_endpoint"], code=answer["code"], code_verifier=trip.verifier, timeout=PATIENCE
            )
            keys = KeySet.import_key_set(_json(session, document["jwks_uri"]))
            claims = jwt.decode(token["id_token"], keys, algorithms=list(ALGORITHMS)).claims
        except requests.RequestException as error:
            raise _away(provider, error) from error
        except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError) as error:
            raise _invalid(provider, type(error).__name__) from error
    _check(provider, trip, claims)
    return str(claims[provider.claim])


def _check(provider: Provider, trip: Trip, claims: Mapping[str, Any]) -> None:
    """Refuse a token of somebody else, for somebody else, of another trip, too old, or without a name."""
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        exp={"essential": True},
        nonce={"essential": True, "value": trip.nonce},
    )
    audience = claims.get("aud")
    try:
        registry.validate(dict(claims))
    except JoseError as error:
        raise _invalid(provider, str(error)) from error
    if provider.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise _invalid(provider, "aud")
    if not isinstance(claims.get(provider.claim), str) or not claims[provider.claim]:
        raise _invalid(provider, provider.claim)


def _session(provider: Provider, trip: Trip) -> Any:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret or None,
        scope="openid profile",
        redirect_uri=trip.back,
        state=trip.state,
        code_challenge_method="S256",
        default_timeout=PATIENCE,
    )


def _document(session: Any, provider: Provider) -> Mapping[str, str]:
    """Return the provider's description of itself."""
    try:
        found = _json(session, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        places = [str(found[key]) for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    except (requests.RequestException, KeyError, TypeError, ValueError) as error:
        raise _away(provider, error) from error
    scheme = provider.issuer.partition("://")[0]
    if found.get("issuer") != provider.issuer or not all(one.startswith(f"{scheme}://") for one in places):
        raise _invalid(provider, "issuer")
    return dict(found)


def _json(session: Any, address: str) -> Any:
    answer = session.get(address, withhold_token=True, timeout=PATIENCE)
    answer.raise_for_status()
    return answer.json()


def _away(provider: Provider, error: Exception) -> AccountError:
    return AccountError(
        f"{provider.label}现在连不上", got=type(error).__name__, cure="过一会儿再试；有口令的可以用口令登录"
    )


def _invalid(provider: Provider, got: str) -> AccountError:
    return AccountError(f"{provider.label}的答复无效，没有登录", got=got, cure="再试一次；仍然不行，请告诉系统管理员")
