"""Stripe's events: kept by the endpoint, worked on here. An event only says where to look; Stripe is asked again."""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from payments import gateway
from payments.flows import checkout, disputes, onboarding, refunds, sending
from payments.models import Payment, StripeEvent
from payments.services import payees, payments
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused

KEPT_TRYING = datetime.timedelta(days=3)


class NotYet(Exception):
    """The object is not known here yet: the event is kept and tried again."""


def drain(event: StripeEvent) -> None:
    """Work on one claimed event; one about something unknown or not right stays, and is tried for three days."""
    handle = HANDLERS.get(event.kind)
    try:
        if handle:
            handle({**event.raw["data"]["object"], "_account": event.account})
    except (NotYet, gateway.Rejected, payments.Mismatch, Refused) as why:
        young = event.received_at > timezone.now() - KEPT_TRYING
        (queue.later if young else queue.give_up)(event, str(why))
    else:
        queue.done(event)


def _page_changed(seen: dict[str, Any]) -> None:
    page = gateway.get_page(seen["id"])
    payment = payments.of_page(page)
    if payment:
        payments.apply(payment, page)
    elif page.payment:
        raise NotYet(f"no payment {page.payment}")


def _intent_changed(seen: dict[str, Any]) -> None:
    name = (seen.get("metadata") or {}).get("payment")
    if not name:
        return
    payment = Payment.objects.filter(public_id=name).exclude(reference=None).first()
    if not payment:
        raise NotYet(f"no page of payment {name}")
    checkout.look(payment)


def _refund_changed(seen: dict[str, Any]) -> None:
    if not refunds.accept(gateway.get_refund(seen["id"])):
        raise NotYet(f"no payment for refund {seen['id']}")


def _dispute_changed(seen: dict[str, Any]) -> None:
    if not disputes.hear(seen["id"]):
        raise NotYet(f"no payment for dispute {seen['id']}")


def _account_changed(seen: dict[str, Any]) -> None:
    """An account of ours is named by the event itself; one made just now is not written down yet."""
    if not onboarding.hear(seen["_account"] or seen["id"]) and (seen.get("metadata") or {}).get("payee"):
        raise NotYet(f"no payee for account {seen['id']}")


def _account_left(seen: dict[str, Any]) -> None:
    payees.disconnect(seen["_account"])


def _transfer_changed(seen: dict[str, Any]) -> None:
    sending.hear(seen.get("transfer_group") or "")


def _bank_answered(seen: dict[str, Any]) -> None:
    """A payee's bank sent money back: it waits in their own account, which may need another bank now."""
    onboarding.hear(seen["_account"])


def _charge_refunded(seen: dict[str, Any]) -> None:
    intent = seen.get("payment_intent")
    known = [refunds.accept(back) for back in gateway.refunds_of(intent)] if intent else []
    if not all(known):
        raise NotYet(f"no payment for charge {seen['id']}")


HANDLERS: dict[str, Callable[[dict[str, Any]], None]] = {
    "account.updated": _account_changed,
    "account.application.deauthorized": _account_left,
    "capability.updated": _account_changed,
    "transfer.created": _transfer_changed,
    "transfer.updated": _transfer_changed,
    "transfer.reversed": _transfer_changed,
    "payout.failed": _bank_answered,
    "checkout.session.completed": _page_changed,
    "checkout.session.expired": _page_changed,
    "checkout.session.async_payment_succeeded": _page_changed,
    "checkout.session.async_payment_failed": _page_changed,
    "payment_intent.processing": _intent_changed,
    "payment_intent.succeeded": _intent_changed,
    "payment_intent.payment_failed": _intent_changed,
    "payment_intent.canceled": _intent_changed,
    "charge.dispute.created": _dispute_changed,
    "charge.dispute.updated": _dispute_changed,
    "charge.dispute.closed": _dispute_changed,
    "charge.dispute.funds_withdrawn": _dispute_changed,
    "charge.dispute.funds_reinstated": _dispute_changed,
    "charge.updated": _intent_changed,  # its fee is known now
    "charge.refunded": _charge_refunded,
    "charge.refund.updated": _refund_changed,
    "refund.created": _refund_changed,
    "refund.updated": _refund_changed,
    "refund.failed": _refund_changed,
}
