"""Subgroups: seats as numbers, a chat room for who is inside, a seat to take."""

import pytest
from django.urls import reverse

from cohorts.models import Subgroup
from cohorts.services import seats
from tests.cohorts.meeting import CHAT, at, first, page, queries, seat
from tests.people import enroll, lead, make_cohort, make_person, sign_in

PAGE = "/c/ai-at-work/1/groups/"


@pytest.fixture
def guest(cohort):
    """A member without a subgroup, who reads English in London."""
    person = make_person("guest", "Grace Lim", language="en", time_zone="Europe/London")
    enroll(person, cohort)
    return person


def rooms(person, address=PAGE) -> list[str]:
    text = page(sign_in(person), address)
    return [n for n in "01" if f"{CHAT}/{n}" in text]


def test_a_chat_room_is_for_its_members_its_partner_and_hosts(member, partner, host, guest, stranger, cohort):
    neighbour = make_person("neighbour", "신하나")
    enroll(neighbour, cohort, cohort.subgroups.last())
    seen = {person.handle: rooms(person) for person in (member, partner, host, guest, neighbour)}
    assert seen == {"member": ["0"], "partner": ["0"], "host": ["0", "1"], "guest": [], "neighbour": ["1"]}
    assert CHAT not in page(sign_in(stranger), PAGE, 403)


def test_who_left_or_stopped_leading_sees_no_chat_room(member, partner, cohort):
    seats.release(member.enrollments.get(), "cancelled", member)
    assert CHAT not in page(sign_in(member), PAGE, 403)
    partner.partner.state = "paused"
    partner.partner.save()
    assert CHAT not in page(sign_in(partner), PAGE, 403)


def test_seats_are_numbers_and_the_hour_is_named_in_both_zones(guest, member):
    text = page(sign_in(guest), PAGE)
    assert "2 of 3 seats are free" in text
    assert "3 of 3 seats are free" in text
    assert "21:00, Seoul time" in text
    assert "London time" in text
    assert "한상우" in text
    assert "A partner is being found." in text


def test_choosing_moves_the_reader_and_a_full_group_has_no_button(guest, member, cohort):
    browser = sign_in(guest)
    first_group, last_group = cohort.subgroups.all()
    take = reverse("group_choose", args=["ai-at-work", 1, last_group.position])
    assert take in page(browser, PAGE)
    assert browser.post(take)["Location"] == "/c/ai-at-work/1/"
    assert rooms(guest) == ["1"]
    Subgroup.objects.filter(pk=first_group.pk).update(capacity=1)
    text = page(browser, PAGE)
    assert "Full: all 1 seats are taken" in text
    full = reverse("group_choose", args=["ai-at-work", 1, first_group.position])
    assert full not in text
    browser.post(full)
    assert rooms(guest) == ["1"]


def test_choosing_is_for_members_and_before_the_first_session(guest, member, partner, stranger, cohort):
    group = cohort.subgroups.last()
    take = reverse("group_choose", args=["ai-at-work", 1, group.position])
    assert sign_in(stranger).post(take).status_code == 403
    assert sign_in(partner).get(take).status_code == 405
    for person, may in ((partner, False), (member, True), (guest, True)):
        assert (take in page(sign_in(person), PAGE)) is may, person
    at(first(cohort), -5)
    for person, may in ((member, False), (guest, True)):
        assert (take in page(sign_in(person), PAGE)) is may, person
    sign_in(member).post(take)
    assert member.enrollments.get().memberships.get(until=None).subgroup == cohort.subgroups.first()


def test_a_cohort_without_subgroups_says_so_and_has_no_tab(guest, host, study):
    make_cohort(study, subgroups=0)
    host.language = "en"
    host.save()
    text = page(sign_in(host), "/c/ai-at-work/2/groups/")
    assert "This cohort has no subgroups" in text
    assert "/c/ai-at-work/2/groups/" not in page(sign_in(host), "/c/ai-at-work/2/")
    assert PAGE in page(sign_in(host), "/c/ai-at-work/1/")


def test_it_costs_the_same_with_many_groups_and_people(member, cohort):
    browser = sign_in(member)
    few = queries(browser, PAGE)
    for position in range(2, 12):
        group = Subgroup.objects.create(
            cohort=cohort, position=position, topic=f"더 {position}", weekday=1, meets_at="10:00", capacity=5
        )
        lead(make_person(f"leader-{position}", f"이끄미 {position}"), group)
    seat(5, cohort, cohort.subgroups.first())
    assert queries(browser, PAGE) == few
