"""Pages that show nouns of more than one app. Site pages stand under a language prefix, the rest without."""

from django.urls import path

from studyplatform.pages.views import texts
from studyplatform.pages.views.api_docs import api_docs, openapi
from studyplatform.pages.views.cohort import cohort, seats_fragment
from studyplatform.pages.views.crawlers import favicon, robots, sitemap_index, sitemap_section
from studyplatform.pages.views.front import front
from studyplatform.pages.views.health import health
from studyplatform.pages.views.home import home
from studyplatform.pages.views.menu import menu_fragment
from studyplatform.pages.views.offline import manifest, offline, service_worker
from studyplatform.pages.views.partner_desk import partner_desk, partner_group
from studyplatform.pages.views.partners import partners
from studyplatform.pages.views.person import person
from studyplatform.pages.views.pictures import banner, social_site, social_study
from studyplatform.pages.views.session import session
from studyplatform.pages.views.space import space
from studyplatform.pages.views.studies import studies, study
from studyplatform.pages.views.studio import preview, studio
from studyplatform.pages.views.ui import ui

site_pages = [
    path("", front, name="front"),
    path("studies/", studies, name="studies"),
    path("partners/", partners, name="partners"),
    path("how-it-works/", texts.how_it_works, name="how_it_works"),
    path("terms/", texts.terms, name="terms"),
    path("privacy/", texts.privacy, name="privacy"),
    path("refund-policy/", texts.refund_policy, name="refund_policy"),
    path("house-rules/", texts.house_rules, name="house_rules"),
    path("partner-terms/", texts.partner_terms, name="partner_terms"),
    path("help/", texts.help, name="help"),
    path("api/docs/", api_docs, name="api_docs"),
    path("offline/", offline, name="offline"),
    path("manifest.webmanifest", manifest, name="manifest"),
]

urlpatterns = [
    path("studies/<slug:slug>/", study, name="study"),
    path("studies/<slug:slug>/cohorts/<int:number>/", cohort, name="cohort"),
    path("studies/<slug:slug>/cohorts/<int:number>/seats/", seats_fragment, name="seats_fragment"),
    path("@<str:handle>/", person, name="person"),
    path("banners/<slug:slug>/<slug:field>.svg", banner, name="banner"),
    path("social/site.png", social_site, name="social_site"),
    path("social/studies/<slug:slug>.png", social_study, name="social_study"),
    path("favicon.ico", favicon, name="favicon"),
    path("sw.js", service_worker, name="service_worker"),
    path("api/openapi.json", openapi, name="openapi"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path("sitemaps/<slug:section>.xml", sitemap_section, name="sitemap_section"),
    path("fragments/menu/", menu_fragment, name="menu_fragment"),
    path("health/", health, name="health"),
    path("ui/", ui, name="ui"),
    path("home/", home, name="home"),
    path("c/<slug:slug>/<int:number>/", space, name="space"),
    path("c/<slug:slug>/<int:number>/sessions/<str:public_id>/", session, name="session"),
    path("studio/", studio, name="studio"),
    path("studio/<slug:slug>/cohorts/<int:number>/preview/", preview, name="studio_preview"),
    path("partner/", partner_desk, name="partner_desk"),
    path("partner/groups/<int:pk>/", partner_group, name="partner_group"),
]
