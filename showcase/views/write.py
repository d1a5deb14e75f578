"""Writing a post: the editor with and without script, autosave, preview, remix."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.services import contributions
from showcase import reading, sanitise
from showcase.content import content_of
from showcase.forms.case_study import CaseStudyForm, fresh_content
from showcase.models import CaseStudy
from showcase.policies import case_studies_seen_by, edited_by, get_edited
from showcase.services import case_studies, pictures
from showcase.services.case_studies import Conflict
from studyplatform.accounts.models import User
from studyplatform.kit import moments
from studyplatform.kit.errors import Refused
from studyplatform.kit.ids import short_id

SALT = "showcase.fresh"


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """An empty editor. The post begins with its first save, never by looking at this page."""
    author: Any = request.user
    if request.method == "POST":
        return _submit(request, author, _begun(request, author, request.POST.get("fresh", "")))
    post = CaseStudy(public_id=short_id(), author=author)
    content = fresh_content(author, post, request.GET.get("turn", ""))
    return _editor(request, CaseStudyForm(author, post, content=content), post, fresh=_token(author, post))


@never_cache
@login_required
@require_safe
def remix(request: HttpRequest, public_id: str) -> HttpResponse:
    """An editor that begins with another post's recipe and keeps its credit."""
    author: Any = request.user
    parent = get_object_or_404(case_studies_seen_by(author).select_related("author__profile"), public_id=public_id)
    post = CaseStudy(public_id=short_id(), author=author, parent=parent, credit=case_studies.credit_of(parent))
    content = fresh_content(author, post)
    content.recipe = {name: parent.recipe[name] for name in ("tools", "inputs", "steps") if name in parent.recipe}
    content.field, content.language = parent.field, parent.language
    return _editor(request, CaseStudyForm(author, post, content=content), post, fresh=_token(author, post))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The editor of a post of the reader's."""
    author: Any = request.user
    post = get_edited(request, public_id)
    if request.method == "POST":
        return _submit(request, author, post)
    return _editor(request, CaseStudyForm(author, post), post)


def _token(author: User, post: CaseStudy) -> str:
    """Return proof that we gave this id to this person, so that only they can begin the post, and only once."""
    parent = post.parent.public_id if post.parent else ""
    return signing.dumps([author.pk, post.public_id, parent], salt=SALT)


def _begun(request: HttpRequest, author: User, token: str) -> CaseStudy:
    """Return the post a token stands for: the row if it was saved before, else one not saved yet."""
    try:
        pk, public_id, parent_id = signing.loads(token, salt=SALT)
    except signing.BadSignature as forged:
        raise Http404 from forged
    if pk != author.pk:
        raise Http404
    if CaseStudy.objects.filter(public_id=public_id).exists():
        return get_edited(request, public_id)
    parent = case_studies_seen_by(author).select_related("author__profile").filter(public_id=parent_id).first()
    credit = case_studies.credit_of(parent) if parent else ""
    return CaseStudy(public_id=public_id, author=author, parent=parent, credit=credit)


def _save(post: CaseStudy, form: CaseStudyForm, version: str, stamp: str) -> CaseStudy:
    """Begin the post or save it. Raises Refused, Conflict among them."""
    if post.pk is None:
        fresh = {"public_id": post.public_id, "stamp": stamp, "parent": post.parent}
        return case_studies.start(post.author, form.content(), **fresh)
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    return case_studies.save(post, form.content(), version=number, stamp=stamp)


VERBS = {
    "publish": case_studies.publish,
    "update": case_studies.update,
    "unpublish": case_studies.unpublish,
    "remove": case_studies.remove,
}


def _submit(request: HttpRequest, author: User, post: CaseStudy) -> HttpResponse:
    form = CaseStudyForm(author, post, request.POST)
    if not form.is_valid():
        return _editor(request, form, post, status=422)
    try:
        post = _save(post, form, request.POST.get("version", ""), request.POST.get("stamp", ""))
        _add_pictures(request, post)
        post = _do(request, author, post)
    except Conflict as conflict:
        return _editor(request, form, conflict.row, status=409, other=conflict.row)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _editor(request, form, post, status=422)
    return _onward(request, post)


