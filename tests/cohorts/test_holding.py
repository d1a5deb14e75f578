"""A plain seat is held in one statement: just as the long way holds it, and never where that has something to say."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cohorts import pricing
from cohorts.models import Cohort, Enrollment, Membership, Price, Scholarship, ScholarshipApplication, Seats, Terms
from cohorts.services import prices, seats, waiting
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from tests.cohorts.credit import give
from tests.people import make_cohort, make_person

pytestmark = pytest.mark.django_db

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
OWN = {"id", "public_id", "person_id", "cohort_id", "terms_id"}
Setting = Callable[[Cohort], object]


@pytest.fixture
def cohort(study: Any) -> Cohort:
    return make_cohort(study, capacity=4)


def early(cohort: Cohort, **how: Any) -> None:
    prices.set_for(cohort, 150_000, pricing.Early(**{"amount": 120_000, "until": None, "first": None, **how}))


def change(**fields: Any) -> Setting:
    return lambda cohort: Cohort.objects.filter(pk=cohort.pk).update(**fields)


def used_up(cohort: Cohort) -> None:
    early(cohort, first=1)
    seats.hold(make_person(f"first-{cohort.number}", "하나"), cohort)


def new_terms(cohort: Cohort) -> None:
    Terms.objects.create(cohort=cohort, version=2, platform_share=500, partner_share=0)


def plainly(member: User, cohort: Cohort, *, grouped: bool = False, credit: bool = True) -> Enrollment | None:
    group = cohort.subgroups.all()[0] if grouped else None
    return seats._hold_plainly(member, cohort, group, ("case", "abc"), credit=credit)


def the_long_way(member: User, cohort: Cohort, *, grouped: bool = False) -> Enrollment:
    group = cohort.subgroups.all()[0] if grouped else None
    return seats._hold(member, cohort, group, ("case", "abc"), "", credit=True, by_host=False)


def all_there_is(row: Enrollment) -> tuple[Any, ...]:
    """What a hold has written, as it stands in the database."""
    kept = Enrollment.objects.filter(pk=row.pk).values().get()
    born = Change.objects.values("subject_type", "from_state", "to_state", "at", "note").get(subject_id=row.pk)
    actor = Change.objects.get(subject_id=row.pk).actor_id == row.person_id
    joined = list(Membership.objects.filter(enrollment=row).values_list("subgroup__position", "since", "until"))
    counted = Seats.objects.values("taken", "capacity", "waiting", "freed_at").get(cohort=row.cohort)
    groups = list(row.cohort.subgroups.values_list("taken", flat=True))
    early_ones = list(Price.objects.filter(cohort=row.cohort).order_by("kind").values_list("kind", "used"))
    version = Terms.objects.get(pk=kept["terms_id"]).version
    fields = {name: value for name, value in kept.items() if name not in OWN}
    return fields, version, born, actor, joined, counted, groups, early_ones


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize(
    "setting",
    [
        lambda cohort: None,
        lambda cohort: early(cohort, until=timezone.now() + DAY),
        lambda cohort: early(cohort, first=2),
        lambda cohort: early(cohort, until=timezone.now() + DAY, first=2),
        lambda cohort: early(cohort, until=timezone.now() - DAY, first=2),
        used_up,
        new_terms,
        change(opens_at=timezone.now() - HOUR, alumni_hours=24),
        lambda cohort: Price.objects.update(amount=0),
    ],
    ids=["plain", "early", "first", "early-first", "over", "used-up", "terms", "opened", "free"],
)
def test_both_ways_write_the_same(study: Any, setting: Setting, *, grouped: bool) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        short, long = make_cohort(study, capacity=4), make_cohort(study, capacity=4)
        setting(short)
        setting(long)
        row = plainly(make_person("short", "하나"), short, grouped=grouped)
        assert row
        assert all_there_is(row) == all_there_is(the_long_way(make_person("long", "둘"), long, grouped=grouped))


def test_an_ordinary_seat_is_one_statement(cohort: Cohort, stranger: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        row = seats.hold(stranger, cohort, credit=True)
    row.refresh_from_db()
    assert (row.state, row.person, row.cohort, row.price) == ("held", stranger, cohort, 150_000)
    with pytest.raises(Refused):
        seats.hold(make_person("coupon", "쿠폰"), cohort, coupon="NONE")


def say_yes(cohort: Cohort) -> None:
    Scholarship.objects.create(cohort=cohort, places=1, percent=50, used=1)
    yes = {"state": "granted", "price": 75_000, "until": timezone.now() + DAY, "words_until": timezone.now() + DAY}
    ScholarshipApplication.objects.create(scholarship_id=cohort.pk, person=User.objects.get(handle="stranger"), **yes)


def begin(cohort: Cohort) -> None:
    cohort.sessions.filter(number=1).update(starts_at=timezone.now() - HOUR)


def fill(cohort: Cohort) -> None:
    Seats.objects.filter(cohort=cohort).update(taken=4)


def line_up(cohort: Cohort) -> None:
    fill(cohort)
    waiting.wait(make_person("waiting", "기다리는 이"), cohort)
    Seats.objects.filter(cohort=cohort).update(taken=3)


@pytest.mark.parametrize(
    "setting",
    [
        change(state="closed"),
        change(state="draft"),
        change(state="called_off"),
        change(closes_at=timezone.now() - HOUR),
        change(opens_at=timezone.now() + HOUR),
        begin,
        fill,
        line_up,
        lambda cohort: cohort.subgroups.update(taken=2),
        lambda cohort: seats.hold(User.objects.get(handle="stranger"), cohort),
        lambda cohort: give(User.objects.get(handle="stranger"), cohort.study, 10_000),
        say_yes,
    ],
    ids=[
        "closed", "draft", "called-off", "over", "soon", "begun", "full", "line", "group-full", "again", "credit",
        "scholarship",
    ],
)  # fmt: skip
def test_what_is_not_plain_changes_nothing(cohort: Cohort, stranger: User, setting: Setting) -> None:
    setting(cohort)
    before = Seats.objects.values().get(), Enrollment.objects.count(), Change.objects.count()
    assert plainly(stranger, cohort, grouped=True) is None
    assert (Seats.objects.values().get(), Enrollment.objects.count(), Change.objects.count()) == before
    assert not Membership.objects.filter(enrollment__state="held", enrollment__person=stranger).exists()


def test_a_subgroup_of_another_cohort_is_not_entered(cohort: Cohort, stranger: User, study: Any) -> None:
    other = make_cohort(study)
    assert seats._hold_plainly(stranger, cohort, other.subgroups.all()[0], ("", ""), credit=True) is None
    assert not Enrollment.objects.exists()
