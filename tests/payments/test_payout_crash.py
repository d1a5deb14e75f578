"""kill -9 at each step of a payout through Stripe (I-21, I-26): afterwards it is paid once and the books match."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from cohorts.models import Cohort
from payments import gateway
from payments.flows import checkout
from payments.models import LedgerTransaction, Payee, Payout, StripeEvent
from payments.services import payouts, releases
from studyplatform.mail.models import Letter
from tests.payments.buying import AT_ONCE, LocalStripe, assert_books_match, begin, deliver, hurry
from tests.payments.buying import drain as drain_all
from tests.payments.test_crash import DRAIN, killed, process, recover, until
from tests.people import make_cohort, make_person, make_study, sign_in
from tests.racing import locked, waits_for_lock

pytestmark = pytest.mark.django_db(transaction=True)

SEND = DRAIN.format(name="drain_payouts")
NO_NOTE, NO_BOOKING, NO_LETTER = (
    f"LOCK TABLE {table} IN SHARE MODE" for table in ("kit_change", "payments_ledgerentry", "mail_letter")
)


@pytest.fixture
def cohort(db: None) -> Cohort:
    host = make_person("host", "Maya")
    return make_cohort(make_study(host), currency="USD", amount=4_900, subgroups=0)


@pytest.fixture
def payee(own_stripe: LocalStripe, cohort: Cohort) -> Payee:
    """A host whose study sold two seats for real money, all of it shared, and who can be paid through Stripe."""
    for name in ("first", "second"):
        payment = begin(sign_in(make_person(name, name)), cohort)
        own_stripe.pay(payment.reference, AT_ONCE)
        checkout.look(payment)
    recover()
    for session in cohort.sessions.order_by("number"):
        releases.release(session)
    account = gateway.create_account(key="one", payee="0", country="US", agreement="full", email="h@example.com")
    own_stripe.onboard(account.id)
    return Payee.objects.create(
        person=cohort.study.payee, country="US", currency="USD", rail="stripe", standing="enabled", enabled=True,
        stripe_account=account.id,
    )  # fmt: skip


@pytest.fixture
def payout(payee: Payee) -> Payout:
    assert payouts.run() == 1
    return Payout.objects.get()


def assert_paid_once(stripe: LocalStripe, cohort: Cohort, payee: Payee) -> None:
    row = Payout.objects.get()
    assert (row.state, row.done_at is not None) == ("paid", True)
    sent = stripe.api.v1.transfers.list(params={"destination": str(payee.stripe_account)}).data
    assert [(one.id, one.amount) for one in sent] == [(row.reference, row.amount)]
    assert LedgerTransaction.objects.filter(cause__startswith="payout").count() == 2
    assert Letter.objects.filter(key__startswith="payout-paid:").count() == 1
    assert payouts.owed(payee.person_id, "USD") == 0
    assert_books_match(stripe, cohort)


def in_state(state: str) -> Any:
    return Payout.objects.filter(state=state).exists


def test_before_it_is_noted(own_stripe: LocalStripe, cohort: Cohort, payee: Payee, payout: Payout) -> None:
    """Killed with the row claimed and nothing said to anybody."""
    with locked(NO_NOTE), killed(SEND, when=waits_for_lock):
        pass
    until(lambda: not waits_for_lock())
    assert Payout.objects.get().claim_token
    assert Payout.objects.get().state == "approved"
    recover()
    assert_paid_once(own_stripe, cohort, payee)


def test_while_stripe_works(own_stripe: LocalStripe, cohort: Cohort, payee: Payee, payout: Payout) -> None:
    own_stripe.fault("POST /v1/transfers", "slow", seconds=5)
    with killed(SEND, when=lambda: not own_stripe.ask("GET", "faults")["faults"]):  # Stripe has the request
        pass
    until(lambda: own_stripe.api.v1.transfers.list(params={"limit": 1}).data)  # Stripe finishes, for nobody
    assert Payout.objects.get().state == "sending"
    recover()
    assert_paid_once(own_stripe, cohort, payee)


def test_stripe_was_never_asked(own_stripe: LocalStripe, cohort: Cohort, payee: Payee, payout: Payout) -> None:
    """Killed between the note and the call: nothing is there, so it is sent."""
    own_stripe.fault("POST /v1/transfers", "timeout_before", times=3)
    with killed(SEND, when=in_state("sending")):
        pass
    own_stripe.clear()
    recover()
    assert_paid_once(own_stripe, cohort, payee)


@pytest.mark.parametrize(
    "row",
    [
        "SELECT 1 FROM payments_payout FOR UPDATE",
        NO_BOOKING,
        NO_LETTER,
    ],
)
def test_stripe_sent_it_and_we_had_not_written_it_down(
    own_stripe: LocalStripe, cohort: Cohort, payee: Payee, payout: Payout, row: str
) -> None:
    """Killed before the record, with the state moved and nothing booked, and with all but its letter."""
    own_stripe.fault("POST /v1/transfers", "slow", seconds=4)
    running = process(SEND)
    until(in_state("sending"))
    with locked(row):
        until(waits_for_lock)
        running.kill()
        running.wait(10)
    until(lambda: not waits_for_lock())
    assert Payout.objects.get().state == "sending"
    assert not Letter.objects.filter(key__startswith="payout-paid:").exists()
    recover()
    assert_paid_once(own_stripe, cohort, payee)


def test_written_down_but_not_put_away(own_stripe: LocalStripe, cohort: Cohort, payee: Payee, payout: Payout) -> None:
    """Killed after the record, before the queue knew it was done."""
    own_stripe.fault("POST /v1/transfers", "slow", seconds=4)
    running = process(SEND)
    until(in_state("sending"))
    with ThreadPoolExecutor(1) as second, locked(NO_LETTER) as first:
        until(waits_for_lock)  # the record stands at its letter and holds the payout
        holding = second.submit(hold_payout_and_kill, running)
        until(lambda: waiting() == 2)
        first.connection.commit()
        holding.result(60)
    row = Payout.objects.get()
    assert (row.state, row.done_at) == ("paid", None)
    recover()
    assert_paid_once(own_stripe, cohort, payee)


def hold_payout_and_kill(running: Any) -> None:
    """Be the next to have the table, so that looking at the payout again waits; then kill."""
    with locked("LOCK TABLE payments_payout"):
        until(waits_for_lock)
        running.kill()
        running.wait(10)
    connection.close()


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return int(cursor.fetchone()[0])


def test_while_asking_what_became_of_it(own_stripe: LocalStripe, cohort: Cohort, payee: Payee, payout: Payout) -> None:
    own_stripe.fault("POST /v1/transfers", "timeout_after", times=3)
    drain_all("drain_payouts")
    assert Payout.objects.get().state == "unknown"
    own_stripe.clear()
    own_stripe.fault("GET /v1/transfers", "slow", seconds=3)
    hurry()
    with killed(SEND, when=lambda: not own_stripe.ask("GET", "faults")["faults"]):
        pass
    assert Payout.objects.get().state == "unknown"
    recover()
    assert_paid_once(own_stripe, cohort, payee)


def test_with_a_reversal_in_hand(own_stripe: LocalStripe, cohort: Cohort, payee: Payee, payout: Payout) -> None:
    """What was fetched back is owed again once, whether or not the event's worker lived to say so."""
    drain_all("drain_payouts")
    row = Payout.objects.get()
    own_stripe.api.v1.transfers.reversals.create(str(row.reference), {"amount": row.amount})
    for event in own_stripe.events_about(str(row.reference)):
        assert deliver(event) == 200
    with locked(NO_BOOKING), killed(DRAIN.format(name="drain_events"), when=waits_for_lock):
        pass
    until(lambda: not waits_for_lock())
    assert Payout.objects.get().state == "paid"
    recover()
    assert Payout.objects.get().state == "reversed"
    assert payouts.owed(payee.person_id, "USD") == row.amount
    assert not StripeEvent.objects.filter(done_at=None).exists()
    assert_books_match(own_stripe, cohort)


def test_the_run_killed_and_run_again_writes_it_once(own_stripe: LocalStripe, cohort: Cohort, payee: Payee) -> None:
    with locked(NO_BOOKING), killed("from payments.services import payouts\npayouts.run()", when=waits_for_lock):
        pass
    until(lambda: not waits_for_lock())
    assert not Payout.objects.exists()
    assert (payouts.run(), payouts.run()) == (1, 0)
    recover()
    assert_paid_once(own_stripe, cohort, payee)
