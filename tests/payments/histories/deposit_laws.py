"""The laws of deposits: what reached the bank is a seat's money, waits for a person, or goes back; each won once."""

from typing import Any

from django.db.models import Q, Sum

from payments.models import BankDeposit, DepositReturn, Payment, Refund
from payments.services.transfers import BY_HAND
from tests.payments.buying import balance

State = BankDeposit.State


def hold(came: list[int]) -> None:
    """Assert them of a history that came to rest, in which so much reached the bank."""
    assert sorted(BankDeposit.objects.values_list("amount", flat=True)) == sorted(came)
    the_bank_has_what_came_and_did_not_leave(sum(came))
    what_is_no_payment_is_kept_apart()
    for payment in Payment.objects.filter(provider=Payment.Provider.BANK):
        nobody_pays_another_amount(payment)
    what_goes_back_goes_once()


def the_bank_has_what_came_and_did_not_leave(came: int) -> None:
    refunds = Refund.objects.filter(line__payment__currency="KRW", state="succeeded")
    assert not refunds.exclude(reference__startswith=BY_HAND).exists()
    left = _sum(refunds) + _sum(DepositReturn.objects.filter(state="sent"))
    assert balance("bank", "KRW") == came - left


def what_is_no_payment_is_kept_apart() -> None:
    """Of what reached the bank, that which nobody has paid a seat with yet, and does not go back."""
    paid = Q(state=State.MATCHED, payment__state=Payment.State.PAID)
    waiting = BankDeposit.objects.exclude(paid | Q(state=State.RETURNED))
    assert balance("deposits", "KRW") == -_sum(waiting)
    owed = Refund.objects.filter(line__payment__currency="KRW", state__in=("manual", "failed"))
    assert balance("paying", "KRW") == -(_sum(owed) + _sum(DepositReturn.objects.filter(state="owed")))


def nobody_pays_another_amount(payment: Payment) -> None:
    """A seat that is paid has its price of deposits, to the won; what was for one that is not goes back whole."""
    matched = payment.deposits.filter(state=State.MATCHED)
    over = DepositReturn.objects.filter(deposit__in=matched)
    kept = _sum(matched) - _sum(over)
    assert kept == (payment.amount if payment.state == Payment.State.PAID else 0), (payment.pk, payment.state, kept)
    owed = Refund.objects.filter(line__payment=payment).exclude(state__in=("void", "failed", "held"))
    assert _sum(owed) == payment.lines.aggregate(sum=Sum("refunded"))["sum"] <= payment.amount


def what_goes_back_goes_once() -> None:
    for back in DepositReturn.objects.select_related("deposit"):
        whole = back.deposit.state == State.RETURNED
        assert whole == (back.cause != DepositReturn.Cause.OVER)
        assert back.amount == back.deposit.amount if whole else back.amount < back.deposit.amount
    assert not BankDeposit.objects.filter(state=State.RETURNED, returned=None).exists()


def _sum(rows: Any) -> int:
    return int(rows.aggregate(all=Sum("amount"))["all"] or 0)
