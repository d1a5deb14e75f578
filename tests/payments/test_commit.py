"""Nothing leaves before commit: a verb that is rolled back wrote no letter and woke nobody (I-27)."""

from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from cohorts.models import Cohort
from payments.models import LedgerTransaction, Payment
from payments.services import joining
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from tests.people import make_cohort, make_person, make_study

pytestmark = pytest.mark.django_db(transaction=True)


class Undone(Exception):
    pass


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    address = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host", "db")
    found = redis.Redis.from_url(address)
    cache.clear()
    found.delete("celery")
    yield found
    found.delete("celery")


@pytest.fixture
def buyer(db: None) -> User:
    return make_person("buyer", "사는이")


@pytest.fixture
def free(db: None) -> Cohort:
    return make_cohort(make_study(make_person("host", "정은혜")), amount=0)


def undo_after(verb: Callable[[], object], seen: Callable[[], int]) -> None:
    with transaction.atomic():
        verb()
        assert seen() == 0
        raise Undone


def test_a_rolled_back_verb_leaves_nothing_behind(broker: redis.Redis, free: Cohort, buyer: User) -> None:
    with pytest.raises(Undone):
        undo_after(lambda: joining.open_for(buyer, free), seen=lambda: broker.llen("celery"))
    assert broker.llen("celery") == 0
    assert not Letter.objects.exists()
    assert not Payment.objects.exists()
    assert not LedgerTransaction.objects.exists()
    joining.open_for(buyer, free)
    assert broker.llen("celery") == 1
    assert Letter.objects.count() == 1
