import time

import pytest

from connectors.kit.text import plain, shorten, tidy


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br/>Three<BR><BR>Four", "One\nTwo\nThree\n\nFour"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<ul><li>a<li>b</ul>after", "a\nb\n\nafter"),
        ("<h1>Title</h1>text <b>bold</b>ly", "Title\n\ntext boldly"),
        ("<table><tr><td>a</td> <td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<table>\n<tr>\n<td>a</td>\n<th>b</th>\n</tr>\n<tr><td>c</td></tr></table>d", "a b\nc\nd"),
        ("one\n  two\t three&nbsp;four", "one\ntwo three four"),
        ("<p>one\n  two</p>", "one two"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("<p>x</p>\n<pre>a\nb</pre>\nc\nd", "x\n\na\nb\n\nc d"),
        ("no markup &amp; entities &lt;b&gt; &#x1F600;", "no markup & entities <b> 😀"),
        ("a < b and c > d", "a < b and c > d"),
        ("<script>x</script><style>y</style><title>z</title>seen<svg><text>w</text></svg>", "seen"),
        ("<head><title>t</title></head><body>b</body>", "b"),
        ("<template>x</template><noscript>y</noscript>", "y"),
        ("<!-- c --><![CDATA[d]]>e", "e"),
        ("", ""),
        ("<>", "<>"),
        ("<br>", ""),
        ("<frameset><frame src=x></frameset>", ""),
        ("\ue000\ue001<p>x\ue002y</p>", "xy"),
    ],
)
def test_html_reads_as_its_reader_sees_it(html, text):
    assert plain(html) == text


@pytest.mark.parametrize(
    "style",
    [
        "display:none", "DISPLAY : None !important", "color:red;display:none", "visibility:hidden", "font-size:0",
        "font-size:0px", "font-size: 1px", "font-size:.5px", "font:0/0 a", "font: 1px/1px Arial", "opacity:0",
        "opacity:0.0", "max-height:0", "max-height:0px;overflow:hidden", "height:0;overflow:hidden", "width:0px",
        "mso-hide:all", "text-indent:-9999px", "position:absolute;left:-9999px", "position:absolute;top:-1000em",
        "dis/**/play:none", "display:/* x */none", "transform:scale(0)", "clip:rect(0,0,0,0)", "clip-path:inset(50%)",
        "margin-left:-5000px",
    ],
)  # fmt: skip
def test_hidden_text_is_not_read(style):
    assert plain(f'a<span style="{style}">HIDDEN <b>deep</b></span> b') == "a b"


@pytest.mark.parametrize(
    "style",
    [
        "display:block", "font-size:10px", "font-size:12px", "font:10px/12px a", "opacity:0.5", "opacity:1",
        "width:100%", "max-height:100px",
        "max-height:0.5em", "height:05px", "color:#000", "text-indent:-2px", "left:-10px", "", ";;", "x",
        "border-width:0", "min-width:0", "line-height:1",
    ],
)  # fmt: skip
def test_text_that_is_seen_is_read(style):
    assert plain(f'a<span style="{style}">SEEN</span> b') == "aSEEN b"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p hidden>x</p>y", "y"),
        ("<p hidden><i hidden>x<i hidden>z</i></i></p>y", "y"),
        ('<p style="display:none"><i style="display:none">x</i></p>y', "y"),
        ('<p hidden style="display:none">x</p>y', "y"),
        ("<style>.a, #b {display:none}</style><p class=a>x</p><p id=b>z</p><p class=c>y</p>", "y"),
        ("<style>.a{color:red} .b{visibility:hidden}</style><p class=a>x</p><p class=b>z</p>", "x"),
        ("<style>@media print{.a{display:none}} .b{display:none}</style><p class=a>x</p><p class=b>z</p>", "x"),
        ("<style>}}{{.a{display:none}</style><p class=a>x</p>", "x"),
        ("<style>a:hover,[[,{display:none}</style><a>x</a>", "x"),
        ("<style>.a{display:none}</style><style>.a{display:none}</style><p class=a>q<p>x", "x"),
    ],
)
def test_what_a_sender_hides_in_other_ways_is_not_read(html, text):
    assert plain(html) == text


MONSTERS = {
    "deep": "<div>" * 100_000 + "x",
    "deep with ends that end nothing": "<div></i>" * 50_000 + "x",
    "deep by turns": "<span><div></span>" * 30_000 + "x",
    "formatting that is never closed": "<p>" + "".join(f"<b a={n}>" for n in range(300)) + "<p>x" * 3000,
    "many attributes": "<a " + " ".join(f"x{n}" for n in range(60_000)) + ">x",
    "many attributes behind a quote": '<a x=">" ' + " ".join(f"x{n}" for n in range(60_000)) + ">x",
    "many attributes behind a tag": '<a x="<b>" ' + " ".join(f"x{n}" for n in range(60_000)) + ">x",
    "open brackets": "<" * 500_000 + "x",
    "open tags": "<a " * 200_000 + "x",
    "open quotes": "<a b='" * 100_000 + "x",
    "open comments": "<!--" * 100_000 + "x",
    "open pre": "<pre>\n" * 100_000 + "x",
    "ends only": "</b>" * 200_000 + "x",
    "tables": "<table>" * 50_000 + "x",
    "entities": "&amp" * 200_000 + "x",
    "styles": "<style>" + "a{" * 300_000,
    "hidden": "<p hidden>" * 90_000 + "x",
    "styled": '<p style="display:none">' * 40_000 + "x",
    "long style": '<p style="' + "/*" * 200_000 + '">x',
    "breaks": "<br> " * 100_000 + "x",
}


@pytest.mark.parametrize("name", MONSTERS)
def test_no_document_takes_long_to_read(name):
    begun = time.process_time()
    plain(MONSTERS[name])
    assert time.process_time() - begun < 3


def test_tidy_takes_out_what_cannot_be_seen():
    assert tidy(" a\u200b\u00adb\u202ec\x00\x07 \t d\r\n\r\n\r\n\r\ne\ud800 ") == "abc d\n\ne"
    assert tidy("👩\u200d💻 می\u200cخواهم") == "👩\u200d💻 می\u200cخواهم"


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("one two three four", 10, "one two…"),
        ("one, two three", 8, "one…"),
        ("a\n\n b\t c", 10, "a b c"),
        ("x" * 50, 10, "x" * 9 + "…"),
        ("", 10, ""),
        (" " * 1000 + "x", 10, "…"),
    ],
)
def test_shorten_cuts_between_words(text, most, short):
    assert shorten(text, most) == short
    assert len(shorten(text, most)) <= most
