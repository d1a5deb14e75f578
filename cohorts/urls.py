"""Running a study, and taking part in one."""

from django.urls import path, re_path

from cohorts.api.cohorts import Cohorts, CohortsOfStudy, OneCohort
from cohorts.api.mine import Enrollments, MySessions, PassTurn, TakeTurn, Turns
from cohorts.api.sessions import Sessions
from cohorts.api.studies import OneStudy, Studies
from cohorts.api.subgroups import Subgroups
from cohorts.api.waiting import Line
from cohorts.views import (
    calendar,
    cohorts,
    copies,
    coupons,
    credits,
    group_consents,
    groups,
    members,
    notes,
    opening,
    partner_applications,
    partner_invitations,
    people,
    seat_groups,
    sessions,
    studies,
    studio_sessions,
    subgroups,
    terms,
    thanks,
    turns,
    waiting,
)

# The studio's own words (new, money) are no study's address; services/studies.py gives them to none.
STUDY = r"^studio/(?P<slug>(?!(?:new|money)/)[-a-zA-Z0-9_]+)/"
COHORT = "studio/<slug:slug>/cohorts/<int:number>"

SPACE = "c/<slug:slug>/<int:number>"
SESSION = f"{SPACE}/sessions/<str:public_id>"
API = "api/v1/studies/<slug:slug>"

