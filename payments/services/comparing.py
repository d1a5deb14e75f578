"""Comparing Stripe's movements with our books, a batch at a time, from both sides. Reads only."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, Func, Q, QuerySet, Sum, Value

from payments.models import LedgerEntry, LedgerTransaction, Payment, Payout, Refund, StripeMovement
from payments.services.differences import Found, own
from payments.services.ledger import Kind

CHARGES = ("charge", "payment")
REFUNDS = ("refund", "payment_refund")
FAILURES = ("refund_failure", "payment_failure_refund")
TRANSFERS = ("transfer",)
REVERSALS = ("transfer_refund", "transfer_cancel", "transfer_failure")
DISPUTES = ("dispute", "dispute_reversal")
TO_BANK = ("payout", "payout_cancel", "payout_failure", "topup", "topup_reversal")
PAYMENT, REFUND, PAYOUT = "payments.payment", "payments.refund", "payments.payout"
About = tuple[str, str]
Row = Any  # a named tuple of the columns asked for: of a thousand rows, a model's instance costs more than its query
NOTHING: About = ("", "")


@dataclass
class Ours:
    """What we have of a batch of movements, each kind in one query."""

    by_name: dict[str, Row] = field(default_factory=dict)  # payments
    by_intent: dict[str, int] = field(default_factory=dict)
    refunds: dict[str, int] = field(default_factory=dict)
    payouts: dict[str, Row] = field(default_factory=dict)  # by transfer
    named: dict[str, Row] = field(default_factory=dict)  # by our number
    sales: dict[int, tuple[int | None, int | None]] = field(default_factory=dict)  # what was paid, the fee
    booked: dict[str, int] = field(default_factory=dict)
    claimed: dict[str, int] = field(default_factory=dict)  # what disputes moved, by the movement


def theirs(batch: Sequence[StripeMovement]) -> Iterator[Found]:
    """Yield what Stripe says and we do not, or say otherwise, for a batch of its movements."""
    ours = _ours_of(batch)
    for one in batch:
        found = _compare(one)(one, ours)
        if found:
            yield found


Compare = Callable[[StripeMovement, Ours], Found | None]


def _compare(one: StripeMovement) -> Compare:
    if one.kind in CHARGES:
        return _charge
    return _other


def _ours_of(batch: Sequence[StripeMovement]) -> Ours:
    charges = [one for one in batch if one.kind in CHARGES]
    known = Payment.objects.filter(public_id__in={one.ours for one in charges})
    payments = list(known.values_list("pk", "public_id", "intent", "state", "currency", named=True))
    refunds = Refund.objects.filter(reference__in={one.source for one in batch if one.kind in REFUNDS + FAILURES})
    transfers = {one.source for one in batch if one.kind in TRANSFERS}
    reversed_ = {one.ours for one in batch if one.kind in REVERSALS}
    payouts = _sent_as(Payout.objects.filter(reference__in=transfers | reversed_))
    ours = Ours(
        by_name={one.public_id: one for one in payments},
        refunds={str(reference): pk for reference, pk in refunds.values_list("reference", "pk")},
        payouts={str(one.reference): one for one in payouts},
        sales=_sales([one.pk for one in payments]),
    )
    ours.booked = _booked(cause for one in batch for cause in (_cause(one, ours), own(one)))
    ours.claimed = _claimed([one.reference for one in batch if one.kind in DISPUTES])
    _look_for_the_rest(batch, ours)
    return ours


def _look_for_the_rest(batch: Sequence[StripeMovement], ours: Ours) -> None:
    """What is not known by its number: whose payment it gives back, which payout it was sent for."""
    unknown = {one.intent for one in batch if one.kind in REFUNDS + FAILURES and one.source not in ours.refunds} - {""}
    if unknown:
        paid = Payment.objects.filter(intent__in=unknown, state=Payment.State.PAID)
        ours.by_intent = dict(paid.values_list("intent", "pk"))
    named = {one.ours for one in batch if one.kind in TRANSFERS and one.source not in ours.payouts}
    numbers = [int(name) for name in named if name.isdecimal()]
    if numbers:
        ours.named = {str(one.pk): one for one in _sent_as(Payout.objects.filter(pk__in=numbers))}


def _sent_as(payouts: QuerySet[Payout]) -> Iterable[Row]:
    return payouts.values_list("pk", "reference", named=True)


def _sales(payments: list[int]) -> dict[int, tuple[int | None, int | None]]:
    """Return what was booked as paid, and as Stripe's fee, by payment."""
    entries = LedgerEntry.objects.filter(account__kind=Kind.STRIPE, transaction__line__payment__in=payments)
    sums = entries.values_list("transaction__line__payment").annotate(
        sale=Sum("amount", filter=Q(transaction__cause__startswith="sale:")),
        fee=Sum("amount", filter=Q(transaction__cause__startswith="fee:")),
    )
    return {payment: (sale, fee) for payment, sale, fee in sums}