def _add_pictures(request: HttpRequest, post: CaseStudy) -> None:
    """Without script pictures come with the form and stand at the end of the text."""
    for file in request.FILES.getlist("picture"):
        case_studies.append_picture(post, pictures.add(post, file))


def _do(request: HttpRequest, author: User, post: CaseStudy) -> CaseStudy:
    verb = request.POST.get("do", "save")
    if verb == "discard":
        return case_studies.discard(post)
    return VERBS[verb](post, author) if verb in VERBS else post


def _onward(request: HttpRequest, post: CaseStudy) -> HttpResponse:
    verb = request.POST.get("do", "save")
    said = {
        "publish": _("Your post is out. Others can read it and make their own from it."),
        "update": _("Readers see your changes now."),
        "unpublish": _("Your post is a draft again. Only you can see it."),
        "remove": _("The post is gone. Remixes of it keep your name."),
        "discard": _("Your changes are gone. The post stays as readers see it."),
    }
    turn = post.presentation
    if verb == "publish" and turn and turn.session.stage in ("coming", "soon"):
        messages.success(
            request, _("Your post is out, and your turn is ready. The others can read it before you meet.")
        )
        return redirect(turn.session.get_absolute_url())
    messages.success(request, said.get(verb, _("Saved.")))
    return redirect("my_posts") if verb in ("publish", "remove") else redirect("case_edit", post.public_id)


@never_cache
@login_required
@require_POST
def draft(request: HttpRequest, public_id: str) -> HttpResponse:
    """Autosave: keep what was typed, or answer with what stands there now (409), or with what is wrong (422)."""
    author: Any = request.user
    sent = _sent(request)
    post = edited_by(author).filter(public_id=public_id).first() or _begun(request, author, str(sent.get("fresh", "")))
    if post.public_id != public_id:
        raise Http404
    form = CaseStudyForm(author, post, sent)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    try:
        row = _save(post, form, str(sent.get("version", "")), str(sent.get("stamp", "")))
    except Conflict as conflict:
        return JsonResponse({**_stands(conflict.row), "theirs": _fields(author, conflict.row)}, status=409)
    except Refused as refused:
        return JsonResponse({"errors": {refused.field or "__all__": [{"message": str(refused)}]}}, status=422)
    return JsonResponse(_stands(row))


def _sent(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except ValueError:
        sent = {}
    return (
        {name: value for name, value in sent.items() if isinstance(value, str | int)} if isinstance(sent, dict) else {}
    )


def _stands(row: CaseStudy) -> dict[str, Any]:
    return {
        "version": row.version,
        "saved": moments.clock(row.saved_at),
        "state": row.state,
        "pending": bool(row.pending),
    }


def _fields(author: User, row: CaseStudy) -> dict[str, Any]:
    return dict(CaseStudyForm(author, row).initial)


@never_cache
@login_required
@require_safe
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """The post as readers will see it, for its author only."""
    post = get_edited(request, public_id)
    case_studies.show_pending(post)
    return render(request, "showcase/preview.html", reading.context(post))


def _editor(
    request: HttpRequest,
    form: CaseStudyForm,
    post: CaseStudy,
    *,
    fresh: str = "",
    status: int = 200,
    other: CaseStudy | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "post": post,
        "fresh": fresh or ("" if post.pk else request.POST.get("fresh", "")),
        "other": content_of(other) if other else None,
        "other_html": sanitise.stored(content_of(other).html) if other else "",
        "saved": moments.clock(post.saved_at) if post.pk else "",
        "progress": _progress(form),
        "pictures": list(post.pictures.all()) if post.pk else [],
    }
    return render(request, "showcase/edit.html", context, status=status)


def _progress(form: CaseStudyForm) -> tuple[int, int] | None:
    """How many posts count in the cohort this one is for, and how many are needed."""
    kind, _colon, pk = str(form["place"].value() or "").partition(":")
    place = form.enrollment_for(kind, pk)
    return (contributions.count(place, contributions.POST), place.cohort.posts_needed) if place else None