urlpatterns = [
    path(f"{SPACE}/sessions/", sessions.sessions, name="sessions"),
    path(f"{SESSION}/enter/", sessions.enter, name="session_enter"),
    path(f"{SESSION}/turns/", turns.turn_take, name="turn_take"),
    path(f"{SESSION}/turns/pass/", turns.turn_pass, name="turn_pass"),
    path(f"{SESSION}/turns/<int:position>/thanks/", thanks.thanks, name="thanks"),
    path(f"{SESSION}/turns/<int:position>/thanks/back/", thanks.thanks_back, name="thanks_back"),
    path(f"{SPACE}/people/", members.people, name="people"),
    path(f"{SPACE}/company/", group_consents.group_consent, name="group_consent"),
    path(f"{SPACE}/groups/", groups.groups, name="groups"),
    path(f"{SPACE}/groups/<int:position>/", groups.group_choose, name="group_choose"),
    path(f"{SPACE}/turns/", turns.turns, name="turns"),
    path("studies/<slug:slug>/cohorts/<int:number>/waiting/", waiting.line, name="waiting"),
    path("studies/<slug:slug>/cohorts/<int:number>/waiting/leave/", waiting.let_go, name="waiting_leave"),
    path("sessions/<str:public_id>.ics", calendar.session_ics, name="session_ics"),
    path("calendar/reset/", calendar.calendar_reset, name="calendar_reset"),
    path("calendar/<str:token>.ics", calendar.calendar_feed, name="calendar_feed"),
    path("partner/apply/", partner_applications.partner_apply, name="partner_apply"),
    path("partner/apply/withdraw/", partner_applications.partner_withdraw, name="partner_withdraw"),
    path("partner/invitations/<str:token>/", partner_invitations.partner_invitation, name="partner_invitation"),
    path("studio/new/", studies.new, name="studio_new"),
    re_path(f"{STUDY}$", studies.overview, name="studio_study"),
    path("studio/<slug:slug>/edit/", studies.edit, name="studio_study_edit"),
    path("studio/<slug:slug>/coupons/", coupons.coupons_of, name="studio_coupons"),
    path("studio/<slug:slug>/coupons/<int:pk>/off/", coupons.off, name="studio_coupon_off"),
    path("studio/<slug:slug>/credits/", credits.credits_of, name="studio_credits"),
    path("studio/<slug:slug>/credits/<int:pk>/back/", credits.taking_back, name="studio_credit_back"),
    path("studio/<slug:slug>/cohorts/new/", cohorts.new, name="studio_cohort_new"),
    path("studio/<slug:slug>/cohorts/new/refunds/", cohorts.refunds, name="studio_refunds"),
    path(f"{COHORT}/", cohorts.overview, name="studio_cohort"),
    path(f"{COHORT}/edit/", cohorts.edit, name="studio_cohort_edit"),
    path(f"{COHORT}/edit/refunds/", cohorts.refunds, name="studio_cohort_refunds"),
    path(f"{COHORT}/open/", opening.move, {"verb": "open"}, name="studio_cohort_open"),
    path(f"{COHORT}/close/", opening.move, {"verb": "close"}, name="studio_cohort_close"),
    path(f"{COHORT}/reopen/", opening.move, {"verb": "reopen"}, name="studio_cohort_reopen"),
    path(f"{COHORT}/call-off/", opening.call_off, name="studio_call_off"),
    path(f"{COHORT}/again/", copies.again, name="studio_again"),
    path(f"{COHORT}/copy/", copies.copy, name="studio_copy"),
    path(f"{COHORT}/partners/", copies.ask_partners, name="studio_partners_ask"),
    path(f"{COHORT}/partners/<str:handle>/terms/", terms.terms, name="studio_terms"),
    path(f"{COHORT}/groups/", subgroups.groups, name="studio_groups"),
    path(f"{COHORT}/groups/<int:pk>/", subgroups.group, name="studio_group"),
    path(f"{COHORT}/groups/<int:pk>/remove/", subgroups.remove, name="studio_group_remove"),
    path(f"{COHORT}/sessions/", studio_sessions.sessions_of, name="studio_sessions"),
    path(f"{COHORT}/sessions/<str:public_id>/", studio_sessions.session, name="studio_session"),
    path(f"{COHORT}/sessions/<str:public_id>/cancel/", studio_sessions.cancel, name="studio_session_cancel"),
    path(f"{COHORT}/companies/", seat_groups.studio_seat_groups, name="studio_seat_groups"),
    path(f"{COHORT}/people/", people.people, name="studio_people"),
    path(f"{COHORT}/people/export/", people.export, name="studio_people_export"),
    path(f"{COHORT}/people/<str:public_id>/place/", people.place, name="studio_place"),
    path("members/<str:public_id>/", notes.member, name="member"),
    path(f"{COHORT}/credit/", credits.cohort_credit, name="studio_cohort_credit"),
    path("members/<str:public_id>/credit/", credits.member_credit, name="member_credit"),
    path("members/<str:public_id>/nudge/", notes.nudge, name="member_nudge"),
    path("members/<str:public_id>/note/", notes.note, name="member_note"),
    path("api/v1/me/enrollments/", Enrollments.as_view(), name="api_enrollments"),
    path("api/v1/me/sessions/", MySessions.as_view(), name="api_my_sessions"),
    path("api/v1/me/turns/", Turns.as_view(), name="api_turns"),
    path("api/v1/sessions/<slug:public_id>/turn/", TakeTurn.as_view(), name="api_turn_take"),
    path("api/v1/sessions/<slug:public_id>/turn/pass/", PassTurn.as_view(), name="api_turn_pass"),
    path("api/v1/studies/", Studies.as_view(), name="api_studies"),
    path(f"{API}/", OneStudy.as_view(), name="api_study"),
    path("api/v1/studies/<slug:study__slug>/cohorts/", CohortsOfStudy.as_view(), name="api_study_cohorts"),
    path("api/v1/cohorts/", Cohorts.as_view(), name="api_cohorts"),
    path(f"{API}/cohorts/<int:number>/", OneCohort.as_view(), name="api_cohort"),
    path(f"{API}/cohorts/<int:number>/subgroups/", Subgroups.as_view(), name="api_subgroups"),
    path(f"{API}/cohorts/<int:number>/sessions/", Sessions.as_view(), name="api_sessions"),
    path(f"{API}/cohorts/<int:number>/waiting/", Line.as_view(), name="api_waiting"),
]
