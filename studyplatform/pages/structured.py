"""Heads of the public pages: titles, descriptions, and what they are in schema.org's words."""

import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Page
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from studyplatform.kit import money
from studyplatform.kit.seo import Head, absolute, breadcrumbs, in_languages, json_ld
from studyplatform.pages import landing


def _site_name() -> str:
    return str(settings.SITE_NAME_KO if get_language() == "ko" else settings.SITE_NAME)


def _site_head(name: str, title: str, description: str) -> Head:
    language = get_language() or settings.LANGUAGE_CODE
    return Head(
        title=title,
        description=description,
        canonical=absolute(reverse(name)),
        picture=absolute(reverse("social_site")),
        language=language,
        alternates=in_languages(name),
    )


def front_head(request: HttpRequest) -> Head:
    """Return the head of the front page."""
    head = _site_head(
        "front",
        _("Learn together, present in turn"),
        _("People who learn the same thing meet every week and show each other what they did with it at work."),
    )
    organisation = {"@type": "Organization", "name": _site_name(), "url": absolute(reverse("front"))}
    head.data = [
        json_ld({**organisation, "logo": absolute(reverse("social_site"))}),
        json_ld({"@type": "WebSite", "name": _site_name(), "url": absolute(reverse("front"))}),
    ]
    return head


def studies_head(request: HttpRequest, page: Page[Any]) -> Head:
    """Return the head of the catalogue; filtered views and later pages point to themselves only by page."""
    head = _site_head(
        "studies", _("Studies"), _("Cohorts you can join now: what each is about, when it meets, what it costs.")
    )
    head.indexed = "show" not in request.GET
    if page.number > 1:
        head.canonical += f"?page={page.number}"
    return head


def text_head(name: str, title: str, description: str) -> Head:
    """Return the head of a page of text."""
    return _site_head(name, title, description)


def study_head(context: dict[str, Any]) -> Head:
    """Return the head of a study: a Course with its instances."""
    study = context["study"]
    course = {
        **_course(study, context["host"]),
        "hasCourseInstance": [_instance(one, context["host"]) for one in context["cohorts"]],
    }
    return Head(
        title=study.title,
        description=study.promise,
        canonical=absolute(study.get_absolute_url()),
        picture=absolute(reverse("social_study", args=[study.slug])),
        language=study.language,
        data=[
            json_ld(course),
            breadcrumbs((_("Studies"), reverse("studies")), (study.title, study.get_absolute_url())),
        ],
    )


def cohort_head(context: dict[str, Any]) -> Head:
    """Return the head of a cohort's landing page: a Course with this instance and its offer."""
    study, cohort = context["study"], context["cohort"]
    title = cohort.full_name
    trail = (
        (_("Studies"), reverse("studies")),
        (study.title, study.get_absolute_url()),
        (title, cohort.get_absolute_url()),
    )
    return Head(
        title=title,
        description=study.promise,
        canonical=absolute(cohort.get_absolute_url()),
        picture=absolute(reverse("social_study", args=[study.slug])),
        language=study.language,
        indexed=landing.is_for_search_engines(cohort),
        data=[
            json_ld({**_course(study, context["host"]), "hasCourseInstance": [_instance(cohort, context["host"])]}),
            breadcrumbs(*trail),
        ],
    )


def person_head(context: dict[str, Any]) -> Head:
    """Return the head of a person's page: a profile, found by search engines once there is something to read."""
    person, page = context["person"], context["page"]
    address = absolute(reverse("person", args=[person.handle]))
    profile = getattr(person, "profile", None)
    work = profile.work if profile else ""
    who = {"@type": "Person", "name": person.name, "url": address, "jobTitle": work}
    return Head(
        title=f"{person.name}, {work}" if work else person.name,
        description=(profile.about if profile else "") or work or person.name,
        canonical=address + (f"?page={page.number}" if page.number > 1 else ""),
        picture=absolute(reverse("social_site")),
        kind="profile",
        language=person.language,
        indexed=person.for_search_engines,
        data=[json_ld({"@type": "ProfilePage", "mainEntity": who})],
    )


def _course(study: Any, host: Any) -> dict[str, Any]:
    return {
        "@type": "Course",
        "name": study.title,
        "description": study.promise,
        "url": absolute(study.get_absolute_url()),
        "image": absolute(reverse("social_study", args=[study.slug])),
        "inLanguage": study.language,
        "provider": {"@type": "Person", "name": host.name} if host else {"@type": "Organization", "name": _site_name()},
    }


def _instance(cohort: Any, host: Any) -> dict[str, Any]:
    days = {"startDate": cohort.starts_on, "endDate": cohort.ends_on}
    status = "EventCancelled" if cohort.state == "called_off" else "EventScheduled"
    return {
        "@type": "CourseInstance",
        "name": f"{cohort.study.title} {cohort.number}",
        "courseMode": "online",
        "eventStatus": f"https://schema.org/{status}",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        **days,
        "startDate": datetime.datetime.combine(cohort.starts_on, cohort.meets_at, cohort.tz),
        "inLanguage": cohort.study.language,
        "instructor": {"@type": "Person", "name": host.name} if host else None,
        "maximumAttendeeCapacity": cohort.seats.capacity,
        "courseSchedule": {
            "@type": "Schedule",
            **days,
            "repeatFrequency": "P1W",
            "repeatCount": cohort.weeks,
            "duration": f"PT{cohort.minutes}M",
        },
        "location": {"@type": "VirtualLocation", "url": absolute(cohort.get_absolute_url())},
        "offers": _offer(cohort),
    }


def _offer(cohort: Any) -> dict[str, Any]:
    stock = "InStock" if cohort.is_joinable and cohort.seats.free else "OutOfStock"
    stock = "PreOrder" if stock == "InStock" and not cohort.is_on_sale else stock
    return {
        "@type": "Offer",
        "price": str(money.major(cohort.amount or 0, cohort.currency)),
        "priceCurrency": cohort.currency,
        "category": "Paid" if cohort.amount else "Free",
        "availability": f"https://schema.org/{stock}",
        "url": absolute(cohort.get_absolute_url()),
        "validFrom": cohort.opens_at or cohort.opened_at,
    }
