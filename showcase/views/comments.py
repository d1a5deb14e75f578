"""Comments under posts: all of them on a page of their own, the form, and taking one away."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.forms.refusal import attempt
from cohorts.policies import reader
from showcase import talk
from showcase.forms.comment import CommentForm
from showcase.models import CaseStudy, Comment
from showcase.policies import comments_removed_by, get_discussed
from showcase.services import comments as verbs
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited

MOST = 10  # comments of one person in a minute


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@limited("comments", MOST)
def comments(request: HttpRequest, public_id: str) -> HttpResponse:
    """All comments of a post, and the form to write one; `answer` names the comment one answers."""
    try:
        post = get_discussed(request, public_id)
    except Http404:
        if request.user.is_authenticated:
            raise
        return redirect_to_login(request.get_full_path())  # it may be their cohort's
    if request.user.is_authenticated:
        return _written(request, post) if request.method == "POST" else _page(request, post, _form(request, post))
    return redirect_to_login(request.get_full_path()) if request.method == "POST" else _page(request, post, None)


def _form(request: HttpRequest, post: CaseStudy, data: Any = None) -> CommentForm:
    asked = request.GET.get("answer", "")
    shown = Comment.objects.filter(case_study=post, public_id=asked, state=Comment.State.SHOWN)
    return CommentForm(data, answers=shown.select_related("author__profile").first() if asked else None)


def _written(request: HttpRequest, post: CaseStudy) -> HttpResponse:
    form = _form(request, post, request.POST)
    gone = bool(request.GET.get("answer")) and form.answers is None
    if gone:
        form.add_error("text", _("The comment you answer is not there any more."))
    row = attempt(form, verbs.write, reader(request), post)
    if row is None:
        return _page(request, post, form, status=422)
    messages.success(request, _("Your comment is out."))
    return redirect(row)


def _page(request: HttpRequest, post: CaseStudy, form: CommentForm | None, *, status: int = 200) -> HttpResponse:
    beside = request.GET.get("comment") or request.GET.get("answer") or ""
    rows = talk.seen_by(request.user, post)
    page, threads = talk.page_of(rows, request.GET.get("page"), beside)
    context = {"post": post, "page": page, "threads": threads, "form": form, "reader_id": request.user.pk}
    return render(request, "showcase/comments.html", context, status=status)


@require_safe
def comment_form(request: HttpRequest, public_id: str) -> HttpResponse:
    """Return the form for under a post's page, which is the same bytes for everybody; nothing for a visitor."""
    if not request.user.is_authenticated:
        response = HttpResponse(status=204)
    else:
        post = get_discussed(request, public_id)
        mine = post.author_id == request.user.pk or post.comments.filter(author=request.user, state="shown").exists()
        response = render(request, "showcase/_comment_write.html", {"post": post, "form": CommentForm(), "mine": mine})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def comment_remove(request: HttpRequest, public_id: str, comment: str) -> HttpResponse:
    """Take one's own comment back, or put away one under one's own post, after a question."""
    post = get_discussed(request, public_id)
    row = get_object_or_404(comments_removed_by(request.user).filter(case_study=post), public_id=comment)
    if request.method != "POST":
        return render(request, "showcase/comment_remove.html", {"post": post, "said": talk.Said(row)})
    try:
        verbs.remove(reader(request), row)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The comment is gone from the page."))
    return redirect("comments", post.public_id)
