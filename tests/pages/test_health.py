"""/health/: 200 when all is well, 503 and a sentence when a part is down."""

import datetime
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from studyplatform.kit import queue
from studyplatform.kit.tasks import HEARTBEAT, heartbeat
from studyplatform.mail.models import Letter

DEAD = "unix:///nowhere/valkey.sock?db=0"


def ask(client):
    answer = client.get("/health/")
    assert not answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]
    for secret in ("password", "/nowhere", "postgres:", "Traceback"):
        assert secret not in answer.content.decode()
    return answer.status_code, answer.json()


@pytest.mark.django_db
def test_all_is_well(client):
    heartbeat()
    status, said = ask(client)
    assert status == 200
    assert said["ok"]
    assert set(said["queues"]) == set(queue.QUEUES)
    assert {"mail.drain_letters", "cohorts.drain_holds"} <= set(said["queues"])


@pytest.mark.django_db
@pytest.mark.parametrize("last", [None, 91])
def test_nothing_waits_and_no_heartbeat_comes_beat_is_down(client, last):
    if last:
        cache.set(HEARTBEAT, time.time() - last)
    status, said = ask(client)
    assert (status, said["worker"]["ok"], said["beat"]["ok"]) == (503, True, False)
    assert said["database"]["ok"]


@pytest.mark.django_db
def test_messages_wait_and_no_heartbeat_comes_the_worker_is_down(client):
    heartbeat.delay()
    status, said = ask(client)
    assert (status, said["worker"]["ok"]) == (503, False)
    heartbeat()
    assert ask(client)[0] == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "status"), [(5, 200), (11, 503), (-60, 200)])
def test_a_queue_that_waits_too_long(client, minutes, status):
    heartbeat()
    due = timezone.now() - datetime.timedelta(minutes=minutes)
    Letter.objects.create(address="x@example.com", language="ko", key="1", subject="", text="", html="", due_at=due)
    got, said = ask(client)
    assert got == status
    assert said["queues"]["mail.drain_letters"]["ok"] is (status == 200)


@pytest.mark.django_db
def test_done_rows_do_not_count(client):
    heartbeat()
    long_ago = timezone.now() - datetime.timedelta(days=1)
    row = {"address": "x@example.com", "language": "ko", "subject": "", "text": "", "html": ""}
    Letter.objects.create(**row, key="1", due_at=long_ago, done_at=long_ago)
    assert ask(client)[0] == 200


@pytest.mark.django_db
def test_the_cache_is_down(client, settings):
    heartbeat()
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": DEAD}}
    status, said = ask(client)
    assert status == 503
    assert said["cache"]["says"] == "The cache does not answer."
    assert said["database"]["ok"]


@pytest.mark.django_db(transaction=True)
def test_the_database_is_down(client, monkeypatch):
    heartbeat()
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    status, said = ask(client)
    assert status == 503
    assert said["database"]["says"] == "The database does not answer."
    assert said["cache"]["ok"]
    assert said["worker"]["ok"]
    connection.close()


@pytest.mark.django_db
def test_a_few_queries_whatever_waits(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(len(queue.QUEUES) + 8):
        ask(client)
