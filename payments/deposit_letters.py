"""Letters about deposits, stored in the transaction of the verb that causes them. None can be stopped."""

from typing import Any

from payments.letters import address
from payments.models import BankDeposit, DepositOrder, DepositReturn
from studyplatform.mail.services.letters import write


def deposit_asked(order: DepositOrder, number: str) -> None:
    """Tell somebody where to pay how much, with which code, until when."""
    key = f"deposit-asked:{order.pk}:{order.depositor}"
    _to(order, "deposit_asked", key, number=number, missing=order.payment.amount)


def deposit_soon(order: DepositOrder, number: str, missing: int) -> None:
    """Remind somebody whose deposit has not come, before their deadline; once."""
    _to(order, "deposit_soon", f"deposit-soon:{order.pk}", number=number, missing=missing)


def deposit_short(order: DepositOrder, number: str, deposit: BankDeposit, missing: int) -> None:
    """Tell somebody that less came than was asked, and how much is missing (minor units)."""
    key = f"deposit-short:{deposit.pk}"
    _to(order, "deposit_short", key, number=number, missing=missing, deposit=deposit)


def deposit_goes_back(back: DepositReturn, order: DepositOrder) -> None:
    """Tell somebody that money they transferred goes back, and why."""
    _to(order, "deposit_goes_back", f"deposit-goes-back:{back.pk}", back=back)


def deposit_sent_back(back: DepositReturn, order: DepositOrder) -> None:
    """Tell somebody on which day their money left our bank."""
    _to(order, "deposit_sent_back", f"deposit-sent-back:{back.pk}", back=back)


def _to(order: DepositOrder, template: str, key: str, **context: Any) -> None:
    payment = order.payment
    line = payment.lines.select_related("enrollment__cohort__study", "enrollment__group").order_by("pk")[0]
    cohort = line.enrollment.cohort
    url = address("checkout_return", payment.public_id)
    told = {"order": order, "payment": payment, "cohort": cohort, "study": cohort.study, "url": url}
    told["group"] = line.enrollment.group
    write(
        to=payment.buyer,
        key=key,
        template=f"payments/{template}",
        context={**told, **context},
        about=f"payment:{payment.pk}",
    )
