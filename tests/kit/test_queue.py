"""Rows are the queue: I-26, I-27. Two workers never hold one row; what was not finished comes due again."""

import datetime
import threading

import pytest
import time_machine
from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from payments.models import StripeEvent
from studyplatform.kit import queue

NOW = datetime.datetime(2027, 3, 9, 11, tzinfo=datetime.UTC)


def row(number=1, **fields):
    values = {"event_id": f"evt_{number}", "kind": "x", "object_id": "o", "raw": {}, "due_at": timezone.now(), **fields}
    return StripeEvent.objects.create(**values)


def due():
    return StripeEvent.queue.due()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_share_the_rows_between_them():
    rows = {row(n).pk for n in range(30)}
    taken, together = [], threading.Barrier(2)

    def work():
        together.wait()
        mine = []
        while claimed := queue.claim(due(), limit=3):
            mine += [one.pk for one in claimed]
        taken.append(mine)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    [one.start() for one in workers]
    [one.join() for one in workers]
    assert sorted(taken[0] + taken[1]) == sorted(rows)


@pytest.mark.django_db(transaction=True)
def test_a_row_another_worker_is_taking_now_is_left_to_it():
    row(1)
    with transaction.atomic():
        StripeEvent.objects.select_for_update().get()
        found = []

        def other():
            found.extend(queue.claim(due()))
            connection.close()

        worker = threading.Thread(target=other)
        worker.start()
        worker.join(5)
        assert not worker.is_alive()
    assert found == []


@pytest.mark.django_db
def test_a_crash_between_claim_and_record_makes_it_due_again_when_the_lease_ends(clock):
    row()
    [first] = queue.claim(due())
    assert queue.claim(due()) == []
    clock.shift(queue.LEASE + datetime.timedelta(seconds=1))
    [second] = queue.claim(due())
    assert (second.pk, second.attempts) == (first.pk, 2)


@pytest.mark.django_db
def test_who_lost_the_lease_records_nothing(clock):
    row()
    [first] = queue.claim(due())
    clock.shift(queue.LEASE + datetime.timedelta(seconds=1))
    [second] = queue.claim(due())
    assert not queue.done(first)
    assert queue.relock(first) is None
    assert not queue.later(first, "late")
    assert StripeEvent.objects.get().done_at is None
    assert queue.done(second)
    assert StripeEvent.objects.get().done_at == timezone.now()


@pytest.mark.django_db
def test_each_failure_waits_longer_up_to_an_hour(clock):
    row()
    waits = []
    for _ in range(14):
        [claimed] = queue.claim(due())
        assert queue.later(claimed, "no answer")
        waits.append((StripeEvent.objects.get().due_at - timezone.now()).total_seconds())
        clock.move_to(StripeEvent.objects.get().due_at)
    assert waits[:3] == [20, 40, 80]
    assert waits == sorted(waits)
    assert waits[-1] == StripeEvent.LONGEST_BACKOFF
    assert StripeEvent.objects.get().error == "no answer"


@pytest.mark.django_db
def test_a_known_time_is_no_failure_and_given_up_is_an_end(clock):
    row(1)
    [claimed] = queue.claim(due())
    assert queue.again_at(claimed, timezone.now() + datetime.timedelta(hours=2))
    assert (StripeEvent.objects.get().error, due().count()) == ("", 0)
    clock.shift(datetime.timedelta(hours=3))
    [claimed] = queue.claim(due())
    assert queue.give_up(claimed, "nobody is there")
    clock.shift(datetime.timedelta(days=30))
    assert (due().count(), StripeEvent.objects.get().error) == (0, "nobody is there")


@pytest.fixture
def small_queue(monkeypatch):
    """A queue whose work fails for rows of kind "bad"."""
    monkeypatch.setattr(queue, "QUEUES", {})

    @queue.drains("tests.small", StripeEvent)
    def work(event):
        if event.kind == "bad":
            raise ValueError("cannot")
        queue.done(event)

    yield "tests.small"
    current_app.tasks.pop("tests.small", None)


@pytest.mark.django_db
def test_one_bad_row_does_not_stop_the_others(small_queue, clock):
    row(0, kind="bad")
    for number in range(1, 45):
        row(number)
    assert queue.drain(small_queue) == 45
    assert StripeEvent.objects.filter(done_at=None).count() == 1
    assert "cannot" in StripeEvent.objects.get(kind="bad").error


@pytest.mark.django_db
def test_health_hears_how_long_the_oldest_row_waits(small_queue, clock):
    row(1, due_at=timezone.now() - datetime.timedelta(minutes=7))
    row(2)
    [(known, seconds)] = queue.oldest_due()
    assert (known.name, seconds) == (small_queue, 420)


def sent():
    """How many messages wait in the broker."""
    with current_app.connection_or_acquire() as broker:
        return broker.default_channel.client.llen("celery")


@pytest.mark.django_db(transaction=True)
def test_a_wake_is_sent_after_commit_and_never_after_a_rollback():
    before = sent()
    with transaction.atomic():
        queue.wake("payments.drain_events")
        transaction.set_rollback(True)
    assert sent() == before
    with transaction.atomic():
        queue.wake("payments.drain_events")
        assert sent() == before
    assert sent() == before + 1


@pytest.mark.django_db(transaction=True)
def test_many_wakes_are_one_until_the_drain_begins():
    before = sent()
    for _ in range(5):
        queue.wake("payments.drain_events")
    queue.wake("payments.drain_refunds")
    assert sent() == before + 2
    queue.drain("payments.drain_events")
    queue.wake("payments.drain_events")
    assert sent() == before + 3


@pytest.mark.django_db(transaction=True)
def test_an_emptied_broker_loses_nothing(small_queue):
    with transaction.atomic():
        row()
        queue.wake(small_queue)
    cache.clear()  # cache and broker share a server here
    assert sent() == 0
    assert queue.drain(small_queue) == 1
    assert StripeEvent.objects.get().done_at
