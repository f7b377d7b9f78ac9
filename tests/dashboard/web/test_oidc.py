"""What a provider may send and is not believed; that the right thing is, a real one shows in tests/ui."""

import asyncio
import hmac
import importlib.util
import json
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette

from dashboard.board import Board
from dashboard.board.logins import NotAdmitted
from dashboard.opening import open_house
from dashboard.settings import Login, Settings, Web
from dashboard.web.claims import claimed
from dashboard.web.oidc import Oidc, inside

SECRET = "a secret between the two of us, long enough"
KEY = RSAKey.generate_key(2048, parameters={"kid": "k"})
STRANGE = RSAKey.generate_key(2048, parameters={"kid": "k"})
COOKIE = "__Host-frontdesk"


class Provider(ThreadingHTTPServer):
    """Says whatever a test wants; a real provider cannot be made to lie."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.about = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        self.token = lambda nonce: {}
        self.person = {}
        self.nonce = ""


class _Answer(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        said = {
            "/.well-known/openid-configuration": self.server.about,
            "/keys": {"keys": [KEY.as_dict(private=False)]},
            "/userinfo": self.server.person,
        }
        self.tell(said[self.path])

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.tell({"access_token": "t", "token_type": "Bearer"} | self.server.token(self.server.nonce))

    def tell(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def provider():
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(tmp_path, provider):
    login = Login(issuer=provider.issuer, client_id="frontdesk", client_secret=SECRET)
    settings = Settings(data=tmp_path / "data", web=Web(address="https://desk.example.org"), login=login)
    house = open_house(settings)
    board = Board(house)
    yield Starlette(routes=[Oidc(lambda: board, settings).routes])
    house.store.close()


def log_in(desk, provider):
    """Go to the provider and back; return the last answer."""

    async def run():
        transport = httpx.ASGITransport(desk)
        async with httpx.AsyncClient(transport=transport, base_url="https://desk.example.org") as client:
            asked = await client.get("/auth/login?next=/sources")
            if asked.status_code != 302:
                return asked
            query = parse_qs(urlsplit(asked.headers["location"]).query)
            provider.nonce = query["nonce"][0]
            assert query["code_challenge_method"] == ["S256"]
            return await client.get("/auth/callback", params={"code": "c", "state": query["state"][0]})

    return asyncio.run(run())


def claims(provider, nonce, **other):
    now = int(time.time())
    right = {"iss": provider.issuer, "aud": "frontdesk", "sub": "1", "exp": now + 60, "iat": now, "nonce": nonce}
    right |= {"email": "ada@example.org", "email_verified": True, "name": "Ada"} | other
    return {name: value for name, value in right.items() if value is not None}


def signed(content, key=KEY, alg="RS256"):
    if isinstance(key, bytes):  # by hand: no library makes such tokens
        text = ".".join(_plain(json.dumps(part).encode()) for part in ({"alg": alg, "kid": "k"}, content))
        return f"{text}.{_plain(hmac.digest(key, text.encode(), 'sha256')) if key else ''}"
    return jwt.encode({"alg": alg, "kid": "k"}, content, key, algorithms=[alg])


def _plain(value):
    return urlsafe_b64encode(value).decode().rstrip("=")


def test_a_right_answer_logs_in(desk, provider):
    provider.token = lambda nonce: {"id_token": signed(claims(provider, nonce))}
    answer = log_in(desk, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sources")
    (cookie,) = (set_ for set_ in answer.headers.get_list("set-cookie") if set_.startswith(COOKIE))
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"path=/", "httponly", "secure", "samesite=lax", "max-age=604800"}


def test_of_two_logins_that_one_browser_began_at_once_the_last_one_stays(desk, provider, tmp_path):
    nonces = {}
    provider.token = lambda nonce: {"id_token": signed(claims(provider, nonce))}

    async def run():
        transport = httpx.ASGITransport(desk)
        async with httpx.AsyncClient(transport=transport, base_url="https://desk.example.org") as client:
            for _ in range(2):
                asked = await client.get("/auth/login?next=/sources")
                query = parse_qs(urlsplit(asked.headers["location"]).query)
                nonces[query["state"][0]] = query["nonce"][0]
            for state, nonce in nonces.items():
                provider.nonce = nonce
                answer = await client.get("/auth/callback", params={"code": "c", "state": state})
                assert answer.headers["location"] == "/sources"

    asyncio.run(run())
    house = open_house(Settings(data=tmp_path / "data"))
    assert len(house.store.logins(house.store.employee("ada@example.org").id)) == 1
    house.store.close()


WRONG = {
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "for another client": {"aud": "another"},
    "for another client, asked for by us": {"aud": "another", "azp": "frontdesk"},
    "for several, asked for by another": {"aud": ["frontdesk", "another"], "azp": "another"},
    "for nobody": {"aud": None},
    "expired": {"exp": int(time.time()) - 3600},
    "without an end": {"exp": None},
    "of the future": {"iat": int(time.time()) + 3600},
    "not valid yet": {"nbf": int(time.time()) + 3600},
    "of another login": {"nonce": "another"},
    "of no login": {"nonce": None},
    "about nobody": {"sub": None},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_id_token_is_not_believed(desk, provider, wrong):
    provider.token = lambda nonce: {"id_token": signed(claims(provider, nonce, **WRONG[wrong]))}
    refused(log_in(desk, provider))


FORGED = {
    "with another key": {"key": STRANGE},
    "with our own secret": {"key": SECRET.encode(), "alg": "HS256"},
    "with the public key as a secret": {"key": KEY.as_pem(private=False), "alg": "HS256"},
    "not at all": {"key": b"", "alg": "none"},
}


@pytest.mark.parametrize("how", FORGED)
def test_an_id_token_is_signed_by_the_provider(desk, provider, how):
    provider.token = lambda nonce: {"id_token": signed(claims(provider, nonce), **FORGED[how])}
    refused(log_in(desk, provider))


def test_an_answer_without_an_id_token_logs_nobody_in(desk, provider):
    refused(log_in(desk, provider))
    provider.token = lambda nonce: {"id_token": "no token"}
    refused(log_in(desk, provider))


def test_claims_that_the_id_token_leaves_out_are_asked_for_but_only_about_the_same_person(desk, provider):
    provider.about["userinfo_endpoint"] = f"{provider.issuer}/userinfo"
    provider.token = lambda nonce: {"id_token": signed(claims(provider, nonce, email=None, email_verified=None))}
    provider.person = {"sub": "1", "email": "ada@example.org", "email_verified": True}
    assert log_in(desk, provider).status_code == 303
    provider.person = {"sub": "2", "email": "ada@example.org", "email_verified": True}
    refused(log_in(desk, provider))


@pytest.mark.parametrize(
    "about", [{"issuer": "https://evil.example"}, {"issuer": None}, {"authorization_endpoint": None}]
)
def test_a_provider_that_is_another_one_is_not_used(desk, provider, about):
    provider.about |= about
    refused(log_in(desk, provider))


def test_a_provider_that_does_not_answer_is_told_in_words(desk, provider):
    provider.shutdown()
    provider.server_close()
    answer = log_in(desk, provider)
    refused(answer)
    assert "Sign-in does not work right now" in answer.text
    assert "Traceback" not in answer.text


def refused(answer):
    assert answer.status_code in {400, 502}
    assert COOKIE not in str(answer.headers)
    assert "/auth/login?next=/" in answer.text  # a way out


RULES = Login(issuer="https://login.example.org", client_id="x", groups_claim="groups", admin_groups="keepers")
GOOD = {"email": "Ada@Example.org", "email_verified": True}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"email": ""}, "unnamed"),
        ({"email": ["a@example.org"]}, "unnamed"),
        ({"email": "a\nb@example.org"}, "unnamed"),
        ({"email": "a" * 300}, "unnamed"),
        ({"email_verified": False}, "unverified"),
        ({"email_verified": "false"}, "unverified"),
        ({"email_verified": 1.5}, "unverified"),
        ({"email_verified": ["true"]}, "unverified"),
    ],
)
def test_who_it_is_must_be_said_for_sure(more, reason):
    with pytest.raises(NotAdmitted, match=reason):
        claimed(GOOD | more, RULES)


def test_an_address_is_trusted_unverified_only_on_purpose_and_never_against_what_the_provider_says():
    told = {"email": "ada@example.org"}
    with pytest.raises(NotAdmitted):
        claimed(told, RULES)
    trusting = RULES.model_copy(update={"trust_email": True})
    assert claimed(told, trusting).login == "ada@example.org"
    with pytest.raises(NotAdmitted):
        claimed(told | {"email_verified": False}, trusting)


def test_only_addresses_of_the_company_get_in_where_that_is_said():
    ours = RULES.model_copy(update={"domains": ("example.org",)})
    assert claimed(GOOD, ours).login == "ada@example.org"
    for address in ("ada@evil.example", "ada@example.org@evil.example", "ada@sub.example.org", "ada@evilexample.org"):
        with pytest.raises(NotAdmitted, match="outsider"):
            claimed(GOOD | {"email": address}, ours)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ({}, "unnamed"),
        ({"email": "ada@example.org"}, "unverified"),
        ({"email": "ada@example.org", "email_verified": False}, "unverified"),
        ({"email": "ada@evil.example", "email_verified": True}, "outsider"),
    ],
)
def test_a_name_that_people_choose_themselves_does_not_make_them_one_of_the_company(address, reason):
    rules = RULES.model_copy(update={"domains": ("example.org",), "person_claim": "preferred_username"})
    with pytest.raises(NotAdmitted, match=reason):
        claimed({"preferred_username": "boss@example.org"} | address, rules)
    named = {"preferred_username": "Ada", "email": "Ada@Example.org", "email_verified": True}
    assert claimed(named, rules).login == "Ada"


def test_the_address_that_says_which_company_it_is_is_asked_for_where_the_id_token_leaves_it_out(
    desk, provider, tmp_path
):
    login = Login(
        issuer=provider.issuer, client_id="frontdesk", client_secret=SECRET, person_claim="sub", domains="example.org"
    )
    settings = Settings(data=tmp_path / "data", web=Web(address="https://desk.example.org"), login=login)
    house = open_house(settings)
    strict = Starlette(routes=[Oidc(lambda: Board(house), settings).routes])
    provider.about["userinfo_endpoint"] = f"{provider.issuer}/userinfo"
    provider.token = lambda nonce: {"id_token": signed(claims(provider, nonce, email=None, email_verified=None))}
    provider.person = {"sub": "1", "email": "ada@example.org", "email_verified": True}
    assert log_in(strict, provider).status_code == 303
    provider.person["email"] = "ada@evil.example"
    assert log_in(strict, provider).status_code == 403
    house.store.close()


@pytest.mark.parametrize(
    ("groups", "found", "admin"),
    [
        (["staff", "keepers"], {"staff", "keepers"}, True),
        (["staff", 3, "", None], {"staff"}, False),
        ("keepers", {"keepers"}, True),
        ({"keepers": 1}, set(), False),
        (None, set(), False),
    ],
)
def test_groups_are_those_of_the_claim_and_make_the_admin(groups, found, admin):
    person = claimed(GOOD | {"groups": groups}, RULES)
    assert (person.groups, person.admin) == (found, admin)


def test_without_a_groups_claim_nothing_is_said_of_groups_and_admins():
    plain = Login(issuer="https://login.example.org", client_id="x")
    person = claimed(GOOD | {"groups": ["keepers"]}, plain)
    assert (person.groups, person.admin) == (None, None)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  Ada\x00 Lovelace\n", "Ada Lovelace"),
        ("\u202eadA", "adA"),
        ("\x00\n ", None),
        (["Ada"], None),
        (5, None),
        ("x" * 9000, "x" * 255),
    ],
)
def test_a_name_that_people_give_themselves_is_kept_as_it_can_be_shown(name, kept):
    person = claimed(GOOD | {"name": name, "groups": [name]}, RULES)
    assert person.name == kept
    assert person.groups == ({kept} - {None})


@pytest.mark.parametrize("wanted", ["/", "/search?q=a%20b&kind=mail", "/?item=5"])
def test_the_way_back_leads_to_where_one_wanted(wanted):
    assert inside(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "/search?q=" + "x" * 3000,
        "search",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "/\n/evil",
        "/\t/evil",
        "/auth/logout",
        "javascript:x",
    ],
)
def test_the_way_back_leads_nowhere_else(wanted):
    assert inside(wanted) == "/"


def test_the_library_uses_the_client_that_everything_else_uses():
    assert importlib.util.find_spec("httpx2") is None
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    assert issubclass(AsyncOAuth2Client, httpx.AsyncClient)


def test_who_starts_frontdesk_with_a_login_reads_no_warning_of_a_library():
    script = "import dashboard.web.oidc"
    told = subprocess.run([sys.executable, "-W", "default", "-c", script], capture_output=True, text=True, check=True)
    assert (told.stdout, [line for line in told.stderr.splitlines() if "httpx" in line]) == ("", [])
    plain = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert plain.stderr == ""
