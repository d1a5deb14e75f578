"""The reader's own posts: drafts first, then what is out."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from showcase.models import CaseStudy
from showcase.policies import edited_by

PAGE = 20


@login_required
@require_safe
def my_posts(request: HttpRequest) -> HttpResponse:
    """Drafts and published posts with their state."""
    drafts_first = Case(When(state=CaseStudy.State.DRAFT, then=Value(0)), default=Value(1))
    out = Q(remixes__state=CaseStudy.State.PUBLISHED)
    posts = (
        edited_by(request.user)
        .select_related("enrollment__cohort__study", "presentation__session", "cover")
        .annotate(remix_count=Count("remixes", filter=out))
        .order_by(drafts_first, "-saved_at")
    )
    return render(request, "showcase/my_posts.html", {"page": Paginator(posts, PAGE).get_page(request.GET.get("page"))})
