"""A real Synapse on a free loopback port, with accounts made on demand."""

import itertools
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from connectors.matrix import api
from connectors.matrix.client import Matrix

ROOT = Path(__file__).resolve().parents[3]
HOMESERVER = """
server_name: hs.test
pid_file: {folder}/homeserver.pid
public_baseurl: http://127.0.0.1:{port}/
listeners:
  - {{port: {port}, type: http, tls: false, bind_addresses: [127.0.0.1], resources: [{{names: [client]}}]}}
database: {{name: sqlite3, args: {{database: {folder}/homeserver.db}}}}
log_config: {folder}/log.yaml
media_store_path: {folder}/media
signing_key_path: {folder}/signing.key
trusted_key_servers: []
federation_domain_whitelist: []
report_stats: false
enable_registration: true
enable_registration_without_verification: true
macaroon_secret_key: only-for-this-test
form_secret: only-for-this-test
presence: {{enabled: false}}
rc_message: {{per_second: {rate}, burst_count: {burst}}}
rc_registration: {{per_second: 10000, burst_count: 10000}}
rc_joins: {{local: {{per_second: 10000, burst_count: 10000}}, remote: {{per_second: 10000, burst_count: 10000}}}}
rc_invites:
  per_room: {{per_second: 10000, burst_count: 10000}}
  per_user: {{per_second: 10000, burst_count: 10000}}
  per_issuer: {{per_second: 10000, burst_count: 10000}}
"""
LOG = """
version: 1
handlers: {c: {class: logging.StreamHandler}}
root: {level: WARNING, handlers: [c]}
disable_existing_loggers: false
"""


def synapse_python() -> str | None:
    """Return a Python that has Synapse, from the environment or from where the project's scripts put it."""
    places = (ROOT / ".venv-synapse" / "bin" / "python", ROOT / ".cache" / "synapse" / "bin" / "python")
    named = os.environ.get("FRONTDESK_SYNAPSE_PYTHON")
    return named or next((str(place) for place in places if place.exists()), None)


@pytest.fixture(scope="session")
def synapse(tmp_path_factory) -> Iterator[str]:
    """Start a homeserver and return its address."""
    yield from _started(tmp_path_factory.mktemp("synapse"), rate=10_000, burst=10_000)


@pytest.fixture
def strict_synapse(tmp_path_factory) -> Iterator[str]:
    """Start a homeserver that soon asks an account that sends for a pause."""
    yield from _started(tmp_path_factory.mktemp("strict"), rate=0.2, burst=15)


def _started(folder: Path, *, rate: float, burst: int) -> Iterator[str]:
    python = synapse_python()
    if not python:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("no Synapse: set FRONTDESK_SYNAPSE_PYTHON or see tests/servers/README.md")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "homeserver.yaml").write_text(HOMESERVER.format(folder=folder, port=port, rate=rate, burst=burst))
    (folder / "log.yaml").write_text(LOG)
    command = [python, "-m", "synapse.app.homeserver", "-c", str(folder / "homeserver.yaml")]
    subprocess.run([*command, "--generate-keys"], check=True, capture_output=True, cwd=folder)
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
    try:
        _wait(f"http://127.0.0.1:{port}/_matrix/client/versions", process, folder / "output")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes], output: Path) -> None:
    for _ in range(300):
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert process.poll() is None, output.read_text()
        time.sleep(0.2)
    raise AssertionError(f"Synapse did not start: {output.read_text()}")


@dataclass
class Account:
    """A person with an ordinary client of their own, which shares no code with the connector."""

    server: str
    user: str
    token: str
    client: httpx.Client = field(init=False)
    counter: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        self.client = httpx.Client(base_url=f"{self.server}/_matrix/client/v3/", headers=headers, timeout=30)

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        reply = self.client.request(method, path, json=body if body is not None or method == "GET" else {})
        assert reply.is_success, reply.text
        return reply.json()

    def create(self, name: str | None = None, **options: Any) -> str:
        return self.call("POST", "createRoom", {"name": name} | options if name else options)["room_id"]

    def join(self, room: str) -> None:
        self.call("POST", f"rooms/{quote(room)}/join")

    def send(self, room: str, content: str | dict[str, Any], type_: str = "m.room.message") -> str:
        content = {"msgtype": "m.text", "body": content} if isinstance(content, str) else content
        path = f"rooms/{quote(room)}/send/{type_}/t{next(self.counter)}"
        return self.call("PUT", path, content)["event_id"]

    def edit(self, room: str, event: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        related = {"rel_type": "m.replace", "event_id": event}
        return self.send(room, {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": related})

    def redact(self, room: str, event: str) -> None:
        self.call("PUT", f"rooms/{quote(room)}/redact/{quote(event)}/t{next(self.counter)}", {})

    def receipt(self, room: str, event: str, thread: str | None = None) -> None:
        body = {"thread_id": thread} if thread else {}
        self.call("POST", f"rooms/{quote(room)}/receipt/m.read/{quote(event)}", body)

    def event(self, room: str, event: str) -> dict[str, Any]:
        return self.call("GET", f"rooms/{quote(room)}/event/{quote(event)}")


_numbers = itertools.count(1)


def register(server: str, name: str) -> Account:
    user = f"{name}{next(_numbers)}"
    body = {"username": user, "password": "secret", "auth": {"type": "m.login.dummy"}}
    made = httpx.post(f"{server}/_matrix/client/v3/register", json=body, timeout=30).json()
    account = Account(server, made["user_id"], made["access_token"])
    account.call("PUT", f"profile/{quote(made['user_id'])}/displayname", {"displayname": name.title()})
    return account


@pytest.fixture
def me(synapse) -> Account:
    return register(synapse, "mina")


@pytest.fixture
def bob(synapse) -> Account:
    return register(synapse, "bob")


@pytest.fixture
def desk(desk_of):
    """Return a function that opens the account of a person as a source."""

    def opened(account: Account, since: datetime | None = None) -> Any:
        return desk_of(Matrix(server=account.server, token=account.token), since=since)

    return opened


@pytest.fixture
def newcomer():
    return register


@pytest.fixture
def room(me, bob) -> str:
    """Return a room of bob's that mina has joined."""
    room = bob.create("Kitchen", invite=[me.user])
    me.join(room)
    return room


@pytest.fixture
def small_pages(monkeypatch):
    """Make few messages fill several pages."""
    for name, size in (("FIRST", 4), ("LATER", 8), ("PAGE", 10)):
        monkeypatch.setattr(api, name, size)
