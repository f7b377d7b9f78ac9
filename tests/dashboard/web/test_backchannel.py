"""The provider ends logins by itself; what does not come from it ends none."""

import asyncio
import time

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette

from dashboard.board import Board
from dashboard.board.logins import Claimed, Issued
from dashboard.opening import open_house
from dashboard.settings import Login, Settings, Web
from dashboard.web.logout import EVENT
from dashboard.web.oidc import Oidc
from dashboard.web.sessions import Sessions

ISSUER = "https://login.example.org"
KEY = RSAKey.generate_key(2048, parameters={"kid": "k"})
NEXT = RSAKey.generate_key(2048, parameters={"kid": "next"})
STRANGE = RSAKey.generate_key(2048, parameters={"kid": "k"})


class Desk:
    """A Frontdesk with people who are logged in, whose provider is known already."""

    def __init__(self, folder, monkeypatch):
        login = Login(issuer=ISSUER, client_id="frontdesk", client_secret="a secret between the two of us, long enough")
        settings = Settings(data=folder, web=Web(address="https://desk.example.org"), login=login)
        self.house = open_house(settings)
        self.board = Board(self.house)
        oidc = Oidc(lambda: self.board, settings)
        self.keys, self.asked = [KEY], 0

        async def metadata():
            return {"issuer": ISSUER, "id_token_signing_alg_values_supported": ["RS256"]}

        async def keys(force=False):
            self.asked += force
            return {"keys": [key.as_dict(private=False) for key in (self.keys if force else [KEY])]}

        monkeypatch.setattr(oidc, "_metadata", metadata)
        monkeypatch.setattr(oidc._provider, "fetch_jwk_set", keys)
        self.app = Sessions(Starlette(routes=[oidc.routes]), lambda: self.board, settings)

    def log_in(self, name, subject, session=None):
        person = self.board.logins.enroll(Claimed(login=f"{name}@example.org")).id
        return self.board.logins.open(person, "", Issued(subject=subject, session=session, token="the id token"))[0]

    def tell(self, token, **more):
        async def go():
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="https://desk.example.org") as client:
                return await client.post("/auth/backchannel", data={"logout_token": token} | more)

        return asyncio.run(go())

    def lasts(self, token):
        return self.board.logins.find(token) is not None


@pytest.fixture
def desk(tmp_path, monkeypatch):
    desk = Desk(tmp_path / "data", monkeypatch)
    yield desk
    desk.house.store.close()


def said(key=KEY, header=(), **other):
    now = int(time.time())
    right = {
        "iss": ISSUER,
        "aud": "frontdesk",
        "iat": now,
        "exp": now + 120,
        "jti": "1",
        "sub": "ada",
        "events": {EVENT: {}},
    }
    content = {name: value for name, value in (right | other).items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "logout+jwt"} | dict(header), content, key)


def test_who_is_logged_out_at_the_provider_is_logged_out_here_in_every_browser_and_nobody_else_is(desk):
    adas, bobs = [desk.log_in("ada", "ada"), desk.log_in("ada", "ada", "s1")], desk.log_in("bob", "bob")
    answer = desk.tell(said())
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert [desk.lasts(token) for token in (*adas, bobs)] == [False, False, True]


def test_where_one_session_of_the_provider_is_over_the_others_of_the_person_go_on(desk):
    first, second, bobs = (
        desk.log_in("ada", "ada", "s1"),
        desk.log_in("ada", "ada", "s2"),
        desk.log_in("bob", "bob", "s3"),
    )
    assert desk.tell(said(sid="s1", sub=None)).status_code == 200
    assert [desk.lasts(token) for token in (first, second, bobs)] == [False, True, True]
    assert desk.tell(said(sid="s2", jti="2")).status_code == 200
    assert [desk.lasts(token) for token in (second, bobs)] == [False, True]


def test_a_login_of_which_the_provider_never_said_its_session_ends_with_its_person(desk):
    token, bobs = desk.log_in("ada", "ada"), desk.log_in("bob", "bob")
    assert desk.tell(said(sid="s1")).status_code == 200
    assert [desk.lasts(each) for each in (token, bobs)] == [False, True]


def test_that_nobody_is_logged_in_is_fine_as_well(desk):
    assert desk.tell(said(sub="somebody")).status_code == 200


