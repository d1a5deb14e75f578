"""Joining, paying, being paid."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def stub(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("studies/<slug:slug>/cohorts/<int:number>/join/", stub, name="join"),
    path("checkout/<str:public_id>/return/", stub, name="checkout_return"),
    path("stripe/webhook/", stub, name="stripe_webhook"),
]
