"""The settings of the login, and which of them need each other."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from dashboard.settings.sections import Section, listed

_WIDEST = 8
"""The fewest bits of an address that a network of proxies may say: with fewer it is no network but everybody."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Login(Section):
    """How people log in: at an OpenID provider, or at a reverse proxy in front; with neither there is one person."""

    issuer: str | None = Field(
        None,
        examples=["https://login.example.org/realms/company"],
        description="The OpenID provider that people log in at, exactly as it names itself.",
    )
    client_id: str = Field("", examples=["frontdesk"], description="What the provider calls this Frontdesk.")
    client_secret: SecretStr | None = Field(
        None, examples=["from the provider"], description="What Frontdesk proves itself with; none for a public client."
    )
    scopes: Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)] = Field(
        ("openid", "email", "profile"), description="What is asked for at the provider; some want groups here as well."
    )
    person_claim: str = Field("email", description="The claim that says who it is; it becomes the person's login.")
    trust_email: bool = Field(
        False,
        description="Take an address although the provider does not say that it is verified; "
        "only for a provider where nobody can enter their own address.",
    )
    domains: Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)] = Field(
        (),
        examples=[["example.org"]],
        description="Whose verified address may log in, by what follows the @; "
        "by default all that the provider lets in.",
    )
    name_claim: str = Field("name", description="The claim with the name that others see.")
    groups_claim: str | None = Field(
        None,
        examples=["groups"],
        description="The claim with the person's groups; without it groups stay as the admin wrote them.",
    )
    admin_groups: Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)] = Field(
        (),
        examples=[["frontdesk-admins"]],
        description="Groups of that claim whose members are admins; without it admins are named by frontdesk people.",
    )
    idle_minutes: float = Field(720, gt=0, description="Minutes without use after which a login ends.")
    absolute_hours: float = Field(168, gt=0, description="Hours after which a login ends, used or not.")
    header: str | None = Field(
        None,
        pattern=r"^[A-Za-z][A-Za-z0-9-]*$",
        examples=["X-Forwarded-User"],
        description="The header in which a reverse proxy that people log in at says who it is.",
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(listed)] = Field(
        (),
        examples=[["10.0.0.5/32"]],
        description="The addresses of that proxy; from any other address the header is thrown away.",
    )

    @property
    def on(self) -> bool:
        """Whether people log in at all."""
        return bool(self.issuer or self.header)

    @property
    def idle(self) -> timedelta:
        """How long a login lasts without use."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> timedelta:
        """How long a login lasts at most."""
        return timedelta(hours=self.absolute_hours)

    @model_validator(mode="after")
    def _agreeing(self) -> Self:
        where = urlsplit(self.issuer or "https://none")
        faults = {
            "issuer needs client_id": self.issuer and not self.client_id,
            "issuer must be an https address": where.scheme != "https" and where.hostname not in LOOPBACK,
            "issuer has no place for ? or #": where.query or where.fragment,
            "scopes must contain openid": "openid" not in self.scopes,
            "header needs trusted_proxies": self.header and not self.trusted_proxies,
            "trusted_proxies must name the proxy, not everybody: whom it names may say that they are anyone": any(
                network.prefixlen < _WIDEST for network in self.trusted_proxies
            ),
            "admin_groups needs groups_claim": self.issuer and self.admin_groups and not self.groups_claim,
        }
        if wrong := [sentence for sentence, is_so in faults.items() if is_so]:
            raise ValueError("; ".join(wrong))
        return self
