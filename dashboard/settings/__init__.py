"""Every setting of Frontdesk: its type, its default and one sentence; read from the environment and one TOML file."""

import json
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from dashboard.settings.login import LOOPBACK, Login
from dashboard.settings.sections import MOST_DAYS, Files, Folder, Keys, Log, Network, Retention, Section, Sync, Web

CONFIG = "FRONTDESK_CONFIG"
"""The environment variable that names the TOML file; ``--config`` sets it for every process that follows."""


class SettingsError(Exception):
    """The settings cannot be used; the message says which one and why, in words for an operator."""


def data_folder() -> Path:
    """Return where the data of this user lives by the rule of their system, ``~/.local/share/frontdesk`` on Linux."""
    home = Path.home()
    rule = {"win32": ("LOCALAPPDATA", home / "AppData/Local"), "darwin": ("", home / "Library/Application Support")}
    name, fallback = rule.get(sys.platform, ("XDG_DATA_HOME", home / ".local/share"))
    return Path(os.environ.get(name) or fallback) / "frontdesk"


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
        host = "localhost" if self.web.host in LOOPBACK else self.web.host
        return self.web.address or f"http://{host}:{self.web.port}"

    @property
    def local(self) -> bool:
        """Whether only who works at this machine can open the page."""
        told = urlsplit(self.web.address).hostname if self.web.address else None
        return {self.web.host, told or self.web.host} <= LOOPBACK

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
        if isinstance(kind, type) and issubclass(kind, Section):
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


__all__ = [
    "CONFIG",
    "MOST_DAYS",
    "Login",
    "Network",
    "Settings",
    "SettingsError",
    "Sync",
    "Web",
    "document",
    "each",
    "load",
]
