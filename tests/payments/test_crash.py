"""kill -9 in the middle (I-26): real processes, killed while they wait; then nothing is lost, nothing is doubled."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Seats
from payments.flows import checkout
from payments.models import LedgerTransaction, Payment, Receipt, Refund, StripeEvent
from payments.services import refunds
from studyplatform.accounts.models import User
from studyplatform.mail.models import Letter
from studyplatform.mail.services.letters import write
from tests.payments.buying import LocalStripe, assert_books_match, assert_seats_match, begin, deliver, drain, hurry
from tests.people import make_cohort, make_person, make_study, sign_in
from tests.racing import locked, waits_for_lock

pytestmark = pytest.mark.django_db(transaction=True)

BEGIN = """
from cohorts.models import Cohort
from payments.flows import checkout
from studyplatform.accounts.models import User
checkout.begin(User.objects.get(email="buyer@example.com"), Cohort.objects.get())
"""
LOOK = """
from payments.flows import checkout
from payments.models import Payment
checkout.look(Payment.objects.get())
"""
DRAIN = """
from payments import tasks
from studyplatform.kit import queue
queue.drain("payments.{name}")
"""


@pytest.fixture
def buyer(db: None) -> User:
    return make_person("buyer", "사는이")


@pytest.fixture
def cohort(buyer: User) -> Cohort:
    return make_cohort(make_study(make_person("host", "정은혜")), capacity=2, subgroups=0)


@pytest.fixture
def open_payment(own_stripe: LocalStripe, cohort: Cohort, buyer: User) -> Payment:
    return begin(sign_in(buyer), cohort)


def process(code: str) -> subprocess.Popen[bytes]:
    """The product in a process of its own, on the test's database and local Stripe."""
    at = connection.settings_dict
    address = f"postgres://{at['USER']}:{at['PASSWORD'] or 'x'}@/{at['HOST']}/{at['NAME']}"
    environment = {**os.environ, "DATABASE_URL": address, "STRIPE_API_BASE": django_settings.STRIPE_API_BASE}
    start = "import django; django.setup()\n"
    environment["DJANGO_SETTINGS_MODULE"] = "studyplatform.settings"
    return subprocess.Popen([sys.executable, "-c", start + code], env=environment)


