"""Waiting for a seat: standing in line, being offered a seat that came free, missing it, letting it go."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Price, Seats, Study
from cohorts.services import cohorts, news, seats, waiting
from payments.models import Payment
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english, plan, studio, text
from tests.cohorts.waiting_line import (
    counted,
    free,
    full,
    in_state,
    leave_url,
    letters,
    line_up,
    offer,
    people,
    state,
    wait,
    waiting_url,
)
from tests.payments.buying import assert_seats_match, join_url
from tests.people import make_person, make_study, sign_in

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def crowded(study: Study) -> Cohort:
    """A free cohort of one seat, taken."""
    return full(study, amount=0)


def place(person: User) -> Enrollment:
    return Enrollment.objects.filter(person=person).latest("pk")


def take(person: User, cohort: Cohort) -> Any:
    return sign_in(person).post(join_url(cohort), {"terms": "on"})


def over(person: User) -> None:
    """Let the time of a seat held or offered be over."""
    past = timezone.now() - datetime.timedelta(seconds=1)
    Enrollment.objects.filter(person=person).update(hold_until=past, offered_until=past)


def test_one_press_stands_in_line_and_says_who_stands_before(crowded: Cohort, stranger: User) -> None:
    browser = sign_in(stranger)
    sold_out = text(browser.get(join_url(crowded)))
    assert f'action="{waiting_url(crowded)}"' in sold_out
    assert "Nobody can overtake" in text(browser.get(waiting_url(crowded)))
    line_up(crowded, 2)
    for _ in range(2):  # pressed twice: one place
        assert wait(stranger, crowded).url == waiting_url(crowded)
    page = text(browser.get(waiting_url(crowded)))
    assert "2 people before you" in page
    assert (state(stranger, crowded), counted(crowded)) == ("waitlisted", (1, 3))
    assert letters(stranger) == ["waiting"]
    assert browser.get(join_url(crowded)).url == waiting_url(crowded)
    assert take(stranger, crowded).url == waiting_url(crowded)
    assert not Payment.objects.exists()


def test_the_line_is_for_a_full_cohort_that_takes_members(crowded: Cohort, cohort: Cohort, stranger: User) -> None:
    """Where a seat is free, or nobody can join, waiting is not offered and not taken."""
    closed = full(cohort.study, amount=0)
    Cohort.objects.filter(pk=closed.pk).update(closes_at=timezone.now() - HOUR)
    for row in (cohort, closed):
        assert sign_in(stranger).get(waiting_url(row)).url == join_url(row)
        assert wait(stranger, row).url == join_url(row)
    seated = crowded.enrollments.get().person
    assert wait(seated, crowded).url == join_url(crowded)
    assert not Enrollment.objects.filter(state="waitlisted").exists()
    draft = full(cohort.study)
    Cohort.objects.filter(pk=draft.pk).update(state=Cohort.State.DRAFT)
    assert wait(stranger, draft).status_code == sign_in(stranger).get(waiting_url(draft)).status_code == 404


def test_a_visitor_signs_up_on_the_way_and_comes_back(crowded: Cohort) -> None:
    assert Client().get(waiting_url(crowded)).status_code == 200
    away = Client().post(waiting_url(crowded)).url
    assert away.startswith(reverse("account_signup"))
    assert away.endswith(f"next={waiting_url(crowded)}".replace("/", "%2F"))


def test_the_post_that_led_here_is_kept_through_the_line(crowded: Cohort, stranger: User) -> None:
    browser = sign_in(stranger)
    assert 'value="abcdefghjk"' in text(browser.get(f"{waiting_url(crowded)}?from=abcdefghjk"))
    wait(stranger, crowded, came_from="abcdefghjk")
    assert place(stranger).came_from_id == "abcdefghjk"
    free(crowded)
    offer()
    take(stranger, crowded)
    assert (state(stranger, crowded), place(stranger).came_from_id) == ("active", "abcdefghjk")


def test_a_place_let_go_moves_the_others_up(crowded: Cohort) -> None:
    first, second = line_up(crowded, 2)
    assert sign_in(first).post(leave_url(crowded)).url == crowded.get_absolute_url()
    assert (state(first, crowded), counted(crowded)) == ("cancelled", (1, 1))
    assert letters(first) == []  # what had not left is not true any more
    assert "You are first in line" in text(sign_in(second).get(waiting_url(crowded)))
    sign_in(first).post(leave_url(crowded))
    assert counted(crowded) == (1, 1)
    wait(first, crowded)
    assert "1 person before you" in text(sign_in(first).get(waiting_url(crowded)))


def test_a_seat_that_comes_free_is_offered_to_the_first_for_a_day(crowded: Cohort, stranger: User) -> None:
    first, _second = line_up(crowded, 2)
    free(crowded)
    offer()
    assert (state(first, crowded), counted(crowded)) == ("offered", (1, 1))
    until = place(first).hold_until
    assert timezone.now() + 23 * HOUR < until < timezone.now() + 25 * HOUR
    letter = Letter.objects.get(recipient=first, key__startswith="seat_offered")
    assert join_url(crowded) in letter.text
    assert "Seoul time" in letter.text
    assert (letter.expires_at, letter.kind) == (until, "")
    assert "A seat is yours until" in text(sign_in(first).get(reverse("notifications")))
    assert "It is your turn" in text(sign_in(first).get(join_url(crowded)))
    assert take(stranger, crowded).status_code == 409
    assert take(first, crowded).status_code == 302
    assert (state(first, crowded), counted(crowded)) == ("active", (1, 1))
    offer()
    assert_seats_match(crowded)
    assert letters(first) == ["waiting", "seat_offered", "joined"]


def test_letters_speak_the_readers_language_and_clock(crowded: Cohort) -> None:
    korean = make_person("korean", "배소라")
    english = make_person("londoner", "Daniel", language="en", time_zone="Europe/London")
    wait(korean, crowded)
    wait(english, crowded)
    Seats.objects.filter(cohort=crowded).update(capacity=3)
    offer()
    mine, theirs = (Letter.objects.get(recipient=one, key__startswith="seat_offered") for one in (korean, english))
    assert "서울 시간" in mine.text
    assert "London time" in theirs.text
    for letter in Letter.objects.filter(recipient=korean):
        assert not re.search("(?i)seat|line|you ", letter.subject + letter.text.partition("--")[0]), letter.text


def test_nobody_overtakes_while_a_seat_waits_to_be_offered(
    crowded: Cohort, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the negative control: without the guard the one who presses at the right moment is first."""
    line_up(crowded, 1)
    free(crowded)
    refused = take(stranger, crowded)
    assert refused.status_code == 409
    assert "seats left go to who waits in line" in text(refused)
    assert "joined" not in letters(stranger)
    assert_seats_match(crowded)
    monkeypatch.setattr(seats, "take", without_the_guard)
    assert take(stranger, crowded).status_code == 409  # the page looks too
    with pytest.raises(AssertionError):
        assert_refused(stranger, crowded)


