"""Every setting of Frontdesk: its type, its default and one sentence; read from the environment and one TOML file."""

import json
import os
import sys
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

CONFIG = "FRONTDESK_CONFIG"
"""The environment variable that names the TOML file; ``--config`` sets it for every process that follows."""


_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingsError(Exception):
    """The settings cannot be used; the message says which one and why, in words for an operator."""


def _listed(value: Any) -> Any:
    """Let the environment write a list as ``a, b``."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _unfolded(value: Any) -> Any:
    return Path(value).expanduser() if isinstance(value, str | Path) else value


Folder = Annotated[Path, BeforeValidator(_unfolded)]


def data_folder() -> Path:
    """Return where the data of this user lives by the rule of their system, ``~/.local/share/frontdesk`` on Linux."""
    home = Path.home()
    rule = {"win32": ("LOCALAPPDATA", home / "AppData/Local"), "darwin": ("", home / "Library/Application Support")}
    name, fallback = rule.get(sys.platform, ("XDG_DATA_HOME", home / ".local/share"))
    return Path(os.environ.get(name) or fallback) / "frontdesk"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Web(_Section):
    """Where the page is served."""

    host: str = Field("127.0.0.1", description="The address the page listens on; the default is this machine alone.")
    port: int = Field(8501, ge=1, le=65535, description="The port the page listens on.")
    address: str | None = Field(
        None,
        examples=["https://desk.example.org"],
        description="The address people type where a proxy stands in front; by default host and port.",
    )


class Login(_Section):
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
    scopes: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        ("openid", "email", "profile"), description="What is asked for at the provider; some want groups here as well."
    )
    person_claim: str = Field("email", description="The claim that says who it is; it becomes the person's login.")
    trust_email: bool = Field(
        False,
        description="Take an address although the provider does not say that it is verified; "
        "only for a provider where nobody can enter their own address.",
    )
    domains: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (),
        examples=[["example.org"]],
        description="Which addresses may log in, by what follows the @; by default all that the provider lets in.",
    )
    name_claim: str = Field("name", description="The claim with the name that others see.")
    groups_claim: str | None = Field(
        None,
        examples=["groups"],
        description="The claim with the person's groups; without it groups stay as the admin wrote them.",
    )
    admin_groups: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = Field(
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
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)] = Field(
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
            "issuer must be an https address": where.scheme != "https" and where.hostname not in _LOOPBACK,
            "issuer has no place for ? or #": where.query or where.fragment,
            "scopes must contain openid": "openid" not in self.scopes,
            "header needs trusted_proxies": self.header and not self.trusted_proxies,
            "admin_groups needs groups_claim": self.issuer and self.admin_groups and not self.groups_claim,
        }
        if wrong := [sentence for sentence, is_so in faults.items() if is_so]:
            raise ValueError("; ".join(wrong))
        return self


class Network(_Section):
    """Where connectors may connect to."""

    allow: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (), description="Networks of the intranet that connectors may reach; all other private addresses are refused."
    )
    ports: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_listed)] = Field(
        (), description="Ports that connectors may reach beyond those usual for the web, mail and chat."
    )


class Files(_Section):
    """Which local files connectors may read."""

    folders: Annotated[tuple[Folder, ...], NoDecode, BeforeValidator(_listed)] | None = Field(
        None,
        examples=[[]],
        description="Folders whose files a source may read; "
        "by default your home while the page is for this machine alone.",
    )


class Sync(_Section):
    """How sources are fetched."""

    threads: int = Field(32, ge=1, le=1024, description="How many sources one worker fetches at the same time.")
    backfill_days: int = Field(30, ge=0, description="How many days back the first fetch of a source goes; 0 is all.")
    patience: float = Field(
        60.0, gt=0, description="Seconds after which a fetch that is still running no longer takes the place of others."
    )
    deadline: float = Field(
        1800.0, gt=0, description="Seconds after which a fetch is ended; what it has read is kept and it goes on later."
    )
    lease: float = Field(
        45.0, ge=5, description="Seconds after which the sources of a worker that died are taken over by another."
    )
    grace: float = Field(5.0, ge=0, description="Seconds that running fetches get to come to an end at a stop.")

    @property
    def backfill(self) -> timedelta | None:
        """How far back a first fetch goes, None for no limit."""
        return timedelta(days=self.backfill_days) if self.backfill_days else None


class Retention(_Section):
    """How long items are kept."""

    days: int = Field(
        0,
        ge=0,
        le=36500,
        description="How many days items are kept, 0 for good; a source may say otherwise. "
        "What is pinned or still to come stays.",
    )


class Keys(_Section):
    """Where the keys are that encrypt passwords and tokens."""

    file: Folder | None = Field(
        None,
        examples=["/etc/frontdesk/vault.keys"],
        description="The file with the keys; by default vault.keys in the data folder.",
    )
    keys: SecretStr | None = Field(
        None,
        examples=["a key as frontdesk vault rotate writes it"],
        description="The keys themselves, newest first, divided by spaces; then no file is used.",
    )


class Log(_Section):
    """What is written to the log."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is written.")
    format: Literal["text", "json"] = Field("text", description="Lines for people (text) or for programs (json).")


