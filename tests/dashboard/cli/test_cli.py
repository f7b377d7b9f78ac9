import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dashboard.cli import COMMANDS

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Company news</title>
<item><guid>1</guid><title>Canteen closed</title><link>https://example.org/1</link></item>
<item><guid>2</guid><title>New budget</title><link>https://example.org/2</link></item></channel></rss>"""
OPML = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="One" type="rss" xmlUrl="https://one.example.org/feed"/>
<outline text="Two" type="rss" xmlUrl="https://two.example.org/feed"/></body></opml>"""


@pytest.fixture
def feed(home, desk):
    (home / "news.xml").write_text(FEED)
    desk("sources", "add", "feeds", "--title", "News", "--set", f"address={home / 'news.xml'}")


def test_every_command_explains_itself(desk):
    page = desk("--help")
    for name, (_, sentence) in COMMANDS.items():
        assert name in page
        assert sentence.endswith(".")
        assert "Usage" in desk(name, "--help")


def test_a_source_is_added_fetched_searched_and_removed(desk, feed):
    assert "2 new" in desk("sync", "News")
    (source,) = json.loads(desk("sources", "list", "--json"))
    assert (source["title"], source["health"], source["items"]) == ("News", "ok", 2)
    assert "New budget" in desk("search", "budget")
    assert json.loads(desk("search", "--json", "canteen"))[0]["title"] == "Canteen closed"
    assert "Nothing was found" in desk("search", "xylophone")
    desk("sources", "remove", "News", "--yes")
    assert "no source yet" in desk("sources", "list")


def test_a_source_pauses_until_it_is_resumed(desk, feed):
    desk("sources", "pause", "News")
    assert json.loads(desk("sources", "list", "--json"))[0]["health"] == "paused"
    desk("sources", "resume", "News")
    assert json.loads(desk("sources", "list", "--json"))[0]["health"] == "new"


def test_who_only_reads_a_source_is_told_that_it_is_not_theirs(desk, home, feed):
    desk("people", "add", "bob@example.org")
    (home / "all.xml").write_text(FEED)
    desk("sources", "add", "feeds", "--title", "All", "--set", f"address={home / 'all.xml'}", "--audience", "everyone")
    for verb in ("pause", "resume"):
        assert "not yours" in desk("--as", "bob@example.org", "sources", verb, "All", code=1)
    assert {row["health"] for row in json.loads(desk("sources", "list", "--json"))} == {"new"}


def test_a_source_that_does_not_work_is_not_saved_and_says_why(desk, home):
    told = desk("sources", "add", "feeds", "--set", "address=/etc/passwd", code=1)
    assert "does not work" in told
    assert "no source yet" in desk("sources", "list")
    assert "does not work" in desk("check", "feeds", "--set", "address=http://127.0.0.1/", code=1)


def test_a_failed_fetch_ends_with_code_1(desk, feed, home):
    (home / "news.xml").unlink()
    assert "Misconfigured" in desk("sync", code=1)


def test_what_a_command_logs_is_as_the_settings_say_and_without_a_traceback(desk, feed, home, monkeypatch):
    monkeypatch.setenv("FRONTDESK_LOG__FORMAT", "json")
    (home / "news.xml").unlink()
    told = desk("sync", code=1)
    assert "Traceback" not in told
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["event"] == "source fails"]
    assert (line["level"], line["error"]) == ("warning", "Misconfigured")


@pytest.mark.parametrize("command", [("sync",), ("worker",), ("serve", "--no-worker")])
@pytest.mark.parametrize(("keys", "told"), [("garbage", "damaged"), ("", "no key"), (None, "chmod 600")])
def test_keys_that_cannot_be_used_are_said_at_the_start(desk, feed, home, command, keys, told):
    file = home / "data" / "vault.keys"
    if keys is None:
        if os.name == "nt":
            pytest.skip("modes of files are of POSIX")
        file.chmod(0o644)
    else:
        file.write_text(keys)
    said = desk(*command, code=1)
    assert told in said
    assert "Traceback" not in said
    assert json.loads(desk("sources", "list", "--json"))[0]["health"] == "new"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["sources", "add", "fax"], 1, "There is no connector fax"),
        (["sources", "add", "feeds", "--set", "nonsense"], 2, "no option"),
        (["sources", "add", "feeds"], 1, "frontdesk connectors feeds"),
        (["sources", "pause", "nothing"], 1, "There is no source nothing"),
        (["--as", "nobody", "sources", "list"], 1, "There is nobody"),
        (["export", "nobody"], 1, "There is nobody"),
        (["--config", "/nowhere.toml", "sources", "list"], 1, "no settings file"),
        (["nonsense"], 2, "No such command"),
        (["connectors", "fax"], 1, "There is no connector fax"),
    ],
)
def test_an_error_is_a_sentence_that_says_what_to_do(desk, words, code, told):
    assert told in desk(*words, code=code)


def test_connectors_are_listed_with_what_they_ask_for(desk):
    assert "feeds" in {row["name"] for row in json.loads(desk("connectors", "--json"))}
    assert "address" in desk("connectors", "feeds")


def test_feeds_come_and_go_as_opml(desk, home):
    (home / "feeds.opml").write_text(OPML)
    assert "2 feeds" in desk("import-opml", str(home / "feeds.opml"))
    assert "0 feeds" in desk("import-opml", str(home / "feeds.opml"))
    assert "https://two.example.org/feed" in desk("export-opml")
    (home / "broken.opml").write_text("no opml")
    assert "Error:" in desk("import-opml", str(home / "broken.opml"), code=1)


def test_people_are_added_exported_and_erased(desk, home, feed):
    desk("people", "add", "ada@example.org", "--name", "Ada", "--group", "sales")
    assert {"ada@example.org", "me"} == {row["login"] for row in json.loads(desk("people", "list", "--json"))}
    desk("sync")
    lines = [json.loads(line) for line in desk("export", "me").splitlines()]
    assert any("Canteen closed" in str(line) for line in lines)
    desk("erase", "ada@example.org", code=1, give="n\n")
    desk("erase", "ada@example.org", "--yes")
    assert "ada" not in desk("people", "list")


def test_a_person_may_begin_with_a_profile_of_the_settings_folder(desk, home):
    (home / "profiles").mkdir()
    (home / "profiles" / "sales.toml").write_text("[topics]\ncontract = 2.0\n")
    (home / "desk.toml").write_text("")
    config = ("--config", str(home / "desk.toml"))
    told = desk(*config, "people", "add", "ada@example.org", "--profile", "fishing", code=1)
    assert "There are: sales" in told
    desk(*config, "people", "add", "ada@example.org", "--profile", "sales")
    assert "contract" in desk("export", "ada@example.org")


def test_a_starting_profile_leaves_what_a_person_decided_before(desk, home):
    (home / "profiles").mkdir()
    (home / "profiles" / "sales.toml").write_text("[topics]\ncontract = 2.0\n")
    (home / "profiles" / "support.toml").write_text("[topics]\ncontract = 1.0\noutage = 3.0\n")
    (home / "profiles" / "broken.toml").write_text("[topics]\ncontract = 99\n")
    (home / "desk.toml").write_text("")
    config = ("--config", str(home / "desk.toml"))
    desk(*config, "people", "add", "ada@example.org", "--profile", "sales")
    desk(*config, "people", "add", "ada@example.org", "--profile", "support")
    exported = desk("export", "ada@example.org")
    assert '"contract": 2.0' in exported
    assert '"outage": 3.0' in exported
    told = desk(*config, "people", "add", "ada@example.org", "--profile", "broken", code=1)
    assert "There are: sales, support" in told


@pytest.fixture
def served(monkeypatch):
    """Serve the feed on this machine and open the way to it."""

    class Feed(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-type", "application/rss+xml")
            self.end_headers()
            self.wfile.write(FEED.encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("FRONTDESK_NETWORK__ALLOW", "127.0.0.0/8")
    yield f"http://127.0.0.1:{server.server_port}/feed.xml?key=canary-9"
    server.shutdown()
    server.server_close()


def test_what_a_source_answers_is_recorded_without_its_key(desk, home, served):
    desk("sources", "add", "feeds", "--title", "News", "--set", f"address={served}")
    assert "exchanges are in" in desk("record", "News", str(home / "tape.json"))
    tape = (home / "tape.json").read_text()
    assert "Canteen closed" in tape
    assert "canary" not in tape
    assert "already" in desk("record", "News", str(home / "tape.json"), code=1)


def test_a_log_that_is_none_is_said(desk, home):
    (home / "log.jsonl").write_text("no log")
    assert "cannot be read" in desk("evaluate", str(home / "log.jsonl"), code=1)


def test_keys_are_rotated(desk, home):
    desk("init")
    before = (home / "data" / "vault.keys").read_text()
    assert "0 with an old one" in desk("vault", "rotate")
    after = (home / "data" / "vault.keys").read_text().split()
    assert after[1] == before.strip()
    assert after[0] not in before
    assert "vault.rotate" in desk("log")


@pytest.mark.skipif(os.name == "nt", reason="modes of files are of POSIX")
def test_nobody_else_on_the_machine_can_read_what_is_kept(desk, home):
    (home / "data").mkdir(mode=0o755)
    desk("init")
    kept = list((home / "data").iterdir())
    assert {file.name for file in kept} >= {"frontdesk.db", "vault.keys"}
    assert [file.name for file in kept if file.stat().st_mode & 0o077] == []


def test_init_writes_a_settings_file_once(desk, home):
    told = desk("init", "--write-settings", str(home / "desk.toml"), "--login", "ada@example.org")
    assert "ada@example.org" in told
    assert (home / "desk.toml").read_text() == desk("settings")
    assert "already" in desk("init", "--write-settings", str(home / "desk.toml"), code=1)


def test_control_characters_of_a_title_never_reach_the_terminal(desk, home):
    (home / "evil.xml").write_text(FEED.replace("Canteen", "&#27;[2JCanteen").replace('"1.0"', '"1.1"', 1))
    desk("sources", "add", "feeds", "--title", "\x1b[31mred", "--set", f"address={home / 'evil.xml'}", "--no-check")
    assert "\x1b" not in desk("sources", "list")


def test_the_command_itself_starts_in_a_fresh_process(home):
    command = [sys.executable, "-m", "dashboard.cli", "people", "list"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=True)
    assert "nobody yet" in done.stdout


def test_a_person_who_is_added_again_keeps_what_is_not_said(desk):
    desk("people", "add", "ada@example.org", "--name", "Ada", "--admin", "--group", "sales")
    desk("people", "add", "ada@example.org", "--name", "Ada Lovelace")
    (ada,) = [row for row in json.loads(desk("people", "list", "--json")) if row["login"] == "ada@example.org"]
    assert (ada["name"], ada["admin"], ada["groups"]) == ("Ada Lovelace", True, "sales")
    desk("people", "add", "ada@example.org", "--no-admin")
    (ada,) = [row for row in json.loads(desk("people", "list", "--json")) if row["login"] == "ada@example.org"]
    assert ada["admin"] is False


def test_the_keeper_of_what_everyone_is_given_is_left_alone(desk):
    assert "another login" in desk("people", "add", "frontdesk", code=1)
    assert "another login" in desk("erase", "frontdesk", "--yes", code=1)
