"""Mail from any IMAP server (RFC 9051, RFC 3501), logged in with a password or by OAuth 2."""

from pydantic import Field, HttpUrl, SecretStr

from connectors.imap.account import Account, Server
from connectors.imap.session import Session
from connectors.kit import About, OAuth2, Run


class _Password(Server):
    password: SecretStr = Field(
        title="Password",
        description="With a second factor, an app password of the provider.",
    )


class Imap(Account, _Password):  # the form asks for the options of the last base first
    """Mail from an IMAP account; reading it changes nothing on the server."""

    about = About(kind="mail", every="5m")

    def _enter(self, session: Session, run: Run) -> None:  # noqa: ARG002  the secret is an option
        session.enter(self.user, self.password.get_secret_value())


class _Client(Server):
    authorize_url: HttpUrl = Field(
        title="Consent address",
        description="Where the provider asks you to allow the access.",
    )
    token_url: HttpUrl = Field(
        title="Token address",
        description="Where the provider gives out tokens.",
    )
    scopes: str = Field(
        default="", title="Scopes", max_length=1000,
        description="What is asked for, as the provider writes it, with spaces between.",
    )  # fmt: skip
    client_id: str = Field(
        min_length=1, title="Client id",
        description="The id under which your company has registered Frontdesk at the provider.",
    )  # fmt: skip
    client_secret: SecretStr = Field(
        default=SecretStr(""), title="Client secret",
        description="The secret of that registration, where there is one.",
    )  # fmt: skip


class ImapOAuth(Account, _Client):
    """Mail from an IMAP account whose provider wants OAuth 2 in place of a password."""

    about = About(
        kind="mail",
        every="5m",
        auth=OAuth2(authorize="{authorize_url}", token="{token_url}", scopes=("{scopes}",)),  # noqa: S106  an option
    )

    def _enter(self, session: Session, run: Run) -> None:
        session.enter_by_token(self.user, run.login)
