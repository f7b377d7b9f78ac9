import pytest
from engine_sources import Scripted

from connectors.kit import Misconfigured, Unauthorized
from dashboard.connection import Connections, Secrets
from dashboard.vault import open_vault

CANARY = "canary-5c2e"


@pytest.fixture
def connections(store, registry, guard, tmp_path):
    return Connections(registry, open_vault(tmp_path / "vault.keys"), store.engine, guard=guard)


@pytest.fixture
def secret_source(store, ada, add, connections):
    source = add(script="x")
    sealed = connections.seal(Secrets({"token": CANARY}), source=source.id, owner=ada)
    return store.change_source(ada, source.id, sealed=sealed)


def test_a_source_becomes_its_connector_with_its_secrets(connections, secret_source):
    connector = connections.connector(secret_source)
    assert isinstance(connector, Scripted)
    assert connector.token.get_secret_value() == CANARY
    assert CANARY not in repr(connector) + repr(secret_source) + repr(connections.secrets(secret_source))


def test_a_connector_is_built_once_until_its_source_changes(connections, store, ada, secret_source):
    first = connections.connector(secret_source)
    assert connections.connector(store.source(ada, secret_source.id)) is first
    changed = store.change_source(ada, secret_source.id, options={"script": "y"})
    assert connections.connector(changed).script == "y"


def test_a_source_whose_secrets_were_copied_from_another_must_connect_again(
    connections, store, ada, add, secret_source
):
    thief = store.change_source(ada, add(script="z").id, sealed=secret_source.sealed)
    with pytest.raises(Unauthorized):
        connections.connector(thief)


def test_a_source_that_fits_its_connector_no_more_is_misconfigured_and_names_no_value(connections, add):
    with pytest.raises(Misconfigured, match="script") as failed:
        connections.connector(add(nonsense=CANARY))
    assert CANARY not in str(failed.value)


def test_a_source_whose_connector_is_not_installed_is_misconfigured(connections, add):
    with pytest.raises(Misconfigured, match="fax"):
        connections.connector(add(connector="fax"))


def test_no_secret_stands_in_the_database_or_its_export(tmp_path, store, ada, secret_source):
    store.close()
    for file in tmp_path.glob("desk.db*"):
        assert CANARY.encode() not in file.read_bytes()
    assert CANARY not in str(list(store.export(ada)))


def test_after_a_rotation_every_source_opens_with_the_new_key(tmp_path, store, ada, connections, secret_source):
    vault = open_vault(tmp_path / "vault.keys")
    assert vault.rotate(store.engine) == 1
    assert not any(vault.stale(sealed) for _, _, sealed in store.engine.sealed())
    assert connections.connector(store.source(ada, secret_source.id)).token.get_secret_value() == CANARY
