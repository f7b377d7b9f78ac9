"""The givens: sources that an admin gives to everyone or to a group, one TOML file each, brought in at the start."""

import os
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from connectors.kit import SourceError, form
from connectors.kit.contract import duration
from dashboard.connection import Connections, Secrets
from dashboard.settings import SettingsError
from dashboard.store.protocol import Store
from dashboard.store.records import KEEPER, Audience, Health, Source

_NAME = "givens"


class Given(BaseModel):
    """One file: a source as an admin writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    connector: str
    title: str
    group: str | None = None
    options: Mapping[str, Any] = {}


def bring_in(folder: Path, store: Store, connections: Connections, *, now: datetime) -> int:
    """Add, change and remove sources until they are what the files say; return how many there are.

    Doing it again changes nothing. Raises SettingsError where a file cannot be used; then nothing
    of it, and of the files behind it, has happened.
    """
    files = {file.stem: _read(file) for file in sorted(folder.glob("*.toml"))} if folder.is_dir() else {}
    if not files and all(person.login != KEEPER for person in store.employees()):
        return 0
    keeper = store.enroll(KEEPER, name="Frontdesk", admin=True).id
    known: dict[str, int] = dict(store.document(keeper, _NAME) or {})
    for name in known.keys() - files.keys():
        store.remove_source(keeper, known.pop(name))
        store.keep(keeper, _NAME, known)
    for name, given in files.items():
        source = store.source(keeper, known[name]) if name in known else None
        known[name] = _bring(name, given, source, store=store, connections=connections, keeper=keeper, now=now)
        store.keep(keeper, _NAME, known)
    return len(files)


def _bring(
    name: str,
    given: Given,
    source: Source | None,
    *,
    store: Store,
    connections: Connections,
    keeper: int,
    now: datetime,
) -> int:
    """Bring one file's source up to date and return its number."""
    try:
        built = form.build(connections.registry.get(given.connector), given.options)
    except (SourceError, form.OptionsError) as error:
        raise SettingsError(f"The source {name}.toml cannot be used: {error}") from None
    options, hidden = form.split(built)
    audience = Audience.GROUP if given.group else Audience.EVERYONE
    if source is not None and source.connector != given.connector:
        store.remove_source(keeper, source.id)
        source = None
    if source is None:
        every = duration(built.about.every).total_seconds()
        source = store.add_source(
            keeper,
            connector=given.connector,
            title=given.title,
            options=options,
            every=every,
            due_at=now,
            audience=audience,
            group=given.group,
            seal=lambda number: connections.seal(Secrets(hidden), source=number, owner=keeper),
        )
        return source.id
    if _same(source, given, options, hidden, connections):
        return source.id
    sealed = connections.seal(Secrets(hidden), source=source.id, owner=source.owner)
    store.change_source(
        keeper,
        source.id,
        title=given.title,
        options=options,
        sealed=sealed,
        audience=audience,
        group=given.group,
        health=Health.NEW,
        due_at=now,
    )
    return source.id


def _same(
    source: Source, given: Given, options: Mapping[str, Any], hidden: Mapping[str, str], connections: Connections
) -> bool:
    try:
        kept = connections.secrets(source).options
    except SourceError:
        return False
    told = (source.title, source.options, source.group, kept)
    return told == (given.title, options, given.group, hidden)


def _read(file: Path) -> Given:
    try:
        given = Given.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        return given.model_copy(update={"options": {key: _value(value) for key, value in given.options.items()}})
    except (OSError, ValueError) as error:
        told = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise SettingsError(f"{file} cannot be used: {told}") from None


def _value(written: Any) -> Any:
    """Return an option's value, taken from the environment where it says so."""
    if not (isinstance(written, str) and written.startswith("env:")):
        return written
    name = written.removeprefix("env:")
    if name not in os.environ:
        raise ValueError(f"the environment variable {name} is not set")
    return os.environ[name]
