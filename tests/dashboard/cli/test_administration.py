"""What an operator does for others at the command line, and that it stands in the log."""

import json
import subprocess
import sys

import pytest

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Company news</title>
<item><guid>1</guid><title>Canteen closed</title><link>https://example.org/1</link></item></channel></rss>"""


@pytest.fixture
def log(desk):
    return lambda: [(row["who"], row["what"], row["subject"]) for row in json.loads(desk("log", "--json"))]


@pytest.fixture
def people(desk):
    return lambda: {row["login"]: row for row in json.loads(desk("people", "list", "--json"))}


def test_whoever_is_blocked_stays_and_is_let_in_again(desk, people, log):
    desk("people", "add", "ada", "--admin")
    desk("people", "add", "bob", "--group", "sales")
    assert "cannot log in" in desk("people", "block", "bob")
    assert people()["bob"]["blocked"] is True
    desk("--as", "ada", "people", "unblock", "bob")
    assert people()["bob"]["blocked"] is False
    operator = "operator (command line)"
    assert log() == [
        ("ada", "person.unblock", "bob"),
        (operator, "person.block", "bob"),
        (operator, "person.add", "bob"),
        (operator, "person.add", "ada"),
    ]
    assert "sales" in desk("people", "groups")
    assert "person.block" in desk("log", "--subject", "bob")
    assert "person.add" not in desk("log", "--limit", "1")


def test_who_is_no_admin_changes_nothing_for_others(desk, log):
    desk("people", "add", "ada", "--admin")
    desk("people", "add", "bob")
    before = log()
    for words in (
        ("people", "block", "ada"),
        ("people", "add", "eve"),
        ("defaults", "set", "language", "de"),
        ("log",),
    ):
        assert "only an admin" in desk("--as", "bob", *words, code=1)
    assert log() == before


def test_the_last_admin_stays(desk, people):
    desk("people", "add", "ada", "--admin")
    desk("people", "add", "bob")
    for words in (("people", "block", "ada"), ("people", "add", "ada", "--no-admin"), ("erase", "ada", "--yes")):
        assert "remain an admin" in desk(*words, code=1)
    assert people()["ada"]["admin"]


def test_people_come_by_a_list_after_a_dry_run(desk, home, people):
    desk("people", "add", "ada", "--admin")
    (home / "people.csv").write_bytes(
        b"\xef\xbb\xbflogin;name;groups;admin;language\r\nbob;Bob;sales|support;ja;de\r\nada;Ada;;yes;\r\n"
    )
    told = desk("people", "import", home / "people.csv", "--dry-run")
    assert "line 2: add bob" in told
    assert "1 would be added, 1 would be changed, 0 are as they were" in told
    assert set(people()) == {"ada"}
    assert "1 were added, 1 were changed" in desk("people", "import", home / "people.csv")
    assert people()["bob"]["groups"] == "sales, support"
    desk("people", "export-csv", "--output", home / "again.csv")
    assert "0 would be added, 0 would be changed, 2 are" in desk("people", "import", home / "again.csv", "--dry-run")
    (home / "people.csv").write_text("login,admin\nzoe,no\n,yes\n")
    told = desk("people", "import", home / "people.csv", code=1)
    assert "line 3: refuse" in told
    assert "nothing was changed" in told
    assert set(people()) == {"ada", "bob"}


def test_defaults_are_given_and_taken_away(desk):
    desk("people", "add", "bob", "--group", "sales")
    desk("defaults", "set", "topics", '{"budget": 2}', "--group", "sales")
    desk("defaults", "set", "language", "de")
    rows = json.loads(desk("defaults", "list", "--json"))
    assert [(row["for"], row["name"], row["value"]) for row in rows] == [
        ("everyone", "language", "de"),
        ("sales", "topics", {"budget": 2.0}),
    ]
    desk("defaults", "unset", "language")
    assert "language" not in desk("defaults", "list")
    assert "no default" in desk("defaults", "set", "nonsense", "1", code=1)
    assert "is not JSON" in desk("defaults", "set", "topics", "{budget", code=2)


def test_a_source_is_told_how_long_to_keep_its_items(desk, home):
    (home / "news.xml").write_text(FEED)
    desk("sources", "add", "feeds", "--title", "News", "--set", f"address={home / 'news.xml'}")
    assert "for 30 days" in desk("sources", "retain", "News", "30")
    assert "for good" in desk("sources", "retain", "News", "forever")
    assert "as long as the settings say" in desk("sources", "retain", "News", "default")
    assert "no number of days" in desk("sources", "retain", "News", "soon", code=2)
    assert "between 0" in desk("sources", "retain", "News", "99999999", code=1)
    desk("people", "add", "bob")
    desk("sources", "add", "feeds", "--title", "All", "--set", f"address={home / 'news.xml'}", "--audience", "everyone")
    assert "not yours" in desk("--as", "bob", "sources", "retain", "All", "1", code=1)


