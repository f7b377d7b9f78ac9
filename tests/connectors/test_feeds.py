"""Feeds are fetched when they changed, followed where they moved, and found on the pages that have them."""

import os
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from connectors.feeds import Feeds
from connectors.feeds.discovery import candidates
from connectors.kit import BadData, Cursor, Http, Misconfigured, NotBefore, RateLimited, Run
from connectors.kit.files import Files
from connectors.kit.net.guard import Guard
from connectors.kit.testing import Conformance

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def rss(*titles, head=""):
    entries = "".join(
        f"<item><title>{t}</title><link>/{t}</link><description>d{t}</description></item>" for t in titles
    )
    return f"<rss version='2.0'><channel><title>News</title>{head}{entries}</channel></rss>"


class TestFeeds(Conformance):
    connector = Feeds
    options: ClassVar = {"address": "news.example.org/feed.xml"}
    tape = "feeds.json"


class Source:
    """A source with what a store would keep of it."""

    def __init__(self, address, *folders):
        self.connector, self.files, self.cursor = Feeds(address=address), Files(folders), {}
        self.not_before = None

    def run(self):
        http = Http(Guard(allow=["127.0.0.0/8"]), now=NOW, explain=self.connector.explain)
        return Run(http=http, dial=None, files=self.files, now=NOW, cursor=self.cursor)

    def fetch(self):
        came = []
        self.not_before = None
        for thing in self.connector.fetch(self.run()):
            if isinstance(thing, Cursor):
                self.cursor = thing.at
            elif isinstance(thing, NotBefore):
                self.not_before = thing.at
            else:
                came.append(self.connector.item(thing))
        return came

    def titles(self):
        return [item.title for item in self.fetch()]


CONFIG = """daemon off; pid {d}/pid; worker_processes 1; error_log {d}/error.log; {user}
events {{ worker_connections 64; }}
http {{ log_format short "$status $uri"; access_log {d}/access.log short; gzip on; gzip_min_length 1;
 gzip_types application/rss+xml text/html; etag on;
 client_body_temp_path {d}/b; proxy_temp_path {d}/p; fastcgi_temp_path {d}/f;
 uwsgi_temp_path {d}/u; scgi_temp_path {d}/s;
 types {{ application/rss+xml xml; text/html html; }}
 server {{ listen 127.0.0.1:{port}; root {d}/www;
  location /gone/ {{ return 410; }}
  location ~ ^/moved/(.*) {{ return 301 http://127.0.0.1:{port}/$1; }}
  location ~ ^/for-now/(.*) {{ return 302 http://127.0.0.1:{port}/$1; }}
  location /fresh/ {{ alias {d}/www/; add_header Cache-Control "max-age=7200"; }}
  location /limit/ {{ add_header Retry-After 30 always; return 429; }} }} }}
"""


class Site:
    """A folder behind a real nginx."""

    def __init__(self, folder, port):
        self.folder, self.address = folder, f"http://127.0.0.1:{port}"

    def write(self, name, text, at=0):
        path = self.folder / "www" / name
        path.write_text(text)
        os.utime(path, (1_700_000_000 + at,) * 2)

    def statuses(self):
        time.sleep(0.05)
        return [line.split()[0] for line in (self.folder / "access.log").read_text().splitlines()]


