"""Whose a movement at Stripe is, looked up by the number of what it came from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet, Value

from payments.models import Dispute, Payment, Payout, Refund, StripeMovement
from payments.services.comparing import CHARGES, DISPUTES, FAILURES, REFUNDS, TO_BANK, TRANSFERS
from payments.truth import Movement

KINDS: tuple[tuple[tuple[str, ...], QuerySet[Any], tuple[Any, ...]], ...] = (
    (CHARGES, Payment.objects.all(), ("charge", "intent", "public_id")),
    (REFUNDS + FAILURES, Refund.objects.all(), ("reference", "line__payment__intent", "pk")),
    (TRANSFERS, Payout.objects.all(), ("reference", Value(""), "pk")),
    (DISPUTES, Dispute.objects.all(), ("reference", "payment__intent", Value(""))),
)


def named(page: Sequence[Movement]) -> list[Movement] | None:
    """Return a page's movements with the payment each belongs to and what we call what it came from.

    None when one came from something we do not know, unless it is kept already, since it was asked for then. What
    Stripe moves by itself, and to or from our bank, belongs to nothing of ours.
    """
    whose = {source: (intent, str(ours)) for source, intent, ours in _known(page)}
    strange = [one.id for one in page if one.source and one.kind not in TO_BANK and one.source not in whose]
    if strange and StripeMovement.objects.filter(reference__in=strange).count() < len(strange):
        return None
    known = ((one, *whose.get(one.source, ("", ""))) for one in page)
    return [replace(one, intent=intent, ours=ours) for one, intent, ours in known]


def _known(page: Sequence[Movement]) -> Iterator[tuple[Any, ...]]:
    """Yield number at Stripe, payment there and our number of what is ours; a query for each kind the page has."""
    for of, rows, columns in KINDS:
        sources = {one.source for one in page if one.kind in of}
        if sources:
            yield from rows.filter(**{f"{columns[0]}__in": sources}).values_list(*columns)
