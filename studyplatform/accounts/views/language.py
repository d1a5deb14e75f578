"""Choosing a language: the person's when signed in, else the browser's."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, translate_url
from django.utils import translation
from django.views.decorators.http import require_POST

from studyplatform.accounts.middleware import remember_language
from studyplatform.accounts.services import people
from studyplatform.kit import language, redirects


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language asked for and go back to the page, or to its twin in that language."""
    asked = redirects.next_of(request, reverse("front"))
    code = request.POST.get("language", "")
    if code not in language.CODES:
        return HttpResponseRedirect(asked)
    response = HttpResponseRedirect(twin(asked, code))
    remember_language(response, code)
    if request.user.is_authenticated:
        people.speak(request.user, code)
    return response


def twin(address: str, code: str) -> str:
    """Return the same page's address in another language; pages without a prefix have one address."""
    with translation.override(language.of_path(address)):
        return translate_url(address, code)
