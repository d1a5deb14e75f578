"""The list of public posts, and the feed."""

from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from showcase import heads, reading
from showcase.models import CaseStudy
from showcase.policies import public_case_studies
from studyplatform.kit import language, page_cache
from studyplatform.kit.fields import FIELDS
from studyplatform.kit.seo import absolute, in_languages

PAGE = 14  # one leads, four stand beside it, the rest fill rows of three
SIDE = 4
FEED = 30


@page_cache.public("lists", query=("field", "page"))
def showcase(request: HttpRequest) -> HttpResponse:
    """Public posts in the language of the page, newest first, all or of one field."""
    field = request.GET.get("field", "")
    field = field if field in dict(FIELDS) else ""
    posts = reading.for_lists(
        public_case_studies().filter(language=get_language(), **({"field": field} if field else {}))
    )
    page = Paginator(posts, PAGE).get_page(request.GET.get("page"))
    elsewhere = [one for one in in_languages("showcase") if one[0] not in (get_language(), "x-default")]
    context = {"page": page, "field": field, "fields": FIELDS, "elsewhere": elsewhere, **_laid_out(page)}
    return render(request, "showcase/showcase.html", {**context, "head": heads.list_head(page, field, _name(field))})


def _laid_out(page: Page[CaseStudy]) -> dict[str, Any]:
    """The first page opens with one story and a column beside it; the rest stands in rows."""
    posts = list(page.object_list)
    if page.number > 1:
        return {"rest": posts}
    return {"lead": posts[0] if posts else None, "side": posts[1 : 1 + SIDE], "rest": posts[1 + SIDE :]}


def _name(field: str) -> str:
    return str(dict(FIELDS).get(field, ""))


@page_cache.public("lists")
def feed(request: HttpRequest) -> HttpResponse:
    """The newest posts as RSS, for readers and search engines."""
    language.activate(request, settings.LANGUAGE_CODE)
    posts = reading.for_lists(public_case_studies())[:FEED]
    rss = _channel()
    for post in posts:
        rss.add_item(**_item(post))
    return HttpResponse(rss.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


def _channel() -> Rss201rev2Feed:
    name = settings.SITE_NAME_KO if settings.LANGUAGE_CODE == "ko" else settings.SITE_NAME
    return Rss201rev2Feed(
        title=_("%(site)s: case studies") % {"site": name},
        link=absolute(reverse("showcase")),
        description=_("What people did with what they learned, written so that you can follow it in your own work."),
        language=settings.LANGUAGE_CODE,
        feed_url=absolute(reverse("feed")),
    )


def _item(post: CaseStudy) -> dict[str, Any]:
    return {
        "title": post.title,
        "link": absolute(post.get_absolute_url()),
        "description": heads.description(post),
        "author_name": post.author.name,
        "pubdate": post.published_at,
        "updateddate": post.edited_at or post.published_at,
        "unique_id": absolute(reverse("case_short", args=[post.public_id])),
        "unique_id_is_permalink": False,
        "categories": [str(post.get_field_display())],
    }
