"""The page can be installed as an app, in the language of the browser, and says so when the server is away."""

import json

import pytest

from dashboard.web.manifest import routes


@pytest.mark.parametrize(("accepts", "language"), [("de-AT,de;q=0.9,en", "de"), ("fr", "en"), ("", "en")])
def test_the_manifest_speaks_the_language_of_the_browser(ask, accepts, language):
    reply = ask(routes(), "/manifest.webmanifest", accept_language=accepts)
    content = reply.json()
    assert reply.headers["content-type"] == "application/manifest+json"
    assert "accept-language" in reply.headers["vary"]
    assert (content["lang"], content["display"], content["start_url"]) == (language, "standalone", "/")
    assert ("Alles" in content["description"]) == (language == "de")


def test_every_icon_of_the_manifest_is_there_and_as_large_as_it_says(ask):
    icons = ask(routes(), "/manifest.webmanifest").json()["icons"]
    assert any(icon.get("purpose") == "maskable" for icon in icons)
    for icon in icons:
        reply = ask(routes(), icon["src"])
        assert reply.headers["content-type"].startswith(icon["type"])
        if icon["type"] == "image/png":
            width, height = (int.from_bytes(reply.content[at : at + 4], "big") for at in (16, 20))
            assert f"{width}x{height}" == icon["sizes"]
            assert len(reply.content) < 10_000


@pytest.mark.parametrize("name", ["none.png", "..%2fmanifest.py", "../app.py"])
def test_no_other_file_is_given_out(ask, name):
    assert ask(routes(), f"/icons/{name}").status_code == 404


@pytest.mark.parametrize(("language", "says"), [("de", "nicht erreichbar"), ("en", "cannot be reached")])
def test_the_service_worker_knows_the_sentence_for_a_server_that_is_away(ask, language, says):
    reply = ask(routes(), "/service-worker.js", accept_language=language)
    assert reply.headers["content-type"].startswith("text/javascript")
    assert reply.text == ask(routes(), f"/service-worker.js?language={language}", accept_language="fr").text
    page = next(line for line in reply.text.splitlines() if line.startswith("const OFFLINE"))
    assert says in json.loads(page.removeprefix("const OFFLINE = ").rstrip(";"))
