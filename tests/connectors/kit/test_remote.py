"""A reader is told how much a message would have loaded from elsewhere."""

import pytest

from connectors.kit.html.remote import remote


@pytest.mark.parametrize(
    ("html", "count"),
    [
        ("", 0),
        ("<p>Hello</p>", 0),
        ('<a href="https://x.example/">a link is followed, not loaded</a>', 0),
        ('<img src="cid:1"><img src="data:image/png;base64,AA//AA">', 0),
        ('<img src="https://x.example/a.png"><img src="https://x.example/a.png">', 1),
        ('<img src="//x.example/a.png" width=1 height=1><IMG SRC=HTTP://y.example/b>', 2),
        ('<img src="1.png" srcset="https://x.example/2.png 2x"><video poster="https://x.example/v.jpg"></video>', 2),
        ('<link rel="stylesheet" href="https://x.example/s.css"><iframe src="https://x.example/f"></iframe>', 2),
        ('<table><td background="https://x.example/bg.png">x</td></table>', 1),
        ("<div style=\"background:url('https://x.example/bg.png')\">x</div>", 1),
        ("<style>@import 'https://x.example/a.css'; p{background:url(//y.example/b)}</style>", 2),
        ("<b>" * 100_000 + '<img src="https://x.example/a.png">', 0),
    ],
)
def test_every_address_that_would_be_asked_is_counted_once(html, count):
    assert remote(html) == count
