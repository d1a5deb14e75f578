"""Two deeds on one refund at once: the second sees what the first has done, and its money goes back once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from cohorts.models import Cohort
from payments.models import Payment, PaymentLine, Refund
from payments.services import disputes, elsewhere, refunds
from payments.truth import MoneyBack
from studyplatform.accounts.models import User
from studyplatform.kit.models import Change
from tests.payments.buying import balance
from tests.payments.disputing import claim
from tests.payments.money_world import everything, paid_seat
from tests.payments.test_locks import overlapping
from tests.racing import in_turn

pytestmark = pytest.mark.django_db(transaction=True)
Deed = Callable[[Refund], Any]


@pytest.fixture
def line(cohort: Cohort, stranger: User) -> PaymentLine:
    made = paid_seat(stranger, cohort)
    Payment.objects.update(intent="pi_1")
    made.payment.refresh_from_db()
    return made


@pytest.fixture
def owed(line: PaymentLine) -> Refund:
    return refunds.owe(line, 50_000, "left")


def at_stripe(amount: int, refund: str = "", status: str = "succeeded") -> MoneyBack:
    return MoneyBack("re_1", status, amount, "KRW", "pi_1", refund)


def begin(row: Refund) -> Any:
    return refunds.begin(row)


def by_hand(row: Refund) -> Any:
    return refunds.by_hand(row)


def void(row: Refund) -> Any:
    return refunds.void(row)


def arrived(row: Refund) -> Any:
    return refunds.record(row, at_stripe(row.amount, str(row.pk)))


def told_of(row: Refund) -> Any:
    return refunds.record(row, at_stripe(row.amount, str(row.pk), "failed"))


def came_back(row: Refund) -> Any:
    return refunds.fail(row, "Stripe")


def doubt(row: Refund) -> Any:
    return refunds.doubt(row, "no answer")


def wait(row: Refund) -> Any:
    return refunds.wait(row, "too little at hand")


def sent_again(row: Refund) -> Any:
    return refunds.retry(row)


@pytest.mark.parametrize(
    ("was", "first", "second", "said", "state"),
    [
        ("owed", by_hand, begin, "not done", "manual"),
        ("owed", begin, by_hand, "refused", "sending"),
        ("owed", void, begin, "not done", "void"),
        ("owed", begin, void, "not done", "sending"),
        ("owed", void, by_hand, "refused", "void"),
        ("owed", begin, begin, "not done", "sending"),
        ("owed", arrived, void, "not done", "succeeded"),
        ("sending", arrived, doubt, "done", "succeeded"),
        ("sending", arrived, wait, "done", "succeeded"),
        ("sending", arrived, arrived, "done", "succeeded"),
        ("succeeded", came_back, came_back, "done", "failed"),
        ("succeeded", told_of, came_back, "done", "failed"),
        ("failed", sent_again, sent_again, "done", "failed"),
    ],
)
def test_the_second_deed_sees_what_the_first_has_done(
    owed: Refund, was: str, first: Deed, second: Deed, said: str, state: str
) -> None:
    Refund.objects.update(state=was)
    works = [lambda deed=deed: deed(owed) for deed in (first, second)]
    assert in_turn(*works, table="payments_refund") == ["done", said]
    owed.refresh_from_db()
    assert owed.state == state
    moves = Change.objects.filter(subject_type="payments.refund", subject_id=str(owed.pk), to_state=state)
    assert moves.count() == (1 if was != state else 0)
    assert Refund.objects.exclude(pk=owed.pk).count() == (1 if first is sent_again else 0)
    assert PaymentLine.objects.get().refunded == (0 if state == "void" else 50_000)
    assert everything() == 0


def test_one_of_stripes_own_pages_heard_of_twice_at_once_is_written_down_once(line: PaymentLine) -> None:
    works = [lambda: elsewhere.record(line.payment, at_stripe(50_000))] * 2
    assert in_turn(*works, table="payments_paymentline") == ["done", "done"]
    assert PaymentLine.objects.get().refunded == Refund.objects.get().amount == 50_000


@pytest.mark.parametrize("sent_first", [True, False])
def test_one_that_is_sent_while_somebody_gives_it_back_in_stripes_own_pages(
    line: PaymentLine, sent_first: bool
) -> None:
    """All of the seat is owed: what was given back elsewhere takes its place unless it is on its way."""
    row = refunds.owe(line, 150_000, "left")
    works = [lambda: refunds.begin(row), lambda: elsewhere.record(line.payment, at_stripe(100_000))]
    said = in_turn(*(works if sent_first else works[::-1]), table="payments_refund")
    row.refresh_from_db()
    if sent_first:
        assert (said, row.state) == (["done", "refused"], "sending")  # and Stripe will say which of them it made
    else:
        assert (said, row.state) == (["done", "not done"], "void")
        assert sorted(Refund.objects.values_list("state", "amount")) == [
            *(("owed", 50_000), ("succeeded", 100_000), ("void", 150_000)),
        ]
    assert PaymentLine.objects.get().refunded == 150_000
    assert everything() == 0


@pytest.mark.parametrize("failed_first", [True, False])
def test_one_that_comes_back_while_it_is_given_in_stripes_own_pages_is_not_given_twice(
    line: PaymentLine, admin: User, failed_first: bool
) -> None:
    """100,000 at Stripe and 50,000 from our bank; the first comes back in the moment 50,000 are given elsewhere."""
    sent = refunds.owe(line, 100_000, "left")
    refunds.record(sent, MoneyBack("re_0", "succeeded", 100_000, "KRW", "pi_1", str(sent.pk)))
    from_bank = refunds.by_hand(refunds.owe(line, 50_000, "host:one"))
    refunds.sent_by_hand(from_bank, admin, on=timezone.localdate(), reference="T1")
    works = [lambda: came_back(sent), lambda: elsewhere.record(line.payment, at_stripe(50_000))]
    overlapping(*(works if failed_first else works[::-1]))
    still = refunds.not_sent_again().first() or Refund.objects.get(state="owed")
    assert (still.amount, balance("platform")) == (50_000, 0)
    assert everything() == 0


@pytest.mark.parametrize("sent_first", [True, False])
def test_one_that_is_sent_while_the_bank_takes_the_money(
    line: PaymentLine, owed: Refund, admin: User, sent_first: bool
) -> None:
    """What is on its way is not held beside it, and what is held is not sent."""
    works = [lambda: refunds.begin(owed), lambda: disputes.record(line.payment, claim(), timezone.now())]
    said = in_turn(*(works if sent_first else works[::-1]), table="payments_refund")
    owed.refresh_from_db()
    assert (said, owed.state) == ((["done", "done"], "sending") if sent_first else (["done", "not done"], "held"))
    assert PaymentLine.objects.get().refunded == (50_000 if sent_first else 0)
    assert everything() == 0
