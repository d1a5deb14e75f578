"""What tests of disputes do: have a payment disputed, let Stripe tell of it, look at its line."""

from typing import Any

from django.utils import timezone

from payments.models import Dispute, Payment, PaymentLine
from payments.truth import Claim, Moved
from studyplatform.mail.models import Letter
from tests.payments.buying import LocalStripe, deliver, drain, hurry

PRICE, COST, FEE = 150_000, 5_250, 20_000
NET = PRICE - COST


def hear(stripe: LocalStripe, dispute: str) -> None:
    """Let Stripe tell all there is to tell of a dispute."""
    for event in told(stripe, dispute):
        assert deliver(event) == 200
    hurry()
    drain()


def told(stripe: LocalStripe, dispute: str) -> list[dict[str, Any]]:
    """The events of a dispute, oldest first."""
    found = stripe.api.v1.events.list(params={"type": "charge.dispute.*", "limit": 20}).data
    return [event.to_dict() for event in reversed(found) if event.data.object["id"] == dispute]


def disputed(stripe: LocalStripe, payment: Payment, *done: str, **how: Any) -> Dispute:
    dispute = stripe.dispute(payment.intent, *done, **how)
    hear(stripe, dispute)
    return Dispute.objects.get(reference=dispute)


def then(stripe: LocalStripe, dispute: Dispute, what: str) -> Dispute:
    stripe.decide(dispute.reference, what)
    hear(stripe, dispute.reference)
    dispute.refresh_from_db()
    return dispute


def claim(*, fee: int = 0, status: str = "needs_response") -> Claim:
    """What Stripe says of a dispute that has taken all of a payment, and its fee."""
    now, moved = timezone.now(), Moved("txn_1", -PRICE, fee, "KRW")
    return Claim("dp_1", "pi_1", PRICE, "KRW", "fraudulent", status, now, now, (moved,))


def line_of(payment: Payment) -> PaymentLine:
    return payment.lines.get()


def letters(start: str) -> list[str]:
    return sorted(Letter.objects.filter(key__startswith=start).values_list("recipient__handle", flat=True))
