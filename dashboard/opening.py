"""The opening: the one place where settings become a store, a vault, connections and what works with them."""

import os
from dataclasses import dataclass

from connectors.kit.net.guard import Guard
from connectors.kit.registry import Registry
from dashboard.connection import Connections
from dashboard.settings import Settings, load
from dashboard.store import Store, open_store
from dashboard.vault import Vault, open_vault


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything one process works with."""

    settings: Settings
    store: Store
    vault: Vault
    connections: Connections


def open_house(settings: Settings | None = None, *, registry: Registry | None = None) -> House:
    """Open the database and the vault that the settings name; both are made where there are none.

    Raises SettingsError, StoreError and VaultError, each with a sentence for an operator.
    """
    settings = settings or load()
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = os.umask(0o077)  # the database holds mail: a new file is for this user alone, whatever the folder
    try:
        store = open_store(settings.database_url)
    finally:
        os.umask(before)
    keys = settings.vault.keys
    vault = open_vault(settings.key_file, keys.get_secret_value() if keys else None)
    connections = Connections(
        registry or Registry.find(),
        vault,
        store.engine,
        guard=Guard(allow=settings.network.allow, ports=settings.network.ports),
        folders=(*settings.folders, settings.demo) if settings.demo else settings.folders,
        backfill=settings.sync.backfill,
    )
    return House(settings=settings, store=store, vault=vault, connections=connections)
