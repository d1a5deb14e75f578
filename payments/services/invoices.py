"""Invoices of companies: seats are used before they are paid for, until a day; nothing ends without a letter.

Lock order: payment, group, enrollment, seats.
"""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import clock, faces
from cohorts.models import Cohort, Enrollment, SeatGroup
from cohorts.services import seat_groups, seats
from payments import group_letters
from payments.models import DepositAccount, Payment
from payments.services import deposit_orders, deposits, group_orders, payments
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

State = SeatGroup.State
REMINDERS = (datetime.timedelta(days=5), datetime.timedelta(days=1))  # before the day
MORE = datetime.timedelta(days=14)  # what a host may give, once
DAY = datetime.timedelta(days=1)


def pay_by(cohort: Cohort) -> datetime.datetime | None:
    """Return until when an invoice accepted now is to be paid: the host's days, never after the last session begins.

    None where that is less than a day away, or the host wants money at once: within no days.
    """
    plan = seat_groups.plan_of(cohort)
    begin = clock.starts(cohort)
    if not plan or not begin:
        return None
    until = min(timezone.now() + datetime.timedelta(days=plan.invoice_days), begin[-1])
    return until if until - timezone.now() >= DAY else None


def of(group: SeatGroup) -> Payment | None:
    """Return a group's invoice."""
    found = Payment.objects.filter(provider=Payment.Provider.INVOICE, lines__enrollment__group=group)
    row: Payment | None = found.select_related("deposit_order__account").order_by("-pk").first()
    return row


@transaction.atomic
def accept(buyer: User, group: SeatGroup) -> Payment:
    """Give a company its seats at once and return the invoice for them, with a code to deposit by where there is an
    account. Told by letter.

    Raises Refused as `seat_groups.hold` does, and where its host wants money at once.
    """
    until = pay_by(group.cohort)
    if not until:
        raise Refused(_("This cohort sends no invoices now. Pay at once instead."))
    places = seat_groups.reserve(buyer, group, until)
    how = {"provider": Payment.Provider.INVOICE, "state": Payment.State.OPEN}
    row = group_orders.ask(buyer, group, places, **how, expires_at=until, due_at=next_look(until))
    account = account_for(group.cohort)
    if account:
        deposit_orders.give_code(row, account, depositor=group.company[:20])
    group_letters.invoiced(row, seat_groups.locked(group))
    return row


def account_for(cohort: Cohort) -> DepositAccount | None:
    """Return the account of ours a company can transfer to, if its host named one the desk has confirmed."""
    return DepositAccount.objects.filter(plans__cohort=cohort, confirmed_at__isnull=False).first()


def next_look(until: datetime.datetime) -> datetime.datetime:
    """Return when an invoice is to be looked at again: to remind, on its day, then once a day."""
    now = timezone.now()
    moments = [until - before for before in REMINDERS] + [until]
    return min((moment for moment in moments if moment > now), default=now + DAY)


@transaction.atomic
def look(payment: Payment) -> Payment:
    """Remind a company before the day, write to it and its hosts on the day; the seats stay until a host decides.

    An invoice of seats that have ended, or were paid another way, is over; what was deposited for it goes back.
    """
    row = payments.locked(payment)
    if row.state != Payment.State.OPEN:
        return row
    group = seat_groups.locked(SeatGroup.objects.filter(places__payment_lines__payment=row)[0])
    if group.state not in SeatGroup.OWING or group.cohort.state == Cohort.State.CALLED_OFF:
        return deposit_orders.end(row)
    until = row.expires_at or timezone.now()
    if until > timezone.now():
        if until - timezone.now() <= REMINDERS[0]:
            last = until - timezone.now() <= REMINDERS[1]
            group_letters.invoice_soon(row, group, deposits.missing(row), last=last)
    elif group.state == State.INVOICED:
        history.move(group, State.OVERDUE)
        group_letters.overdue(row, group, faces.hosts(group.cohort), deposits.missing(row))
    return row


@transaction.atomic
def extend(host: User, group: SeatGroup) -> SeatGroup:
    """Give a company that did not pay in time two weeks more; once, told by letter. Raises Refused after."""
    payment, row = _overdue(group)
    if row.extended_at:
        raise Refused(_("It had more time once already. Now it is paid, or its seats end."))
    until = timezone.now() + MORE
    history.move(row, State.INVOICED, host, pay_by=until, extended_at=timezone.now())
    payment.expires_at, payment.due_at = until, next_look(until)
    payment.save(update_fields=["expires_at", "due_at"])
    group_letters.extended(payment, row, deposits.missing(payment))
    return row


@transaction.atomic
def end(host: User, group: SeatGroup) -> SeatGroup:
    """End the seats of a company that did not pay in time; it and everybody on them is told. What was deposited goes
    back.

    Raises Refused when it paid meanwhile, or its day has not come.
    """
    payment, row = _overdue(group)
    places = list(row.places.filter(state__in=Enrollment.SEATED).select_related("person", "cohort").order_by("pk"))
    for place in places:
        if seats.release(place, Enrollment.State.CANCELLED, host) and place.person_id:
            group_letters.seat_ended(place, row)
    history.move(row, State.ENDED, host, note="invoice not paid")
    group_letters.ended(payment, row)
    deposit_orders.end(payment)
    return row


def _overdue(group: SeatGroup) -> tuple[Payment, SeatGroup]:
    known = of(group)
    if not known:
        raise Refused(_("There is no invoice for these seats."))
    payment = payments.locked(known)
    row = seat_groups.locked(group)
    if row.state != State.OVERDUE:
        raise Refused(_("Nothing is overdue here any more. Look at it again."))
    return payment, row


@transaction.atomic
def by_card(buyer: User, group: SeatGroup) -> Payment:
    """Return a payment through Stripe for an invoice, with the same seats; again, the one that stands.

    Raises Refused when nothing is owed.
    """
    row = seat_groups.locked(group)
    invoice = of(row)
    if row.state not in SeatGroup.OWING or not invoice:
        raise Refused(_("Nothing is to be paid here."))
    cards = Payment.objects.filter(provider=Payment.Provider.STRIPE, lines__enrollment__group=row)
    standing: Payment | None = cards.filter(state__in=payments.LIVE).first()
    if standing:
        return standing
    places = [line.enrollment for line in invoice.lines.select_related("enrollment").order_by("pk")]
    return group_orders.by_card(buyer, row, places, timezone.now() + seats.HOLD)


def missing(group: SeatGroup) -> int:
    """Return what of an invoice has not been deposited yet, in minor units."""
    invoice = of(group)
    return deposits.missing(invoice) if invoice and group.state in SeatGroup.OWING else 0
