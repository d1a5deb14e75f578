"""Subgroups as a host arranges them: alike, led, full, moved, removed; and a member put into one."""

import datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cohorts.models import Cohort, Leadership, Partner, Session, Subgroup
from cohorts.policies import subgroups_led_by
from cohorts.services import leaderships
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english, shut_out, studio, text
from tests.people import enroll, make_cohort, make_person

pytestmark = pytest.mark.django_db


def typed(**changed: Any) -> dict[str, Any]:
    """Return what a host types for a subgroup."""
    return {
        "topic": "Small shops",
        "weekday": "3",
        "meets_at": "21:00",
        "minutes": "60",
        "capacity": "3",
        "partner_email": "",
        "link": "",
        "chat_link": "https://chat.example.com/shops",
        "chat_code": "4321",
        "greeting": "Glad you are here.",
        "count": "1",
        **changed,
    }


@pytest.fixture
def empty(study, partner) -> Cohort:
    """A second cohort, open, with no subgroup; the partner may lead one."""
    Partner.objects.get_or_create(person=partner, defaults={"state": "approved"})
    return make_cohort(study, subgroups=0)


def test_a_group_is_added_with_its_partner_who_gets_a_letter(empty, host, partner):
    partner.language, partner.time_zone = "en", "Europe/London"
    partner.save()
    page = text(english(host).post(studio("groups", empty), typed(partner_email="PARTNER@example.com"), follow=True))
    assert "1 group added." in page
    assert "한상우" in page
    assert "3 places for 6 seats of the cohort." in page
    group = Subgroup.objects.get(cohort=empty)
    assert list(subgroups_led_by(partner)) == [group]
    letter = Letter.objects.get(kind="partner_named")
    assert letter.subject == "You lead “Small shops” in 내 일에 AI 쓰기"
    for words in ("정은혜 has named you", "every Thursday at 21:00, Seoul time", "Your part: 20 %", "/partner/"):
        assert words in letter.text


def test_several_alike_are_numbered_and_only_the_first_gets_the_partner(empty, host, partner):
    english(host).post(studio("groups", empty), typed(count="3", partner_email=partner.email))
    topics = list(Subgroup.objects.filter(cohort=empty).values_list("topic", "position"))
    assert topics == [("Small shops 1", 0), ("Small shops 2", 1), ("Small shops 3", 2)]
    assert list(subgroups_led_by(partner).values_list("topic", flat=True)) == ["Small shops 1"]


