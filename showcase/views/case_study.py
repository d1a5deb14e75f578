"""A public post, the same for everybody, in its own language."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render

from showcase import heads, reading, talk
from showcase.models import CaseStudy
from showcase.policies import gone_case_studies, public_case_studies
from studyplatform.kit import language, page_cache


@page_cache.public("post:{public_id}", "lists")
def case_study(request: HttpRequest, public_id: str, slug: str) -> HttpResponse:
    """The post; any other readable part of its address leads to the one it has now."""
    found = reading.with_next_cohort(reading.with_page_columns(public_case_studies()))
    post = found.filter(public_id=public_id).first()
    if post is None:
        return _gone(request, public_id)
    if slug != post.slug:
        return HttpResponsePermanentRedirect(post.get_absolute_url())
    language.activate(request, post.language)
    said = talk.newest(post)
    around = {"next": reading.next_cohort(post), "talk": said, "head": heads.post_head(post, said)}
    return render(request, "showcase/case_study.html", {**reading.context(post), **around})


def _gone(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answer 410 for a post that was public and is removed, with others to read; else 404."""
    post = gone_case_studies().filter(public_id=public_id).first()
    if post is None:
        raise Http404
    language.activate(request, post.language)
    return render(request, "showcase/gone.html", {"similar": reading.similar(post)}, status=410)


@page_cache.public("post:{public_id}")
def short(request: HttpRequest, public_id: str) -> HttpResponse:
    """The short address of a post, for sharing."""
    if gone_case_studies().filter(public_id=public_id).exists():
        return _gone(request, public_id)
    post: CaseStudy = get_object_or_404(public_case_studies(), public_id=public_id)
    return HttpResponsePermanentRedirect(post.get_absolute_url())
