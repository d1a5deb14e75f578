"""Who leads subgroups, and how to become one of them: the same page for everybody."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Max, Min, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cohorts import names
from cohorts.models import Cohort, Leadership, Partner, Terms
from cohorts.models.subgroup import WEEKDAYS
from cohorts.models.terms import PER_CENT
from cohorts.policies import public_cohorts
from studyplatform.kit import page_cache
from studyplatform.pages import landing, structured

PAGE = 24


@page_cache.public("partners", "lists", query=("page",))
def partners(request: HttpRequest) -> HttpResponse:
    """Cards of the partners who lead a subgroup now, and the offer."""
    page = Paginator(_leading(), PAGE).get_page(request.GET.get("page"))
    cards = [(landing.face(row.face_row), [_group(one) for one in row.led]) for row in page]
    head = structured.text_head(
        "partners",
        _("Partners"),
        _("People who lead a small table of a study: what they do, what they lead now, and how to become one of them."),
    )
    if page.number > 1:
        head.canonical += f"?page={page.number}"
    return render(request, "pages/partners.html", {"page": page, "cards": cards, "head": head, "shares": _shares()})


def _leading() -> QuerySet[Any]:
    """Partners who lead in a cohort that is open or runs, the reader's language first; their groups in one column."""
    now = timezone.now()
    running = public_cohorts().filter(state__in=Cohort.RUNNING)
    lead = {"kind": Leadership.Kind.LEAD, "period__contains": now, "subgroup__cohort__in": running.values("pk")}
    groups = Leadership.objects.filter(partner=OuterRef("pk"), **lead).order_by(
        "subgroup__cohort", "subgroup__position"
    )
    row = JSONObject(
        topic="subgroup__topic",
        weekday="subgroup__weekday",
        meets_at="subgroup__meets_at",
        zone="subgroup__cohort__zone",
        slug="subgroup__cohort__study__slug",
        study="subgroup__cohort__study__title",
        wording="subgroup__cohort__study__wording",
        number="subgroup__cohort__number",
        language="subgroup__cohort__study__language",
    )
    found = Partner.objects.filter(
        state=Partner.State.APPROVED, person__erased_at=None, pk__in=Leadership.objects.filter(**lead).values("partner")
    )
    same = Case(When(person__language=get_language(), then=0), default=1, output_field=IntegerField())
    faces = found.annotate(face_row=landing.face_row("person"), led=ArraySubquery(groups.values(row=row)))
    return faces.order_by(same, "person__profile__pen_name", "pk")


def _group(row: dict[str, Any]) -> dict[str, Any]:
    run = names.run_name(row["wording"], row["number"])
    return {**row, "run": run, "weekday": WEEKDAYS[row["weekday"]][1], "meets_at": parse_time(row["meets_at"])}


def _shares() -> tuple[float, float] | None:
    """Return from how much to how much of what members pay partners get in the cohorts one can join or that run."""
    latest = Terms.objects.filter(cohort=OuterRef("pk"), partner=None).order_by("-version").values("partner_share")[:1]
    found = public_cohorts().filter(state__in=Cohort.RUNNING).annotate(share=Subquery(latest)).filter(share__gt=0)
    both = found.aggregate(least=Min("share"), most=Max("share"))
    return (both["least"] / PER_CENT, both["most"] / PER_CENT) if both["least"] else None
