"""A cohort run again: everything is copied or decided not to be, and every date comes later by whole weeks."""

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from cohorts import later
from cohorts.models import (
    Cohort,
    GroupPlan,
    Leadership,
    Partner,
    Price,
    Scholarship,
    Seats,
    Session,
    Study,
    Subgroup,
    Terms,
)
from cohorts.services import copies, scholarships, sessions
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english, shut_out, studio, text
from tests.people import lead, make_cohort, make_person, make_study

pytestmark = pytest.mark.django_db

# Every field has been decided on. A new one stands here, and then in cohorts/later.py or services/copies.py.
ANEW = {
    Cohort: {
        *("id", "number", "state", "minimum_told_at", "minimum_met_at", "opened_at", "called_off_at", "refunded_at"),
        *("news_at", "told_to", "too_few", "rewarded_at"),
    },
    Subgroup: {"id", "cohort", "taken", "chat_link", "chat_code"},
    Seats: {"cohort", "taken", "waiting", "freed_at"},
    GroupPlan: {"cohort"},
    Price: {"id", "cohort", "used"},
    Scholarship: {"cohort", "used"},
    Terms: {"id", "cohort", "version", "platform_share", "since", "partner", "rules", "reserve", "reserve_days"},
    Session: {
        *("id", "public_id", "cohort", "subgroup", "number", "starts_at", "minutes", "turns", "link", "sequence"),
        *("state", "released_at", "news_at", "told_to", "moved_from"),
    },
}
COPIED = {
    Cohort: {*later.KEPT, *later.FIRST, *later.MOVED, "study", "policy", "copied_from"},
    Subgroup: {*copies.SUBGROUP, "copied_from"},
    Seats: {"capacity"},
    GroupPlan: set(copies.GROUP_PLAN),
    Price: {"kind", "amount", "until", "first"},
    Scholarship: set(scholarships.COPIED),
    Terms: {"partner_share"},
    Session: set(sessions.WORDS),
}


@pytest.mark.parametrize("model", ANEW, ids=lambda model: model.__name__)
def test_every_field_is_copied_or_made_anew_and_none_was_forgotten(model):
    fields = {field.name for field in model._meta.concrete_fields}
    assert not fields - ANEW[model] - COPIED[model]
    assert COPIED[model] <= fields
    assert not ANEW[model] & COPIED[model]


@pytest.fixture
def rich(cohort, member, host) -> Cohort:
    """A cohort that ran: every field that is copied differs from its default."""
    Cohort.objects.filter(pk=cohort.pk).update(
        minutes=75,
        weeks=4,
        turns_per_session=3,
        posts_needed=1,
        minimum=4,
        minimum_by=cohort.closes_at - datetime.timedelta(days=3),
        minimum_met_at=timezone.now(),
        state="finished",
    )
    Subgroup.objects.filter(cohort=cohort).update(link="https://meet.example.com/table", minutes=45)
    first, second, *_ = cohort.sessions.order_by("starts_at")
    Session.objects.filter(pk=first.pk).update(title="서로 알기", run_sheet="20:00 인사")
    Session.objects.filter(pk=second.pk).update(sequence=2, link="https://meet.example.com/once")
    for group in cohort.subgroups.all():
        Session.objects.create(
            cohort=cohort, subgroup=group, number=1, starts_at=first.starts_at, minutes=45, turns=3, title=group.topic
        )
    cohort.refresh_from_db()
    return cohort


def press(host, cohort) -> Cohort:
    """Press “Run it again” and return the draft."""
    answer = english(host).post(studio("again", cohort))
    copy = Cohort.objects.select_related("study", "policy", "seats").latest("pk")
    assert answer.headers["Location"] == studio("copy", copy)
    return copy


def test_one_button_copies_field_by_field(rich, host):
    copy = press(host, rich)
    for name in later.KEPT:
        assert getattr(copy, name) == getattr(rich, name) != "", name
    assert (copy.study, copy.policy, copy.copied_from) == (rich.study, rich.policy, rich)
    assert (copy.number, copy.state) == (2, "draft")
    assert [getattr(copy, name) for name in ("opened_at", "minimum_told_at", "minimum_met_at")] == [None] * 3
    assert (copy.seats.capacity, copy.seats.taken) == (rich.seats.capacity, 0)
    assert list(copy.prices.values_list("kind", "amount")) == [("standard", 150_000)]
    assert list(copy.terms.values_list("version", "partner_share")) == [(1, 2000)]
    before, after = list(rich.subgroups.all()), list(copy.subgroups.all())
    assert len(after) == len(before) == 2
    for old, new in zip(before, after, strict=True):
        for name in copies.SUBGROUP:
            assert getattr(new, name) == getattr(old, name), name
        assert (new.copied_from, new.taken, new.chat_link, new.chat_code) == (old, 0, "", "")
    assert not copy.enrollments.exists()


def test_the_weekday_and_the_hour_stay_on_every_date(rich, host):
    copy = press(host, rich)
    weeks, rest = divmod((copy.starts_on - rich.starts_on).days, 7)
    assert rest == 0
    assert copy.starts_on >= rich.ends_on + datetime.timedelta(weeks=2)
    for name in ("closes_at", "minimum_by"):
        old, new = (getattr(row, name).astimezone(row.tz) for row in (rich, copy))
        assert (new.date() - old.date()).days == 7 * weeks, name
        assert new.time() == old.time(), name


