"""kill -9 at every step of what moves money, a seat or credit (I-26): afterwards the end is the same.

Each story is lived once without a kill, which tells its steps; then once for each step, killed there, and the clock
goes on. Nothing is lost, nothing is booked, sent or told twice.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, SeatGift
from payments import gateway
from payments.flows import checkout
from payments.models import Dispute, Payment, Payout, PayoutBatch, Refund
from payments.services import batches, giving, group_orders, invoices, leaving, ledger, payouts, refunds
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.mail.models import Letter
from tests.cohorts.credit import give
from tests.payments.buying import LocalStripe, assert_books_match, begin, deliver
from tests.payments.companies import accept
from tests.payments.disputing import told
from tests.payments.fault_stories import AT_ONCE, Case, earned
from tests.payments.giving import offered
from tests.payments.killing import Work, kill, steps_of
from tests.payments.money_world import payee_for
from tests.payments.other_fault_stories import by_card, given, invoice, quote
from tests.payments.outcomes import outcome
from tests.people import make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Story:
    """Somebody in a cohort of their own. `prepare` returns the work that is killed, `after` what people do then."""

    prepare: Callable[[Case], Work]
    calls: set[str]
    after: Callable[[Case], None] = field(default=lambda case: None)


def _page(case: Case) -> Work:
    return lambda: checkout.begin(case.person, case.cohort)


def _press_and_pay(case: Case) -> None:
    """Press again, in case the page was never seen, and pay."""
    if not Payment.objects.filter(buyer=case.person, state="paid").exists():
        case.stripe.pay(str(begin(sign_in(case.person), case.cohort).reference))


def _settling(case: Case) -> Work:
    return _told_of(case, begin(sign_in(case.person), case.cohort))


def _told_of(case: Case, payment: Payment) -> Work:
    """The page of a payment is paid, and Stripe has told so."""
    case.stripe.pay(str(payment.reference), AT_ONCE)
    for event in case.stripe.events_about(str(payment.reference)):
        if event["type"] == "checkout.session.completed":
            deliver(event)
    return lambda: queue.drain("payments.drain_events")


def _refunding(case: Case) -> Work:
    refunds.owe(case.paid().lines.get(), 60_000, "left")
    return lambda: queue.drain("payments.drain_refunds")


def _paying_out(case: Case) -> Work:
    earned(case)
    return lambda: queue.drain("payments.drain_payouts")


def _running(case: Case) -> Work:
    """The weekly run itself."""
    ledger.post(f"x:{case.person.pk}", {ledger.account("bank", "KRW"): 50_000, _owed(case): -50_000})
    payee_for(case.person)
    return payouts.run


def _owed(case: Case) -> Any:
    return ledger.payable(case.person.pk, "KRW")


def _batching(case: Case) -> Work:
    _running(case)()
    return lambda: _batch(case)


def _batch(case: Case) -> None:
    """What two people at the desk do, each step once: who finds one done goes on with the next."""
    maker, checker = _desk("maker"), _desk("checker")
    mine = Payout.objects.get(payee__person=case.person)
    batch = mine.batch or batches.make(maker, "KRW")
    for state, deed in (("draft", batches.approve), ("approved", batches.export)):
        batch = PayoutBatch.objects.get(pk=batch.pk)
        if batch.state == state:
            deed(checker if state == "draft" else maker, batch)
    batch = PayoutBatch.objects.get(pk=batch.pk)
    if batch.state == "exported":
        batches.confirm(maker, batch, {})


def _desk(name: str) -> User:
    found: User | None = User.objects.filter(handle=name).first()
    return found or make_person(name, name)


def _run_again(case: Case) -> None:
    payouts.run()


def _finish(case: Case) -> None:
    _batch(case)


def _disputed(case: Case) -> Work:
    payment = case.paid()
    refunds.owe(payment.lines.get(), 60_000, "left")
    deliver(told(case.stripe, case.stripe.dispute(payment.intent, "win"))[-1])

    def work() -> None:
        queue.drain("payments.drain_events")
        queue.drain("payments.drain_refunds")

    return work


def _company(case: Case) -> Work:
    group = quote(case)
    return lambda: checkout.advance(group_orders.accept(case.person, group))


def _accept_and_pay(case: Case) -> None:
    group = case.cohort.groups_of_seats.get()
    if group.state != "paid":
        case.stripe.pay(str(accept(sign_in(case.person), group).reference))


def _company_settling(case: Case) -> Work:
    return _told_of(case, accept(sign_in(case.person), quote(case)))


def _invoice(case: Case) -> Work:
    group = quote(case, invoice_days="20")
    return lambda: invoices.accept(case.person, group)


def _take_by_invoice(case: Case) -> None:
    group = case.cohort.groups_of_seats.get()
    if group.state == "quoted":
        invoices.accept(case.person, group)


def _invoice_settling(case: Case) -> Work:
    return _told_of(case, by_card(case, invoice(case)))


def _credit(case: Case) -> Work:
    give(case.person, case.cohort.study, 50_000)
    return _page(case)


def _credit_back(case: Case) -> Work:
    give(case.person, case.cohort.study, 50_000)
    place = case.paid().lines.get().enrollment

    def work() -> None:
        leaving.leave(case.person, place, seen=leaving.quote(place).amount, seen_credit=leaving.quote(place).credit)
        queue.drain("payments.drain_refunds")

    return work


def _leave(case: Case) -> None:
    place = Enrollment.objects.filter(person=case.person, cohort=case.cohort, state="active").first()
    if place:
        leaving.leave(case.person, place, seen=leaving.quote(place).amount, seen_credit=leaving.quote(place).credit)


def _gift(case: Case) -> Work:
    place = case.paid().lines.get().enrollment
    friend = make_person(f"f-{case.person.handle}", "친구")
    gift = offered(place, friend.email)
    return lambda: giving.accept(friend, gift)


def _say_yes_again(case: Case) -> None:
    gift = SeatGift.objects.filter(enrollment__person=case.person, state="pending").first()
    if gift:
        giving.accept(User.objects.get(email=f"f-{case.person.handle}@example.com"), gift)


def _gift_left(case: Case) -> Work:
    place = given(case)
    refund = leaving.leave(place.person, place, seen=leaving.quote(place).amount)
    assert refund
    return lambda: queue.drain("payments.drain_refunds")


STORIES = {
    "page": Story(_page, {"POST /v1/checkout/sessions"}, _press_and_pay),
    "settling": Story(_settling, {"GET /v1/checkout/sessions/:id"}),
    "refund": Story(_refunding, {"POST /v1/refunds"}),
    "payout": Story(_paying_out, {"POST /v1/transfers"}),
    "run": Story(_running, set(), _run_again),
    "batch": Story(_batching, set(), _finish),
    "dispute": Story(_disputed, {"GET /v1/disputes/:id", "POST /v1/refunds"}),
    "company": Story(_company, {"POST /v1/checkout/sessions"}, _accept_and_pay),
    "company-settling": Story(_company_settling, {"GET /v1/checkout/sessions/:id"}),
    "invoice": Story(_invoice, set(), _take_by_invoice),
    "invoice-settling": Story(_invoice_settling, {"GET /v1/checkout/sessions/:id"}),
    "credit": Story(_credit, {"POST /v1/checkout/sessions"}, _press_and_pay),
    "credit-back": Story(_credit_back, {"POST /v1/refunds"}, _leave),
    "gift": Story(_gift, set(), _say_yes_again),
    "gift-left": Story(_gift_left, {"POST /v1/refunds"}),
}


def lived(stripe: LocalStripe, name: str, number: int | None) -> tuple[dict[str, Any], list[str], Cohort]:
    """Live through a story, killed at a step or not; return how it ends, its steps, its cohort."""
    story, label = STORIES[name], f"{name}-{'fine' if number is None else number}"
    cohort = make_cohort(make_study(make_person(f"h-{label}", "주최"), slug=f"s-{label}"), subgroups=0)
    case = Case(stripe, cohort, make_person(f"b-{label}", "구매"), "", "")
    work, steps = story.prepare(case), []
    if number is None:
        steps = steps_of(work)
    else:
        kill(work, number)
    case.recover()
    story.after(case)
    case.recover()
    put_away()
    letters = Letter.objects.filter(recipient=case.person).values_list("key", flat=True)
    return {**outcome(stripe, case.person), "letters": sorted(key.split(":")[0] for key in letters)}, steps, cohort


def put_away() -> None:
    """A story that was told is not looked at again by the next ones."""
    for model in (Payment, Refund, Dispute, Payout):
        model.queue.waiting().update(done_at=timezone.now())


@pytest.mark.parametrize("name", STORIES)
def test_killed_at_every_step(own_stripe: LocalStripe, name: str) -> None:
    fine, steps, cohort = lived(own_stripe, name, None)
    calls = {re.sub(r"/(cs|dp|re|pi|tr)_\w+", "/:id", one.removeprefix("before ")) for one in steps if "/v1/" in one}
    assert {one for one in calls if not one.startswith("after")} == STORIES[name].calls
    assert sum("commit" in step for step in steps) >= 2
    for number, step in enumerate(steps):
        end, _steps, cohort = lived(own_stripe, name, number)
        assert end == fine, f"killed {step} ({number})"
    if name not in ("payout", "run", "batch"):
        assert_books_match(own_stripe, cohort)


def test_every_call_that_moves_something_stands_in_a_story() -> None:
    """A new way to move money at Stripe without a story fails here."""
    text = Path(gateway.__file__).read_text()
    moving = set(re.findall(r"\.v1\.([\w.]+)\.(?:create|expire)\(", text))
    calls = {"checkout.sessions": "POST /v1/checkout/sessions", "refunds": "POST /v1/refunds",
             "transfers": "POST /v1/transfers"}  # fmt: skip
    assert moving == {*calls, "accounts", "account_links"}  # those two move no money; see test_every_fault.py
    assert set(calls.values()) <= {call for story in STORIES.values() for call in story.calls}
