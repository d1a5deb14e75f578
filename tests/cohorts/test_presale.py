"""When people may join: members of earlier cohorts and followers first, to a part of the seats; then everybody."""

import datetime
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from cohorts import presale
from cohorts.models import Cohort, Enrollment, Seats
from cohorts.services import seats, waiting
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused
from tests.cohorts.hosting import text
from tests.cohorts.waiting_line import people
from tests.payments.buying import assert_seats_match, join, join_url
from tests.people import enroll, make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
AT_ONCE = 8


def refusal(person: User, cohort: Cohort) -> str:
    """Return the code with which somebody is refused a seat, "" when they get one; nothing stays."""
    try:
        with transaction.atomic():
            seats.hold(person, cohort)
            transaction.set_rollback(True)
    except Refused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    ("hours", "gets"),
    [
        (-49, set()),
        (-47, {"member"}),
        (-25, {"member"}),
        (-23, {"member", "follower"}),
        (1, {"member", "follower", "stranger"}),
    ],
)
def test_each_may_from_their_own_moment_on(
    soon: Cohort, member: User, follower: User, stranger: User, opening: datetime.datetime, hours: int, gets: set[str]
) -> None:
    asking = {"member": member, "follower": follower, "stranger": stranger}
    with time_machine.travel(opening + hours * HOUR):
        assert {name for name, person in asking.items() if not refusal(person, soon)} == gets
        assert {refusal(asking[name], soon) for name in asking.keys() - gets} <= {"soon"}


def test_the_page_about_money_says_who_joins_first(
    soon: Cohort, member: User, follower: User, stranger: User, opening: datetime.datetime
) -> None:
    Cohort.objects.filter(pk=soon.pk).update(presale_seats=20)
    Seats.objects.filter(cohort=soon).update(capacity=40)
    page = Path(settings.BASE_DIR, "docs/money.md").read_text()
    told = re.findall(r"^\| (\d+) hours \| (\w+) \| (\w+) \| (\w+) \| (\d+) \|$", page, re.MULTILINE)
    assert len(told) == 4
    for hours, *may, there in told:
        soon.refresh_from_db()
        with time_machine.travel(opening - int(hours) * HOUR, tick=False):
            assert ["no" if refusal(one, soon) else "yes" for one in (member, follower, stranger)] == may
            assert (presale.most(soon) or 40) == int(there)


def test_the_first_second_is_theirs_and_not_the_one_before(
    soon: Cohort, member: User, opening: datetime.datetime
) -> None:
    with time_machine.travel(opening - 2 * DAY - datetime.timedelta(seconds=1), tick=False):
        assert refusal(member, soon) == "soon"
    with time_machine.travel(opening - 2 * DAY, tick=False):
        assert not refusal(member, soon)


def test_who_left_or_joins_a_later_one_is_no_member_of_an_earlier_cohort(
    soon: Cohort, cohort: Cohort, member: User, stranger: User, other_host: User, opening: datetime.datetime
) -> None:
    gone = enroll(stranger, cohort)
    later = make_cohort(cohort.study, starts_on=soon.starts_on + 7 * DAY)
    enroll(other_host, later)
    elsewhere = make_person("elsewhere", "다른 데")
    enroll(elsewhere, make_cohort(make_study(other_host, slug="bread"), starts_on=cohort.starts_on))
    with time_machine.travel(opening - 30 * HOUR):
        assert not refusal(stranger, soon)
        seats.release(gone, "cancelled", stranger)
        assert [refusal(one, soon) for one in (stranger, other_host, elsewhere, member)] == ["soon"] * 3 + [""]
    Enrollment.objects.filter(person=member).update(state="completed")
    assert list(presale.people(soon, "alumni")) == [member]


def test_the_sentence_says_when_on_the_readers_own_clock(
    soon: Cohort, member: User, stranger: User, opening: datetime.datetime
) -> None:
    translation.activate("en")
    with time_machine.travel(opening - 3 * DAY), pytest.raises(Refused, match="before everybody else"):
        seats.hold(member, soon)
    with time_machine.travel(opening - DAY), pytest.raises(Refused, match=r"01:00, London time.*others come first"):
        seats.hold(stranger, soon)
    Cohort.objects.filter(pk=soon.pk).update(alumni_hours=0, followers_hours=0)
    with pytest.raises(Refused, match=r"01:00, London time\.$"):
        seats.hold(stranger, soon)


