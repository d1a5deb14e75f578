"""Stripe Checkout: a hosted page is made, asked about and closed; refunds are sent under a key of their own."""

import datetime
import logging

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from payments import gateway
from payments.models import Payment, Refund
from payments.services import payments, refunds
from payments.truth import Page
from payments.ways.way import Shown

log = logging.getLogger(__name__)

title = _("Card or mobile wallet")
says = _("On the payment company’s page. Nothing is charged before that.")
State = Payment.State
SOON = datetime.timedelta(seconds=10)
NEXT_LOOK = datetime.timedelta(minutes=5)
SLOW_LOOK = datetime.timedelta(hours=1)  # money that takes days, a fee that takes hours


def offered(cohort: Cohort) -> bool:
    """Always: it knows every currency a cohort can have."""
    return True


def begin(payment: Payment) -> Payment:
    """Make the hosted page of a payment. Its id is the idempotency key: asking again finds the same page."""
    try:
        page = _create_page(payment)
    except gateway.Rejected as rejected:
        log.error("payment %s: no page: %s", payment.public_id, rejected)
        return payments.end(payment, State.FAILED)
    except gateway.Trouble as trouble:
        return _doubt_page(payment, trouble)
    return _show(payment, page)


def _create_page(payment: Payment) -> Page:
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
    lines = list(payment.lines.select_related("enrollment__cohort__study"))
    name = lines[0].enrollment.cohort.full_name
    return f"{name} × {len(lines)}" if len(lines) > 1 else name


def _doubt_page(payment: Payment, trouble: gateway.Trouble) -> Payment:
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


def look(payment: Payment) -> tuple[Payment, Page]:
    """Ask Stripe what became of a page, and bring the payment there. Raises gateway.Trouble, Mismatch."""
    page = _ask(payment)
    return payments.apply(payment, page), page


def _ask(payment: Payment) -> Page:
    """Return a payment's page; past its end it is closed first, so that nobody pays while we give the seat away."""
    reference = payment.reference or ""
    past = payment.expires_at and payment.expires_at <= timezone.now()
    if past and payment.state == State.OPEN:
        return gateway.expire_page(reference)
    return gateway.get_page(reference)


def next_look(payment: Payment) -> datetime.datetime:
    """Look again often while somebody may be paying, and just after their page has closed."""
    now = timezone.now()
    if payment.state != State.OPEN:
        return now + (NEXT_LOOK if payment.state == State.PAID else SLOW_LOOK)
    return max(now + SOON, min(now + NEXT_LOOK, (payment.expires_at or now) + SOON))


def close(payment: Payment, *, keep_seat: bool = False) -> Payment:
    """Close the page, so that nobody can pay any more. Money that came first wins."""
    if not payment.reference:
        return payments.end(payment, State.FAILED, actor=payment.buyer, keep_seat=keep_seat)
    page = gateway.expire_page(payment.reference)
    if keep_seat and page.status == "expired":
        return payments.end(payment, State.EXPIRED, actor=payment.buyer, keep_seat=True)
    return payments.apply(payment, page)


def shown(payment: Payment, page: Page | None) -> Shown:
    """Return what stands on the way back from the hosted page: not paid yet, a card declined, or nobody knows."""
    if not page:
        return Shown("waiting", {})
    return Shown("declined" if page.decline else "open", {"decline": page.decline})


def give_back(refund: Refund) -> None:
    """Send a refund once, or ask what became of it. Raises Disputed when the buyer's bank took the money first."""
    if refund.state in (Refund.State.PENDING, Refund.State.SUCCEEDED):
        refunds.record(refund, gateway.get_refund(refund.reference or ""))
    elif refund.state in (Refund.State.OWED, Refund.State.SENDING, Refund.State.UNKNOWN):
        _send(refund)


def _send(refund: Refund) -> None:
    """Send what is owed. What may have been sent before is looked for first, and only sent if it is not there."""
    asked = refund.state != Refund.State.OWED
    if asked and _found(refund):
        return
    if refunds.begin(refund):
        _create_refund(refund, asked)


def _found(refund: Refund) -> bool:
    refunds.doubt(refund, "a send without an answer")
    sent = gateway.refunds_of(refund.line.payment.intent)
    mine = next((back for back in sent if back.refund == str(refund.pk)), None)
    if mine:
        refunds.record(refund, mine)
    return bool(mine)


def _create_refund(refund: Refund, asked: bool) -> None:
    intent = refund.line.payment.intent
    try:
        back = gateway.create_refund(key=_key(refund), refund=str(refund.pk), intent=intent, amount=refund.amount)
    except gateway.Short as short:
        refunds.wait(refund, str(short))
    except gateway.Disputed as disputed:
        refunds.wait(refund, str(disputed))
        raise
    except gateway.Rejected as rejected:
        refunds.fail(refund, str(rejected))
    except gateway.Trouble as trouble:
        _doubt_refund(refund, trouble, asked)
    else:
        refunds.record(refund, back)


def _key(refund: Refund) -> str:
    """Stripe keeps a certain no under its key for a day, so each one is followed by another key."""
    return f"refund:{refund.pk}:{refund.key_number}" if refund.key_number else f"refund:{refund.pk}"


def _doubt_refund(refund: Refund, trouble: gateway.Trouble, asked: bool) -> None:
    """Stripe keeps its own error under the key: when it has also said the refund is not there, a new row is sent."""
    log.warning("refund %s: %s", refund.pk, trouble)
    if asked and isinstance(trouble, gateway.Broke):
        failed = refunds.fail(refund, str(trouble), tell=False)
        if failed.state == Refund.State.FAILED:
            refunds.retry(failed)
    else:
        refunds.doubt(refund, str(trouble))
