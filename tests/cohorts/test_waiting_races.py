"""Waiting with many hands at once, or killed in the middle: each seat to one, in the order of the line."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Seats
from cohorts.services import news, seats, waiting
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.cohorts.waiting_line import counted, free, full, in_state, offer, people, wait
from tests.payments.buying import assert_seats_match
from tests.payments.test_concurrency import all_at_once
from tests.payments.test_crash import killed, process
from tests.people import make_person, make_study
from tests.racing import locked as locked_by_another
from tests.racing import waits_for_lock

pytestmark = pytest.mark.django_db(transaction=True)

OFFERS = """
from cohorts import tasks
from studyplatform.kit import queue
queue.drain("cohorts.drain_offers")
"""
LINES = OFFERS.replace("drain_offers", "drain_lines")


@pytest.fixture
def crowded(db: None) -> Cohort:
    return full(make_study(make_person("host", "정은혜")), 12, amount=0)


def in_line(cohort: Cohort, count: int) -> list[int]:
    line = people(count)
    for person in line:
        waiting.wait(person, cohort)
    return [person.pk for person in line]


def drain() -> None:
    queue.drain("cohorts.drain_offers")


def test_drains_at_once_offer_each_seat_to_one_in_the_order_of_the_line(crowded: Cohort) -> None:
    line = in_line(crowded, 50)
    free(crowded, 10)
    all_at_once([drain for _ in range(4)])
    drain()
    assert in_state(crowded, "offered") == line[:10]
    assert in_state(crowded, "waitlisted") == line[10:]
    assert counted(crowded) == (12, 40)
    offered = Letter.objects.filter(key__startswith="seat_offered")
    assert sorted(offered.values_list("recipient", flat=True)) == line[:10]


def test_one_seat_two_drains_one_offer(crowded: Cohort) -> None:
    line = in_line(crowded, 3)
    for n in range(3):
        free(crowded)
        all_at_once([drain, drain])
        assert in_state(crowded, "offered") == line[: n + 1]
        assert_seats_match(crowded)


def test_everything_at_once_keeps_the_count(crowded: Cohort) -> None:
    """People line up, let go and try to overtake while seats come free and are offered."""
    line = [User.objects.get(pk=pk) for pk in in_line(crowded, 8)]
    late = [make_person(f"late-{n}", f"나중 {n}") for n in range(6)]
    leaving = list(crowded.enrollments.filter(state="active")[:4])
    jobs: list[Callable[[], Any]] = [lambda p=p: wait(p, crowded) for p in late[:3]]
    jobs += [lambda p=p: tried(p, crowded) for p in late[3:]]
    jobs += [lambda p=p: waiting.leave(p, Enrollment.objects.get(person=p)) for p in line[:2]]
    jobs += [lambda e=e: seats.release(e, Enrollment.State.CANCELLED) for e in leaving]
    jobs += [drain, drain]
    done = all_at_once(jobs)
    assert done[3:6] == [False] * 3  # nobody overtook
    drain()
    assert_seats_match(crowded)
    assert counted(crowded) == (12, 8 + 3 - 2 - 4)
    offered = in_state(crowded, "offered")
    gone = {person.pk for person in line[:2]}
    assert [pk for pk in offered if pk not in gone] == [person.pk for person in line[2:6]]


def tried(person: User, cohort: Cohort) -> bool:
    try:
        return bool(seats.hold(person, cohort))
    except seats.Refused:
        return False


def test_without_the_guard_somebody_overtakes(crowded: Cohort, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: where only seats are counted, who presses while one is free takes it from the first."""

    def seats_alone(cohort: Cohort, **_how: object) -> None:
        if not Seats.objects.filter(cohort=cohort, taken__lt=12).update(taken=12):
            raise seats.Refused("full", code="sold_out")

    in_line(crowded, 1)
    free(crowded)
    stranger = make_person("stranger", "Daniel Cho")
    assert not tried(stranger, crowded)
    monkeypatch.setattr(seats, "take", seats_alone)
    assert tried(stranger, crowded)


def test_without_the_locks_one_person_takes_two_seats(crowded: Cohort, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: two drains look at the line in the same moment and see the same person in front."""
    gate, take = threading.Barrier(2), waiting._take_for_line

    def together(cohort: Cohort) -> bool:
        gate.wait(20)
        return take(cohort)

    in_line(crowded, 3)
    free(crowded, 2)
    monkeypatch.setattr(waiting, "_take_for_line", together)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows)
    all_at_once([lambda: waiting.offer_next(crowded) for _ in range(2)])
    assert (counted(crowded), len(in_state(crowded, "offered"))) == ((12, 1), 1)


def test_who_stands_in_line_in_four_tabs_stands_there_once(crowded: Cohort) -> None:
    person = make_person("tabs", "탭부자")
    all_at_once([lambda: wait(person, crowded) for _ in range(4)])
    assert in_state(crowded, "waitlisted") == [person.pk]
    assert_seats_match(crowded)


def test_killed_while_it_offers_nobody_is_lost_or_told_twice(crowded: Cohort) -> None:
    """I-26: the seat, the state and the letter are written together or not at all."""
    line = in_line(crowded, 3)
    free(crowded, 2)
    with (
        locked_by_another("SELECT 1 FROM cohorts_seats FOR UPDATE"),
        killed(OFFERS, when=waits_for_lock),
    ):
        pass
    assert (in_state(crowded, "offered"), counted(crowded)) == ([], (10, 3))
    assert not Letter.objects.filter(key__startswith="seat_offered").exists()
    assert process(OFFERS).wait(60) == 0
    assert in_state(crowded, "offered") == line[:2]
    assert Letter.objects.filter(key__startswith="seat_offered").count() == 2
    assert_seats_match(crowded)


def test_killed_while_a_line_is_sent_home_the_rest_are_told_later(crowded: Cohort) -> None:
    line = in_line(crowded, 2 * news.SOME + 3)
    Cohort.objects.filter(pk=crowded.pk).update(closes_at=timezone.now())
    late = Enrollment.objects.get(person=line[news.SOME + 1])
    with (
        locked_by_another(f"SELECT 1 FROM cohorts_enrollment WHERE id = {late.pk} FOR UPDATE"),
        killed(LINES, when=waits_for_lock),
    ):
        pass
    assert counted(crowded) == (12, news.SOME + 3)
    assert_seats_match(crowded)
    offer()
    assert counted(crowded) == (12, 0)
    told = Letter.objects.filter(key__startswith="line_over").values_list("recipient", flat=True)
    assert sorted(told) == sorted(line)
