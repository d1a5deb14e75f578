"""Heads of the showcase's public pages: what search engines and link previews read."""

from html import unescape
from typing import Any

from django.conf import settings
from django.core.paginator import Page
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from showcase import sanitise
from showcase.models import CaseStudy, Comment
from showcase.talk import Talk
from studyplatform.kit.seo import Head, absolute, breadcrumbs, in_languages, json_ld

COMMENTS = 10  # in a post's structured data, the newest
SHORT = 120  # characters of a description made from the text


def description(post: CaseStudy) -> str:
    """Return the author's summary, else the beginning of the text."""
    if post.summary:
        return post.summary
    text = unescape(sanitise.words(post.html))  # plain text; templates and JSON escape it again
    return text if len(text) <= SHORT else text[:SHORT].rsplit(" ", 1)[0] + " …"


def post_head(post: CaseStudy, said: Talk) -> Head:
    """Return the head of a public post. Dates carry the site's offset."""
    address = absolute(post.get_absolute_url())
    published = _moment(post.published_at)
    modified = _moment(post.edited_at or post.published_at)
    return Head(
        title=post.title,
        description=description(post),
        canonical=address,
        picture=absolute(reverse("social_case", args=[post.public_id])),
        kind="article",
        language=post.language,
        indexed=post.indexed,
        published=published,
        modified=modified,
        data=[json_ld(_article(post, said, address, published, modified)), breadcrumbs(*_trail(post))],
    )


def _moment(at: Any) -> str:
    return timezone.localtime(at, timezone.get_default_timezone()).isoformat(timespec="seconds") if at else ""


def _article(post: CaseStudy, said: Talk, address: str, published: str, modified: str) -> dict[str, Any]:
    parent = post.parent if post.parent and post.parent.is_public else None
    return {
        "@type": "Article",
        "headline": post.title,
        "description": description(post),
        "image": [absolute(reverse("social_case", args=[post.public_id]))],
        "url": address,
        "mainEntityOfPage": address,
        "datePublished": published,
        "dateModified": modified,
        "inLanguage": post.language,
        "articleSection": post.get_field_display(),
        "author": {
            "@type": "Person",
            "name": post.author.name,
            "url": absolute(reverse("person", args=[post.author.handle])),
        },
        "publisher": {"@type": "Organization", "name": _site_name(), "url": absolute(reverse("front"))},
        "isBasedOn": absolute(parent.get_absolute_url()) if parent else "",
        "commentCount": said.count,
        "comment": [_comment(row, address) for row in said.newest[:COMMENTS]],
    }


def _comment(row: Comment, address: str) -> dict[str, Any]:
    return {
        "@type": "Comment",
        "url": f"{address}#{row.anchor}",
        "text": row.text,
        "dateCreated": _moment(row.at),
        "author": {"@type": "Person", "name": row.author.name},
    }


def _site_name() -> str:
    return str(settings.SITE_NAME_KO if get_language() == "ko" else settings.SITE_NAME)


def _trail(post: CaseStudy) -> tuple[tuple[str, str], ...]:
    cases = reverse("showcase")
    return (
        (_("Case studies"), cases),
        (post.get_field_display(), f"{cases}?field={post.field}"),
        (post.title, post.get_absolute_url()),
    )


def list_head(page: Page[Any], field: str, name: str) -> Head:
    """Return the head of the list; a list of one field is for people, not for search engines."""
    canonical = absolute(reverse("showcase"))
    asked = [f"field={field}"] if field else []
    asked += [f"page={page.number}"] if page.number > 1 else []
    plain = not asked
    return Head(
        title=_("Case studies: %(field)s") % {"field": name} if field else _("Case studies"),
        description=_("What people did with what they learned, written so that you can follow it in your own work."),
        canonical=canonical + ("?" + "&".join(asked) if asked else ""),
        picture=absolute(reverse("social_site")),
        language=get_language() or "ko",
        indexed=not field,
        alternates=in_languages("showcase") if plain else [],
    )
