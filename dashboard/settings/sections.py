"""The sections of the settings but the login: each a table of the file, with a default and a sentence a setting."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import NoDecode

MOST_DAYS = 36500
"""The longest time that items can be kept for, other than for good: what comes after it no calendar can count."""


class Section(BaseModel):
    """One table; a setting that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def listed(value: Any) -> Any:
    """Let the environment write a list as ``a, b``."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _unfolded(value: Any) -> Any:
    return Path(value).expanduser() if isinstance(value, str | Path) else value


Folder = Annotated[Path, BeforeValidator(_unfolded)]


class Web(Section):
    """Where the page is served."""

    host: str = Field("127.0.0.1", description="The address the page listens on; the default is this machine alone.")
    port: int = Field(8501, ge=1, le=65535, description="The port the page listens on.")
    address: str | None = Field(
        None,
        examples=["https://desk.example.org"],
        description="The address people type where a proxy stands in front; by default host and port.",
    )


class Network(Section):
    """Where connectors may connect to."""

    allow: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(listed)] = Field(
        (), description="Networks of the intranet that connectors may reach; all other private addresses are refused."
    )
    ports: Annotated[tuple[int, ...], NoDecode, BeforeValidator(listed)] = Field(
        (), description="Ports that connectors may reach beyond those usual for the web, mail and chat."
    )


class Files(Section):
    """Which local files connectors may read."""

    folders: Annotated[tuple[Folder, ...], NoDecode, BeforeValidator(listed)] | None = Field(
        None,
        examples=[[]],
        description="Folders whose files a source may read; "
        "by default your home while the page is for this machine alone.",
    )


class Sync(Section):
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


class Retention(Section):
    """How long items are kept."""

    days: int = Field(
        0,
        ge=0,
        le=MOST_DAYS,
        description="How many days items are kept, 0 for good; a source may say otherwise. "
        "What is pinned or still to come stays.",
    )


class Keys(Section):
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


class Log(Section):
    """What is written to the log."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is written.")
    format: Literal["text", "json"] = Field("text", description="Lines for people (text) or for programs (json).")
