from datetime import UTC, datetime

import pytest

from dashboard.connection import Connections
from dashboard.givens import bring_in
from dashboard.settings import SettingsError
from dashboard.store.records import KEEPER, Audience
from dashboard.vault import open_vault

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def connections(store, registry, guard, tmp_path):
    return Connections(registry, open_vault(tmp_path / "vault.keys"), store.engine, guard=guard)


@pytest.fixture
def bring(tmp_path, store, connections):
    """Write files (None removes one) and bring them in."""
    folder = tmp_path / "sources"
    folder.mkdir()

    def bring(**files):
        for name, text in files.items():
            (folder / f"{name}.toml").unlink() if text is None else (folder / f"{name}.toml").write_text(text)
        return bring_in(folder, store, connections, now=NOW)

    return bring


def given(script="x", title="News", extra=""):
    return f'connector = "scripted"\ntitle = "{title}"\n{extra}\n[options]\nscript = "{script}"\n'


def test_without_files_nobody_is_made(bring, store):
    assert bring() == 0
    assert KEEPER not in {person.login for person in store.employees()}


def test_a_file_becomes_a_source_that_everyone_reads(bring, store, ada):
    bring(news=given())
    (source,) = store.sources(ada)
    assert (source.title, source.audience, source.options, source.due_at) == (
        "News", Audience.EVERYONE, {"script": "x"}, NOW,
    )  # fmt: skip


def test_the_next_start_changes_nothing_and_a_changed_file_changes_its_source(bring, store, ada):
    bring(news=given(), other=given("y", "Other"))
    before = store.sources(ada)
    bring()
    assert store.sources(ada) == before
    bring(news=given("z", "New name"))
    assert {source.title: source.options["script"] for source in store.sources(ada)} == {"New name": "z", "Other": "y"}
    assert {source.id for source in store.sources(ada)} == {source.id for source in before}


def test_a_removed_file_removes_its_source(bring, store, ada):
    bring(news=given(), other=given("y", "Other"))
    bring(news=None)
    assert [source.title for source in store.sources(ada)] == ["Other"]


def test_a_group_reads_what_is_given_to_it(bring, store, ada):
    bring(news=given(extra='group = "sales"'))
    assert store.sources(ada) == []
    bob = store.enroll("bob@example.org", groups=["sales"]).id
    assert [source.title for source in store.sources(bob)] == ["News"]


def test_a_secret_comes_from_the_environment_and_is_encrypted(bring, store, ada, connections, monkeypatch):
    text = given() + 'token = "env:NEWS_TOKEN"\n'
    with pytest.raises(SettingsError, match="NEWS_TOKEN is not set"):
        bring(news=text)
    monkeypatch.setenv("NEWS_TOKEN", "canary-1")
    bring(news=text)
    (source,) = store.sources(ada)
    assert "canary-1" not in repr(source)
    assert connections.connector(source).token.get_secret_value() == "canary-1"


@pytest.mark.parametrize(
    "text", ["= no toml", 'title = "x"', 'connector = "fax"\ntitle = "x"', given() + "surprise = 1", "connector = 3"]
)
def test_a_file_that_cannot_be_used_is_named(bring, text):
    with pytest.raises(SettingsError, match="news"):
        bring(news=text)
