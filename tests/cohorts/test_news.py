"""Many people are told outside the request: all of them, in turn, each once, killed or not, and the last state only."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohorts.models import Cohort, Enrollment, Session
from cohorts.services import news, presentations, seats, sessions
from payments.models import Refund
from studyplatform.accounts.models import Profile, User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.cohorts.hosting import english, studio
from tests.cohorts.test_studio_sessions import a_day_later, event
from tests.payments.money_world import paid_members
from tests.payments.test_crash import killed, process
from tests.people import make_cohort, make_person, make_study, sign_in
from tests.racing import locked as locked_by_another
from tests.racing import waits_for_lock

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def session(cohort: Cohort) -> Session:
    return cohort.sessions.order_by("starts_at").first()


def crowd(cohort: Cohort, count: int, start: int = 0) -> list[User]:
    """Put many people into a cohort at once."""
    people = User.objects.bulk_create(
        User(email=f"crowd-{n}@example.com", handle=f"crowd_{n}", language="en") for n in range(start, start + count)
    )
    Profile.objects.bulk_create(Profile(person=person, pen_name=f"Person {person.pk}") for person in people)
    agreed: Any = {
        "state": "active", "price": 0, "currency": "KRW", "policy_id": cohort.policy_id, "terms": cohort.terms.get(),
    }  # fmt: skip
    Enrollment.objects.bulk_create(Enrollment(cohort=cohort, person=person, **agreed) for person in people)
    return people


def told(kind: str) -> list[int]:
    """Who has a letter whose key begins so, and that was not taken back."""
    rows = Letter.objects.filter(key__startswith=f"{kind}:", withdrawn_at=None)
    return sorted(rows.values_list("recipient", flat=True))


def cost(browser: Client, address: str, data: dict[str, Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert browser.post(address, data).status_code == 302
    return len(queries)


def test_a_request_writes_nothing_per_member(cohort: Cohort, host: User, other_host: User) -> None:
    """Moving, cancelling and calling off cost the same with 3 people as with 300."""
    found = []
    for study, count in ((cohort.study, 3), (make_study(other_host, slug="other"), 300)):
        mine = make_cohort(study, subgroups=0)
        crowd(mine, count, start=len(found) * 1_000)
        browser = english(study.payee)
        first, second, *_ = mine.sessions.order_by("starts_at")
        cost(browser, studio("session", mine, second.public_id), a_day_later(second))
        cost(browser, studio("session", mine, second.public_id), {**a_day_later(second), "minutes": "60"})
        steps = [("session", a_day_later(first)), ("session_cancel", {})]
        costs = [cost(browser, studio(name, mine, first.public_id), data) for name, data in steps]
        found.append([*costs, cost(browser, studio("call_off", mine), {})])
        assert not Letter.objects.exclude(key__startswith="opened").exists()
    assert found[0] == found[1]


def test_calling_off_costs_the_same_at_any_number_of_sessions(cohort: Cohort, host: User) -> None:
    few, many = (make_cohort(cohort.study, subgroups=0, weeks=weeks) for weeks in (2, 30))
    browser = english(host)
    costs = [cost(browser, studio("call_off", one), {}) for one in (few, many)]
    assert costs[0] == costs[1]
    assert many.sessions.filter(state="cancelled", sequence=1).count() == 30


@pytest.mark.parametrize("people", [news.SOME - 1, news.SOME, 2 * news.SOME + 3])
def test_everybody_is_told_once_in_turn(cohort: Cohort, host: User, session: Session, people: int) -> None:
    members = [person.pk for person in crowd(cohort, people)]
    partner = cohort.subgroups.first().leaderships.get().partner.person
    sessions.change(host, session, starts_at=session.starts_at + DAY, minutes=60)
    queue.drain(news.SESSIONS)
    assert told("session_moved") == sorted([*members, partner.pk])
    assert Session.objects.get(pk=session.pk).news_at is None
    queue.drain(news.SESSIONS)
    assert len(told("session_moved")) == people + 1


def test_what_takes_longer_than_a_run_goes_on_in_the_next(
    cohort: Cohort, host: User, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "LONGEST", -1)
    crowd(cohort, 2 * news.SOME)
    sessions.change(host, session, starts_at=session.starts_at + DAY, minutes=60)
    for so_far in (news.SOME, 2 * news.SOME, 2 * news.SOME + 1):
        queue.drain(news.SESSIONS)
        assert len(told("session_moved")) == so_far


def test_moved_twice_before_anybody_was_told(cohort: Cohort, member: User, host: User, session: Session) -> None:
    """The last state once, and where it was when they last knew it."""
    was = session.starts_at
    for _ in range(2):
        session = sessions.change(host, session, starts_at=session.starts_at + DAY, minutes=60)
    queue.drain(news.SESSIONS)
    letter = Letter.objects.get(recipient=member)
    assert letter.key == f"session_moved:{session.pk}:2:{member.pk}"
    assert event(letter).decoded("DTSTART") == was + 2 * DAY
    assert f"{was.astimezone(cohort.tz):%-d}일" in letter.text


def test_moved_again_in_the_middle_everybody_hears_the_last_only(
    cohort: Cohort, host: User, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "LONGEST", -1)
    crowd(cohort, news.SOME + 5)
    session = sessions.change(host, session, starts_at=session.starts_at + DAY, minutes=60)
    queue.drain(news.SESSIONS)
    assert len(told("session_moved")) == news.SOME
    sessions.change(host, session, starts_at=session.starts_at + DAY, minutes=60)
    assert told("session_moved") == []
    for _ in range(2):
        queue.drain(news.SESSIONS)
    assert len(told("session_moved")) == news.SOME + 6
    assert set(Letter.objects.filter(withdrawn_at=None).values_list("key", flat=True)) == {
        f"session_moved:{session.pk}:2:{person}" for person in told("session_moved")
    }
    assert Letter.objects.exclude(withdrawn_at=None).count() == news.SOME


def test_moved_and_then_cancelled_they_hear_that_it_is_cancelled(
    cohort: Cohort, member: User, partner: User, host: User, session: Session
) -> None:
    sessions.change(host, session, starts_at=session.starts_at + DAY, minutes=60)
    sessions.cancel(host, session)
    queue.drain(news.SESSIONS)
    assert (told("session_moved"), told("session_cancelled")) == ([], sorted([member.pk, partner.pk]))


def test_who_was_to_present_is_told_at_once(cohort: Cohort, member: User, host: User, session: Session) -> None:
    """Their turn is freed in the same moment, so that they can take another."""
    presentations.claim(member, session)
    sessions.cancel(host, session)
    assert told("session_cancelled") == [member.pk]
    assert "발표" in Letter.objects.get().text
    queue.drain(news.SESSIONS)
    assert Letter.objects.filter(recipient=member).count() == 1


def test_who_left_meanwhile_is_not_told(cohort: Cohort, member: User, host: User, session: Session) -> None:
    sessions.change(host, session, starts_at=session.starts_at + DAY, minutes=60)
    seats.release(Enrollment.objects.get(person=member), Enrollment.State.CANCELLED)
    queue.drain(news.SESSIONS)
    assert member.pk not in told("session_moved")


def test_nobody_is_refunded_before_they_were_told(cohort: Cohort, host: User) -> None:
    """With the money back they are no members any more, and would not be found."""
    paid_members(cohort, 4)
    sign_in(host).post(studio("call_off", cohort))
    queue.drain("payments.drain_called_off")
    assert not Refund.objects.exists()
    queue.drain(news.COHORTS)
    queue.drain("payments.drain_called_off")
    assert Refund.objects.filter(cause="called_off").count() == 4
    assert len(told("called-off")) == 5
    assert Letter.objects.filter(key__startswith="called-off", text__contains="150,000원").count() == 4


def test_a_cohort_called_off_takes_the_place_of_what_was_to_be_said_of_its_sessions(
    cohort: Cohort, member: User, host: User, session: Session
) -> None:
    sessions.change(host, session, starts_at=session.starts_at + DAY, minutes=60)
    sign_in(host).post(studio("call_off", cohort))
    queue.drain(news.SESSIONS)
    queue.drain(news.COHORTS)
    assert (told("session_moved"), len(told("called-off"))) == ([], 2)


DRAIN = """
from cohorts import tasks
from studyplatform.kit import queue
queue.drain("{name}")
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["moved", "called_off"])
def test_killed_in_the_middle_it_goes_on_where_it_stood(what: str) -> None:
    """I-26: each transaction tells some people and says how far it came, or neither."""
    host = make_person("host", "정은혜")
    cohort = make_cohort(make_study(host), subgroups=0)
    members = [person.pk for person in crowd(cohort, 2 * news.SOME + 5)]
    if what == "moved":
        session = cohort.sessions.first()
        sessions.change(host, session, starts_at=session.starts_at + DAY, minutes=60)
    else:
        sign_in(host).post(studio("call_off", cohort))
    name, key = {"moved": (news.SESSIONS, "session_moved"), "called_off": (news.COHORTS, "called-off")}[what]
    last = members[news.SOME + 2]
    waits = f"SELECT pg_advisory_xact_lock({last})"
    with SlowAt(last), locked_by_another(waits), killed(DRAIN.format(name=name), when=waits_for_lock):
        assert len(told(key)) == news.SOME
    assert len(told(key)) == news.SOME
    assert process(DRAIN.format(name=name)).wait(60) == 0
    assert told(key) == members
    assert Letter.objects.count() == len(members)


class SlowAt:
    """While this lasts, a letter to one person waits for a lock named after them."""

    def __init__(self, person: int) -> None:
        self.person = person

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN IF NEW.recipient_id = {self.person} THEN "
                f"PERFORM pg_advisory_xact_lock({self.person}); END IF; RETURN NEW; END $$"
            )
            cursor.execute(
                "CREATE TRIGGER wait_for_test BEFORE INSERT ON mail_letter "
                "FOR EACH ROW EXECUTE FUNCTION wait_for_test()"
            )

    def __exit__(self, *why: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER wait_for_test ON mail_letter")
            cursor.execute("DROP FUNCTION wait_for_test")
