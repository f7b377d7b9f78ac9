"""The command of the demo: a folder of its own, on this machine alone, whatever the real settings say."""

import os
from ipaddress import IPv4Network
from pathlib import Path

from dashboard.cli.demo import _settings
from dashboard.settings import load


def test_the_demo_uses_nothing_of_a_server_but_its_port_and_log(monkeypatch, tmp_path):
    real = {
        "FRONTDESK_DATA": str(tmp_path / "real"),
        "FRONTDESK_DATABASE": "postgresql://real/database",
        "FRONTDESK_LOGIN__ISSUER": "https://login.example.org",
        "FRONTDESK_LOGIN__CLIENT_ID": "frontdesk",
        "FRONTDESK_WEB__ADDRESS": "https://desk.example.org",
        "FRONTDESK_WEB__PORT": "8765",
        "FRONTDESK_NETWORK__ALLOW": "10.0.0.0/8",
        "FRONTDESK_FILES__FOLDERS": str(tmp_path),
        "FRONTDESK_LOG__LEVEL": "error",
    }
    monkeypatch.setattr(os, "environ", {**os.environ, **real})
    server = load()
    assert server.network.allow == (IPv4Network("10.0.0.0/8"),)
    demo = _settings(str(tmp_path / "demo"), None, server)
    assert demo.alone
    assert not demo.login.on
    assert demo.database is None
    assert (demo.data, demo.demo) == (tmp_path / "demo", tmp_path / "demo" / "demo")
    assert (demo.folders, demo.network.allow) == ((), ())
    assert demo.key_file == Path(tmp_path, "demo", "vault.keys")
    assert (demo.web.port, demo.log.level) == (8765, "error")
