"""Paid seats without Stripe, for tests of what happens to money later."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from cohorts.models import Cohort, Enrollment, Subgroup
from payments.models import LedgerAccount, LedgerEntry, Payee, Payment, PaymentLine, Payout, Taxpayer
from payments.sealed import seal
from payments.services import ledger
from studyplatform.accounts.models import User
from tests.people import enroll, make_person

Kind = LedgerAccount.Kind


def paid_seat(person: User, cohort: Cohort, subgroup: Subgroup | None = None, *, fee: int = 0) -> PaymentLine:
    """Put a person into a cohort and book the sale as checkout does: gross at Stripe less fee, net in escrow."""
    enrollment: Enrollment = enroll(person, cohort, subgroup)
    payment = Payment.objects.create(
        buyer=person,
        provider="stripe",
        reference=f"cs_{enrollment.pk}",
        amount=enrollment.price,
        currency=enrollment.currency,
        state="paid",
    )
    line = PaymentLine.objects.create(payment=payment, enrollment=enrollment, amount=enrollment.price)
    stripe = ledger.account(Kind.STRIPE, cohort.currency)
    escrow = ledger.account(Kind.ESCROW, cohort.currency, cohort=cohort)
    net = enrollment.price - fee
    ledger.post(f"sale:{line.pk}", {stripe: net, escrow: -net}, line=line)
    return line


def paid_members(cohort: Cohort, count: int, subgroup: Subgroup | None = None, **options: Any) -> list[PaymentLine]:
    """Put so many new people into a cohort, paid."""
    return [
        paid_seat(make_person(f"paid-{cohort.pk}-{n}", f"멤버 {n}"), cohort, subgroup, **options) for n in range(count)
    ]


def payee_for(person: User, currency: str = "KRW", *, business: bool = True) -> Payee:
    """Give a person a bank account to be paid to; as a business, so that no tax is withheld."""
    payee = Payee.objects.create(
        person=person,
        currency=currency,
        bank="국민은행",
        holder="정은혜",
        account_sealed=seal("110-123-456789"),
        account_ending="6789",
        enabled=True,
    )
    if business:
        Taxpayer.objects.create(payee=payee, kind="business", business_number="1234567891", business_name="한빛상회")
    return payee


@contextmanager
def unguarded() -> Iterator[None]:
    """The table of payouts without its guard, as after a repair by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE payments_payout DISABLE TRIGGER payout_never_changes")
        yield
        cursor.execute("ALTER TABLE payments_payout ENABLE TRIGGER payout_never_changes")


def rewrite_amounts(amount: int, **more: Any) -> None:
    """Write another amount into every payout, which nobody can."""
    with unguarded():
        Payout.objects.update(amount=amount, **more)


def owed(person: User, currency: str = "KRW") -> int:
    """Return what the ledger owes a person."""
    return -ledger.balance(ledger.payable(person.pk, currency))


def everything() -> int:
    """Return the sum of the whole ledger, which is always zero."""
    return sum(LedgerEntry.objects.values_list("amount", flat=True))
