"""The queues of payments. Each is woken by verbs and by the clock; see kit/queue.py."""

from celery import shared_task
from django.db.models import QuerySet

from cohorts.models import Cohort, SeatGift, Session
from payments.flows import checkout, disputes, events, reconciling, refunds, sending
from payments.models import (
    BankDeposit,
    CashReceipt,
    Dispute,
    Payment,
    Payout,
    Reconciliation,
    Refund,
    StripeEvent,
    Taxpayer,
)
from payments.services import cash_receipts, deposits, dues, giving, payouts, reconciliations, releases, taxes
from studyplatform.kit import queue


@queue.drains("payments.drain_events", StripeEvent)
def drain_events(event: StripeEvent) -> None:
    """Stripe said something changed."""
    events.drain(event)


@queue.drains("payments.drain_payments", Payment)
def drain_payments(payment: Payment) -> None:
    """A payment is not settled yet."""
    checkout.drain(payment)


@queue.drains("payments.drain_refunds", Refund)
def drain_refunds(refund: Refund) -> None:
    """Money is owed back, or on its way."""
    refunds.drain(refund)


@queue.drains("payments.drain_disputes", Dispute)
def drain_disputes(dispute: Dispute) -> None:
    """A buyer's bank decides about a payment."""
    disputes.drain(dispute)


@queue.drains("payments.drain_payouts", Payout)
def drain_payouts(payout: Payout) -> None:
    """Money goes to a payee's account at Stripe."""
    sending.drain(payout)


@queue.drains("payments.drain_reconciliations", Reconciliation, overdue_after=3600)
def drain_reconciliations(run: Reconciliation) -> None:
    """What Stripe moved is compared with our books."""
    reconciling.drain(run)


@queue.sweeps(deposits.QUEUE, deposits.to_match, "created_at")
def drain_deposits(deposit: BankDeposit) -> None:
    """The bank's file was read: each deposit finds its payment, or waits for a person."""
    deposits.match(deposit)


def _called_off() -> QuerySet[Cohort]:
    """Its members are told first: with the money back nobody is a member any more."""
    return Cohort.objects.filter(state=Cohort.State.CALLED_OFF, refunded_at=None, news_at=None)


@queue.sweeps("payments.drain_called_off", _called_off, "called_off_at")
def drain_called_off(cohort: Cohort) -> None:
    """A cohort was called off: everybody gets everything back."""
    refunds.pay_back(cohort)


@queue.sweeps("payments.drain_gifts", giving.over, "expires_at")
def drain_gifts(gift: SeatGift) -> None:
    """A seat was offered to somebody: nobody answered in time, or it is not its giver's any more."""
    giving.end_if_over(gift)


@queue.sweeps("payments.drain_releases", releases.due, "ended_at", overdue_after=3600)
def drain_releases(session: Session) -> None:
    """A session is over: its part of the money is shared."""
    releases.release(session)


@queue.sweeps("payments.drain_led", dues.led, "ended_at", overdue_after=3600)
def drain_led(session: Session) -> None:
    """A session of a group is over: whoever led it gets what their terms give for one."""
    dues.reward_session(session)


@queue.sweeps("payments.drain_ended", dues.ended, "ended_at", overdue_after=86_400)
def drain_ended(cohort: Cohort) -> None:
    """A cohort is over: its partners get what their terms give for all of it."""
    dues.reward_cohort(cohort)


@queue.sweeps("payments.drain_residents", taxes.outlived, "resident_until", overdue_after=86_400)
def drain_residents(taxpayer: Taxpayer) -> None:
    """A resident number is not needed any more: it is erased."""
    taxes.forget(taxpayer)


@queue.sweeps("payments.drain_cash_receipts", cash_receipts.outlived, "number_until", overdue_after=86_400)
def drain_cash_receipts(receipt: CashReceipt) -> None:
    """The number a cash receipt went to is not needed any more: it is erased."""
    cash_receipts.forget(receipt)


@shared_task(name="payments.find_disputes")
def find_disputes() -> int:
    """Each hour: look for disputes nobody told us of."""
    return disputes.find()


@shared_task(name="payments.run_payouts")
def run_payouts() -> int:
    """Once a week: write what people can be paid."""
    return payouts.run()


@shared_task(name="payments.reconcile")
def reconcile() -> None:
    """Once a night: have everything compared with Stripe."""
    reconciliations.begin()