def test_the_page_refuses_who_comes_too_early_and_takes_who_comes_first(
    soon: Cohort, member: User, stranger: User, opening: datetime.datetime
) -> None:
    Cohort.objects.filter(pk=soon.pk).update(alumni_hours=48)
    soon.prices.update(amount=0)
    with time_machine.travel(opening - DAY - HOUR):
        browser = sign_in(stranger)
        page = text(browser.get(join_url(soon)))
        assert "Tell me when it opens" in page
        assert "Members of earlier cohorts can from" in page
        assert join(browser, soon).status_code == 409
        assert join(sign_in(member), soon).status_code == 302
    assert list(soon.enrollments.values_list("person", flat=True)) == [member.pk]
    assert_seats_match(soon)


def test_a_seat_once_held_stays_theirs(soon: Cohort, member: User, opening: datetime.datetime) -> None:
    """Whoever holds a seat can go on to pay, whatever the host does to the windows meanwhile."""
    with time_machine.travel(opening - DAY):
        held = seats.hold(member, soon)
        Cohort.objects.filter(pk=soon.pk).update(alumni_hours=0)
        assert seats.hold(member, soon) == held
        assert seats.settle(held)


def test_nobody_waits_in_line_before_they_may_join(
    soon: Cohort, member: User, stranger: User, opening: datetime.datetime
) -> None:
    Seats.objects.filter(cohort=soon).update(capacity=1)
    with time_machine.travel(opening - DAY - HOUR):
        enroll(member, soon)
        with pytest.raises(Refused) as refused:
            waiting.wait(stranger, soon)
        assert refused.value.code == "soon"
    with time_machine.travel(opening + HOUR):
        assert waiting.wait(stranger, soon).state == "waitlisted"


def hold_at_once(crowd: list[User], cohort: Cohort) -> list[str]:
    def go(person: User) -> str:
        try:
            seats.hold(person, cohort)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(go, crowd))


