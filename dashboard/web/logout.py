"""What a provider says when a login is over there (OpenID Connect Back-Channel Logout 1.0), and whether it is true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LEEWAY = 60
"""Seconds by which the clock of the provider may be wrong."""
FRESH = 600
"""Seconds for which such a token is taken; for so long is remembered that it was."""
_TYPES = {"logout+jwt", "application/logout+jwt", "jwt"}
_MOST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """Whose login is over, or which session; ``id`` is different for every time that it is said."""

    id: str
    subject: str | None
    session: str | None


def over(token: str, keys: KeySet, *, issuer: str, client: str, algorithms: Sequence[str], now: float) -> Over:
    """Return what a logout token says, checked as 2.6 asks. Raises JoseError or ValueError where it is not true.

    InvalidKeyIdError, which is a JoseError, says that the provider may have newer keys.
    """
    told = jwt.decode(token, keys, registry=JWSRegistry(algorithms=list(algorithms), strict_check_header=False))
    if str(told.header.get("typ", "jwt")).lower() not in _TYPES:
        raise ValueError("another kind of token")
    claims = told.claims
    jwt.JWTClaimsRegistry(
        now=int(now),
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client},
        exp={"essential": True},
        iat={"essential": True},
        jti={"essential": True},
        events={"essential": True},
    ).validate(claims)
    if not now - FRESH <= claims["iat"] <= now + LEEWAY:
        raise ValueError("of another time")
    events = claims["events"]
    about = events.get(EVENT) if isinstance(events, Mapping) else None
    if about is None or not isinstance(about, Mapping):
        raise ValueError("about something else")
    if "nonce" in claims:  # so that no ID token is taken for one
        raise ValueError("a nonce belongs into no logout token")
    id_, subject, session = (_name(claims, claim) for claim in ("jti", "sub", "sid"))
    if id_ is None or (subject is None and session is None):
        raise ValueError("about nobody")
    return Over(id=id_, subject=subject, session=session)


def _name(claims: Mapping[str, Any], claim: str) -> str | None:
    name = claims.get(claim)
    if name is None:
        return None
    if not isinstance(name, str) or not 0 < len(name) <= _MOST:
        raise ValueError(f"no {claim}")
    return name


__all__ = ["EVENT", "FRESH", "JoseError", "Over", "over"]
