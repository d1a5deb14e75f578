"""Pictures of posts, their covers of cloth, and the cards links show."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from showcase.models import CaseStudy, Picture
from showcase.policies import case_studies_seen_by, edited_by, get_picture, public_case_studies
from showcase.services import pictures
from studyplatform.kit import covers, page_cache, social
from studyplatform.kit.errors import Refused
from studyplatform.kit.limits import limited

DAY = 24 * 3600


@require_POST
@limited("pictures", 120)
def upload(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add a picture to a post of the reader's; answers where it is, or a sentence."""
    post = get_object_or_404(edited_by(request.user), public_id=public_id)
    if "picture" not in request.FILES:
        return JsonResponse({"sentence": _("No picture arrived. Choose it again.")}, status=422)
    try:
        picture = pictures.add(post, request.FILES["picture"], alt=request.POST.get("alt", ""))
    except Refused as refused:
        return JsonResponse({"sentence": str(refused)}, status=422)
    return JsonResponse(_described(picture), status=201)


def _described(picture: Picture) -> dict[str, object]:
    size = {"width": picture.width, "height": picture.height}
    return {"id": picture.pk, "src": reverse("picture", args=[picture.public_id]), "alt": picture.alt, **size}


@require_safe
def picture(request: HttpRequest, public_id: str) -> HttpResponse:
    """A picture, for those who may read its post."""
    found = get_picture(request, public_id)
    everybody = bool(found.case_study and found.case_study.is_public)
    response = HttpResponse(found.file.read(), content_type="image/webp")
    response.headers["ETag"] = f'"{public_id}"'
    if everybody:
        patch_cache_control(response, public=True, max_age=DAY)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    return get_conditional_response(request, etag=response.headers["ETag"], response=response) or response


picture.public = True  # type: ignore[attr-defined]  # looks at the reader only when the post is not everybody's


@require_safe
def cover(request: HttpRequest, public_id: str) -> HttpResponse:
    """The cloth of a post, the same for ever; a post that is not out shows it to those who may read it."""
    key = f"cover:{public_id}"
    drawn = cache.get(key)
    if drawn:
        return social.svg(drawn)
    post = public_case_studies().select_related("parent").filter(public_id=public_id).first()
    if post:
        cache.set(key, draw(post), 3600)
        return social.svg(draw(post))
    seen = get_object_or_404(case_studies_seen_by(request.user).select_related("parent"), public_id=public_id)
    response = social.svg(draw(seen))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


cover.public = True  # type: ignore[attr-defined]


def draw(post: CaseStudy) -> str:
    """Return the cloth of a post; a remix wears a patch of its parent's."""
    parent = (covers.seed_of(post.parent.public_id), post.parent.field) if post.parent else None
    return covers.cover(covers.seed_of(post.public_id), post.field, parent)


@page_cache.public("post:{public_id}", seconds=DAY)
def social_case(request: HttpRequest, public_id: str) -> HttpResponse:
    """The card of a public post: cloth, title, who wrote it."""
    post = get_object_or_404(public_case_studies().select_related("author__profile"), public_id=public_id)
    return social.png(social.card(post.title, post.author.name, covers.seed_of(public_id), post.field), DAY)
