"""How a story of money ends for one person: here and at Stripe."""

from collections import Counter
from typing import Any

from cohorts.models import Credit, Enrollment, SeatGift, SeatGroup
from payments.models import Dispute, LedgerEntry, Payee, Payment, PaymentLine, Payout, Refund
from studyplatform.accounts.models import User
from tests.payments.buying import LocalStripe


def outcome(stripe: LocalStripe, person: User) -> dict[str, Any]:
    """Everything that money did to somebody, without ids and times."""
    lines = PaymentLine.objects.filter(payment__buyer=person, payment__state="paid")
    entries = LedgerEntry.objects.filter(transaction__line__payment__buyer=person)
    intents = Payment.objects.filter(buyer=person, state="paid").values_list("intent", flat=True)
    back = [stripe.api.v1.refunds.list(params={"payment_intent": one}).data for one in intents]
    payee = Payee.objects.filter(person=person).first()
    sent = stripe.api.v1.transfers.list(params={"destination": str(payee.stripe_account)}).data if payee else []
    booked = entries.values_list("transaction__cause", "account__kind", "amount")
    return {
        "companies": sorted(SeatGroup.objects.filter(buyer=person).values_list("size", "state")),
        "their_seats": Enrollment.objects.filter(group__buyer=person, state__in=Enrollment.SEATED).count(),
        "given": sorted(SeatGift.objects.filter(enrollment__person=person).values_list("state", "place__state")),
        "credit": sorted(Credit.objects.filter(person=person).values_list("amount", "spent")),
        "seats": Enrollment.objects.filter(person=person, state__in=Enrollment.SEATED).count(),
        "lines": sorted(lines.values_list("amount", "refunded", "disputed")),
        "refunds": sorted(
            Refund.objects.filter(line__payment__buyer=person, state__in=("succeeded", "held", "manual"))
            .values_list("amount", "state")
        ),
        "disputes": sorted(Dispute.objects.filter(payment__buyer=person).values_list("amount", "state")),
        "booked": Counter((cause.partition(":")[0], kind, amount) for cause, kind, amount in booked),
        "at_stripe": sorted(one.amount for some in back for one in some),
        "payee": (payee.standing, payee.enabled) if payee else None,
        "payouts": sorted(Payout.objects.filter(payee__person=person).values_list("amount", "state")),
        "sent": sorted(one.amount for one in sent),
    }  # fmt: skip