def _booked(causes: Iterable[str]) -> dict[str, int]:
    """Return what our account at Stripe got under each cause that is booked."""
    known = LedgerTransaction.objects.filter(cause__in=set(causes) - {""})
    sums = known.annotate(sum=Sum("entries__amount", filter=Q(entries__account__kind=Kind.STRIPE)))
    return {cause: amount or 0 for cause, amount in sums.values_list("cause", "sum")}


def _claimed(movements: list[str]) -> dict[str, int]:
    """Return what was booked of each movement of a dispute: on every line of its payment, its fee with it."""
    of_it = LedgerTransaction.objects.filter(cause__startswith="dispute").annotate(
        movement=Func(F("cause"), Value(":"), Value(2), function="split_part", output_field=CharField())
    )
    sums = of_it.filter(movement__in=movements).values_list("movement")
    found = sums.annotate(sum=Sum("entries__amount", filter=Q(entries__account__kind=Kind.STRIPE)))
    return {movement: amount or 0 for movement, amount in found.order_by("movement")}


def _cause(one: StripeMovement, ours: Ours) -> str:
    """Return under which cause a movement is booked when all is well; charges and disputes are booked line by line."""
    if one.kind in REFUNDS + FAILURES and one.source in ours.refunds:
        return f"{'refund' if one.kind in REFUNDS else 'refund_failed'}:{ours.refunds[one.source]}"
    if one.kind in TRANSFERS and one.source in ours.payouts:
        return f"payout-paid:{ours.payouts[one.source].pk}"
    return f"payout-reversed:{one.source}" if one.kind in REVERSALS else ""


def _found(kind: str, one: StripeMovement, ours: int | None, theirs: int, about: About = NOTHING) -> Found:
    return Found(kind, one.reference, ours, theirs, one.currency, one.at, movement=one, about=about)


def _charge(one: StripeMovement, ours: Ours) -> Found | None:
    payment = ours.by_name.get(one.ours)
    carried = ours.booked.get(own(one))
    if not payment or (payment.intent and payment.intent != one.intent):
        known = carried == one.net
        return None if known else _found("payment_twice" if payment else "payment_strange", one, carried, one.net)
    about = (PAYMENT, str(payment.pk))
    if payment.state != Payment.State.PAID:
        return _found("payment_lost", one, None, one.amount, about)
    if payment.currency != one.currency:
        return _found("currency", one, None, one.net, about)
    return _paid(one, ours.sales.get(payment.pk, (None, None)), carried, about)


def _paid(
    one: StripeMovement, booked: tuple[int | None, int | None], carried: int | None, about: About
) -> Found | None:
    sale, fee = booked
    net = (sale or 0) + (fee or 0) + (carried or 0)
    if net == one.net:
        return None
    if sale != one.amount:  # its fee counts as Stripe's, so that carrying what is between leaves nothing
        return _found("amount", one, net + one.fee, one.amount, about)
    kind = "fee_unbooked" if fee is None and carried is None else "fee"
    return _found(kind, one, -((fee or 0) + (carried or 0)), one.fee, about)


def _other(one: StripeMovement, ours: Ours) -> Found | None:
    amounts = [ours.booked.get(cause) for cause in (_cause(one, ours), own(one))]
    amounts.append(ours.claimed.get(one.reference))
    known = [amount for amount in amounts if amount is not None]
    kind, about = _name(one, ours)
    if not known:
        return _found(kind, one, None, one.net, about)
    return None if sum(known) == one.net else _found("amount", one, sum(known), one.net, about)


def _name(one: StripeMovement, ours: Ours) -> tuple[str, About]:
    """Return what a movement is called that we have not booked, and the row of ours it is about."""
    if one.kind in REFUNDS + FAILURES:
        return _back(one, ours)
    if one.kind in TRANSFERS + REVERSALS:
        return _sent(one, ours)
    if one.kind in DISPUTES and one.source.startswith(("dp_", "du_")):
        return "dispute_lost", NOTHING
    return ("to_bank" if one.kind in TO_BANK else "unknown"), NOTHING


def _back(one: StripeMovement, ours: Ours) -> tuple[str, About]:
    refund, payment = ours.refunds.get(one.source), ours.by_intent.get(one.intent)
    lost = "refund_lost" if one.kind in REFUNDS else "failure_lost"
    if refund:
        return lost, (REFUND, str(refund))
    return (lost, (PAYMENT, str(payment))) if payment else ("refund_strange", NOTHING)