def without_the_guard(cohort: Cohort, **_how: object) -> None:
    row = Seats.objects.get(cohort=cohort)
    if row.taken >= row.capacity:
        raise seats.Refused("full", code="sold_out")
    Seats.objects.filter(cohort=cohort).update(taken=row.taken + 1)


def assert_refused(person: User, cohort: Cohort) -> None:
    try:
        seats.hold(person, cohort)
    except seats.Refused:
        return
    raise AssertionError("somebody overtook")


def test_late_money_does_not_overtake_either(crowded: Cohort, stranger: User) -> None:
    Seats.objects.filter(cohort=crowded).update(capacity=2)
    held = seats.hold(stranger, crowded)
    line_up(crowded, 1)
    seats.release(held, Enrollment.State.EXPIRED)
    assert not seats.settle(held)
    assert (state(stranger, crowded), counted(crowded)) == ("expired", (1, 1))


def test_fifty_wait_and_ten_seats_go_to_the_first_ten(study: Study) -> None:
    cohort = full(study, 12, amount=0)
    line = [person.pk for person in line_up(cohort, 50)]
    free(cohort, 10)
    for _ in range(2):
        offer()
        assert in_state(cohort, "offered") == line[:10]
        assert in_state(cohort, "waitlisted") == line[10:]
        assert counted(cohort) == (12, 40)
    assert_seats_match(cohort)
    assert Letter.objects.filter(key__startswith="seat_offered").count() == 10


def test_more_seats_are_offered_to_who_waits(crowded: Cohort, host: User) -> None:
    """The host gives two more seats in the studio."""
    Cohort.objects.filter(pk=crowded.pk).update(opened_at=timezone.now())
    line = line_up(crowded, 3)
    changed = {**as_planned(crowded), "capacity": "3"}
    assert sign_in(host).post(studio("cohort_edit", crowded), changed).status_code == 302
    offer()
    assert in_state(crowded, "offered") == [person.pk for person in line[:2]]
    assert counted(crowded) == (3, 1)


def as_planned(cohort: Cohort) -> dict[str, Any]:
    """What the host's form holds when nothing was changed."""
    form = english(cohort.study.payee).get(studio("cohort_edit", cohort)).context["form"]
    held = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**plan(), **held}.items() if value is not None}


def test_an_offer_that_is_missed_goes_on_with_a_kind_word(crowded: Cohort) -> None:
    first, second = line_up(crowded, 2)
    free(crowded)
    offer()
    over(first)
    offer()
    assert (state(first, crowded), state(second, crowded)) == ("expired", "offered")
    assert counted(crowded) == (1, 0)
    assert letters(first) == ["offer_over"]
    assert take(first, crowded).status_code == 409
    wait(first, crowded)
    assert state(first, crowded) == "waitlisted"


