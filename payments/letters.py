"""Letters about money: one function each, stored in the transaction of the verb that causes it. None can be stopped."""

import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cohorts import clock
from cohorts.models import Enrollment
from payments.models import Payee, Payment, PaymentLine, Payout, Refund
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.mail.services.letters import write

TOLD_THERE = ("left", "moved", "seat_back")  # causes of refunds a letter of its own tells of


def joined(line: PaymentLine) -> None:
    """Welcome a new member: receipt, first session, what to do."""
    payment = line.payment
    first = clock.first_of_all(line.enrollment.cohort)
    context = {"receipt": getattr(payment, "receipt", None), "first": first, "space": _space(line)}
    _to(payment, "joined", f"joined:{payment.pk}", line, {**context, "url": _return_url(payment)})


def payment_failed(payment: Payment) -> None:
    """Tell the buyer that a payment which was on its way did not arrive."""
    line = _line(payment)
    _to(payment, "payment_failed", f"payment-failed:{payment.pk}", line, {"url": _join_url(line)})


def refund_owed(refund: Refund, reason: str = "") -> None:
    """Tell the buyer that money is on its way back, and why; who leaves, moves or was called off is told there.

    Who has given the seat they paid for to somebody is told of all of it.
    """
    called_off = refund.cause == "called_off" and not refund.line.payment.outside
    if _given(refund) or not (refund.cause in TOLD_THERE or called_off):
        _tell_of_refund(refund, reason)


def refund_decided(refund: Refund) -> None:
    """Tell the buyer, once their bank has decided, that money which waited for it comes back, and why; a company reads
    of all its seats together.
    """
    if not refund.line.enrollment.group_id or refund.cause.startswith("host:"):
        _tell_of_refund(refund, history.noted_at_birth(refund))


def _given(refund: Refund) -> bool:
    seat = refund.line.enrollment
    return bool(seat.given_by_id) and seat.person_id != refund.line.payment.buyer_id


def _tell_of_refund(refund: Refund, reason: str) -> None:
    template = "no_seat" if refund.cause == "late" and refund.state != Refund.State.MANUAL else "refund_owed"
    member = refund.line.enrollment.person if _given(refund) else None
    _about_refund(refund, template, {"cause": refund.cause, "reason": reason, "member": member})


def refund_failed(refund: Refund) -> None:
    """Tell the buyer that their money did not reach them yet, and that somebody looks after it."""
    _about_refund(refund, "refund_failed", {})


def left(enrollment: Enrollment, quote: Any) -> None:
    """Confirm to somebody that they have left, what comes back by the quote they left with (`services.leaving.Quote`)
    and what stays theirs.
    """
    context = {"quote": quote, "currency": enrollment.currency, "url": address("payments")}
    _about_leaving(enrollment, enrollment.person, "left", "", context)


def member_left(enrollment: Enrollment, reader: User, *, because: str = "") -> None:
    """Tell a partner or host that a member left, so that the chat room follows; the reason is for hosts."""
    cohort = enrollment.cohort
    url = address("studio_people", cohort.study.slug, cohort.number) if because else address("partner_desk")
    context = {"member": enrollment.person, "because": because, "url": url}
    _about_leaving(enrollment, reader, "member_left", "member_left", context)


def _about_leaving(enrollment: Enrollment, reader: User, template: str, kind: str, context: dict[str, Any]) -> None:
    write(
        to=reader,
        kind=kind,
        key=f"{template}:{enrollment.pk}:{reader.pk}",
        template=f"payments/{template}",
        context={"cohort": enrollment.cohort, "study": enrollment.cohort.study, **context},
        about=f"enrollment:{enrollment.pk}",
    )


def refund_by_hand(refund: Refund, day: datetime.date) -> None:
    """Tell the buyer that their money left our bank for theirs, and on which day."""
    _about_refund(refund, "refund_by_hand", {"day": day})


def payout_paid(payout: Payout) -> None:
    """Tell a host or partner that the bank has paid them."""
    _to_payee(payout.payee, "payout_paid", f"payout-paid:{payout.pk}", payout=payout)


def payout_sent_back(payout: Payout) -> None:
    """Tell a host or partner that the bank sent their money back, why, and what to look at."""
    _to_payee(payout.payee, "payout_sent_back", f"payout-sent-back:{payout.pk}", payout=payout)


def payout_not_sent(payout: Payout) -> None:
    """Tell a host or partner that Stripe did not take their payout, and what to look at."""
    _to_payee(payout.payee, "payout_not_sent", f"payout-not-sent:{payout.pk}", payout=payout)


def payout_reversed(payout: Payout) -> None:
    """Tell a host or partner that a payout they had was fetched back from their account, and that it is owed again."""
    _to_payee(payout.payee, "payout_reversed", f"payout-reversed:{payout.pk}", payout=payout)


def payout_waits(payout: Payout) -> None:
    """Tell a host or partner that their payout is a day late, that it sends itself, and that nothing is lost."""
    _to_payee(payout.payee, "payout_waits", f"payout-waits:{payout.pk}", payout=payout)


def resident_asked(payee: Payee) -> None:
    """Ask a person whose payout is due for the number the tax office wants; once a month at most."""
    key = f"resident-asked:{payee.pk}:{timezone.localdate(timezone=timezone.get_default_timezone()):%Y-%m}"
    _to_payee(payee, "resident_asked", key, tax_url=address("payee_resident"))


def stripe_asks(payee: Payee, asked_by: datetime.datetime | None) -> None:
    """Tell a host or partner what stands between them and their money at Stripe, and until when they can mend it."""
    _to_payee(payee, "stripe_asks", f"stripe-asks:{payee.pk}:{timezone.now().isoformat()}", asked_by=asked_by)


def account_changed(payee: Payee) -> None:
    """Tell a person that their money goes to another account from now on, in case it was not them."""
    _to_payee(payee, "account_changed", f"account-changed:{payee.pk}:{payee.changed_at.isoformat()}")


def _to_payee(payee: Payee, template: str, key: str, **context: Any) -> None:
    write(
        to=payee.person,
        key=key,
        template=f"payments/{template}",
        context={"payee": payee, "url": address("earnings"), "account_url": address("payee"), **context},
        about=f"payee:{payee.pk}",
    )


def _about_refund(refund: Refund, template: str, context: dict[str, Any]) -> None:
    payment = refund.line.payment
    again = ":by_hand" if refund.state == Refund.State.MANUAL else ""  # it was to go another way when they were told
    key = f"{template}:{refund.pk}{again}"
    _to(payment, template, key, refund.line, {**context, "refund": refund, "url": _return_url(payment)})


def _line(payment: Payment) -> PaymentLine:
    return payment.lines.select_related("enrollment__cohort__study").order_by("pk")[0]


def _to(payment: Payment, template: str, key: str, line: PaymentLine, context: dict[str, Any]) -> None:
    cohort = line.enrollment.cohort
    write(
        to=payment.buyer,
        key=key,
        template=f"payments/{template}",
        context={"payment": payment, "cohort": cohort, "study": cohort.study, **context},
        about=f"payment:{payment.pk}",
    )


def _return_url(payment: Payment) -> str:
    return address("checkout_return", payment.public_id)


def _space(line: PaymentLine) -> str:
    return address("space", line.enrollment.cohort.study.slug, line.enrollment.cohort.number)


def _join_url(line: PaymentLine) -> str:
    return address("join", line.enrollment.cohort.study.slug, line.enrollment.cohort.number)


def address(name: str, *args: object) -> str:
    """Return a page by its name, as an address on the site's own name."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"
