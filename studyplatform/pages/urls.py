"""Pages that show nouns of more than one app. Site pages stand under a language prefix, the rest without."""

from django.urls import path

from studyplatform.pages.views.stubs import stub

site_pages = [
    path("", stub, name="front"),
    path("studies/", stub, name="studies"),
    path("how-it-works/", stub, name="how_it_works"),
    path("terms/", stub, name="terms"),
    path("privacy/", stub, name="privacy"),
    path("refund-policy/", stub, name="refund_policy"),
    path("house-rules/", stub, name="house_rules"),
    path("help/", stub, name="help"),
]

urlpatterns = [
    path("studies/<slug:slug>/", stub, name="study"),
    path("studies/<slug:slug>/cohorts/<int:number>/", stub, name="cohort"),
    path("fragments/menu/", stub, name="menu_fragment"),
    path("home/", stub, name="home"),
    path("c/<slug:slug>/<int:number>/", stub, name="space"),
    path("c/<slug:slug>/<int:number>/sessions/<str:public_id>/", stub, name="session"),
    path("studio/", stub, name="studio"),
    path("partner/", stub, name="partner_desk"),
]
