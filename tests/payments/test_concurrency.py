"""Many buyers, few seats, all at once, over HTTP; and the proof that this test can fail."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from cohorts.models import Cohort, Enrollment, Seats
from payments import gateway
from payments.flows import checkout
from payments.models import LedgerTransaction, Payment, Receipt, Refund, StripeEvent
from payments.services import payments, refunds
from studyplatform.accounts.models import User
from studyplatform.kit.models import Change
from studyplatform.mail.models import Letter
from tests.payments.buying import (
    LocalStripe,
    assert_books_match,
    assert_seats_match,
    begin,
    drain,
    hurry,
    join_url,
    signed,
)
from tests.people import make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS, SEATS = 120, 60
LOOK_THEN_WRITE = """
CREATE OR REPLACE FUNCTION take_seats(run bigint, number integer, most integer) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    seen integer;
BEGIN
    SELECT taken INTO seen FROM cohorts_seats WHERE cohort_id = run AND taken < capacity;
    PERFORM pg_sleep(0.1);
    UPDATE cohorts_seats SET taken = seen + number WHERE cohort_id = run AND seen IS NOT NULL;
    RETURN FOUND;
END $$
"""


@pytest.fixture
def world(db: None) -> Cohort:
    return make_cohort(make_study(make_person("host", "정은혜")), capacity=SEATS, subgroups=0)


class Buyer:
    """Somebody with a browser of their own, talking to the running site over HTTP."""

    def __init__(self, site: str, person: User) -> None:
        self.site = site
        self.http = requests.Session()
        cookie = sign_in(person).cookies[django_settings.SESSION_COOKIE_NAME]
        self.http.cookies.set(django_settings.SESSION_COOKIE_NAME, cookie.value)

    def read(self, path: str) -> requests.Response:
        return self.http.get(self.site + path, timeout=120)

    def post(self, path: str, **data: str) -> requests.Response:
        token = self.http.cookies.get(django_settings.CSRF_COOKIE_NAME, "")
        form = {"csrfmiddlewaretoken": token, **data}
        return self.http.post(self.site + path, form, allow_redirects=False, timeout=120)

    def close(self) -> None:
        self.http.close()


def all_at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run every job in a thread of its own, from the same moment on."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        gate.wait(60)
        try:
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


def buyers(site: str, count: int, path: str) -> list[Buyer]:
    found = [Buyer(site, make_person(f"buyer-{n}", f"멤버{n}")) for n in range(count)]
    for buyer in found:
        assert buyer.read(path).status_code == 200
        buyer.close()  # the next request opens a connection of its own
    return found


def rush(world: Cohort, crowd: list[Buyer]) -> list[int]:
    """Everybody presses "Go on and pay" at the same moment; returns the answers."""
    path = join_url(world)
    return [answer.status_code for answer in all_at_once([lambda b=b: b.post(path, terms="on") for b in crowd])]


def test_120_buyers_60_seats(world: Cohort, telling: LocalStripe, live_server: Any) -> None:
    """I-09: exactly as many are sold as there are; everybody who has a seat has paid for one, and only they."""
    crowd = buyers(live_server.url, BUYERS, join_url(world))
    answers = rush(world, crowd)
    assert (answers.count(303), answers.count(409)) == (SEATS, BUYERS - SEATS)
    assert Seats.objects.get(cohort=world).taken == SEATS
    held = list(Payment.objects.order_by("pk"))
    assert len(held) == SEATS
    page = crowd[answers.index(409)].read(join_url(world)).text
    assert "결제하고 있어요" in page or "being paid for" in page  # not "sold out": nobody has paid yet

    all_at_once([lambda p=p: telling.pay(p.reference) for p in held[:30]])
    connection.close()
    telling.ask("POST", "deliver")
    all_at_once([lambda: drain("drain_events") for _ in range(4)])
    hurry()
    drain()
    assert Enrollment.objects.filter(state="active").count() == 30
    assert Receipt.objects.count() == 30
    assert sorted(Receipt.objects.values_list("number", flat=True))[-1].endswith("000030")
    assert not StripeEvent.objects.filter(done_at=None).exists()
    assert not Refund.objects.exists()
    assert_books_match(telling, world)


@pytest.fixture
def unguarded(world: Cohort) -> Iterator[None]:
    """The one guard of seats taken out of PostgreSQL: look first, then write."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('take_seats'::regproc)")
        (guarded,) = cursor.fetchone()
        cursor.execute(LOOK_THEN_WRITE)
        yield
        cursor.execute(guarded)


