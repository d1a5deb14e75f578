"""Checkout: hold and write (transaction), ask Stripe (none open), record (transaction)."""

import datetime
import logging
from typing import Unpack

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from cohorts.models import Cohort
from payments import gateway
from payments.models import Payment
from payments.services import payments
from payments.truth import Page
from studyplatform.accounts.models import User
from studyplatform.kit import queue

log = logging.getLogger(__name__)

State = Payment.State
OVER = (State.PAID, State.EXPIRED, State.FAILED)
SOON = datetime.timedelta(seconds=10)
NEXT_LOOK = datetime.timedelta(minutes=5)
SLOW_LOOK = datetime.timedelta(hours=1)  # money that takes days, a fee that takes hours


def begin(member: User, cohort: Cohort, **choices: Unpack[payments.Choices]) -> Payment:
    """Hold a seat and make its hosted page; return the payment, open with an address if all went well.

    Again: the same payment and page, as long as it can be paid. Raises Refused as `payments.open_for` does.
    """
    payment = payments.open_for(member, cohort, **choices)
    standing = payment.state != State.CREATED
    payment = advance(payment)
    if standing and payment.state in (State.EXPIRED, State.FAILED):  # the old page had run out: a fresh one
        return advance(payments.open_for(member, cohort, **choices))
    return payment


def advance(payment: Payment) -> Payment:
    """Take a payment one step on; when Stripe does not answer it comes back as it stands."""
    return come_back(payment)[0]


def come_back(payment: Payment) -> tuple[Payment, Page | None]:
    """Make a payment's page if it has none, else ask what became of it; return both as they are now.

    The page is None where there was nothing to ask, or no answer.
    """
    if payment.state in OVER or payment.provider == Payment.Provider.FREE:
        return payment, None
    if not payment.reference:
        return open_page(payment), None
    try:
        page = _ask(payment)
        return payments.apply(payment, page), page
    except (gateway.Trouble, payments.Mismatch) as trouble:
        log.warning("payment %s: %s", payment.public_id, trouble)
        return payment, None


def look(payment: Payment) -> Payment:
    """Ask Stripe what became of a page, and bring the payment there. Raises gateway.Trouble, Mismatch."""
    return payments.apply(payment, _ask(payment))


def _ask(payment: Payment) -> Page:
    """Return a payment's page; past its end it is closed first, so that nobody pays while we give the seat away."""
    reference = payment.reference or ""
    past = payment.expires_at and payment.expires_at <= timezone.now()
    if past and payment.state == State.OPEN:
        return gateway.expire_page(reference)
    return gateway.get_page(reference)


def open_page(payment: Payment) -> Payment:
    """Make the hosted page of a payment. Its id is the idempotency key: asking again finds the same page."""
    try:
        page = _create(payment)
    except gateway.Rejected as rejected:
        log.error("payment %s: no page: %s", payment.public_id, rejected)
        return payments.end(payment, State.FAILED)
    except gateway.Trouble as trouble:
        return _doubt(payment, trouble)
    return _show(payment, page)


def _create(payment: Payment) -> Page:
    with translation.override(payment.buyer.language):
        return gateway.create_page(
            key=f"checkout:{payment.pk}",
            payment=payment.public_id,
            amount=payment.amount,
            currency=payment.currency,
            title=_title(payment),
            email=payment.buyer.email,
            locale=payment.buyer.language,
            expires_at=payment.expires_at or timezone.now(),
            return_url=f"{settings.SITE_URL}{reverse('checkout_return', args=[payment.public_id])}",
            group=f"payment:{payment.public_id}",
        )


def _title(payment: Payment) -> str:
    cohort = payment.lines.select_related("enrollment__cohort__study")[0].enrollment.cohort
    return cohort.full_name


def _doubt(payment: Payment, trouble: gateway.Trouble) -> Payment:
    """An address nobody was given cannot be paid: when Stripe keeps its own error, the payment ends."""
    log.warning("payment %s: page unknown: %s", payment.public_id, trouble)
    if isinstance(trouble, gateway.Broke) and payment.state == State.UNKNOWN:
        return payments.end(payment, State.FAILED)
    return payments.doubt(payment, str(trouble))


def _show(payment: Payment, page: Page) -> Payment:
    shown = payments.apply(payment, page)
    if shown.state in (State.EXPIRED, State.FAILED) and page.status == "open":  # given up meanwhile
        gateway.expire_page(page.id)
    return shown


def give_up(payment: Payment) -> Payment:
    """Let a seat go that is not paid for: the page is closed first. Money that came first wins. Raises Trouble."""
    if payment.state in OVER:
        return payment
    if payment.reference:
        ended = payments.apply(payment, gateway.expire_page(payment.reference))
    else:
        ended = payments.end(payment, State.FAILED, actor=payment.buyer)
    if ended.state in (State.EXPIRED, State.FAILED):
        payments.let_go(ended)
    return ended


def drain(payment: Payment) -> None:
    """Work on one claimed payment until it is settled or over."""
    fresh = look(payment) if payment.reference else open_page(payment)
    if fresh.done_at or fresh.provider == Payment.Provider.FREE:
        queue.done(payment)
    elif fresh.state in (State.CREATED, State.UNKNOWN):
        queue.later(payment, "no page yet")
    else:
        queue.again_at(payment, _next_look(fresh))


def _next_look(payment: Payment) -> datetime.datetime:
    now = timezone.now()
    if payment.state != State.OPEN:
        return now + (NEXT_LOOK if payment.state == State.PAID else SLOW_LOOK)
    return max(now + SOON, min(now + NEXT_LOOK, (payment.expires_at or now) + SOON))
