"""What went back twice: by hand from our bank, and again in Stripe's own pages.

Stripe gives back no more than was paid, so that it is never more than what left our bank. The platform carries it while
somebody asks the buyer for it. The caller holds the payment's lock.
"""

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import desk_letters
from payments.models import LedgerEntry, Payment, PaymentLine, Refund
from payments.services import differences, ledger
from payments.services.ledger import Kind
from payments.services.transfers import BY_HAND
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

State = Refund.State
CAUSES = Q(transaction__cause__startswith="refund_twice:") | Q(transaction__cause__startswith="refund_not_twice:")
IN_FLIGHT = (State.SENDING, State.UNKNOWN)


def over(payment: Payment) -> int:
    """Return how much more went back of a payment than was paid, in minor units."""
    carried = LedgerEntry.objects.filter(CAUSES, account__kind=Kind.PLATFORM, transaction__line__payment=payment)
    return int(carried.aggregate(sum=Sum("amount"))["sum"] or 0)


def refuse_unless_by_hand(payment: Payment, amount: int) -> None:
    """Raise Refused when what left our bank does not tell why `amount` went back too much: something we hold for sent
    has not arrived, and Stripe will say so.
    """
    sent = Refund.objects.filter(line__payment=payment)
    by_hand = sent.filter(state=State.SUCCEEDED, reference__startswith=BY_HAND).aggregate(sum=Sum("amount"))["sum"] or 0
    if sent.filter(state__in=IN_FLIGHT).exists() or by_hand < over(payment) + amount:
        raise Refused(_("There is not that much left to give back."), field="amount", code="too_much")


def book(row: Refund, amount: int) -> None:
    """Let the platform carry `amount` of a refund nobody owed: it is a difference, and who handles those is told."""
    _carry(row.line, amount, f"refund_twice:{row.pk}")
    desk_letters.given_twice(row, amount)
    payment = row.line.payment
    differences.record([found(payment, payment.amount + over(payment))])


def found(payment: Payment, back: int) -> differences.Found:
    """Return the difference of a payment of which `back` went back, in minor units."""
    about = ("payments.payment", str(payment.pk))
    key, now = str(payment.pk), timezone.now()
    return differences.Found("refund_twice", key, payment.amount, back, payment.currency, now, about=about)


def lessen(row: Refund) -> Refund:
    """Let a locked refund that failed make up for what went back twice of its payment: so much of it is not owed."""
    part = min(row.amount, over(row.line.payment))
    if part:
        _carry(row.line, -part, f"refund_not_twice:{row.pk}")
    if part == row.amount:
        history.move(row, State.VOID, note="it went back another way")
    elif part:
        row.amount -= part
        row.save(update_fields=["amount"])
    return row


def _carry(line: PaymentLine, amount: int, cause: str) -> None:
    payment = line.payment
    buyer = ledger.account(Kind.PAYING, payment.currency, person=payment.buyer)
    ledger.post(cause, {ledger.account(Kind.PLATFORM, payment.currency): amount, buyer: -amount}, line=line)
