"""Frontdesk behind the proxy that its documentation shows, in a real browser: nginx with https in front of a login."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Browser, BrowserContext, expect

from benchmarks.product import QUIET
from tests.conftest import ROOT
from tests.servers.provider import client, providing
from tests.ui.offices import LOGIN, Office, enter, menu, signed_out
from tests.ui.product import IDLE, free_port, running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("login")]

NAME = "desk.example.org"
COOKIE = "__Host-frontdesk"
SHOWN = ROOT / "config" / "nginx.conf"
SOON = 30_000


def certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for the name and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    signed = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    files = folder / "desk.pem", folder / "desk.key"
    files[0].write_bytes(signed.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))
    return files


@contextmanager
def proxied(folder: Path, nginx: str, port: int, behind: str) -> Iterator[None]:
    """Run nginx with the configuration that is shown; only what is of this machine is another."""
    there, key = certificate(folder)
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/certs/desk.example.org.pem": str(there),
        "/etc/ssl/private/desk.example.org.key": str(key),
        "http://127.0.0.1:8501": behind,
    }
    shown = SHOWN.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in shown
        shown = shown.replace(before, after)
    places = "".join(
        f"{what}_temp_path {folder}/{what};\n" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    own = f"pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off; events {{}}\n"
    (folder / "nginx.conf").write_text(f"{own}http {{ access_log off;\n{places}{shown}}}\n")
    process = subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            try:
                httpx.get(f"https://127.0.0.1:{port}/health", verify=False, headers={"Host": NAME})
                break
            except httpx.HTTPError:
                assert process.poll() is None, process.stderr and process.stderr.read()
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def office(tmp_path_factory, program) -> Iterator[Office]:
    """Serve people who log in, with a proxy that may say who somebody is and does not."""
    folder = tmp_path_factory.mktemp("proxied")
    folder.chmod(0o755)
    nginx, front, back = program("nginx"), free_port(), free_port()
    address = f"https://{NAME}:{front}"
    told = LOGIN | {
        "FRONTDESK_WEB__ADDRESS": address,
        "FRONTDESK_LOGIN__ISSUER": f"http://127.0.0.1:{back}",
        "FRONTDESK_LOGIN__HEADER": "X-Forwarded-User",
        "FRONTDESK_LOGIN__TRUSTED_PROXIES": "127.0.0.1/32",
    }
    known = client("frontdesk", "between us two", address)
    with (
        running(folder / "data", **told) as product,
        providing(folder, program("node"), back, [known]) as provider,
        proxied(folder, nginx, front, product.address),
    ):
        yield Office(product, provider, address)


@pytest.fixture
def one(browser: Browser, program) -> Iterator[BrowserContext]:
    """Open a browser that finds the name on this machine."""
    finds = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    named = browser.browser_type.launch(executable_path=program("chromium"), args=[*QUIET, finds])
    context = named.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}, ignore_https_errors=True)
    context.set_default_timeout(SOON)
    yield context
    named.close()


def test_the_documentation_shows_what_is_tested_here():
    _, _, shown = SHOWN.read_text(encoding="utf-8").partition("\n\n")
    assert f"```nginx\n{shown}```" in (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")


def test_behind_the_proxy_one_logs_in_hears_news_and_signs_out(office, one):
    page, sockets, asked = one.new_page(), [], []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{office.address}/sources")
    back = httpx.URL(next(url for url in asked if url.startswith(f"{office.provider.issuer}/auth?"))).params
    assert back["redirect_uri"] == f"{office.address}/auth/callback"  # as people see it, whatever arrives here
    enter(page, "ada")
    page.locator(IDLE).wait_for(timeout=SOON)
    expect(page).to_have_url(f"{office.address}/sources")
    expect(menu(page, "Ada")).to_be_visible()
    (cookie,) = (cookie for cookie in one.cookies() if cookie["name"] == COOKIE)
    assert (cookie["secure"], cookie["httpOnly"], cookie["domain"]) == (True, True, NAME)
    assert [url for url in sockets if url.startswith(f"wss://{NAME}")]

    page.wait_for_function("window.frontdesk?.rev > 0", timeout=SOON)  # by /events, which must not be held back
    before = page.evaluate("window.frontdesk.rev")
    words = ("--title", "Harbour", "--set", "address=https://news.example.org/feed")
    added = office.product.command("--as", "ada@example.org", "sources", "add", "feeds", "--no-check", *words)
    assert added.returncode == 0, added.stderr
    page.wait_for_function("before => window.frontdesk.rev > before", arg=before, timeout=SOON)
    expect(page.get_by_text("Harbour").first).to_be_visible(timeout=SOON)

    menu(page, "Ada").click()
    page.get_by_role("link", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Leave").click()
    page.wait_for_url(re.compile(f"^{office.address}/auth/login"))
    signed_out(page)
    assert not [url for url in asked if not url.startswith((office.address, office.provider.issuer, "data:", "blob:"))]


FORGED = {
    "X-Forwarded-User": "ada@example.org",
    "X-Frontdesk-Person": "1",
    "X-Frontdesk-Login": "x",
    "X_Frontdesk_Person": "1",
    "X-Forwarded-For": "127.0.0.1",
    "X-Real-IP": "127.0.0.1",
    "Forwarded": "for=127.0.0.1;host=evil.example;proto=http",
}


def test_who_says_in_a_header_that_they_are_somebody_is_nobody_behind_the_proxy(office):
    behind = office.product.address
    trusted = {"X-Forwarded-User": "ada@example.org", "Host": NAME}
    assert httpx.get(f"{behind}/media/x", headers=trusted).status_code == 404  # the proxy itself would be believed
    with httpx.Client(verify=False, headers=FORGED | {"Host": office.address.removeprefix("https://")}) as client:
        front = office.address.replace(NAME, "127.0.0.1")
        assert client.get(f"{front}/media/x").status_code == 401
        assert client.get(f"{front}/events").status_code == 401
        page = client.get(f"{front}/sources", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, "/auth/login?next=/sources")


def test_a_header_about_where_people_are_leads_nobody_anywhere_else(office):
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Port": "80"}
    with httpx.Client(verify=False, headers=lies | {"Host": office.address.removeprefix("https://")}) as client:
        front = office.address.replace(NAME, "127.0.0.1")
        asked = client.get(f"{front}/auth/login", params={"next": "/"})
        assert httpx.URL(asked.headers["location"]).params["redirect_uri"] == f"{office.address}/auth/callback"
        kept = [set_ for set_ in asked.headers.get_list("set-cookie") if set_.startswith("__Secure-frontdesk-")]
        assert "secure" in kept[0].lower()
        evil = client.get(f"{front}/", headers={"Host": "evil.example"})
        assert evil.status_code == 400