@pytest.fixture(scope="module")
def nginx(tmp_path_factory, program):
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "www").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(CONFIG.format(d=folder, port=port, user=user))
    command = [program("nginx"), "-p", folder, "-c", folder / "nginx.conf"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield Site(folder, port)
    server.terminate()
    server.wait(timeout=10)


@pytest.fixture
def site(nginx):
    (nginx.folder / "access.log").write_text("")
    return nginx


def test_an_unchanged_feed_is_not_sent_again(site):
    site.write("a.xml", rss("one", "two"))
    source = Source(f"{site.address}/a.xml")
    assert source.titles() == ["one", "two"]
    assert source.titles() == []
    assert source.titles() == []
    assert site.statuses() == ["200", "304", "304"]


def test_only_what_is_new_or_changed_in_a_feed_comes(site):
    site.write("b.xml", rss("one", "two"))
    source = Source(f"{site.address}/b.xml")
    source.fetch()
    site.write("b.xml", rss("three", "one", "two").replace("dtwo", "edited"), at=5)
    assert source.titles() == ["three", "two"]


def test_the_same_body_again_yields_nothing_even_with_new_validators(site):
    site.write("c.xml", rss("one"))
    source = Source(f"{site.address}/c.xml")
    source.fetch()
    site.write("c.xml", rss("one"), at=9)
    assert source.titles() == []
    assert site.statuses() == ["200", "200"]


def test_a_moved_feed_is_asked_for_at_its_new_address_from_then_on(site):
    site.write("d.xml", rss("one"))
    source = Source(f"{site.address}/moved/d.xml")
    assert source.titles() == ["one"]
    assert source.titles() == []
    assert site.statuses() == ["301", "200", "304"]


def test_a_feed_that_moved_for_now_is_asked_for_at_its_own_address(site):
    site.write("e.xml", rss("one"))
    source = Source(f"{site.address}/for-now/e.xml")
    source.fetch()
    source.fetch()
    assert site.statuses() == ["302", "200", "302", "304"]


def test_a_feed_that_is_lost_where_it_moved_to_is_looked_for_where_it_was(site):
    site.write("f.xml", rss("one"))
    source = Source(f"{site.address}/f.xml")
    source.fetch()
    source.cursor["url"] = f"{site.address}/gone/f.xml"
    source.cursor["validators"] = {}
    site.write("f.xml", rss("two"), at=7)
    assert source.titles() == ["two"]


def test_a_feed_that_is_gone_for_good_says_so(site):
    with pytest.raises(Misconfigured):
        Source(f"{site.address}/gone/x").fetch()


def test_a_server_that_asks_for_a_pause_gets_it(site):
    with pytest.raises(RateLimited) as raised:
        Source(f"{site.address}/limit/x").fetch()
    assert raised.value.retry_after == 30


def test_what_a_publisher_says_about_its_pace_is_honoured(site):
    site.write("g.xml", rss("one"))
    site.write("h.xml", rss("one", head="<ttl>180</ttl>"))
    fresh, slow = Source(f"{site.address}/fresh/g.xml"), Source(f"{site.address}/h.xml")
    for _ in range(2):
        fresh.fetch()
        assert fresh.not_before == NOW + timedelta(hours=2)
        slow.fetch()
        assert slow.not_before == NOW + timedelta(hours=3)


def test_a_feed_is_found_on_the_page_that_names_it(site):
    site.write("page.html", "<html><head><link rel=alternate type='application/rss+xml' href='/i.xml'></head></html>")
    site.write("i.xml", rss("one"))
    source = Source(f"{site.address}/page.html")
    assert source.titles() == ["one"]
    assert source.titles() == []
    assert site.statuses() == ["200", "200", "304"]
    assert source.connector.check(source.run()) == "News"


def test_a_feed_is_found_at_a_usual_place(site):
    site.write("plain.html", "<!doctype html><html><body>nothing here</body></html>")
    site.write("rss.xml", rss("one"))
    assert Source(f"{site.address}/plain.html").titles() == ["one"]
    (site.folder / "www" / "rss.xml").unlink()


def test_a_page_without_a_feed_says_so(site):
    site.write("none.html", "<!doctype html><html><body>nothing here</body></html>")
    with pytest.raises(BadData):
        Source(f"{site.address}/none.html").fetch()


def test_a_page_in_place_of_a_feed_that_was_there_is_no_reason_to_search(site):
    site.write("l.xml", rss("one"))
    source = Source(f"{site.address}/l.xml")
    source.fetch()
    site.write("l.xml", "<!doctype html><html><title>Sign in</title></html>", at=3)
    with pytest.raises(BadData, match="a web page stands where the feed was"):
        source.fetch()
    assert site.statuses() == ["200", "200"]
    site.write("l.xml", rss("two", "one"), at=4)
    assert source.titles() == ["two"]


def test_a_page_is_asked_for_its_feeds_best_first():
    page = """<html><head><base href="https://cdn.example.org/x/">
      <link rel="alternate" type="application/atom+xml" href="a.atom"><link rel="stylesheet" href="s.css">
      <link rel="alternate" type="text/html" href="other.html"><link rel="ALTERNATE home" type="application/feed+json"
      href="https://o.org/f.json"><link rel="alternate" type="application/rss+xml" href="javascript:x"></head>"""
    found = list(candidates(page, "https://example.org/blog/page"))
    assert found[:2] == ["https://cdn.example.org/x/a.atom", "https://o.org/f.json"]
    assert "https://example.org/feed" in found
    assert len(found) < 15


def test_a_saved_feed_is_read_like_one_from_the_web(tmp_path):
    path = tmp_path / "saved.xml"
    path.write_text(rss("one"))
    source = Source(str(path), tmp_path)
    assert source.titles() == ["one"]
    assert source.titles() == []
    path.write_text(rss("two", "one"))
    assert source.titles() == ["two"]
    assert source.connector.check(source.run()) == "News"


def test_a_file_outside_the_opened_folders_is_refused(tmp_path):
    (tmp_path / "saved.xml").write_text(rss("one"))
    for address in (str(tmp_path / "saved.xml"), f"file://{tmp_path}/saved.xml"):
        with pytest.raises(Misconfigured):
            Source(address).fetch()


def test_a_file_that_is_no_feed_is_bad_data(tmp_path):
    (tmp_path / "x.xml").write_text("words")
    with pytest.raises(BadData):
        Source(str(tmp_path / "x.xml"), tmp_path).fetch()


def test_a_cursor_of_another_address_is_not_used(site):
    site.write("j.xml", rss("one"))
    source = Source(f"{site.address}/j.xml")
    source.fetch()
    other = Source(f"{site.address}/j.xml?x=1")
    other.cursor = source.cursor
    assert other.titles() == ["one"]
    other.cursor = "damaged"
    assert other.titles() == ["one"]


def test_entries_say_which_feed_they_are_from_and_have_absolute_addresses(site):
    site.write("k.xml", rss("one"))
    (item,) = Source(f"{site.address}/k.xml").fetch()
    assert item.channel == "News"
    assert item.url == f"{site.address}/one"


@pytest.mark.parametrize("address", ["feed://127.0.0.1:1/x", "feed:http://127.0.0.1:1/x"])
def test_the_scheme_of_feed_readers_is_understood(address):
    source = Source(address)
    with pytest.raises(Misconfigured, match="port 1 "):
        source.fetch()
