"""Disputes as Stripe has them: asked for whenever something may have changed, and recorded."""

import datetime

from django.utils import timezone

from payments import claims
from payments.models import Dispute, Payment
from payments.services import disputes
from payments.truth import Claim
from studyplatform.kit import queue

NEXT_LOOK = datetime.timedelta(hours=6)
WATCHED = datetime.timedelta(days=7)  # after its end
LOOKED_BACK = datetime.timedelta(days=5)  # Stripe tries its events for three


def drain(dispute: Dispute) -> None:
    """Work on one claimed dispute: ask how it stands, remind whoever answers it."""
    hear(dispute.reference)
    fresh = Dispute.objects.get(pk=dispute.pk)
    disputes.remind(fresh)
    if fresh.closed_at and fresh.closed_at < timezone.now() - WATCHED:
        queue.done(dispute)
    else:
        queue.again_at(dispute, timezone.now() + NEXT_LOOK)


def hear(reference: str) -> bool:
    """Look at a dispute Stripe tells of; False when no payment of ours is known for it. Raises Trouble."""
    asked_at = timezone.now()
    return accept(claims.get_claim(reference), asked_at)


def look_for(intent: str) -> None:
    """Look at every dispute of a payment. Raises Trouble."""
    asked_at = timezone.now()
    for claim in claims.claims_of(intent):
        accept(claim, asked_at)


def find() -> int:
    """Look for disputes no event told us of; return how many were opened lately. Raises Trouble."""
    asked_at = timezone.now()
    found = claims.claims_since(asked_at - LOOKED_BACK)
    for claim in found:
        accept(claim, asked_at)
    return len(found)


def accept(claim: Claim, asked_at: datetime.datetime) -> bool:
    """Record what Stripe said of a dispute when it was asked; False when no payment of ours is known for it."""
    ours = Payment.objects.filter(provider=Payment.Provider.STRIPE, state=Payment.State.PAID)
    payment = ours.filter(intent=claim.intent).first() if claim.intent else None
    if payment:
        disputes.record(payment, claim, asked_at)
    return bool(payment)
