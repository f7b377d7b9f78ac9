"""A real OpenID provider on loopback, with people and clients as a test says."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, absent

HERE = Path(__file__).parent / "oidc"
PEOPLE = {
    name: {"email": f"{name}@example.org", "email_verified": True, "name": name.title(), "groups": ["staff"]}
    for name in ("ada", "bob", "cleo")
}
"""Who can sign in: their name at the provider with their claims."""


@dataclass
class Provider:
    """A running provider; what is said of people may be changed while it runs."""

    issuer: str
    file: Path
    settings: dict[str, Any]

    def say(self, who: str, **claims: Any) -> None:
        """Change what is said of a person; a claim that is None is not said any more."""
        told = self.settings["people"].setdefault(who, {})
        told |= claims
        for claim in [claim for claim, value in told.items() if value is None]:
            del told[claim]
        self.write()

    def write(self) -> None:
        self.file.write_text(json.dumps(self.settings), encoding="utf-8")


def client(name: str, secret: str, address: str, **more: Any) -> dict[str, Any]:
    """Return a client as the library takes it, for a Frontdesk at an address."""
    return {
        "client_id": name,
        "client_secret": secret,
        "redirect_uris": [f"{address}/auth/callback"],
        "post_logout_redirect_uris": [f"{address}/auth/login"],
    } | more


@contextmanager
def providing(
    folder: Path, node: str, port: int, clients: Sequence[Mapping[str, Any]], **more: Any
) -> Iterator[Provider]:
    """Start a provider and end it, and only it, afterwards."""
    people = json.loads(json.dumps(PEOPLE))
    provider = Provider(f"http://127.0.0.1:{port}", folder / "provider.json", {"port": port, "people": people} | more)
    provider.settings["clients"] = list(clients)
    provider.write()
    with (folder / "provider.log").open("w") as log:
        process = subprocess.Popen(
            [node, str(HERE / "provider.mjs"), str(provider.file)],
            env=dict(os.environ, FRONTDESK_OIDC_MODULES=str(modules())),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout
            assert any("ready" in line for line in process.stdout), (folder / "provider.log").read_text()
            yield provider
        finally:
            process.terminate()
            process.wait(10)
            assert process.stdout
            process.stdout.close()


def modules() -> Path:
    """Return the folder in which the library is installed for the lock as it is now."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    folder = Path(os.environ.get("FRONTDESK_OIDC_MODULES") or ROOT / ".cache" / "oidc")
    installed = folder / ".installed"
    if not installed.is_file() or lock not in installed.read_text():
        absent("there is no OpenID provider for the lock as it is; tests/servers/README.md says how to install it")
    return folder
