"""What a dispute did to our balance at Stripe, booked line by line, each movement once, under its own number there.

The caller holds the locks of payment, cohorts and lines.
"""

import logging

from django.db.models import Sum

from payments.models import LedgerAccount, LedgerEntry, PaymentLine
from payments.services import ledger, releases
from payments.services.ledger import Kind
from payments.truth import Claim, Moved
from studyplatform.kit import money

log = logging.getLogger(__name__)

TAKEN, GIVEN, FEE = "dispute", "dispute-won", "dispute-fee"  # how causes begin


def taken(claim: Claim) -> int:
    """Return what the bank holds of a dispute's money now, in minor units."""
    return -sum(moved.amount for moved in claim.moved)


def is_booked(moved: Moved, lines: list[PaymentLine]) -> bool:
    """Tell whether a movement was booked before."""
    return bool(ledger.booked(_cause(moved, lines[0])))


def _cause(moved: Moved, line: PaymentLine) -> str:
    return f"{TAKEN if moved.amount < 0 else GIVEN}:{moved.id}:{line.pk}"


def book(claim: Claim, moved: Moved, lines: list[PaymentLine]) -> None:
    """Book one movement, shared by what is left of the lines. In another currency it is left for a person to book."""
    foreign = moved.currency != lines[0].payment.currency
    if foreign:
        log.error("dispute %s: %s in %s is left for a person to book", claim.id, moved.id, moved.currency)
    amount = (claim.amount if moved.amount > 0 else -claim.amount) if foreign else moved.amount
    weights = _weights(lines, back=amount > 0)
    parts = zip(lines, money.split(amount, weights), money.split(moved.fee, weights), strict=True)
    for line, part, fee in parts:
        _count(line, -part)
        amounts = {} if foreign else _taken(line, -part) if part < 0 else _given(claim, line, part)
        ledger.post(_cause(moved, line), amounts, line=line)
        if fee and not foreign:
            host = ledger.account(Kind.PAYABLE, moved.currency, person=line.enrollment.cohort.study.payee)
            stripe = ledger.account(Kind.STRIPE, moved.currency)
            ledger.post(f"{FEE}:{moved.id}:{line.pk}", {stripe: -fee, host: fee}, line=line)
        if part > 0:
            releases.share_rest(line, f"{line.pk}:{moved.id}")


def _weights(lines: list[PaymentLine], *, back: bool) -> list[int]:
    """By what is left of each line, or by what was taken of it; by what was paid where that is nothing."""
    left = [line.disputed if back else line.kept for line in lines]
    return left if any(left) else [line.amount for line in lines]


def _count(line: PaymentLine, amount: int) -> None:
    line.disputed = max(0, line.disputed + amount)
    line.lost = min(line.lost, line.disputed)
    line.save(update_fields=["disputed", "lost"])


def _taken(line: PaymentLine, amount: int) -> dict[LedgerAccount, int]:
    stripe = ledger.account(Kind.STRIPE, line.payment.currency)
    return {stripe: -amount, **ledger.borne_by(line, amount)}


def _given(claim: Claim, line: PaymentLine, amount: int) -> dict[LedgerAccount, int]:
    """Return to escrow and host what this dispute took from each, in the same parts."""
    causes = [_cause(moved, line) for moved in claim.moved if moved.amount < 0]
    entries = LedgerEntry.objects.filter(transaction__cause__in=causes).exclude(account__kind=Kind.STRIPE)
    bore = dict(entries.values_list("account").annotate(sum=Sum("amount")).order_by("account"))
    accounts = LedgerAccount.objects.in_bulk(bore)
    parts = money.split(amount, list(bore.values()))
    stripe = ledger.account(Kind.STRIPE, line.payment.currency)
    return {stripe: amount, **{accounts[at]: -part for at, part in zip(bore, parts, strict=True)}}
