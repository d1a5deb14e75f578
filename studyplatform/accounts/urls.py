"""People: their own settings."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def stub(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("account/", stub, name="account"),
    path("account/letters/", stub, name="letters"),
    path("account/profile/", stub, name="profile"),
    path("language/", stub, name="set_language"),
]
