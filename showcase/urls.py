"""Case studies: reading them, writing them, being found."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def stub(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


site_pages = [path("showcase/", stub, name="showcase")]

urlpatterns = [
    path("feed.xml", stub, name="feed"),
    path("covers/<str:public_id>.svg", stub, name="cover"),
    path("pictures/<str:public_id>.webp", stub, name="picture"),
    path("showcase/new/", stub, name="write"),
    path("showcase/<str:public_id>/edit/", stub, name="case_edit"),
    path("showcase/<str:public_id>-<str:slug>/", stub, name="case_study"),
]