def many(study: Any, opening: datetime.datetime) -> tuple[list[User], Cohort]:
    """Forty members of a free cohort that has begun, and the next one: 10 of its 50 seats before everybody."""
    earlier = make_cohort(study, capacity=60, amount=0, subgroups=0, starts_on=timezone.localdate() - 7 * DAY)
    crowd = people(40)
    for person in crowd:
        enroll(person, earlier)
    first = {"opens_at": opening, "alumni_hours": 48, "presale_seats": 10}
    return crowd, make_cohort(study, capacity=50, subgroups=0, **first)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_exactly_the_seats_there_are_before_everybody(study: Any, opening: datetime.datetime) -> None:
    crowd, cohort = many(study, opening)
    with time_machine.travel(opening - DAY):
        got = hold_at_once(crowd, cohort)
        assert (got.count(""), got.count("first_taken")) == (10, 30)
        freed = cohort.enrollments.first()
        seats.release(freed, "expired")
        assert not refusal(freed.person, cohort)  # what nobody paid for goes to the next of them
    with time_machine.travel(opening + HOUR):
        assert hold_at_once([one for one in crowd if refusal(one, cohort) == ""][:5], cohort) == [""] * 5
    assert_seats_match(cohort)


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_more_are_taken(
    study: Any, opening: datetime.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: all who are let in at once look at the seats first, then each takes one."""
    crowd, cohort = many(study, opening)
    take, gate = seats.take, threading.Barrier(AT_ONCE)

    def look_then_take(row: Cohort, number: int = 1, *, most: int | None = None) -> None:
        if Seats.objects.get(cohort=row).taken >= (most or 0):
            raise presale.all_taken(row)
        gate.wait(30)
        take(row)

    monkeypatch.setattr(seats, "take", look_then_take)
    with time_machine.travel(opening - DAY):
        assert hold_at_once(crowd, cohort).count("") > 10


def test_late_money_takes_any_free_seat(soon: Cohort, member: User, follower: User, opening: datetime.datetime) -> None:
    Cohort.objects.filter(pk=soon.pk).update(presale_seats=1)
    with time_machine.travel(opening - 23 * HOUR):
        late = seats.hold(member, soon)
        seats.release(late, "expired")
        seats.hold(follower, soon)
        assert seats.settle(late)
    assert_seats_match(soon)


def fragment(person: User | None, cohort: Cohort) -> str:
    from django.test import Client

    browser = Client()
    if person:
        browser = sign_in(person)
        browser.cookies["signed_in"] = "1"
    return text(browser.get(reverse("seats_fragment", args=[cohort.study.slug, cohort.number])))


def test_the_price_box_tells_everybody_their_own_moment(
    soon: Cohort, member: User, follower: User, stranger: User, opening: datetime.datetime
) -> None:
    soon.study.language = "en"
    soon.study.save()
    Cohort.objects.filter(pk=soon.pk).update(presale_seats=2)
    with time_machine.travel(opening - 3 * DAY):
        assert "before everybody else" in fragment(member, soon)
        assert "before everybody else" in fragment(follower, soon)
        assert "before everybody else" not in fragment(stranger, soon)
        assert "Sign in if you are one" in fragment(None, soon)
        assert "Sign in if you are one" not in fragment(stranger, soon)
    with time_machine.travel(opening - 47 * HOUR):
        assert "You can join now." in fragment(member, soon)
        assert "2 seats until then" in fragment(member, soon)
        assert join_url(soon) not in fragment(follower, soon)
        Seats.objects.filter(cohort=soon).update(taken=2)
        assert "The seats for who comes first are taken." in fragment(member, soon)
        assert "Everybody can join from" in fragment(stranger, soon)
        assert "taken" not in fragment(stranger, soon)  # no false "sold out"
        assert "first_taken" in [refusal(member, soon)]
    with time_machine.travel(opening + HOUR):
        for person in (None, member, stranger):
            assert "Everybody can join from" not in fragment(person, soon)
            assert join_url(soon) in fragment(person, soon)


def test_the_landing_page_says_when_and_opens_by_itself(soon: Cohort, client: Any, opening: datetime.datetime) -> None:
    with time_machine.travel(opening - 3 * DAY):
        page = text(client.get(soon.get_absolute_url()))
        assert "PreOrder" in page
        assert "10:00" in page
        assert f'href="{join_url(soon)}"' not in page
    cache.clear()  # the page is kept for a minute, by a clock that did not travel
    with time_machine.travel(opening):
        page = text(client.get(soon.get_absolute_url()))
        assert "InStock" in page
        assert f'href="{join_url(soon)}"' in page


def test_lists_do_not_send_people_before_a_closed_door(soon: Cohort, client: Any, opening: datetime.datetime) -> None:
    for address in (soon.study.get_absolute_url(), reverse("studies")):
        page = text(client.get(address))
        assert "에 열려요" in page or "Opens" in page, address


def test_programs_read_it_and_join_when_they_may(
    soon: Cohort, member: User, stranger: User, client: Any, opening: datetime.datetime
) -> None:
    from tests.api.test_mine import post, token
    from tests.api.test_problems import problem

    soon.prices.update(amount=0)
    address = f"/api/v1/studies/{soon.study.slug}/cohorts/{soon.number}/"
    read = client.get(address).json()
    assert read["opens_at"] == opening.isoformat().replace("+00:00", "Z")
    assert datetime.datetime.fromisoformat(read["presale"]["alumni_from"]) == opening - 2 * DAY
    assert (read["joinable"], read["presale"]["seats"]) == (False, None)
    with time_machine.travel(opening - 47 * HOUR):
        sent = {"price": 0, "terms": True}
        problem(post(f"{address}enrollments/", token(stranger, "join"), **sent), 409, "soon")
        assert post(f"{address}enrollments/", token(member, "join"), **sent).status_code == 201
    with time_machine.travel(opening):
        assert client.get(address).json()["joinable"]
