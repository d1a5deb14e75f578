"""What Stripe tells by itself, against every way that can go wrong: paid once, disputed once, whatever was lost."""

import pytest

from payments.models import Dispute, LedgerTransaction, Payment, StripeEvent
from payments.tasks import find_disputes
from studyplatform.demo.stripe.faults import WEBHOOK_KINDS
from tests.payments.buying import LocalStripe, assert_books_match, begin, drain, hurry
from tests.people import make_cohort, make_person, make_study, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("kind", WEBHOOK_KINDS)
def test_the_same_end_as_without(telling: LocalStripe, kind: str) -> None:
    cohort = make_cohort(make_study(make_person("host", "정은혜")), subgroups=0)
    payment = begin(sign_in(make_person("buyer", "사는이")), cohort)
    telling.fault("webhook", kind, times=50, seconds=0.05)
    telling.pay(str(payment.reference))
    telling.ask("POST", "deliver")
    _work()
    payment.refresh_from_db()
    telling.dispute(payment.intent, "lose")
    telling.ask("POST", "deliver")
    _work()
    telling.clear()
    telling.ask("POST", "deliver")
    find_disputes()  # within the hour
    _work()
    payment.refresh_from_db()
    assert (payment.state, payment.lines.get().enrollment.state) == ("paid", "cancelled")
    assert [one.state for one in Dispute.objects.all()] == ["lost"]
    heads = sorted(cause.partition(":")[0] for cause in LedgerTransaction.objects.values_list("cause", flat=True))
    assert heads == ["dispute", "dispute-fee", "fee", "sale"]
    assert StripeEvent.objects.exists() == (kind != "drop")
    assert_books_match(telling, cohort)


def _work() -> None:
    hurry()
    drain()
    assert Payment.objects.get().state == "paid"