class Settings(BaseSettings):
    """Every setting; the environment (``FRONTDESK_SYNC__THREADS``) wins over the file."""

    model_config = SettingsConfigDict(env_prefix="FRONTDESK_", env_nested_delimiter="__", extra="forbid", frozen=True)

    data: Folder = Field(
        default_factory=data_folder,
        examples=["~/.local/share/frontdesk"],
        description="The folder of the database and the keys; each user has their own.",
    )
    database: SecretStr | None = Field(
        None,
        examples=["postgresql://user:password@host/name"],
        description="The address of a PostgreSQL database; by default a SQLite file in the data folder.",
    )
    web: Web = Web()
    login: Login = Login()
    network: Network = Network()
    files: Files = Files()
    sync: Sync = Sync()
    retention: Retention = Retention()
    vault: Keys = Keys()
    log: Log = Log()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the signature is the library's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Say which source wins: arguments, then the environment, then the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=os.environ.get(CONFIG))

    @property
    def database_url(self) -> str:
        """The address of the database; it may hold a password and belongs in no log."""
        return self.database.get_secret_value() if self.database else f"sqlite:///{self.data / 'frontdesk.db'}"

    @property
    def key_file(self) -> Path:
        """Where the keys of the vault are."""
        return self.vault.file or self.data / "vault.keys"

    @property
    def config_folder(self) -> Path | None:
        """The folder of the TOML file, where ``profiles`` and ``sources`` are; None without a file."""
        return Path(os.environ[CONFIG]).expanduser().resolve().parent if os.environ.get(CONFIG) else None

    @property
    def address(self) -> str:
        """Where people open the page."""
        host = "localhost" if self.web.host in _LOOPBACK else self.web.host
        return self.web.address or f"http://{host}:{self.web.port}"

    @property
    def local(self) -> bool:
        """Whether only who works at this machine can open the page."""
        told = urlsplit(self.web.address).hostname if self.web.address else None
        return {self.web.host, told or self.web.host} <= _LOOPBACK

    @property
    def alone(self) -> bool:
        """Whether the page is for one person, who works at this machine."""
        return self.local and not self.login.on

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders whose files a source may read."""
        if self.files.folders is not None:
            return self.files.folders
        return (Path.home(),) if self.alone else ()

    @property
    def demo(self) -> Path | None:
        """Where the made-up day is written that a person may look around in; None where others can open the page.

        On a server its files would be missing on the other machines, and its items be counted and kept for everybody.
        """
        return self.data / "demo" if self.alone else None

    @property
    def hosts(self) -> list[str]:
        """The host names under which the page may be asked for; any other is an attempt at DNS rebinding."""
        told = urlsplit(self.web.address).hostname if self.web.address else None
        return [host for host in ("localhost", "127.0.0.1", "[::1]", self.web.host, told) if host]


def load(config: Path | None = None, **changes: Any) -> Settings:
    """Read the settings, from ``config`` if given; every later process finds the same file.

    ``changes`` win over everything. Raises SettingsError with a sentence.
    """
    if config is not None:
        os.environ[CONFIG] = str(config.expanduser().resolve())
    file = os.environ.get(CONFIG)
    if file and not Path(file).is_file():
        raise SettingsError(f"There is no settings file {file}. Write one, or unset {CONFIG}.")
    try:
        return Settings(**changes)
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors()]
        raise SettingsError("These settings cannot be used:\n" + "\n".join(lines)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}") from None
    except ValueError as error:  # the environment: a list or a table that is no JSON
        raise SettingsError(f"An environment variable cannot be used: {error}") from None


def each(model: type[BaseModel] = Settings, section: str = "") -> Iterator[tuple[str, str, FieldInfo]]:
    """Yield the section (``""`` for none), the name and the field of every setting."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, _Section):
            yield from each(kind, name)
        else:
            yield section, name, field


def document() -> str:
    """Return a TOML file with every setting, its sentence and its default (or an example), all commented out."""
    lines = [
        "# Every setting of Frontdesk. Remove the # to change one; the environment (FRONTDESK_WEB__PORT) wins.",
        "",
    ]
    last = ""
    for section, name, field in each():
        if section != last:
            lines += [f"[{section}]", ""]
            last = section
        lines += [f"# {field.description}", f"# {name} = {_toml(field)}", ""]
    return "\n".join(lines)


def _toml(field: FieldInfo) -> str:
    value = field.examples[0] if field.examples else field.default
    return json.dumps(value) if isinstance(value, str | bool | list | tuple) else str(value)