@pytest.mark.parametrize("day", ["2026-09-14", "2027-01-18"])
def test_over_a_change_of_clocks_the_hour_on_the_wall_stays(host, day):
    with time_machine.travel(f"{day}T12:00:00Z"):
        zone = ZoneInfo("America/New_York")
        closes = datetime.datetime.combine(timezone.localdate(), datetime.time(23, 59, 59), zone)
        cohort = make_cohort(make_study(host), zone=str(zone), weeks=8, closes_at=closes, subgroups=0)
        copy = press(host, cohort)
    before, after = cohort.closes_at.astimezone(zone), copy.closes_at.astimezone(zone)
    assert before.utcoffset() != after.utcoffset()
    assert (after.time(), after.weekday()) == (before.time(), before.weekday())


def test_dates_that_would_be_past_come_later_still(cohort, host):
    Study.objects.update(for_whom="일을 바꿔 보고 싶은 분")
    with time_machine.travel(timezone.now() + datetime.timedelta(days=400)):
        copy = press(host, cohort)
        assert copy.closes_at > timezone.now()
        assert (copy.starts_on - cohort.starts_on).days % 7 == 0
        assert "Ready to open" in text(english(host).get(studio("copy", copy)))


def test_titles_and_run_sheets_come_along_when_it_opens(rich, host):
    rich.study.for_whom = "일을 바꿔 보고 싶은 분"
    rich.study.save()
    copy = press(host, rich)
    assert not copy.sessions.exists()
    english(host).post(studio("cohort_open", copy))
    first, second, *_ = copy.sessions.filter(subgroup=None).order_by("number")
    assert (first.title, first.run_sheet) == ("서로 알기", "20:00 인사")
    assert (second.title, second.link, second.sequence) == ("", "", 0)
    groups = copy.sessions.exclude(subgroup=None).filter(number=1).order_by("subgroup__position")
    assert [row.title for row in groups] == ["소모임 1", "소모임 2"]
    assert first.starts_at.astimezone(copy.tz).time() == rich.meets_at


def test_pressed_twice_it_is_the_same_draft_and_a_dropped_one_makes_room(rich, host):
    first = press(host, rich)
    assert press(host, rich) == first
    english(host).post(studio("call_off", first))
    assert press(host, rich) != first


def test_the_next_run_stands_behind_every_other_of_the_study(rich, host):
    far = make_cohort(rich.study, starts_on=rich.starts_on + datetime.timedelta(weeks=30))
    assert press(host, rich).starts_on > far.ends_on


def test_a_plan_is_refused_and_a_price_that_may_not_be_asked_is_named(rich, host):
    copy = press(host, rich)
    page = text(english(host).post(studio("again", copy), follow=True))
    assert "This cohort is a plan itself." in page
    english(host).post(studio("call_off", copy))
    Price.objects.filter(cohort=rich).update(amount=10)
    page = text(english(host).post(studio("again", rich), follow=True))
    assert "A price is between" in page
    assert not rich.copies.filter(state="draft").exists()


def test_the_partners_share_gives_way_to_the_platforms_and_the_page_says_so(rich, host, settings):
    settings.PLATFORM_SHARE = 8500
    copy = press(host, rich)
    assert copy.terms.get().partner_share == 1500
    page = text(english(host).get(studio("copy", copy)))
    assert "The partners’ share was 20 %. Beside the platform’s part 15 % is the most now." in page


def test_the_page_lists_what_to_look_at(rich, host):
    copy = press(host, rich)
    page = text(english(host).get(studio("copy", copy)))
    for words in (
        "Cohort 2, planned from cohort 1",
        "Partners to ask again",
        "한상우 led it last time",
        "no partner yet",
        "Chat rooms did not come along",
        "had been moved to",
        "of 3 sessions, there when you open it",
        "₩150,000",
    ):
        assert words in page
    assert "What was copied" in text(english(host).get(studio("cohort", copy)))


def test_partners_are_asked_again_with_one_tap_and_once(rich, host, partner):
    copy, browser = press(host, rich), english(host)
    assert "1 partner has the letter." in text(browser.post(studio("partners_ask", copy), follow=True))
    assert Leadership.objects.get(subgroup__cohort=copy).partner.person == partner
    assert Letter.objects.filter(recipient=partner, kind="partner_named").count() == 1
    assert "Nobody is left to ask." in text(browser.post(studio("partners_ask", copy), follow=True))
    assert Letter.objects.filter(recipient=partner, kind="partner_named").count() == 1


def test_who_leads_no_more_is_named_and_not_asked(rich, host, partner):
    Partner.objects.update(state="paused")
    copy = press(host, rich)
    page = text(english(host).get(studio("copy", copy)))
    assert "한상우 does not lead groups any more" in page
    assert "Ask 1 partner" not in page
    english(host).post(studio("partners_ask", copy))
    assert not Leadership.objects.filter(subgroup__cohort=copy).exists()


def test_it_is_the_hosts_alone(rich, host, other_host, member, partner):
    copy = press(host, rich)
    for name, row in (("again", rich), ("copy", copy), ("partners_ask", copy)):
        address = studio(name, row)
        shut_out(address, [other_host, member, partner], get=name == "copy")
    assert not Leadership.objects.filter(subgroup__cohort=copy).exists()


def test_the_page_asks_the_same_of_any_number_of_subgroups(rich, host, django_assert_max_num_queries):
    for n in range(20):
        group = Subgroup.objects.create(
            cohort=rich, position=10 + n, topic=f"T{n}", weekday=1, meets_at=datetime.time(9), capacity=5
        )
        lead(make_person(f"lead-{n}", f"파트너 {n}"), group)
    copy, browser = press(host, rich), english(host)
    with django_assert_max_num_queries(22):
        assert "Ask 21 partners" in text(browser.get(studio("copy", copy)))


def test_an_open_copy_has_nothing_left_to_look_at(rich, host):
    copy = press(host, rich)
    Cohort.objects.filter(pk=copy.pk).update(state="open")
    assert english(host).get(studio("copy", copy)).headers["Location"] == studio("cohort", copy)