def until(seen: Callable[[], Any], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


@contextmanager
def killed(code: str, when: Callable[[], Any]) -> Iterator[None]:
    """Run code in a process and kill it as soon as `when` says so."""
    running = process(code)
    try:
        until(lambda: running.poll() is not None or when())
        assert running.poll() is None, "it had already ended"
        yield
    finally:
        running.kill()
        running.wait(10)


def recover() -> None:
    """What the clock does after a restart; leases and delays are not waited for."""
    for _ in range(3):
        hurry()
        drain()


def assert_paid_once(stripe: LocalStripe, cohort: Cohort) -> None:
    payment = Payment.objects.get()
    line = payment.lines.get()
    assert (payment.state, line.enrollment.state) == ("paid", "active")
    assert sorted(LedgerTransaction.objects.values_list("cause", flat=True)) == [f"fee:{line.pk}", f"sale:{line.pk}"]
    assert Receipt.objects.count() == Letter.objects.filter(key__startswith="joined:").count() == 1
    assert_books_match(stripe, cohort)


def pages_at(stripe: LocalStripe) -> list[str]:
    return [page.id for page in stripe.api.v1.checkout.sessions.list(params={"limit": 100}).data]


def test_while_stripe_makes_the_page(own_stripe: LocalStripe, cohort: Cohort, buyer: User) -> None:
    own_stripe.fault("POST /v1/checkout/sessions", "slow", seconds=5)
    with killed(BEGIN, when=Payment.objects.exists):
        pass
    assert Payment.objects.get().state == "created"
    assert Seats.objects.get().taken == 1
    time.sleep(5)  # Stripe finishes what it was asked, for nobody
    recover()
    payment = Payment.objects.get()
    assert payment.state == "open"
    assert pages_at(own_stripe) == [payment.reference]
    own_stripe.pay(payment.reference)
    recover()
    assert_paid_once(own_stripe, cohort)


def test_after_stripe_made_the_page_before_we_wrote_it_down(
    own_stripe: LocalStripe, cohort: Cohort, buyer: User
) -> None:
    own_stripe.fault("POST /v1/checkout/sessions", "slow", seconds=2)
    running = process(BEGIN)
    until(Payment.objects.exists)
    with locked("SELECT 1 FROM payments_payment FOR UPDATE"):
        until(lambda: pages_at(own_stripe) and waits_for_lock())
        running.kill()
        running.wait(10)
    assert Payment.objects.get().reference is None
    assert begin(sign_in(buyer), cohort).reference == pages_at(own_stripe)[0]
    assert len(pages_at(own_stripe)) == 1
    assert_seats_match(cohort)


def test_while_asking_what_became_of_the_money(own_stripe: LocalStripe, cohort: Cohort, open_payment: Payment) -> None:
    own_stripe.pay(open_payment.reference)
    own_stripe.fault("GET /v1/checkout/sessions/*", "slow", seconds=3)
    with killed(LOOK, when=lambda: not own_stripe.ask("GET", "faults")["faults"]):
        pass
    assert Payment.objects.get().state == "open"
    recover()
    assert_paid_once(own_stripe, cohort)


@pytest.mark.parametrize(
    "row",
    [
        "SELECT 1 FROM payments_payment FOR UPDATE",
        "SELECT 1 FROM cohorts_cohort FOR UPDATE",
        "SELECT 1 FROM cohorts_enrollment FOR UPDATE",
        "SELECT pg_advisory_xact_lock(7310)",
    ],
)
def test_in_the_middle_of_settling(own_stripe: LocalStripe, cohort: Cohort, open_payment: Payment, row: str) -> None:
    """Killed before the money is booked, before the seat is given, and with all done but the receipt."""
    own_stripe.pay(open_payment.reference)
    with locked(row), killed(LOOK, when=waits_for_lock):
        pass
    until(lambda: not waits_for_lock())
    assert not LedgerTransaction.objects.exists()
    assert Payment.objects.get().state == "open"
    assert Enrollment.objects.get().state == "held"
    recover()
    assert_paid_once(own_stripe, cohort)


def test_with_an_event_in_hand(own_stripe: LocalStripe, cohort: Cohort, open_payment: Payment) -> None:
    own_stripe.pay(open_payment.reference)
    for event in own_stripe.events_about(open_payment.reference):
        deliver(event)
    own_stripe.fault("GET /v1/checkout/sessions/*", "slow", seconds=3)
    with killed(DRAIN.format(name="drain_events"), when=lambda: not own_stripe.ask("GET", "faults")["faults"]):
        pass
    assert StripeEvent.objects.filter(done_at=None).exists()
    recover()
    assert not StripeEvent.objects.filter(done_at=None).exists()
    assert_paid_once(own_stripe, cohort)


LETTERS = """
from django.conf import settings
settings.EMAIL_BACKEND = "tests.payments.slow_post.Post"
from studyplatform.mail import tasks
from studyplatform.kit import queue
queue.drain("mail.drain_letters")
"""


@pytest.mark.parametrize("step", ["before", "after"])
def test_with_a_letter_in_hand(cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """I-26: killed before the mail server has it, nothing is lost; after, at worst that one repeats, recognisable."""
    box = tmp_path / "box"
    monkeypatch.setenv("POST_BOX", str(box))
    monkeypatch.setenv("POST_WAITS", step)
    people = [make_person(f"reader-{n}", f"읽는이 {n}") for n in range(3)]
    for person in people:
        write(to=person, key=f"note:{person.pk}", template="payments/account_changed", context={"payee": None})
    with killed(LETTERS, when=(box / "waiting").exists):
        pass
    sent = sorted(path.read_text() for path in box.glob("sent-*"))
    assert len(sent) == (1 if step == "after" else 0)
    assert Letter.objects.filter(done_at=None).count() == 3
    monkeypatch.delenv("POST_WAITS")
    Letter.objects.update(due_at=timezone.now())
    assert process(LETTERS).wait(60) == 0
    assert not Letter.objects.filter(done_at=None).exists()
    copies = [path.read_text() for path in box.glob("sent-*")]
    assert len(copies) == 3 + len(sent)
    assert len(set(copies)) == 3  # the repeated one carries the same Message-ID


@pytest.mark.parametrize("kind", ["slow", "lock"])
def test_while_money_goes_back(own_stripe: LocalStripe, cohort: Cohort, open_payment: Payment, kind: str) -> None:
    """Killed while Stripe works, and after Stripe gave the money back but before we wrote it down."""
    own_stripe.pay(open_payment.reference)
    checkout.look(open_payment)
    refund = refunds.owe(open_payment.lines.get(), 150_000, "left")
    own_stripe.fault("POST /v1/refunds", "slow", seconds=2)
    drain_refunds = DRAIN.format(name="drain_refunds")
    sending = Refund.objects.filter(state="sending").exists
    if kind == "slow":
        with killed(drain_refunds, when=sending):
            pass
        time.sleep(2.5)
    else:
        running = process(drain_refunds)
        until(sending)
        with locked("SELECT 1 FROM payments_refund FOR UPDATE"):
            until(waits_for_lock)
            running.kill()
            running.wait(10)
    refund.refresh_from_db()
    assert refund.state == "sending"
    recover()
    refund.refresh_from_db()
    assert refund.state == "succeeded"
    intent = Payment.objects.get().intent
    assert [r.amount for r in own_stripe.api.v1.refunds.list(params={"payment_intent": intent}).data] == [150_000]
    assert_books_match(own_stripe, cohort)
