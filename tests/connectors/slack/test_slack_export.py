"""The export of a Slack workspace, as a zip file and as a folder, honest and hostile."""

import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.kit import BadData, Misconfigured
from connectors.slack import archive
from connectors.slack.export import SlackExport

EXPORT = {
    "users.json": [
        {"id": "U1", "name": "mina", "profile": {"display_name": "Mina", "email": "mina@acme.example"}},
        {"id": "U2", "name": "ada", "profile": {"real_name": "Ada L"}},
    ],
    "channels.json": [{"id": "C1", "name": "general", "members": ["U1", "U2"]}],
    "dms.json": [{"id": "D1", "members": ["U1", "U2"]}],
    "general/2026-01-30.json": [
        {"type": "message", "user": "U2", "text": "first", "ts": "1769767200.000100"},
        {"type": "message", "subtype": "channel_join", "user": "U1", "text": "joined", "ts": "1769767201.000100"},
    ],
    "general/2026-01-31.json": [
        {"type": "message", "user": "U2", "text": "<@U1> see <#C1>", "ts": "1769853600.000100", "reply_count": 1},
        {"type": "message", "user": "U1", "text": "yes", "ts": "1769853700.000100", "thread_ts": "1769853600.000100"},
    ],
    "D1/2026-01-31.json": [{"type": "message", "user": "U2", "text": "psst", "ts": "1769860000.000100"}],
    "general/canvas.txt": "not for us",
}


