"""The partners desk: who asks on top, how their groups do, assigning, notes, terms, two admins at once."""

import datetime
import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohorts.models import Cohort, Leadership, Partner, Subgroup, Terms
from cohorts.policies import subgroups_led_by
from cohorts.services import leaderships, partner_applications, partner_invitations
from payments.services import releases
from studyplatform.accounts.models import User
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.admin.desk import listed, page_of, press, staff, text
from tests.cohorts.asking import ANSWERS
from tests.people import enroll, lead, make_cohort, make_person, make_study, sign_in
from tests.showcase.make import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> Client:
    rights = ("cohorts.view_partner", "cohorts.change_partner", "cohorts.view_cohort", "cohorts.change_cohort")
    return sign_in(staff("desk", *rights, language="en"))


def asks(name: str, **changed: Any) -> Partner:
    person = make_person(name, f"{name} 님")
    return partner_applications.apply(person, **{**ANSWERS, **changed}).partner


def test_who_asks_stands_on_top_the_longest_waiting_first(desk: Client, cohort: Cohort) -> None:
    second, first = asks("second"), asks("first")
    first.applications.update(at=timezone.now() - datetime.timedelta(days=2))
    rows = desk.get(listed("cohorts.partner")).context["cl"].result_list
    assert [row.pk for row in rows[:2]] == [first.pk, second.pk]
    assert rows[2].state == "approved"
    found = desk.get(listed("cohorts.partner"), {"state__exact": "applied", "q": "Small shops"}).context["cl"]
    assert found.result_count == 2
    theirs = make_cohort(make_study(make_person("another", "또 다른"), slug="bread"))
    lead(make_person("baker", "빵집"), theirs.subgroups.first())  # type: ignore[arg-type]
    narrowed = desk.get(listed("cohorts.partner"), {"leaderships__subgroup__cohort__study__id__exact": cohort.study_id})
    assert [row.state for row in narrowed.context["cl"].result_list] == ["approved"]


def test_their_page_shows_what_they_wrote_and_how_their_groups_do(
    desk: Client, cohort: Cohort, member: User, partner: User, host: User
) -> None:
    post(member, enrollment_id=member.enrollments.get().pk)
    partner_invitations.invite(host, cohort.subgroups.last(), partner.email)  # type: ignore[arg-type]
    page = text(desk.get(page_of("cohorts.partner", Partner.objects.get(person=partner))))
    for words in ("소모임 1", "not agreed to yet", "20 %", "정은혜", "waits for an answer"):
        assert words in page
    assert "applications-group" not in page  # a host asked them: nothing stands under no heading
    page = text(desk.get(page_of("cohorts.partner", asks("wants"))))
    assert "applications-group" in page
    for words in ("Small shops", "nineteen years", "https://example.com/how-we-price", "agreed on"):
        assert words in page


def test_a_page_costs_the_same_with_more_groups(desk: Client, cohort: Cohort, partner: User, member: User) -> None:
    row, where = Partner.objects.get(person=partner), page_of("cohorts.partner", Partner.objects.get(person=partner))

    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(where).status_code == 200
        return len(queries)

    row.applications.create(**ANSWERS)
    cost()
    few = cost()
    for n in range(4):
        more = make_cohort(cohort.study, amount=0)
        group = more.subgroups.first()
        assert group
        lead(partner, group)
        post(person := make_person(f"m{n}", f"멤버 {n}"), enrollment_id=enroll(person, more, group).pk)
        row.applications.create(**ANSWERS)
    assert cost() <= few


def test_giving_a_group_is_looked_at_first(desk: Client, cohort: Cohort, partner: User, stranger: User) -> None:
    group, row = cohort.subgroups.first(), Partner.objects.create(person=stranger, state="approved")
    assert group
    said = {"subgroup": str(group.pk), "kind": "lead"}
    assert "Give them a subgroup" in text(press(desk, "cohorts.partner", "assign", row))
    page = text(press(desk, "cohorts.partner", "assign", row, apply="1", **said))
    assert "한상우 leads it now and stops." in page
    assert "Their part is 20 %" in page
    assert leaderships.lead_of(group).partner.person == partner  # type: ignore[union-attr]
    done = press(desk, "cohorts.partner", "assign", row, sure="1", from_page="1", **said)
    assert done.redirect_chain[-1][0] == page_of("cohorts.partner", row)
    assert leaderships.lead_of(group).partner == row  # type: ignore[union-attr]
    assert Letter.objects.get(recipient=stranger, kind="partner_named")
    assert Change.objects.filter(subject_type="cohorts.partner", note__contains="소모임 1").exists()


