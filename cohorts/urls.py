"""Running a study, and taking part in one."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
