"""Stopping a kind of letter from the letter itself, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from studyplatform.kit import language
from studyplatform.mail.kinds import name_of
from studyplatform.mail.services import preferences


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the token in the address is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_letters(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """GET says what would stop and changes nothing, because robots follow links; POST stops it, or starts it again."""
    person = get_object_or_404(preferences.opened_by(token))
    if request.method == "POST":
        preferences.choose(person, kind, wanted=request.POST.get("wanted") == "1")
    language.activate(request, person.language)
    context = {"person": person, "kind_name": name_of(kind), "stopped": preferences.stopped(person, kind)}
    response = render(request, "mail/stop.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is a key
    return response
