"""Refunds that wait for the buyer's bank: while it decides about a payment nothing is sent back, so that nobody gets
the same money twice. The caller holds the line's lock.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments import desk_letters, letters
from payments.models import Dispute, LedgerAccount, LedgerEntry, LedgerTransaction, Payment, PaymentLine, Refund
from payments.services import ledger
from payments.services.ledger import Kind
from studyplatform.accounts.models import User
from studyplatform.kit import history, money, queue
from studyplatform.kit.errors import Refused

State = Refund.State


def pending(line: PaymentLine) -> bool:
    """Tell whether a bank is still deciding about what was paid for a seat."""
    return Dispute.objects.filter(payment=line.payment_id, state__in=Dispute.PENDING).exists()


def touched(line: PaymentLine) -> bool:
    """Tell whether a bank has taken any of a line's payment: then Stripe sends nothing back of it, of no seat of it."""
    return PaymentLine.objects.filter(payment=line.payment_id, disputed__gt=0).exists()


def by_hand(line: PaymentLine) -> bool:
    """Tell whether what is owed of a line is made by hand: a bank has taken of its payment, and has decided."""
    return touched(line) and not pending(line)


def waiting(lines: Sequence[PaymentLine]) -> dict[int, int]:
    """Return what is owed of some lines and waits for a bank, by the number of the line, in minor units."""
    held = Refund.objects.filter(line__in=lines, state=State.HELD).order_by("line")
    return dict(held.values_list("line").annotate(Sum("amount")))


def came_back(lines: Sequence[PaymentLine]) -> dict[int, int]:
    """Return what of some lines went back or will, by the number of the line, in minor units: it was sent or is owed,
    a bank gave it, or it waits for one.
    """
    waits = waiting(lines)
    return {line.pk: line.refunded + line.lost + waits.get(line.pk, 0) for line in lines}


def room(line: PaymentLine) -> int:
    """Return what of a line may still go back, in minor units."""
    return max(0, line.amount - came_back([line])[line.pk])


def refuse_too_much(line: PaymentLine, amount: int) -> None:
    """Raise Refused when a locked line has less than `amount` left to go back."""
    if line.payment.state != Payment.State.PAID or not 0 < amount <= room(line):
        raise Refused(_("There is not that much left to give back."), field="amount", code="too_much")


def owe(line: PaymentLine, amount: int, cause: str, actor: User | None = None, *, reason: str = "") -> Refund:
    """Write down that `amount` of a disputed line is owed. It waits for the bank; after its yes to the buyer the rest
    is made by hand, since Stripe sends nothing back of such a payment.

    Raises Refused when the line has less left than that.
    """
    refuse_too_much(line, amount)
    row: Refund = Refund.objects.create(line=line, amount=amount, cause=cause, state=State.HELD, done_at=timezone.now())
    history.record(row, "", row.state, actor, note=reason)
    if not pending(line):
        _owe_again(row, line, State.MANUAL)
        letters.refund_owed(row, reason)
    return row


def hold(row: Refund, line: PaymentLine) -> None:
    """Let a locked refund that was not sent wait; its money goes back to where it would come from."""
    times = _times_held(row)
    back = _shares(row, line)
    buyer = ledger.account(Kind.PAYING, line.payment.currency, person=line.payment.buyer)
    history.move(row, State.HELD, done_at=timezone.now())
    _count(line, -row.amount)
    amounts = {buyer: row.amount, **{at: -part for at, part in back.items()}}
    ledger.post(f"refund_held:{row.pk}:{times + 1}", amounts, line=line)


def _shares(row: Refund, line: PaymentLine) -> dict[LedgerAccount, int]:
    """Split a refund's amount over the accounts that bore what was owed of its line."""
    owed = LedgerEntry.objects.filter(transaction__line=line, transaction__cause__startswith="refund_owed:")
    sums = owed.exclude(account__kind=Kind.PAYING).values_list("account").annotate(sum=Sum("amount"))
    bore = {at: amount for at, amount in sums.order_by("account") if amount > 0}
    accounts = LedgerAccount.objects.in_bulk(bore)
    parts = money.split(row.amount, list(bore.values()))
    return {accounts[at]: part for at, part in zip(bore, parts, strict=True)}


def owed_as(row: Refund) -> LedgerTransaction | None:
    """Return what was booked when a refund was owed last; None for one sent in place of another."""
    return ledger.booked(_cause(row, _times_held(row)))


def _times_held(row: Refund) -> int:
    return LedgerTransaction.objects.filter(cause__startswith=f"refund_held:{row.pk}:").count()


def _cause(row: Refund, times: int) -> str:
    return f"refund_owed:{row.pk}:{times}" if times else f"refund_owed:{row.pk}"


def decide(line: PaymentLine) -> None:
    """Settle what waited, as no bank decides any more: it is sent, or the bank gave it, or the rest is made by hand.

    What stays gone now is lost: a bank that decides later gives none of that.
    """
    held = list(line.refunds.select_for_update().filter(state=State.HELD).order_by("pk"))
    for row, rest in zip(held, _rests(line, held), strict=True):
        if not rest:
            history.move(row, State.VOID, note="the bank gave it back")
        elif touched(line):
            _owe_again(row, line, State.MANUAL, amount=rest)
        else:
            again = {"due_at": timezone.now(), "done_at": None, "attempts": 0, "claim_token": None}
            _owe_again(row, line, State.OWED, amount=rest, **again)
        if rest:
            letters.refund_decided(row)
    line.lost = line.disputed
    line.save(update_fields=["lost"])


def rest_of(line: PaymentLine, amount: int) -> int:
    """Return what of `amount` we would still send, were it owed of a line now and a bank gave what it has taken; in
    minor units.
    """
    held = list(line.refunds.filter(state=State.HELD).order_by("pk"))
    return _rests(line, [*held, Refund(line=line, amount=amount)])[-1]


def _rests(line: PaymentLine, held: list[Refund]) -> list[int]:
    """Return what of each refund is still owed where a bank gives what it holds of their line.

    What was lost before was left out when they were owed. The bank gave no part of what was on its way to the buyer
    when it took the money and came back after that: this is owed beside. All together is never more than was paid.
    """
    given, left, rests = line.disputed - line.lost, line.kept, []
    for row in held:
        beside = _was_on_its_way(row, line)
        rest = max(0, min(row.amount if beside else row.amount - given, left))
        given = given if beside else max(0, given - row.amount)
        left -= rest
        rests.append(rest)
    return rests


def _was_on_its_way(row: Refund, line: PaymentLine) -> bool:
    """Tell whether a held refund is the retry of one that came back after a bank had taken of the payment's money."""
    came_back = ledger.booked(f"refund_failed:{row.cause.removeprefix('retry:')}")
    taken = LedgerTransaction.objects.filter(line=line, cause__startswith="dispute:").order_by("pk").last()
    return bool(came_back and taken and taken.pk < came_back.pk)


def _owe_again(row: Refund, line: PaymentLine, to: str, **fields: Any) -> None:
    history.move(row, to, **fields)
    _count(line, row.amount)
    buyer = ledger.account(Kind.PAYING, line.payment.currency, person=line.payment.buyer)
    amounts = {buyer: -row.amount, **ledger.borne_by(line, row.amount)}
    ledger.post(_cause(row, _times_held(row)), amounts, line=line)
    if to == State.MANUAL:
        desk_letters.refund_waits(row)
    queue.wake("payments.drain_refunds")


def _count(line: PaymentLine, amount: int) -> None:
    line.refunded += amount
    line.save(update_fields=["refunded"])