def test_a_proof_says_what_was_there_and_is_not(desk, home, log):
    (home / "news.xml").write_text(FEED)
    desk("people", "add", "ada", "--admin")
    desk("people", "add", "bob")
    desk("--as", "bob", "sources", "add", "feeds", "--title", "News", "--set", f"address={home / 'news.xml'}")
    desk("--as", "bob", "sync")
    desk("export", "bob", "--output", home / "bob.jsonl")
    (home / "there").write_text("mine")
    assert "Nothing was removed" in desk("erase", "bob", "--yes", "--proof", home / "there", code=1)
    assert "Nothing was removed" in desk("erase", "bob", "--yes", "--proof", home / "no" / "where", code=1)
    desk("erase", "ada", "--yes", "--proof", home / "ada.json", code=1)
    assert not (home / "ada.json").exists()
    desk("erase", "bob", "--yes", "--proof", home / "bob.json")
    proof = json.loads((home / "bob.json").read_text())
    assert (proof["login"], proof["before"]["employees"], proof["before"]["entries"]) == ("bob", 1, 1)
    assert not any(proof["after"].values())
    assert proof["at"]
    assert [what for _, what, subject in log() if subject == "bob"] == ["person.erase", "person.export", "person.add"]
    assert (home / "there").read_text() == "mine"


def test_a_backup_brings_back_what_was_there(desk, home, monkeypatch, log):
    desk("people", "add", "ada", "--admin")
    told = desk("backup", home / "all.frontdesk")
    assert "vault.keys" in told
    assert "The keys are in it" in desk("backup", home / "with.frontdesk", "--with-keys")
    assert "left as it is" in desk("backup", home / "all.frontdesk", code=1)
    assert "--replace" in desk("restore", home / "all.frontdesk", code=1)
    monkeypatch.setenv("FRONTDESK_DATA", str(home / "other"))
    assert "1 people" in desk("restore", home / "all.frontdesk")
    assert [what for _, what, _ in log()] == ["restore", "person.add"]
    assert "no backup" in desk("restore", home / "other" / "frontdesk.db", "--replace", code=1)


def test_secrets_whose_keys_are_missing_after_a_restore_are_counted(home, desk, monkeypatch):
    from dashboard.store import open_store
    from dashboard.vault import open_vault

    desk("people", "add", "ada", "--admin")
    store = open_store(f"sqlite:///{home / 'data' / 'frontdesk.db'}")
    fields = {"connector": "feeds", "title": "x", "options": {}, "every": 9.0, "due_at": None}
    source = store.add_source(1, **fields).id
    vault = open_vault(home / "data" / "vault.keys")
    store.change_source(1, source, sealed=vault.seal({"options": {"password": "x"}}, source=source, owner=1))
    store.close()
    desk("backup", home / "all.frontdesk")
    monkeypatch.setenv("FRONTDESK_DATA", str(home / "other"))
    assert "keys of 1 sources are missing" in desk("restore", home / "all.frontdesk")


def test_nothing_is_restored_below_a_running_worker(home, desk):
    desk("people", "add", "ada", "--admin")
    desk("backup", home / "all.frontdesk")
    worker = subprocess.Popen([sys.executable, "-m", "dashboard.cli", "worker"], stderr=subprocess.PIPE, text=True)
    try:
        assert any("worker started" in line for line in worker.stderr)
        for _ in range(50):
            if json.loads(desk("people", "list", "--json")):
                break
        told = desk("restore", home / "all.frontdesk", "--replace", code=1)
        assert "Stop the page and every worker" in told
    finally:
        worker.kill()
        worker.wait()
        worker.stderr.close()


@pytest.mark.parametrize(
    ("config", "folder", "told"),
    [(False, False, "Say --config"), (True, False, "There is no folder"), (True, True, "There are: none")],
)
def test_why_there_is_no_starting_profile_is_said(desk, home, config, folder, told):
    (home / "desk.toml").write_text("")
    if folder:
        (home / "profiles").mkdir()
    words = ("--config", home / "desk.toml") if config else ()
    assert told in desk(*words, "people", "add", "ada", "--profile", "sales", code=1)