def pack(path: Path, files: dict, inside: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(inside + name, content if isinstance(content, bytes) else json.dumps(content))
    return path


def unpack(path: Path, files: dict) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


@pytest.fixture
def desk(desk_of, tmp_path):
    def opened(path: Path, **options):
        connector = SlackExport(path=str(path), **options)
        return desk_of(connector, folders=[tmp_path])

    return opened


@pytest.fixture(params=["zip", "zip of a folder", "folder"])
def export(request, tmp_path) -> Path:
    if request.param == "folder":
        return unpack(tmp_path / "export", EXPORT)
    return pack(tmp_path / "export.zip", EXPORT, "Acme export/" if "of" in request.param else "")


def test_every_message_of_every_day_comes_newest_day_first(desk, export):
    source = desk(export)
    came = [item.text for item in source.fetch()]
    assert source.texts == ["first", "@Mina see #general", "yes", "psst"]
    assert came[-1] == "first"


def test_messages_are_translated_as_those_of_the_live_workspace(desk, export):
    source = desk(export, me=["mina@acme.example"])
    source.fetch()
    root, reply = source.items["C1/1769853600.000100"], source.items["C1/1769853600.000100/1769853700.000100"]
    direct = source.items["D1/1769860000.000100"]
    assert (root.author.name, root.channel, root.mention, root.own) == ("Ada L", "#general", True, False)
    assert (reply.own, reply.thread, reply.reply_to) == (True, root.thread, root.id)
    assert (direct.direct, direct.channel) == (True, "Ada L")


@pytest.mark.parametrize("me", ["mina", "@Mina", "U1", "MINA@acme.example"])
def test_i_can_say_who_i_am_in_many_ways(desk, export, me):
    source = desk(export, me=[me])
    source.fetch()
    assert [item.text for item in source.items.values() if item.own] == ["yes"]


def test_an_unchanged_export_is_not_read_again_and_a_new_one_is(desk, tmp_path):
    path = pack(tmp_path / "export.zip", EXPORT)
    source = desk(path)
    source.fetch()
    assert source.fetch() == []
    pack(path, EXPORT | {"general/2026-02-01.json": [{"user": "U2", "text": "new", "ts": "1769940000.000100"}]})
    source.fetch()
    assert source.texts[-1] == "new"


def test_a_fetch_that_dies_goes_on_with_the_next_day(desk, export):
    source = desk(export)
    first = [item.text for item in source.fetch(cursors=1)]
    second = [item.text for item in source.fetch()]
    assert (sorted(first), second) == (sorted(["yes", "@Mina see #general", "psst"]), ["first"])


def test_only_days_since_the_wanted_date_are_read(desk, export):
    source = desk(export)
    source.since = datetime(2026, 1, 31, tzinfo=UTC)
    source.fetch()
    assert "first" not in source.texts


def test_the_length_of_a_long_read_is_estimated(desk, export):
    source = desk(export)
    source.fetch()
    assert source.total == source.records


def test_checking_says_what_was_found(desk, export):
    source = desk(export)
    assert source.connector.check(source.run()) == source.connector.path.rsplit("/", 1)[-1].removesuffix(".zip")


def test_a_damaged_day_costs_only_itself(desk, tmp_path):
    source = desk(pack(tmp_path / "export.zip", EXPORT | {"general/2026-01-31.json": b"[{"}))
    things = list(source.connector.fetch(source.run()))
    (damage,) = (thing for thing in things if isinstance(thing, BadData))
    with pytest.raises(BadData, match=r"general/2026-01-31\.json"):
        source.connector.item(damage)
    assert sum(hasattr(thing, "message") for thing in things) == 3


@pytest.mark.parametrize(
    "files",
    [{}, {"users.json": []}, EXPORT | {"users.json": {"a": 1}}, EXPORT | {"users.json": b"\xff"}],
    ids=["empty", "no days", "users no list", "users no JSON"],
)
def test_what_is_no_export_is_refused(desk, tmp_path, files):
    source = desk(pack(tmp_path / "export.zip", files))
    with pytest.raises(BadData):
        source.fetch()


def test_a_file_that_is_no_zip_is_refused(desk, tmp_path):
    (tmp_path / "export.zip").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(BadData, match="not a Slack export"):
        desk(tmp_path / "export.zip").fetch()


def test_a_zip_bomb_stops_at_the_limit_of_a_file(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 1_000_000)
    bomb = b'[{"text": "' + b"0" * 50_000_000 + b'"}]'
    source = desk(pack(tmp_path / "export.zip", EXPORT | {"general/2026-02-01.json": bomb}))
    things = list(source.connector.fetch(source.run()))
    assert [str(thing) for thing in things if isinstance(thing, BadData)] == ["too large: general/2026-02-01.json"]


def test_many_files_together_stop_at_the_limit_of_the_whole(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "TOTAL", 5_000)
    days = {f"general/2025-01-{day:02}.json": [{"ts": "1.0", "text": "x" * 1000}] for day in range(1, 29)}
    source = desk(pack(tmp_path / "export.zip", EXPORT | days))
    things = list(source.connector.fetch(source.run()))
    assert sum(isinstance(thing, BadData) for thing in things) >= 23


def test_a_zip_that_claims_a_small_size_gets_no_more_for_it(desk, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGEST", 10_000)
    path = pack(tmp_path / "export.zip", EXPORT | {"general/2026-02-01.json": [{"ts": "1.0", "text": "y" * 99_000}]})
    with zipfile.ZipFile(path) as packed:
        size = packed.getinfo("general/2026-02-01.json").file_size
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    source = desk(path)
    things = list(source.connector.fetch(source.run()))
    assert sum(isinstance(thing, BadData) for thing in things) == 1


@pytest.mark.parametrize("name", ["../2026-02-01.json", "/etc/2026-02-01.json", "..\\x/2026-02-01.json"])
def test_a_name_that_climbs_out_of_the_archive_reads_and_writes_nothing_there(desk, tmp_path, name):
    (tmp_path / "outside").mkdir()
    source = desk(pack(tmp_path / "outside" / "export.zip", EXPORT | {name: [{"ts": "1.0", "text": "x"}]}))
    source.fetch()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["export.zip", "outside"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="a system without symbolic links")
def test_a_link_in_a_folder_leads_to_nothing_outside_the_opened_folders(desk_of, tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps([{"ts": "1769940000.000100", "text": "secret"}]))
    folder = unpack(tmp_path / "open" / "export", EXPORT)
    (folder / "general" / "2026-02-01.json").symlink_to(secret)
    source = desk_of(SlackExport(path=str(folder)), folders=[tmp_path / "open"])
    things = list(source.connector.fetch(source.run()))
    assert sum(isinstance(thing, BadData) for thing in things) == 1
    assert not any("secret" in str(thing) for thing in things if hasattr(thing, "message"))


def test_a_path_outside_the_opened_folders_is_refused(desk_of, tmp_path):
    path = pack(tmp_path / "export.zip", EXPORT)
    source = desk_of(SlackExport(path=str(path)), folders=[tmp_path / "other"])
    with pytest.raises(Misconfigured):
        source.fetch()
