"""Stripe's events are kept first, once each, and worked on later."""

from django.db import transaction

from payments.models import StripeEvent
from payments.truth import Event
from studyplatform.accounts.models import User
from studyplatform.kit import queue


@transaction.atomic
def keep(event: Event) -> None:
    """Keep a verified event; the same one again changes nothing."""
    row = StripeEvent(
        account=event.account, event_id=event.id, kind=event.kind, object_id=event.object_id, raw=event.raw
    )
    StripeEvent.objects.bulk_create([row], ignore_conflicts=True)
    queue.wake("payments.drain_events")


def try_again(actor: User, event: StripeEvent) -> StripeEvent:
    """Work on an event again that failed or was given up. Raises Refused when it is done."""
    return queue.try_now(actor, event)  # type: ignore[no-any-return]