def test_nobody_leads_two_groups_at_one_hour_and_only_partners_lead(
    desk: Client, cohort: Cohort, partner: User
) -> None:
    row, other = Partner.objects.get(person=partner), cohort.subgroups.last()
    assert other
    page = text(press(desk, "cohorts.partner", "assign", row, sure="1", subgroup=str(other.pk), kind="lead"))
    assert "They lead “소모임 1” at that hour already." in page
    Subgroup.objects.filter(pk=other.pk).update(meets_at="19:00")
    press(desk, "cohorts.partner", "assign", row, sure="1", subgroup=str(other.pk), kind="lead")
    assert subgroups_led_by(partner).count() == 2
    Leadership.objects.filter(subgroup=other).delete()
    Partner.objects.update(state="paused")
    page = text(press(desk, "cohorts.partner", "assign", row, sure="1", subgroup=str(other.pk), kind="lead"))
    assert "does not lead groups at the moment" in page
    assert leaderships.lead_of(other) is None


def test_who_stands_in_does_so_for_days_and_is_paid_for_them(
    desk: Client, cohort: Cohort, partner: User, stranger: User, member: User
) -> None:
    group, row = cohort.subgroups.first(), Partner.objects.create(person=stranger, state="approved")
    assert group
    said = {"subgroup": str(group.pk), "kind": "stand-in"}
    assert press(desk, "cohorts.partner", "assign", row, apply="1", **said).status_code == 422
    session = cohort.sessions.order_by("starts_at")[1]
    the_day = session.starts_at.astimezone(cohort.tz).date().isoformat()
    said |= {"first": the_day, "last": the_day}
    assert "are paid for those sessions" in text(press(desk, "cohorts.partner", "assign", row, apply="1", **said))
    press(desk, "cohorts.partner", "assign", row, sure="1", **said)
    paid = [releases.partners_at(one) for one in cohort.sessions.order_by("starts_at")[:2]]
    place = member.enrollments.get().pk
    assert [one[place] for one in paid] == [partner.pk, stranger.pk]
    assert "You stand in" in Letter.objects.get(recipient=stranger, kind="partner_named").subject


def test_notes_keep_who_and_when_and_are_told_to_nobody(desk: Client, cohort: Cohort, partner: User) -> None:
    row = Partner.objects.get(person=partner)
    for words in ("Likes mornings.", "Asked about taxes."):
        press(desk, "cohorts.partner", "note", row, apply="1", note=words)
    row.refresh_from_db()
    today = timezone.localdate().isoformat()
    assert row.notes.splitlines() == [f"{today} · desk: Asked about taxes.", f"{today} · desk: Likes mornings."]
    assert not Letter.objects.filter(recipient=partner).exists()


def test_new_terms_are_for_new_seats(desk: Client, cohort: Cohort, member: User, stranger: User) -> None:
    said = {"platform": "8", "partner": "25.5"}
    page = text(press(desk, "cohorts.cohort", "new_terms", cohort, apply="1", **said))
    for words in (
        "In force, version 1: platform 10 %, partners 20 %, host 70 %.",
        "host 66.5 %",
        "1 seat taken before",
    ):
        assert words in page
    assert Terms.objects.filter(cohort=cohort).count() == 1
    press(desk, "cohorts.cohort", "new_terms", cohort, sure="1", **said)
    new = enroll(stranger, cohort).terms
    assert (new.version, new.platform_share, new.partner_share) == (2, 800, 2550)
    assert member.enrollments.get().terms.version == 1
    assert press(desk, "cohorts.cohort", "new_terms", cohort, apply="1", platform="60", partner="41").status_code == 422
    again = text(press(desk, "cohorts.cohort", "new_terms", cohort, sure="1", **said))
    assert "These are the terms already in force." in again


def test_a_host_and_a_stranger_find_no_desk(host: User, stranger: User, cohort: Cohort, partner: User) -> None:
    row = Partner.objects.get(person=partner)
    for person in (host, stranger):
        browser = sign_in(person)
        assert browser.get(listed("cohorts.partner")).status_code == 302
        assert browser.get(f"{listed('cohorts.partner')}export/").status_code == 302
        press(browser, "cohorts.partner", "end", row, apply="1", note="x")
    looks = sign_in(staff("looks", "cohorts.view_partner"))
    press(looks, "cohorts.partner", "end", row, apply="1", note="x")
    press(looks, "cohorts.partner", "assign", row, sure="1", subgroup=str(cohort.subgroups.first().pk), kind="lead")  # type: ignore[union-attr]
    assert Partner.objects.get(pk=row.pk).state == "approved"
    assert Leadership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_admins_approve_at_once_and_one_letter_leaves() -> None:
    row = asks("wanted")
    rights = ("cohorts.view_partner", "cohorts.change_partner")
    browsers = [sign_in(staff(f"desk-{n}", *rights, language="en")) for n in range(2)]
    ready, pages = threading.Barrier(2), []

    def go(browser: Client) -> None:
        ready.wait()
        pages.append(text(press(browser, "cohorts.partner", "approve", row, apply="1")))
        connections.close_all()

    threads = [threading.Thread(target=go, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Partner.objects.get(pk=row.pk).state == "approved"
    assert Change.objects.filter(subject_type="cohorts.partner", to_state="approved").count() == 1
    assert Letter.objects.filter(about=f"partner:{row.pk}").count() == 2  # asking, and one yes
    assert sum("may lead groups" in page for page in pages) == 1
    assert sum("This cannot be done with a partner who is" in page for page in pages) == 1