def test_an_offer_let_go_goes_on_at_once(crowded: Cohort) -> None:
    first, second = line_up(crowded, 2)
    free(crowded)
    offer()
    assert leave_url(crowded) in text(sign_in(first).get(join_url(crowded)))
    sign_in(first).post(leave_url(crowded))
    assert counted(crowded) == (0, 1)
    offer()
    assert (state(first, crowded), state(second, crowded)) == ("cancelled", "offered")
    assert letters(first) == []


def test_an_offer_ends_when_joining_closes_but_never_within_the_hour(crowded: Cohort) -> None:
    first, second = line_up(crowded, 2)
    for person, closes in ((first, 5 * HOUR), (second, HOUR / 6)):
        end = timezone.now() + closes
        Cohort.objects.filter(pk=crowded.pk).update(closes_at=end)
        Seats.objects.filter(cohort=crowded).update(capacity=F("taken") + 1)
        offer()
        assert abs(place(person).hold_until - max(end, timezone.now() + HOUR)) < datetime.timedelta(minutes=1)
    Cohort.objects.filter(pk=crowded.pk).update(closes_at=timezone.now() - HOUR / 6)
    assert take(second, crowded).status_code == 302  # promised is promised
    assert state(second, crowded) == "active"


def test_price_and_rule_are_agreed_when_a_seat_is_offered(study: Study, host: User) -> None:
    cohort = full(study, amount=150_000)
    first, second = line_up(cohort, 2)
    Price.objects.filter(cohort=cohort).update(amount=120_000)
    Seats.objects.filter(cohort=cohort).update(capacity=2)
    offer()
    Price.objects.filter(cohort=cohort).update(amount=180_000)
    assert "₩120,000" in text(sign_in(first).get(join_url(cohort)))
    assert "₩180,000" in text(sign_in(second).get(waiting_url(cohort)))
    assert place(first).price == 120_000


@pytest.mark.parametrize("how", ["close", "call_off", "past"])
def test_a_cohort_that_takes_nobody_any_more_sends_the_line_home(crowded: Cohort, host: User, how: str) -> None:
    line = line_up(crowded, news.SOME + 2)
    free(crowded)
    offer()
    if how == "past":
        Cohort.objects.filter(pk=crowded.pk).update(closes_at=timezone.now() - HOUR)
    else:
        sign_in(host).post(studio(f"cohort_{how}" if how == "close" else how, crowded))
    offer()
    offer()
    kept = how != "call_off"  # an offer that was made stands, but not in a cohort that does not take place
    assert in_state(crowded, "offered") == ([line[0].pk] if kept else [])
    assert (in_state(crowded, "waitlisted"), counted(crowded)) == ([], (int(kept), 0))
    assert letters(line[-1]) == letters(line[1]) == ["line_over"]
    assert letters(line[0]) == (["waiting", "seat_offered"] if kept else ["line_over"])
    said = Letter.objects.get(recipient=line[-1], withdrawn_at=None).text
    assert ("called off" in said) is (how == "call_off")
    assert take(line[0], crowded).status_code == (302 if kept else 409)


def test_closing_costs_the_same_however_many_wait(study: Study, other_host: User) -> None:
    found = []
    for where, count in ((study, 1), (make_study(other_host, slug="other"), 60)):
        cohort = full(where, amount=0)
        for person in people(count) if not found else people_more(count):
            waiting.wait(person, cohort)
        browser = sign_in(where.payee)
        costs = []
        for name in ("cohort_close", "cohort_reopen", "call_off"):
            with CaptureQueriesContext(connection) as queries:
                assert browser.post(studio(name, cohort)).status_code == 302
            costs.append(len(queries))
        found.append(costs)
    assert found[0] == found[1]


def people_more(count: int) -> list[User]:
    return [make_person(f"more-{n}", f"더 {n}") for n in range(count)]


def test_the_place_in_line_costs_the_same_in_a_long_one(crowded: Cohort) -> None:
    def cost(person: User) -> int:
        browser = sign_in(person)
        browser.get(waiting_url(crowded))
        with CaptureQueriesContext(connection) as queries:
            browser.get(waiting_url(crowded))
        return len(queries)

    line = line_up(crowded, 20)
    assert cost(line[0]) == cost(line[-1]) <= 10


def test_a_queue_that_lags_is_seen(crowded: Cohort) -> None:
    line_up(crowded, 1)
    free(crowded)
    Seats.objects.filter(cohort=crowded).update(freed_at=timezone.now() - HOUR)
    late = {one.name: waited for one, waited in queue.oldest_due()}
    assert late["cohorts.drain_offers"] > 3_500
    offer()
    assert {one.name: waited for one, waited in queue.oldest_due()}["cohorts.drain_offers"] is None


def test_a_reopened_cohort_keeps_who_still_waits(crowded: Cohort, host: User) -> None:
    (first,) = line_up(crowded, 1)
    cohorts.close(host, crowded)
    cohorts.reopen(host, crowded)
    offer()
    assert state(first, crowded) == "waitlisted"