def _sent(one: StripeMovement, ours: Ours) -> tuple[str, About]:
    payout = ours.payouts.get(one.source if one.kind in TRANSFERS else one.ours) or ours.named.get(one.ours)
    if not payout or (one.kind in TRANSFERS and payout.reference not in (None, one.source)):
        return "transfer_strange", NOTHING
    return ("transfer_lost" if one.kind in TRANSFERS else "reversal_lost"), (PAYOUT, str(payout.pk))


def booked(rows: QuerySet[LedgerTransaction]) -> QuerySet[Any]:
    """Return the columns `ours` reads, of what has a side of its own; a fee stands with what it is for."""
    with_side = rows.exclude(cause__startswith="fee:").exclude(cause__startswith="dispute-fee:")
    return with_side.values_list("pk", "cause", "at", "line__payment", "line__payment__intent", named=True)


def ours(batch: Iterable[Row]) -> Iterator[Found]:
    """Yield what we booked at Stripe and Stripe does not show, for a batch of `booked` rows."""
    batch = list(batch)
    amounts = _at_stripe(batch)
    batch = [one for one in batch if one.pk in amounts]
    wanted = _wanted(batch)
    shown = _shown(wanted.values())
    for one in batch:
        kinds, value, about = wanted.get(one.pk, ((), "", NOTHING))
        if not any((kind, value) in shown for kind in kinds):
            amount, currency = amounts[one.pk]
            yield Found("missing", one.cause, amount, None, currency, one.at, booked=one.pk, about=about)


def _at_stripe(batch: Sequence[Row]) -> dict[int, tuple[int, str]]:
    """Return what each transaction moved in our account at Stripe; only those that moved anything there."""
    entries = LedgerEntry.objects.filter(transaction__in=[one.pk for one in batch], account__kind=Kind.STRIPE)
    sums = entries.values_list("transaction", "account__currency").annotate(sum=Sum("amount"))
    return {one: (amount, currency) for one, currency, amount in sums}


Wanted = tuple[tuple[str, ...], str, About]
ITSELF = ("itself",)
COLUMNS = {CHARGES: "intent", ITSELF: "reference"}  # where a movement has the number that is called for


def _wanted(batch: Sequence[Row]) -> dict[int, Wanted]:
    """Return which movement each transaction calls for: of which kinds, by which number."""
    refunds = _references(Refund.objects.all(), batch, "refund", "refund_failed")
    payouts = _references(Payout.objects.all(), batch, "payout-paid")
    found: dict[int, Wanted] = {}
    for one in batch:
        name, _colon, rest = one.cause.partition(":")
        if name == "sale":
            found[one.pk] = (CHARGES, one.line__payment__intent or "", (PAYMENT, str(one.line__payment)))
        elif name in ("refund", "refund_failed"):
            found[one.pk] = (REFUNDS if name == "refund" else FAILURES, refunds.get(rest, ""), (REFUND, rest))
        elif name == "payout-paid":
            found[one.pk] = (TRANSFERS, payouts.get(rest, ""), (PAYOUT, rest))
        elif name == "payout-reversed":
            found[one.pk] = (REVERSALS, rest, NOTHING)
        elif name in ("stripe", "dispute", "dispute-won"):
            found[one.pk] = (ITSELF, rest.partition(":")[0], NOTHING)
    return found


def _references(rows: QuerySet[Any], batch: Sequence[Row], *names: str) -> dict[str, str]:
    """Return Stripe's number of each row that transactions of these names are about, by our number."""
    parts = (one.cause.partition(":") for one in batch)
    numbers = [int(rest) for name, _colon, rest in parts if name in names and rest.isdecimal()]
    known = rows.filter(pk__in=numbers).values_list("pk", "reference") if numbers else []
    return {str(pk): reference or "" for pk, reference in known}


def _shown(wanted: Iterable[Wanted]) -> set[tuple[str, str]]:
    """Return kind and number of every movement with one of the numbers: a payment's, its own, else its source's."""
    values: dict[str, set[str]] = defaultdict(set)
    for kinds, value, _about in wanted:
        values[COLUMNS.get(kinds, "source")] |= {value} - {""}
    found: set[tuple[str, str]] = set()
    for column, some in values.items():
        rows = StripeMovement.objects.filter(**{f"{column}__in": some})
        found |= {
            ("itself" if column == "reference" else kind, value) for kind, value in rows.values_list("kind", column)
        }
    return found