def test_one_added_after_opening_gets_the_sessions_still_to_come(empty, host):
    second = empty.sessions.order_by("starts_at")[1]
    with time_machine.travel(second.starts_at - datetime.timedelta(hours=1)):
        english(host).post(studio("groups", empty), typed(weekday=str(empty.starts_on.weekday()), meets_at="21:00"))
    numbers = Session.objects.exclude(subgroup=None).order_by("starts_at").values_list("number", flat=True)
    assert list(numbers) == [2, 3, 4]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"topic": ""}, "topic", "This cannot be empty."),
        ({"topic": "x" * 61}, "topic", "60"),
        ({"weekday": "7"}, "weekday", "Choose one of these"),
        ({"meets_at": "25:00"}, "meets_at", "cannot read this as a time"),
        ({"capacity": "0"}, "capacity", "1"),
        ({"count": "51"}, "count", "50"),
        ({"chat_link": "javascript:alert(1)"}, "chat_link", "does not look like a link"),
        ({"partner_email": "nobody"}, "partner_email", "mail"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(empty, host, changed, field, sentence):
    page = text(english(host).post(studio("groups", empty), typed(**changed)))
    assert sentence in page.split(f'id="id_{field}_error"')[1].split("</p>")[0]
    assert "Glad you are here." in page
    assert 'value="4321"' in page
    assert not empty.subgroups.exists()
    assert not Leadership.objects.filter(subgroup__cohort=empty).exists()


def test_a_group_changes_and_a_new_partner_takes_over_from_now(cohort, host, partner, stranger):
    group = cohort.subgroups.first()
    Partner.objects.create(person=stranger, state="approved")
    page = text(english(host).get(studio("group", cohort, group.pk)))
    assert 'value="partner@example.com"' in page
    english(host).post(studio("group", cohort, group.pk), typed(topic="New words", partner_email=stranger.email))
    group.refresh_from_db()
    assert group.topic == "New words"
    assert leaderships.lead_of(group).partner.person == stranger
    assert not subgroups_led_by(partner).exists()
    assert Leadership.objects.filter(subgroup=group).count() == 2  # who led before is paid for then
    english(host).post(studio("group", cohort, group.pk), typed(partner_email=""))
    assert leaderships.lead_of(group) is None


def test_saving_again_with_the_same_partner_writes_no_second_letter(empty, host, partner):
    browser = english(host)
    browser.post(studio("groups", empty), typed(partner_email=partner.email))
    group = empty.subgroups.get()
    browser.post(studio("group", empty, group.pk), typed(partner_email=partner.email, topic="Other"))
    assert Letter.objects.filter(kind="partner_named").count() == 1
    assert Leadership.objects.filter(subgroup=group).count() == 1


def test_somebody_put_to_rest_as_partner_is_refused(empty, host, partner):
    Partner.objects.filter(person=partner).update(state="paused")
    page = text(english(host).post(studio("groups", empty), typed(partner_email=partner.email)))
    assert "This person does not lead groups at the moment." in page
    assert not empty.subgroups.exists()


def test_its_time_stays_once_somebody_chose_it(cohort, member, host):
    group = cohort.subgroups.first()
    page = text(english(host).post(studio("group", cohort, group.pk), typed(weekday="1")))
    assert "People chose this group for its time, so it stays." in page
    group.refresh_from_db()
    assert group.weekday == 3


def test_its_time_moves_with_its_sessions_while_nobody_is_in_it(empty, host):
    browser = english(host)
    browser.post(studio("groups", empty), typed())
    group = empty.subgroups.get()
    browser.post(studio("group", empty, group.pk), typed(weekday="4", meets_at="07:30"))
    starts = [row.starts_at.astimezone(empty.tz) for row in group.sessions.all()]
    assert {(start.weekday(), start.strftime("%H:%M")) for start in starts} == {(4, "07:30")}
    assert len(starts) == 4


def test_never_fewer_places_than_people(cohort, member, host, stranger):
    group = cohort.subgroups.first()
    enroll(stranger, cohort, group)
    kept = typed(capacity="1", meets_at=group.meets_at.strftime("%H:%M"))
    page = text(english(host).post(studio("group", cohort, group.pk), kept))
    assert "2 people are in this group." in page
    group.refresh_from_db()
    assert group.capacity == 3


def test_an_empty_group_goes_one_people_were_in_stays(cohort, member, host):
    used, unused = cohort.subgroups.all()
    browser = english(host)
    page = text(browser.post(studio("group_remove", cohort, used.pk), follow=True))
    assert "People are or were in this group." in page
    browser.post(studio("group_remove", cohort, unused.pk))
    assert list(cohort.subgroups.all()) == [used]


def test_a_group_of_a_cohort_that_is_over_stays_as_it_was(cohort, host):
    group = cohort.subgroups.first()
    Cohort.objects.filter(pk=cohort.pk).update(state="finished")
    page = text(english(host).post(studio("group", cohort, group.pk), typed()))
    assert "This cohort is over. Its groups stay as they were." in page
    group.refresh_from_db()
    assert group.topic == "소모임 1"


@pytest.mark.parametrize("name", ["groups", "group", "group_remove"])
def test_nobody_else_arranges_them(cohort, member, partner, other_host, stranger, name):
    more = [] if name == "groups" else [cohort.subgroups.last().pk]
    people = [member, partner, other_host, stranger]
    shut_out(studio(name, cohort, *more), people, typed(), get=name != "group_remove")
    assert list(cohort.subgroups.values_list("topic", flat=True)) == ["소모임 1", "소모임 2"]


def test_a_group_is_found_in_its_own_cohort_only(cohort, empty, host):
    group = cohort.subgroups.first()
    assert english(host).get(studio("group", empty, group.pk)).status_code == 404


def test_the_list_costs_the_same_at_any_number_of_groups(empty, host, django_assert_max_num_queries):
    browser = english(host)
    browser.get(studio("groups", empty))
    for position in range(25):
        group = Subgroup.objects.create(
            cohort=empty, position=position, topic=f"G{position}", weekday=1, meets_at="20:00", capacity=5
        )
        partner = Partner.objects.create(person=make_person(f"p{position}", f"P{position}"), state="approved")
        Leadership.objects.create(subgroup=group, partner=partner, period=(timezone.now(), None))
    with django_assert_max_num_queries(10):
        assert "P24" in text(browser.get(studio("groups", empty)))
