import tomllib
from pathlib import Path

import pytest

from dashboard.settings import CONFIG, Settings, SettingsError, document, each, load

FILE = Path(__file__).resolve().parents[2] / "config" / "frontdesk.toml"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    monkeypatch.delenv("FRONTDESK_DATA", raising=False)
    monkeypatch.setenv(CONFIG, "")


def test_the_shipped_file_names_every_setting_with_its_sentence_and_default():
    assert FILE.read_text() == document()


def test_every_line_of_the_shipped_file_can_be_uncommented(tmp_path):
    lines = FILE.read_text().splitlines()[1:]
    text = "\n".join(line[2:] if line.startswith("# ") and " = " in line else line for line in lines)
    written = tomllib.loads(text)
    assert {(s, n) for s, n, _ in each()} == {
        (key if isinstance(value, dict) else "", name)
        for key, value in written.items()
        for name in (value if isinstance(value, dict) else [key])
    }
    (tmp_path / "all.toml").write_text(text)
    assert load(tmp_path / "all.toml").web.address == "https://desk.example.org"


def test_every_setting_has_one_sentence():
    for _, name, field in each():
        assert field.description, name
        assert field.description.endswith("."), name


def test_a_setting_comes_from_the_file_then_the_environment_then_the_command(tmp_path, monkeypatch):
    (tmp_path / "desk.toml").write_text("[sync]\nthreads = 3\nlease = 9\n")
    assert load(tmp_path / "desk.toml").sync.threads == 3
    monkeypatch.setenv("FRONTDESK_SYNC__THREADS", "7")
    settings = load()
    assert (settings.sync.threads, settings.sync.lease) == (7, 9.0)
    assert load(data=tmp_path).data == tmp_path


def test_lists_in_the_environment_are_divided_by_commas(monkeypatch):
    monkeypatch.setenv("FRONTDESK_NETWORK__ALLOW", "10.0.0.0/8, fd00::/8")
    assert [str(network) for network in load().network.allow] == ["10.0.0.0/8", "fd00::/8"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[sync]\nthread = 3\n", "sync.thread"),
        ("[sync]\nlease = 1\n", "sync.lease"),
        ('[network]\nallow = ["10.0.0.1/8"]\n', "network.allow"),
        ("surprise = 1\n", "surprise"),
        ('[login]\nissuer = "https://login.example.org"\n', "client_id"),
        ('[login]\nissuer = "http://login.example.org"\nclient_id = "x"\n', "https"),
        ('[login]\nissuer = "https://login.example.org/?a=b"\nclient_id = "x"\n', "no place for"),
        ('[login]\nissuer = "https://l.example.org"\nclient_id = "x"\nscopes = ["email"]\n', "openid"),
        ('[login]\nissuer = "https://l.example.org"\nclient_id = "x"\nadmin_groups = ["a"]\n', "groups_claim"),
        ('[login]\nheader = "X-User"\n', "trusted_proxies"),
        ('[login]\nheader = "X User"\ntrusted_proxies = ["10.0.0.5/32"]\n', "login.header"),
        ('[login]\nheader = "X-User"\ntrusted_proxies = ["0.0.0.0/0"]\n', "not everybody"),
        ('[login]\nheader = "X-User"\ntrusted_proxies = ["10.0.0.5/32", "::/0"]\n', "not everybody"),
        ('[login]\nheader = "X-User"\ntrusted_proxies = ["0.0.0.0/1", "128.0.0.0/1"]\n', "not everybody"),
        ("[login]\nidle_minutes = 0\n", "login.idle_minutes"),
        ("= nonsense", "not TOML"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_a_sentence(tmp_path, text, word):
    (tmp_path / "desk.toml").write_text(text)
    with pytest.raises(SettingsError, match=word):
        load(tmp_path / "desk.toml")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(SettingsError, match="no settings file"):
        load(tmp_path / "none.toml")


def test_the_page_is_served_on_this_machine_alone_unless_told_otherwise():
    assert Settings().web.host == "127.0.0.1"


def test_a_database_password_is_not_shown():
    assert "hunter2" not in repr(load(database="postgresql://me:hunter2@db/desk"))


def test_files_of_the_home_are_open_while_nobody_else_can_reach_the_page(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load().folders == (tmp_path,)
    assert load(web={"address": "https://desk.example.org"}).folders == ()
    assert load(web={"host": "0.0.0.0", "address": "https://desk.example.org"}).folders == ()
    assert load(files={"folders": ()}).folders == ()


def test_the_page_answers_only_under_names_it_is_known_by():
    assert "evil.example" not in load().hosts
    assert "desk.example.org" in load(web={"address": "https://desk.example.org:8443/x"}).hosts


def test_files_of_the_home_are_for_the_one_person_of_this_machine_alone():
    assert Settings().folders == (Path.home(),)
    people = load(login={"issuer": "https://login.example.org", "client_id": "x", "client_secret": "hunter2"})
    assert (people.alone, people.local, people.folders) == (False, True, ())
    assert "hunter2" not in repr(people)
