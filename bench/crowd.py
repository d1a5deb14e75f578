"""Many people, and many seats they paid for, in a few statements: what is measured begins after this."""

import itertools

from cohorts.models import Cohort, Enrollment, Seats
from payments.models import Payment, PaymentLine
from payments.services import ledger
from payments.services.ledger import Kind, Posting
from studyplatform.accounts.models import User

NUMBERS = itertools.count()


def people(count: int) -> list[User]:
    """Make so many people."""
    names = [next(NUMBERS) for _ in range(count)]
    return User.objects.bulk_create(User(email=f"crowd-{name}@example.com") for name in names)


def paid_seats(cohort: Cohort, count: int) -> None:
    """Sell so many seats of a cohort, each booked as checkout books it."""
    buyers, price, terms = people(count), cohort.prices.get().amount, cohort.terms.get()
    agreed = {"price": price, "currency": cohort.currency, "policy_id": cohort.policy_id, "terms": terms}
    places = Enrollment.objects.bulk_create(
        Enrollment(cohort=cohort, person=buyer, state="active", **agreed) for buyer in buyers
    )
    paid = Payment.objects.bulk_create(
        Payment(
            buyer=place.person, provider="stripe", reference=f"cs_{place.pk}", amount=price, currency=cohort.currency,
            state="paid",
        )
        for place in places
    )  # fmt: skip
    lines = PaymentLine.objects.bulk_create(
        PaymentLine(payment=payment, enrollment=place, amount=price)
        for payment, place in zip(paid, places, strict=True)
    )
    Seats.objects.filter(cohort=cohort).update(taken=count)
    stripe = ledger.account(Kind.STRIPE, cohort.currency)
    escrow = ledger.account(Kind.ESCROW, cohort.currency, cohort=cohort)
    ledger.post_all([Posting(f"sale:{line.pk}", {stripe: price, escrow: -price}, line) for line in lines])
