"""Checkout: hold and write (transaction), then whatever the way to pay asks for, outside of any."""

import logging
from typing import Unpack

from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from payments import gateway, ways
from payments.models import Payment
from payments.services import joining, payments
from payments.truth import Page
from studyplatform.accounts.models import User
from studyplatform.kit import queue
from studyplatform.kit.errors import Refused

log = logging.getLogger(__name__)

State = Payment.State
OVER = (State.PAID, State.EXPIRED, State.FAILED)
NOT_BEGUN = (State.CREATED, State.UNKNOWN)


def begin(member: User, cohort: Cohort, **choices: Unpack[joining.Choices]) -> Payment:
    """Hold a seat and make its payment ready; return the payment, open with an address if all went well.

    Again: the same payment and page, as long as it can be paid. With another provider than before the seat stays and
    the payment begun is closed first. Raises Refused as `joining.open_for` does.
    """
    _close_other(member, cohort, choices.get("provider", ""))
    payment = joining.open_for(member, cohort, **choices)
    standing = payment.state != State.CREATED
    payment = advance(payment)
    if standing and payment.state in (State.EXPIRED, State.FAILED):  # the old page had run out: a fresh one
        return advance(joining.open_for(member, cohort, **choices))
    return payment


def _close_other(member: User, cohort: Cohort, provider: str) -> None:
    standing = joining.standing_of(member, cohort) if provider else None
    if not standing or standing.provider == provider:
        return
    try:
        ways.of(standing).close(standing, keep_seat=True)
    except gateway.Trouble as trouble:
        sentence = _("The way you began to pay cannot be closed at the moment. Try again in a minute.")
        raise Refused(sentence, field="provider") from trouble


def advance(payment: Payment) -> Payment:
    """Take a payment one step on; when nobody answers it comes back as it stands."""
    return come_back(payment)[0]


def come_back(payment: Payment) -> tuple[Payment, Page | None]:
    """Make a payment ready to be paid, or ask what became of it; return it and its page as they are now.

    The page is None where there was nothing to ask, or no answer.
    """
    if payment.state in OVER:
        return payment, None
    try:
        return _step(payment)
    except (gateway.Trouble, payments.Mismatch) as trouble:
        log.warning("payment %s: %s", payment.public_id, trouble)
        return payment, None


def _step(payment: Payment) -> tuple[Payment, Page | None]:
    way = ways.of(payment)
    return (way.begin(payment), None) if payment.state in NOT_BEGUN else way.look(payment)


def look(payment: Payment) -> Payment:
    """Ask what became of a payment, and bring it there. Raises gateway.Trouble, Mismatch."""
    return ways.of(payment).look(payment)[0]


def give_up(payment: Payment) -> Payment:
    """Let a seat go that is not paid for: nobody can pay for it first. Money that came before wins. Raises Trouble."""
    if payment.state in OVER:
        return payment
    ended = ways.of(payment).close(payment)
    if ended.state in (State.EXPIRED, State.FAILED):
        payments.let_go(ended)
    return ended


def drain(payment: Payment) -> None:
    """Work on one claimed payment until it is settled or over."""
    fresh = _step(payment)[0]
    if fresh.done_at:
        queue.done(payment)
    elif fresh.state in NOT_BEGUN:
        queue.later(payment, "no page yet")
    else:
        queue.again_at(payment, ways.of(payment).next_look(fresh))
