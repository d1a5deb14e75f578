"""Pictures drawn for studies and the site: the banner of a study, the cards links show."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from cohorts.policies import public_studies
from studyplatform.kit import covers, language, page_cache, social

DAY = 24 * 3600


@page_cache.public("banner")
def banner(request: HttpRequest, slug: str, field: str) -> HttpResponse:
    """The cloth of a study; slug and field say all, so no row is read."""
    return social.svg(covers.banner(covers.seed_of(slug), field))


@page_cache.public("study:{slug}", seconds=DAY)
def social_study(request: HttpRequest, slug: str) -> HttpResponse:
    """The card of a study."""
    study = get_object_or_404(public_studies(), slug=slug)
    return social.png(social.card(study.title, study.promise, covers.seed_of(slug), study.field), DAY)


@page_cache.public("lists", seconds=DAY)
def social_site(request: HttpRequest) -> HttpResponse:
    """The card of the site."""
    language.activate(request, settings.LANGUAGE_CODE)
    name = settings.SITE_NAME_KO if settings.LANGUAGE_CODE == "ko" else settings.SITE_NAME
    return social.png(social.card(_("Learn together, present in turn"), name, 1046, "design"), DAY)
