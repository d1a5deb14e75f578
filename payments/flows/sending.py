"""Payouts through Stripe go out: note it (transaction), ask Stripe (none open), record (transaction)."""

import logging
from contextlib import suppress

from payments import gateway
from payments.flows import onboarding
from payments.models import Payout
from payments.services import sending
from studyplatform.kit import queue

log = logging.getLogger(__name__)

State = Payout.State


def drain(payout: Payout) -> None:
    """Work on one claimed payout: send it once, or ask what became of it."""
    asked = payout.state in (State.SENDING, State.UNKNOWN)
    if not (asked and _found(payout)):
        row = sending.begin(payout)
        if row:
            _create(row, asked)
    fresh = Payout.objects.get(pk=payout.pk)
    if fresh.state in (State.APPROVED, State.SENDING, State.SHORT, State.UNKNOWN):
        queue.later(payout, "not sent yet")
    else:
        queue.done(payout)


def _found(payout: Payout) -> bool:
    """Look for what may have been sent before; Stripe keeps it under the group when the key is long forgotten."""
    sending.doubt(payout, "a send without an answer")
    return look(payout)


def look(payout: Payout) -> bool:
    """Ask for a payout's transfer and record it; False when there is none. Raises Trouble."""
    sent = gateway.transfers_of(sending.group(payout))
    if sent:
        sending.record(payout, sent[0])
    return bool(sent)


def _create(payout: Payout, asked: bool) -> None:
    try:
        sent = gateway.create_transfer(
            key=f"payout:{payout.pk}:{payout.key_number}",
            payout=str(payout.pk),
            destination=payout.destination,
            amount=payout.amount,
            currency=payout.currency,
            group=sending.group(payout),
        )
    except gateway.Short as short:
        sending.wait(payout, str(short))
    except gateway.Rejected as rejected:
        _look_why(payout)
        sending.fail(payout, str(rejected))
    except gateway.Trouble as trouble:
        log.warning("payout %s: %s", payout.pk, trouble)
        if asked and isinstance(trouble, gateway.Broke):
            sending.new_key(payout)
        sending.doubt(payout, str(trouble))
    else:
        sending.record(payout, sent)


def _look_why(payout: Payout) -> None:
    """Most often the account is not what we take it for: know it before the next run writes another payout."""
    with suppress(gateway.Trouble):
        onboarding.look(payout.payee)


def hear(group: str) -> bool:
    """Look at the payout Stripe tells of by its group; False when it is none of ours."""
    name = group.removeprefix("payout_")
    known = Payout.objects.filter(pk=int(name)).first() if group != name and name.isdecimal() else None
    return bool(known and look(known))
