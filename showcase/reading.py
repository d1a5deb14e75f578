"""A post as its readers get it: body, recipe, lineage, the way back to its study."""

import datetime
import re
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cohorts.models import Cohort, Study
from cohorts.policies import joinable_now, public_cohorts
from showcase import sanitise
from showcase.models import CaseStudy
from showcase.policies import public_case_studies

RELATED = 3
REMIXES = 20
LETTERS_A_MINUTE = 550
PROMPT = re.compile(r'<pre class="prompt">(.*?)</pre>', re.DOTALL)


def with_page_columns(posts: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """Add all a post's page says about it to the same query."""
    return posts.select_related(
        "author__profile",
        "cover",
        "parent__author__profile",
        "parent__cover",
        "enrollment__cohort__study",
        "presentation__session",
    )


def for_lists(posts: QuerySet[CaseStudy]) -> QuerySet[CaseStudy]:
    """Add all that a list says about a post, newest first."""
    found = posts.select_related("author__profile", "cover", "enrollment__cohort__study")
    return found.order_by("-published_at", "-pk")


def context(post: CaseStudy) -> dict[str, Any]:
    """Return what every page of a post shows, in one query. `post` comes from `with_page_columns`."""
    parent = post.parent if post.parent and post.parent.is_public else None
    around = _around(post, parent)
    family = {post.pk, *(other.pk for other in around if other.parent_id == post.pk)}
    siblings = [other for other in around if parent and other.parent_id == parent.pk]
    return {
        "post": post,
        "study": _study(post),
        "body": body(post),
        "minutes": minutes(post),
        "recipe": post.recipe,
        "parent": parent,
        "siblings": siblings,
        "remixes": _branches(post, around),
        "related": [other for other in around if other.parent_id not in family and other not in siblings][:RELATED],
    }


def _branches(post: CaseStudy, around: list[CaseStudy]) -> list[CaseStudy]:
    """Return what was made from a post, each with what was made from that (`remixes_of_it`)."""
    found = [other for other in around if other.parent_id == post.pk]
    for remix in found:
        remix.remixes_of_it = [other for other in around if other.parent_id == remix.pk]  # type: ignore[attr-defined]
    return found


def _around(post: CaseStudy, parent: CaseStudy | None) -> list[CaseStudy]:
    """Return two generations made from the post, its siblings, and the newest of its field, in one query."""
    others = public_case_studies().exclude(pk=post.pk).order_by("-published_at")
    kin = Q(parent=post.pk) | Q(parent__parent=post.pk)
    if parent:
        kin |= Q(parent=parent.pk)
    near = others.filter(kin).values("pk")
    same = others.filter(field=post.field, language=post.language).exclude(pk__in=near)
    related = same.exclude(pk=post.parent_id or 0).values("pk")[:RELATED]
    chosen = public_case_studies().filter(Q(pk__in=near[:REMIXES]) | Q(pk__in=related))
    return list(for_lists(chosen))


def similar(post: CaseStudy) -> list[CaseStudy]:
    """Return posts to read instead of one that is gone."""
    return list(for_lists(public_case_studies().filter(field=post.field, language=post.language))[:RELATED])


def _study(post: CaseStudy) -> Study | None:
    study = post.enrollment.cohort.study if post.enrollment else None
    return study if study and study.state == Study.State.PUBLIC else None


def with_next_cohort(posts: QuerySet[CaseStudy]) -> QuerySet[Any]:
    """Add what `next_cohort` needs to the same query."""
    open_now = public_cohorts().filter(joinable_now(), study=OuterRef("enrollment__cohort__study"))
    row = JSONObject(number="number", starts_on="starts_on", zone="zone")
    return posts.annotate(next_row=Subquery(open_now.order_by("starts_on", "pk").values(row=row)[:1]))


def next_cohort(post: Any) -> Cohort | None:
    """Return the cohort of the same study that can be joined next, with the columns its link needs."""
    study = _study(post)
    if study is None or post.next_row is None:
        return None
    starts_on = datetime.date.fromisoformat(post.next_row["starts_on"])
    return Cohort(study=study, **{**post.next_row, "starts_on": starts_on})


def body(post: CaseStudy) -> SafeString:
    """Return the stored HTML, which is sanitised, with prompts in their frame and tables in theirs."""
    count = 0

    def framed(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        text = mark_safe(found[1])  # noqa: S308  # sanitised when it was stored
        return render_to_string("showcase/_prompt.html", {"text": text, "id": f"prompt-{count}"})

    html = PROMPT.sub(framed, post.html)
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table class="table">')
    return mark_safe(html.replace("</table>", "</table></div>"))  # noqa: S308


def minutes(post: CaseStudy) -> int:
    """Return how long reading takes."""
    return max(1, round(len(sanitise.words(post.html)) / LETTERS_A_MINUTE))
