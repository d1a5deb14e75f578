"""A person's public page: their work, what they wrote, what they host and lead."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cohorts.models import Leadership, Partner, Study, StudyRole
from cohorts.policies import PUBLIC_STATES, public_studies
from showcase import reading
from showcase.policies import public_case_studies
from studyplatform.accounts.models import PastHandle, User
from studyplatform.kit import language, page_cache
from studyplatform.pages import structured

PAGE = 12


def public_people() -> QuerySet[User]:
    """People everybody may look up: who wrote for everybody, hosts, or leads.

    `posts` counts what they wrote; `for_search_engines` says whether there is something worth finding.
    """
    hosts = StudyRole.objects.filter(person=OuterRef("pk"), study__state=Study.State.PUBLIC)
    posts = public_case_studies().filter(author=OuterRef("pk")).order_by()
    counted = posts.values("author").annotate(n=Count("pk")).values("n")
    found = User.objects.filter(is_active=True, erased_at=None)
    return found.filter(Exists(posts) | Exists(hosts) | Exists(_led(OuterRef("pk")))).annotate(
        posts=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        for_search_engines=Q(Exists(posts.filter(indexed=True))) | Q(Exists(hosts)),
    )


def _led(person: Any) -> QuerySet[Leadership]:
    return Leadership.objects.filter(
        partner__person=person,
        partner__state=Partner.State.APPROVED,
        subgroup__cohort__state__in=PUBLIC_STATES,
        subgroup__cohort__study__state=Study.State.PUBLIC,
    )


@page_cache.public("person:{handle}", query=("page",), seconds=page_cache.MINUTE)
def person(request: HttpRequest, handle: str) -> HttpResponse:
    """Who somebody is by what they made; an old handle leads to the new one."""
    remixes = public_case_studies().filter(parent__author=OuterRef("pk")).exclude(author=OuterRef("pk")).order_by()
    counted = Subquery(remixes.values("parent__author").annotate(n=Count("pk")).values("n"))
    rows = public_people().select_related("profile").annotate(remixed=Coalesce(counted, 0))
    found: Any = rows.filter(handle=handle).first()
    if found is None:
        return _moved(handle)
    language.activate(request, found.language)
    pages = Paginator(reading.for_lists(public_case_studies().filter(author=found)), PAGE)
    pages.count = found.posts  # counted with the person
    page = pages.get_page(request.GET.get("page"))
    context = {"person": found, "page": page, "studies": list(_studies(found))}
    return render(request, "pages/person.html", {**context, "head": structured.person_head(context)})


def _moved(handle: str) -> HttpResponse:
    past = PastHandle.objects.filter(handle=handle, person__in=public_people()).select_related("person").first()
    if past is None:
        raise Http404
    return redirect("person", past.person.handle, permanent=True)


def _studies(person: User) -> QuerySet[Study]:
    """Return the studies a person hosts or led a subgroup of; `hosted` tells them apart."""
    hosts = StudyRole.objects.filter(person=person, study=OuterRef("pk"))
    led = _led(person).filter(subgroup__cohort__study=OuterRef("pk"))
    found = public_studies().annotate(hosted=Exists(hosts), led=Exists(led)).filter(Q(hosted=True) | Q(led=True))
    return found.order_by("-hosted", "title")
