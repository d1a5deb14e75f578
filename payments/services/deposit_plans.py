"""How cohorts take deposits: the account a host names, for how long and how many seats at once may wait for one."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Enrollment, Seats
from cohorts.policies import cohorts_run_by
from payments import sealed
from payments.models import BankDeposit, DepositAccount, DepositPlan, Payment
from studyplatform.accounts.models import User
from studyplatform.kit import history, money
from studyplatform.kit.errors import Refused

CURRENCY = "KRW"  # banks whose files are read, and people who are used to it
LEAST = datetime.timedelta(hours=3)  # nobody is asked to be at their bank sooner than that
WAITING = (Payment.State.CREATED, Payment.State.OPEN)


@transaction.atomic
def save(host: User, cohort: Cohort, *, on: bool, share: int, hours: int, **account: str) -> DepositPlan:
    """Say how a cohort takes deposits. `share` in basis points; an empty number keeps the account it has.

    The account is offered to nobody before the desk has confirmed it; one it knows already is good at once. Raises
    Refused in another currency than won, and without an account.
    """
    if cohort.currency != CURRENCY:
        raise Refused(_("Deposits are for cohorts in won."))
    before = DepositPlan.objects.select_for_update().filter(cohort=cohort).first()
    kept = _account(host, account) if account["account"] else before and before.account
    if not kept:
        raise Refused(_("Say which account the money goes to."), field="account")
    told = {"account": kept, "on": on, "share": share, "hours": hours}
    plan, _new = DepositPlan.objects.update_or_create(cohort=cohort, defaults=told)
    note = f"…{kept.account_ending}, {share} of {money.BASIS}, {hours} h"
    history.record(plan, "", "on" if on else "off", host, note=note)
    return plan


def _account(host: User, account: dict[str, str]) -> DepositAccount:
    """Return the row of a number; an account somebody named before keeps the names the desk has confirmed."""
    row, new = DepositAccount.objects.get_or_create(
        fingerprint=sealed.fingerprint(account["account"]), defaults=sealed.account(**account)
    )
    if new:
        history.record(row, "", "named", host)
    return row


@transaction.atomic
def confirm(actor: User, account: DepositAccount) -> DepositAccount:
    """Say that the platform holds an account: from now on people are told to pay into it. Once."""
    row = DepositAccount.objects.select_for_update().get(pk=account.pk)
    if row.confirmed_at:
        raise Refused(_("It is confirmed already."))
    row.confirmed_at = timezone.now()
    row.save(update_fields=["confirmed_at"])
    history.record(row, "named", "confirmed", actor)
    return row


def unconfirmed() -> QuerySet[DepositAccount]:
    """Return accounts that cohorts would use and nobody has confirmed."""
    return DepositAccount.objects.filter(confirmed_at=None, plans__on=True).distinct()


def plan_of(cohort: Cohort) -> DepositPlan | None:
    """Return how a cohort takes deposits, if its host has said so."""
    return DepositPlan.objects.select_related("account").filter(cohort=cohort).first()


def offered(cohort: Cohort) -> bool:
    """Whether somebody could pay by deposit now: switched on, confirmed, time enough, and not too many who wait."""
    plan = plan_of(cohort) if cohort.currency == CURRENCY else None
    return bool(plan and _stands(plan) and ends(plan, timezone.now()) and _waiting(cohort).count() < most(plan))


def _stands(plan: DepositPlan) -> bool:
    return plan.on and bool(plan.account.confirmed_at)


def ends(plan: DepositPlan, since: datetime.datetime) -> datetime.datetime | None:
    """Return until when a deposit ordered at a moment has to arrive; None where joining closes too soon for one."""
    end = min(since + datetime.timedelta(hours=plan.hours), plan.cohort.closes_at)
    return end if end >= since + min(LEAST, datetime.timedelta(hours=plan.hours)) else None


def most(plan: DepositPlan) -> int:
    """Return how many seats may wait for a deposit at once: the share of all, rounded down, one at least."""
    capacity = Seats.objects.values_list("capacity", flat=True).get(cohort=plan.cohort_id)
    return max(1, capacity * plan.share // money.BASIS)


def _waiting(cohort: Cohort) -> QuerySet[Payment]:
    held = {"lines__enrollment__cohort": cohort, "lines__enrollment__state": Enrollment.State.HELD}
    return Payment.objects.filter(provider=Payment.Provider.BANK, state__in=WAITING, **held)


def refuse_unless_room(cohort: Cohort, member: User) -> None:
    """Keep the plan as it is and count under its lock, so that never more seats than agreed wait for a deposit.

    Raises Refused with code "no_deposits". Taken before every other lock of joining.
    """
    plan: Any = DepositPlan.objects.select_for_update().select_related("cohort").filter(cohort=cohort).first()
    if not plan or not _stands(plan) or not ends(plan, timezone.now()):
        raise Refused(_("This cohort takes no deposits now. Choose another way to pay."), field="provider")
    if _waiting(cohort).exclude(buyer=member).count() >= most(plan):
        raise Refused(
            _("As many seats as can wait for a deposit are waiting for one. Pay another way, or look again later."),
            field="provider",
        )


def awaited(cohort: Cohort) -> QuerySet[Payment]:
    """Return who is to pay by deposit, the first deadline first, with what has come of it (`received`)."""
    matched = Q(deposits__state=BankDeposit.State.MATCHED)
    rows = _waiting(cohort).annotate(received=Sum("deposits__amount", filter=matched))
    rows = rows.select_related("buyer__profile", "deposit_order")
    return rows.order_by("deposit_order__deadline", "pk")


def plans_of(host: User) -> QuerySet[DepositPlan]:
    """Return how the host's running cohorts take deposits, with how many seats (`seats`) and how much (`sum`) wait."""
    plans = DepositPlan.objects.filter(cohort__in=cohorts_run_by(host), cohort__state__in=Cohort.RUNNING)
    payment = "cohort__enrollments__payment_lines__payment"
    waits = {"cohort__enrollments__state": Enrollment.State.HELD, f"{payment}__provider": Payment.Provider.BANK}
    waiting = Q(**waits, **{f"{payment}__state__in": WAITING})
    counted = plans.annotate(seats=Count(payment, filter=waiting), sum=Sum(f"{payment}__amount", filter=waiting))
    return counted.select_related("cohort__study", "account").order_by("cohort__starts_on", "pk")
