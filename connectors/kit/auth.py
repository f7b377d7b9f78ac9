"""How a source logs in: an argument of the contract that the engine carries out."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias


@dataclass(frozen=True)
class Bearer:
    """A token from the option named ``option``, sent as ``Authorization: Bearer``."""

    option: str = "token"


@dataclass(frozen=True)
class Basic:
    """A name and a password from two options, sent as RFC 7617 says."""

    user: str = "user"
    password: str = "password"  # noqa: S105  the name of an option


@dataclass(frozen=True, kw_only=True)
class OAuth2:
    """Authorization code with PKCE (RFC 6749, RFC 7636); the connector never sees a refresh token.

    ``authorize`` and ``token`` may name options in braces, as ``About.base`` may, and so may each of ``scopes``.
    """

    authorize: str
    token: str
    scopes: tuple[str, ...] = ()
    client_id: str = "client_id"
    client_secret: str | None = "client_secret"  # noqa: S105  the name of an option


Auth: TypeAlias = Bearer | Basic | OAuth2


class Login(Protocol):
    """The login of one source while it runs."""

    def token(self, *, fresh: bool = False) -> str:
        """Return the access token (or password), renewed when it has expired or ``fresh`` asks for it."""
        ...


class WebLogin(Login, Protocol):
    """A login that :class:`~connectors.kit.web.Http` can send."""

    @property
    def renewable(self) -> bool:
        """Whether a renewed login may be accepted where the present one was not."""
        ...

    def authorization(self, *, fresh: bool = False) -> str:
        """Return the value of the ``Authorization`` header."""
        ...
