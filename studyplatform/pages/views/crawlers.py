"""What search engines ask for: robots.txt and the sitemap, holding public, canonical, indexable addresses only."""

import datetime
import math
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cohorts.models import Cohort, Study
from cohorts.policies import public_studies
from showcase.models import CaseStudy
from showcase.policies import public_case_studies
from studyplatform.accounts.models import User
from studyplatform.kit import page_cache
from studyplatform.kit.seo import absolute
from studyplatform.pages import landing
from studyplatform.pages.views.person import public_people

SITE_PAGES = (
    "front",
    "studies",
    "showcase",
    "partners",
    "how_it_works",
    "refund_policy",
    "house_rules",
    "partner_terms",
    "help",
    "api_docs",
    "terms",
    "privacy",
)


class OurSitemap(Sitemap[Any]):
    """Addresses on the site's own name, whatever name the request came by."""

    limit = 10_000
    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return str(urlsplit(settings.SITE_URL).netloc)

    def get_latest_lastmod(self) -> None:
        """The index names no date: Django would read every row to find it."""


class SitePages(OurSitemap):
    """Site pages, once per language."""

    def items(self) -> list[tuple[str, str]]:
        return [(name, code) for code, _ in settings.LANGUAGES for name in SITE_PAGES]

    def location(self, item: tuple[str, str]) -> str:
        with translation.override(item[1]):
            return reverse(item[0])


class Studies(OurSitemap):
    """Public studies."""

    def items(self) -> QuerySet[Study]:
        return public_studies().order_by("pk")

    def lastmod(self, item: Study) -> datetime.datetime:
        return item.changed_at


class Cohorts(OurSitemap):
    """Landing pages of cohorts that can be joined, or whose members left enough to read."""

    def items(self) -> QuerySet[Cohort]:
        return landing.for_search_engines().order_by("pk")

    def lastmod(self, item: Cohort) -> datetime.datetime | None:
        return item.opened_at


class CaseStudies(OurSitemap):
    """Public case studies meant for search engines."""

    def items(self) -> QuerySet[CaseStudy]:
        return public_case_studies().filter(indexed=True).order_by("pk")

    def lastmod(self, item: CaseStudy) -> datetime.datetime | None:
        return item.edited_at or item.published_at


class People(OurSitemap):
    """People who wrote something worth finding, or host."""

    def items(self) -> QuerySet[User]:
        people: Any = public_people()
        return people.filter(for_search_engines=True).order_by("pk")  # type: ignore[no-any-return]

    def location(self, item: User) -> str:
        return reverse("person", args=[item.handle])


SECTIONS: dict[str, type[OurSitemap]] = {
    "pages": SitePages,
    "studies": Studies,
    "cohorts": Cohorts,
    "cases": CaseStudies,
    "people": People,
}


@page_cache.public("lists")
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """List the sitemaps, all counted in one query."""
    counts, items = _counts(), []
    for name in SECTIONS:
        address = absolute(reverse("sitemap_section", args=[name]))
        last = max(1, math.ceil(counts.get(name, 1) / OurSitemap.limit))
        items += [{"location": address + (f"?p={page}" if page > 1 else "")} for page in range(1, last + 1)]
    return render(request, "sitemap_index.xml", {"sitemaps": items}, content_type="application/xml")


def _counts() -> dict[str, int]:
    """Return how many addresses each section of rows has; one without any is left out."""
    rows: dict[str, Any] = {name: section().items() for name, section in SECTIONS.items() if section is not SitePages}
    first, *rest = [
        found.order_by()
        .annotate(section=Value(name))
        .values("section")
        .annotate(n=Count("pk"))
        .values_list("section", "n")
        for name, found in rows.items()
    ]
    return dict(first.union(*rest, all=True))


@page_cache.public("lists", query=("p",))
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """One sitemap, in pages of 10,000."""
    return sitemap_views.sitemap(request, dict(SECTIONS), section=section)


@page_cache.public("lists")
def robots(request: HttpRequest) -> HttpResponse:
    """Say where the sitemap is and which addresses lead nowhere for a crawler."""
    return render(
        request, "pages/robots.txt", {"site_url": settings.SITE_URL}, content_type="text/plain; charset=utf-8"
    )


@cache_control(public=True, max_age=24 * 3600)
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Send who looks for the mark under its old name to the file."""
    return redirect(static("img/favicon.ico"))
