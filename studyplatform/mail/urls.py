"""Letters: stopping a kind of them."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
