"""Nights: what is compared with Stripe, and what was found."""

import datetime

from django.utils import timezone

from cohorts.models import Cohort
from payments.flows import checkout
from payments.models import Difference, Payment, Reconciliation, Refund
from payments.tasks import reconcile
from studyplatform.kit import queue
from tests.payments.buying import AT_ONCE, LocalStripe, begin, drain
from tests.people import make_person, sign_in


def a_night() -> Reconciliation:
    """Let a night's comparing begin and end; the night before is another one."""
    before = timezone.now().date() - datetime.timedelta(days=Reconciliation.objects.count())
    Reconciliation.objects.filter(night=timezone.now().date()).update(night=before)
    reconcile()
    return went_through()


def went_through() -> Reconciliation:
    """Let what was begun come to its end."""
    queue.drain("payments.drain_reconciliations")
    run: Reconciliation = Reconciliation.objects.latest("pk")
    assert (run.step, run.error, bool(run.done_at)) == ("", "", True)
    return run


def compared_again() -> None:
    """Compare what is copied already, as it is now: what Stripe says was changed by the test."""
    Reconciliation.objects.update(step="theirs", cursor="", done_at=None, due_at=timezone.now())
    went_through()


def kinds(state: str = "open") -> list[str]:
    """Return what kinds of differences are in a state."""
    return sorted(Difference.objects.filter(state=state).values_list("kind", flat=True))


def paid(stripe: LocalStripe, cohort: Cohort, name: str, card: str = AT_ONCE) -> Payment:
    """A seat somebody paid for, with all that follows."""
    payment = begin(sign_in(make_person(name, name)), cohort)
    stripe.pay(str(payment.reference), card)
    checkout.look(payment)
    payment.refresh_from_db()
    assert payment.state == "paid"
    return payment


def send_refunds() -> None:
    """Let what is owed be sent now."""
    Refund.objects.filter(done_at=None).update(due_at=timezone.now())
    drain("drain_refunds")


def a_strange_one(stripe: LocalStripe) -> None:
    """Let Stripe take something for a reason nobody here knows."""
    stripe.ask("POST", "move", kind="stripe_fee", amount=-1_100, currency="KRW")
