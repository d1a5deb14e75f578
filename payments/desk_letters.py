"""Letters to who works at the desk: money that waits for a person. None can be stopped."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from payments.letters import address
from payments.models import Refund
from studyplatform.accounts.models import User
from studyplatform.mail.services.letters import write


def who_may(permission: str) -> list[User]:
    """Return everybody who has a right, of their own or by a group, in one order."""
    return list(ModelBackend().with_perm(permission, obj=None).order_by("pk"))


def refund_waits(refund: Refund) -> None:
    """Tell who handles refunds that one did not arrive, or is to be sent from the bank."""
    url = address("admin:payments_refund_change", refund.pk)
    key = f"refund-{refund.state}:{refund.pk}"
    _about(refund, "payments.handle_refunds", "refund_waits", key, {"url": url})


def given_twice(refund: Refund, amount: int) -> None:
    """Tell who handles differences that `amount` (minor units) of a refund made at Stripe had left our bank before."""
    url = f"{address('admin:payments_difference_changelist')}?kind=refund_twice"
    _about(
        refund, "payments.handle_differences", "refund_twice", f"refund-twice:{refund.pk}", {"url": url, "over": amount}
    )


def _about(refund: Refund, permission: str, template: str, key: str, context: dict[str, Any]) -> None:
    payment, cohort = refund.line.payment, refund.line.enrollment.cohort
    shown = {"refund": refund, "payment": payment, "cohort": cohort, "study": cohort.study, "member": payment.buyer}
    for person in who_may(permission):
        write(
            to=person,
            key=f"{key}:{person.pk}",
            template=f"payments/{template}",
            context={**shown, **context},
            about=f"payment:{payment.pk}",
        )
