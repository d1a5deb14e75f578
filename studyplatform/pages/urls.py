"""Pages that show nouns of more than one app. Site pages stand under a language prefix, the rest without."""

from django.urls import path

from studyplatform.pages.views.cohort import cohort, seats_fragment
from studyplatform.pages.views.crawlers import robots, sitemap_index, sitemap_section
from studyplatform.pages.views.front import front
from studyplatform.pages.views.pictures import banner, social_site, social_study
from studyplatform.pages.views.stubs import stub
from studyplatform.pages.views.studies import studies, study

site_pages = [
    path("", front, name="front"),
    path("studies/", studies, name="studies"),
    path("how-it-works/", stub, name="how_it_works"),
    path("terms/", stub, name="terms"),
    path("privacy/", stub, name="privacy"),
    path("refund-policy/", stub, name="refund_policy"),
    path("house-rules/", stub, name="house_rules"),
    path("help/", stub, name="help"),
]

urlpatterns = [
    path("studies/<slug:slug>/", study, name="study"),
    path("studies/<slug:slug>/cohorts/<int:number>/", cohort, name="cohort"),
    path("studies/<slug:slug>/cohorts/<int:number>/seats/", seats_fragment, name="seats_fragment"),
    path("banners/<slug:slug>/<slug:field>.svg", banner, name="banner"),
    path("social/site.png", social_site, name="social_site"),
    path("social/studies/<slug:slug>.png", social_study, name="social_study"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path("sitemaps/<slug:section>.xml", sitemap_section, name="sitemap_section"),
    path("fragments/menu/", stub, name="menu_fragment"),
    path("home/", stub, name="home"),
    path("c/<slug:slug>/<int:number>/", stub, name="space"),
    path("c/<slug:slug>/<int:number>/sessions/<str:public_id>/", stub, name="session"),
    path("studio/", stub, name="studio"),
    path("partner/", stub, name="partner_desk"),
]
