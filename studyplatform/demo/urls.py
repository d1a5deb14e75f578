"""Addresses of the demo's bar; studyplatform/urls.py takes them in where DEMO is set."""

from django.urls import path

from studyplatform.demo import views

urlpatterns = [
    path("demo/", views.demo, name="demo"),
    path("demo/bar/", views.bar, name="demo_bar"),
    path("demo/become/", views.be, name="demo_become"),
    path("demo/move/", views.move, name="demo_move"),
]
