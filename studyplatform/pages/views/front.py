"""The front page: people's work first, then the next table to sit at."""

from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from cohorts.models import Enrollment, Study, StudyRole
from cohorts.policies import public_cohorts
from showcase.policies import public_case_studies
from studyplatform.kit import page_cache
from studyplatform.pages import landing, structured


@page_cache.public("lists", seconds=page_cache.MINUTE)
def front(request: HttpRequest) -> HttpResponse:
    """New case studies, the next cohorts, how a week goes, who hosts."""
    hosts = list(_hosts())
    posts = list(
        public_case_studies()
        .filter(language=get_language(), indexed=True)
        .select_related("author__profile", "cover", "parent", "enrollment__cohort__study")
        .order_by("-published_at")[:6]
    )
    context = {
        "cohorts": list(landing.next_cohorts(4)),
        "posts": posts,
        "hosts": [(landing.face(host["row"]), host["studies"], _spoken(host["studies"])) for host in hosts],
        "numbers": hosts[0] if hosts else None,
        "counted_on": timezone.now(),
    }
    return render(request, "pages/front.html", {**context, "head": structured.front_head(request)})


def _hosts() -> QuerySet[Any, Any]:
    """Hosts of public studies, those in the page's language first, and in each row the platform's numbers as well."""
    return (
        StudyRole.objects.filter(kind=StudyRole.Kind.HOST, study__state=Study.State.PUBLIC)
        .values(row=landing.face_row("person"))
        .annotate(
            studies=ArrayAgg(
                JSONObject(title="study__title", language="study__language", words="study__host_words"), distinct=True
            ),
            near=Count("study", filter=Q(study__language=get_language())),
            study_count=_count(Study.objects.filter(state=Study.State.PUBLIC)),
            cohort_count=_count(
                public_cohorts().filter(starts_on__lte=timezone.localdate()).exclude(state="called_off")
            ),
            member_count=_count(Enrollment.objects.filter(state__in=Enrollment.BELONGS), "person"),
            post_count=_count(public_case_studies()),
            remix_count=_count(public_case_studies().filter(parent__isnull=False)),
        )
        .order_by("-near", "row")[:4]
    )


def _spoken(studies: list[dict[str, str]]) -> dict[str, str] | None:
    """The study whose words are shown under a host's name: one in the page's language before others."""
    said = [study for study in studies if study["words"]]
    return min(said, key=lambda study: study["language"] != get_language(), default=None)


def _count(rows: QuerySet[Any], column: str = "pk") -> Coalesce:
    """Return how many different values of `column` the rows have, as a column of another query."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count(column, distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
