"""What members write, made safe before it is stored: an allow-list of tags, attributes and addresses."""

import re

import nh3
from django.utils.html import Urlizer, escape, linebreaks, strip_tags
from django.utils.safestring import SafeString, mark_safe

PICTURE = re.compile(r"/pictures/([2-9a-z]{10})\.webp")
NUMBER = re.compile(r"[1-9][0-9]{0,4}")
TAGS = {
    *("p", "br", "h2", "h3", "hr", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "s", "mark", "a"),
    *("figure", "figcaption", "img", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "ol": {"start"},
}
NUMBERS = {"width", "height", "colspan", "rowspan", "start"}
LINK_REL = "ugc nofollow noopener"  # links of members do not lend the site's standing
BLOCK = re.compile(r"<(p|h2|h3|ul|ol|blockquote|pre|figure|table|hr)[\s>/]", re.IGNORECASE)
IMG = re.compile(r'<img((?:\s+[a-z]+="[^"]*")*)\s*/?>')
EMPTY_CAPTION = re.compile(r"<figcaption>(?:\s|<p>\s*</p>|<br>)*</figcaption>")
EMPTY_FIGURE = re.compile(r"<figure>\s*</figure>")
EMPTY_END = re.compile(r"(?:\s|<p>(?:\s|<br>)*</p>)+$")


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the attribute's value, or None to drop it."""
    if tag == "img" and name == "src":
        return value if PICTURE.fullmatch(value) else None
    if name in NUMBERS:
        return value if NUMBER.fullmatch(value) else None
    return value


def clean(html: str) -> str:
    """Return the HTML without anything that is not on the list; only our own pictures stay."""
    html = nh3.clean(
        html.replace("\x00", ""),
        tags=TAGS,
        clean_content_tags={"script", "style", "iframe", "object", "template", "svg", "math", "title"},
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        allowed_classes={"pre": {"prompt"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=LINK_REL,
        strip_comments=True,
    )
    html = IMG.sub(lambda found: found[0] if ' src="' in found[1] else "", html)
    html = EMPTY_FIGURE.sub("", EMPTY_CAPTION.sub("", html))
    return EMPTY_END.sub("", html)


def from_text(text: str) -> str:
    """Return what came out of a plain text box as HTML: paragraphs at blank lines, lines kept.

    Text that already holds our own blocks (the editor's, shown without script) is taken as HTML.
    """
    text = text.replace("\r\n", "\n").strip()
    if BLOCK.search(text):
        return clean(text)
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    return clean("".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in parts))


class _Links(Urlizer):
    url_template = f'<a href="{{href}}" rel="{LINK_REL}">{{url}}</a>'


def plain(text: str) -> SafeString:
    """Return plain text as HTML: escaped, paragraphs and lines kept, addresses as links."""
    return mark_safe(linebreaks(_Links()(text, autoescape=True)))  # noqa: S308


def stored(html: str) -> SafeString:
    """Return stored HTML as what it is: made safe when it was written."""
    return mark_safe(html)  # noqa: S308


def words(html: str) -> str:
    """Return the text of sanitised HTML on one line, still escaped as it stood in the HTML."""
    spaced = re.sub(r"</(p|h2|h3|li|td|th|pre|figcaption|blockquote|caption)>|<br>", " ", html)
    return " ".join(strip_tags(spaced).split())


def pictures_in(html: str) -> set[str]:
    """Return the public ids of the pictures the HTML shows."""
    return set(PICTURE.findall(html))


def figure(public_id: str, alt: str, width: int, height: int) -> str:
    """Return the HTML of one of our pictures."""
    image = f'<img src="/pictures/{public_id}.webp" alt="{escape(alt)}" width="{width}" height="{height}">'
    return f"<figure>{image}</figure>"