NOW = int(time.time())
WRONG = {
    "of another issuer": {"iss": "https://evil.example"},
    "of no issuer": {"iss": None},
    "for another client": {"aud": "another"},
    "for nobody": {"aud": None},
    "expired": {"exp": NOW - 600},
    "without an end": {"exp": None},
    "of the future": {"iat": NOW + 3600, "exp": NOW + 7200},
    "of yesterday": {"iat": NOW - 86400, "exp": NOW + 7200},
    "of no time": {"iat": None},
    "of a time in words": {"iat": "now"},
    "without a number of its own": {"jti": None},
    "with a list for its number": {"jti": ["1"]},
    "about nobody": {"sub": None},
    "about a number": {"sub": 1},
    "about an empty session": {"sid": ""},
    "an id token": {"events": None, "nonce": "n"},
    "with a nonce": {"nonce": "n"},
    "about another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "about an event in a list": {"events": [EVENT]},
    "about an event that says nothing": {"events": {EVENT: None}},
    "of another kind": {"header": {"typ": "at+jwt"}},
    "signed by somebody else": {"key": STRANGE},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_the_provider_did_not_say_so_ends_no_login(desk, wrong):
    token = desk.log_in("ada", "ada")
    answer = desk.tell(said(**WRONG[wrong]))
    assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (
        *(400, {"error": "invalid_request"}),
        "no-store",
    )
    assert desk.lasts(token)


@pytest.mark.parametrize("what", ["", "nonsense", "a.b.c", ".." * 50, "ÿ", "x" * 70_000])
def test_what_is_no_token_ends_no_login(desk, what):
    token = desk.log_in("ada", "ada")
    assert desk.tell(what).status_code == 400
    assert desk.lasts(token)


def test_a_token_without_a_signature_or_signed_with_our_own_secret_ends_no_login(desk):
    from tests.dashboard.web.test_oidc import SECRET, signed

    content = jwt.decode(said(), KEY).claims
    token = desk.log_in("ada", "ada")
    for key, alg in ((b"", "none"), (SECRET.encode(), "HS256"), (KEY.as_pem(private=False), "HS256")):
        assert desk.tell(signed(content, key, alg)).status_code == 400
    assert desk.lasts(token)


def test_what_was_overheard_and_said_again_ends_no_login_opened_since(desk):
    token = said()
    assert desk.tell(token).status_code == 200
    again = desk.log_in("ada", "ada")
    assert desk.tell(token).status_code == 400
    assert desk.lasts(again)


def test_a_key_that_is_new_is_asked_for_and_not_for_everybody_who_makes_one_up(desk):
    token = desk.log_in("ada", "ada")
    desk.keys.append(NEXT)
    assert desk.tell(said(NEXT)).status_code == 200
    assert not desk.lasts(token)
    for number in range(5):
        made_up = RSAKey.generate_key(2048, parameters={"kid": f"made up {number}"})
        assert desk.tell(said(made_up, jti=f"m{number}")).status_code == 400
    assert desk.asked == 1


def test_it_is_asked_by_a_post_alone_and_not_by_a_browser_from_another_site(desk):
    async def go(method, **headers):
        transport = httpx.ASGITransport(desk.app)
        async with httpx.AsyncClient(transport=transport, base_url="https://desk.example.org") as client:
            return await client.request(method, "/auth/backchannel", data={"logout_token": said()}, headers=headers)

    token = desk.log_in("ada", "ada")
    assert asyncio.run(go("GET")).status_code == 405
    assert asyncio.run(go("POST", origin="https://evil.example")).status_code == 403
    assert desk.lasts(token)


def test_the_token_of_the_provider_is_read_with_the_cookie_of_its_browser_alone(desk):
    token, other = desk.log_in("ada", "ada"), desk.log_in("bob", "bob")
    logins = desk.board.logins
    assert logins.issued(token) == "the id token"
    assert logins.issued("") == logins.issued("guess") == ""
    key, stolen = logins.find(token).key, logins.find(other).key
    with desk.house.store._database.writing() as connection:
        hint = connection.exec_driver_sql("select hint from logins where key = ?", (key,)).scalar()
        connection.exec_driver_sql("update logins set hint = ? where key = ?", (hint, stolen))
    assert b"the id token" not in hint
    assert logins.issued(other) == ""