def test_without_the_guard_the_same_rush_oversells(
    unguarded: None, world: Cohort, telling: LocalStripe, live_server: Any
) -> None:
    """The negative control: too many are let in."""
    Seats.objects.filter(cohort=world).update(capacity=10)
    rush(world, buyers(live_server.url, 40, join_url(world)))
    assert Enrollment.objects.filter(state="held").count() > 10


@pytest.mark.parametrize(("places", "people"), [(1, 8), (3, 12)])
def test_the_last_seats_go_to_exactly_so_many(
    world: Cohort, telling: LocalStripe, live_server: Any, places: int, people: int
) -> None:
    Seats.objects.filter(cohort=world).update(capacity=places)
    answers = rush(world, buyers(live_server.url, people, join_url(world)))
    assert answers.count(303) == places
    assert_seats_match(world)


def test_one_person_in_six_tabs_has_one_seat_and_one_page(
    world: Cohort, telling: LocalStripe, live_server: Any
) -> None:
    person = make_person("many-tabs", "탭부자")
    tabs = [Buyer(live_server.url, person) for _ in range(6)]
    for tab in tabs:
        tab.read(join_url(world))
    path = join_url(world)
    answers = all_at_once([lambda t=t: t.post(path, terms="on") for t in tabs])
    assert {answer.status_code for answer in answers} <= {302, 303}
    pages = {answer.headers["Location"] for answer in answers if answer.status_code == 303}
    assert len(pages) == 1
    assert Enrollment.objects.count() == Payment.objects.count() == Seats.objects.get(cohort=world).taken == 1
    mine = telling.api.v1.checkout.sessions.list(params={"limit": 100}).data
    assert len([page for page in mine if page.client_reference_id == Payment.objects.get().public_id]) == 1


def test_one_payment_confirmed_from_everywhere_at_once(world: Cohort, telling: LocalStripe, live_server: Any) -> None:
    """I-01, I-02: return pages, the same event five times, drains and direct looks, in parallel."""
    person = make_person("one-buyer", "한 사람")
    payment = begin(sign_in(person), world)
    telling.fault("webhook", "drop", times=50)
    telling.pay(payment.reference)
    events = [e for e in telling.events_about(payment.reference) if e["type"] == "checkout.session.completed"]
    tab = Buyer(live_server.url, person)
    hurry()
    page = gateway.get_page(payment.reference)
    jobs: list[Callable[[], Any]] = [lambda: Client().post(**signed(events[0])).status_code for _ in range(5)]
    jobs += [lambda: drain("drain_events") for _ in range(2)]
    jobs += [lambda: drain("drain_payments") for _ in range(2)]
    jobs += [lambda: checkout.look(Payment.objects.get()) for _ in range(3)]
    jobs += [lambda: payments.settle(payment, page) for _ in range(3)]
    jobs += [lambda: tab.read(reverse("checkout_return", args=[payment.public_id])).status_code]
    done = all_at_once(jobs)
    assert done[:5] == [200] * 5
    assert done[-1] == 200
    hurry()
    drain()
    assert sorted(LedgerTransaction.objects.values_list("cause", flat=True)) == [
        f"fee:{payment.lines.get().pk}",
        f"sale:{payment.lines.get().pk}",
    ]
    assert Letter.objects.count() == Receipt.objects.count() == StripeEvent.objects.count() == 1
    assert Change.objects.filter(subject_type="payments.payment", to_state="paid").count() == 1
    assert_books_match(telling, world)


def test_refunds_asked_for_at_once_never_exceed_what_was_paid(world: Cohort, telling: LocalStripe) -> None:
    """I-14 under concurrency: eight causes of 40,000 each, of 150,000; and two drains at once."""
    payment = begin(sign_in(make_person("one-buyer", "한 사람")), world)
    telling.pay(payment.reference)
    checkout.look(payment)
    line = payment.lines.get()

    def ask(cause: str) -> bool:
        try:
            return bool(refunds.owe(line, 40_000, cause))
        except refunds.Refused:
            return False

    owed = all_at_once([lambda n=n: ask(f"kindness:{n}") for n in range(8)])
    assert owed.count(True) == 3
    hurry()
    all_at_once([lambda: drain("drain_refunds") for _ in range(3)])
    payment.refresh_from_db()
    sent = telling.api.v1.refunds.list(params={"payment_intent": payment.intent}).data
    assert sorted(refund.amount for refund in sent) == [40_000] * 3
    hurry()
    drain()
    assert_books_match(telling, world)
