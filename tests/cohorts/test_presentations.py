"""Turns: who takes which, how they become ready, how they come free."""

import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from cohorts.models import Cohort, Presentation, Session
from cohorts.services import presentations, seats
from studyplatform.kit.errors import Refused
from studyplatform.kit.models import Change
from tests.people import enroll, make_person


@pytest.fixture
def session(cohort: Cohort) -> Session:
    return cohort.sessions.order_by("starts_at").first()


def group_session(cohort: Cohort, subgroup) -> Session:
    first = cohort.sessions.first()
    return Session.objects.create(
        cohort=cohort, subgroup=subgroup, number=1, starts_at=first.starts_at, minutes=60, turns=2
    )


def refused(person, session, **options) -> str:
    with pytest.raises(Refused) as refusal:
        presentations.claim(person, session, **options)
    return refusal.value.code


def test_a_member_takes_the_first_free_turn_and_a_stranger_none(member, stranger, host, session):
    turn = presentations.claim(member, session)
    assert (turn.position, turn.minutes, turn.state) == (1, 10, "claimed")
    assert Change.objects.get(subject_type="cohorts.presentation", subject_id=turn.pk).actor == member
    assert refused(member, session) == "already"
    assert refused(stranger, session) == "not_member"
    assert refused(host, session) == "not_member"


def test_a_full_session_a_past_one_and_a_cancelled_one_refuse(member, cohort, session):
    Session.objects.filter(pk=session.pk).update(turns=1)
    other = make_person("other", "신하나")
    enroll(other, cohort)
    presentations.claim(other, session)
    assert refused(member, session) == "full"
    second, third = cohort.sessions.order_by("starts_at")[1:3]
    Session.objects.filter(pk=second.pk).update(starts_at=timezone.now())
    Session.objects.filter(pk=third.pk).update(state="cancelled")
    assert refused(member, second) == "not_coming"
    assert refused(member, third) == "not_coming"


def test_a_subgroups_turns_are_its_own_members(member, cohort):
    own, other = cohort.subgroups.all()
    assert presentations.claim(member, group_session(cohort, own)).position == 1
    assert refused(member, group_session(cohort, other)) == "not_member"


def test_ready_and_back_only_from_where_it_stands(member, session):
    turn = presentations.claim(member, session)
    assert not presentations.make_unready(turn, member)
    assert presentations.make_ready(turn, member)
    assert not presentations.make_ready(turn, member)
    assert presentations.make_unready(turn, member)
    presentations.pass_on(member, turn, "출장이 생겼어요")
    assert not presentations.make_ready(turn, member)


def test_passing_on_needs_a_reason_and_ones_own_turn_and_frees_the_place(member, cohort, session):
    Session.objects.filter(pk=session.pk).update(turns=1)
    other = make_person("other", "신하나")
    enroll(other, cohort)
    turn = presentations.claim(member, session)
    for person, reason in ((other, "제가 갈게요"), (member, "  ")):
        with pytest.raises(Refused):
            presentations.pass_on(person, turn, reason)
    presentations.pass_on(member, turn, "출장이 생겼어요")
    assert Change.objects.filter(subject_type="cohorts.presentation").latest("pk").note == "출장이 생겼어요"
    assert presentations.claim(other, session).position == 1


def test_who_leaves_gives_coming_turns_back(member, cohort, session):
    presentations.claim(member, session)
    seats.release(member.enrollments.get(), "cancelled", member)
    assert Presentation.objects.get().state == "passed"


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_never_share_a_place(member, cohort, session):
    people = [member, *(make_person(f"p{n}", f"사람 {n}") for n in range(4))]
    for person in people[1:]:
        enroll(person, cohort)
    Session.objects.filter(pk=session.pk).update(turns=3)
    together = threading.Barrier(len(people))

    def take(person):
        together.wait()
        try:
            presentations.claim(person, session)
        except Refused:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=[person]) for person in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert connection.vendor == "postgresql"
    assert sorted(Presentation.objects.values_list("position", flat=True)) == [1, 2, 3]
