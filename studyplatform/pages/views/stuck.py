"""The admin's front page: what is stuck, how many, and where to go about it."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts import minimums
from cohorts.models import Partner
from payments.models import Payee, Payout, PayoutBatch, Refund, StripeEvent
from payments.services import (
    cash_receipts,
    deposit_plans,
    deposits,
    differences,
    disputes,
    payees,
    payouts,
    refunds,
)
from studyplatform.kit import moments, queue
from studyplatform.mail.services import letters
from studyplatform.pages.views import health

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Matter:
    """One kind of thing that waits for a person: who may know of it, where it is, which rows they are."""

    words: str | Promise
    right: str
    where: str
    find: Callable[[], QuerySet[Any]]
    date: str  # the column that says since when
    to_come: bool = False  # the date is still ahead


@dataclass(frozen=True)
class Stuck:
    """A line of the page: what, how many, where to go, since when, and whether that is longer than a day."""

    words: str | Promise
    count: int
    link: str
    dated: str = ""
    late: bool = False


def events_given_up() -> QuerySet[StripeEvent]:
    """Stripe's events that were tried for days and left."""
    return StripeEvent.objects.filter(done_at__isnull=False).exclude(error="")


def applications() -> QuerySet[Partner]:
    """People who asked to be partners, with when they asked last."""
    waits = Partner.objects.filter(state=Partner.State.APPLIED)
    return waits.annotate(asked_at=Max("applications__at"))


def batches(state: str) -> Callable[[], QuerySet[PayoutBatch]]:
    """Return what finds the batches in a state."""
    return lambda: PayoutBatch.objects.filter(state=state)


MATTERS = (
    Matter(
        gettext_lazy("Payout batches that wait for a second person"),
        "payments.view_payoutbatch",
        "admin:payments_payoutbatch_changelist?state__exact=draft",
        batches("draft"),
        "created_at",
    ),
    Matter(
        gettext_lazy("Payout batches checked, their file not fetched"),
        "payments.view_payoutbatch",
        "admin:payments_payoutbatch_changelist?state__exact=approved",
        batches("approved"),
        "created_at",
    ),
    Matter(
        gettext_lazy("Payout batches whose bank has not been written down"),
        "payments.view_payoutbatch",
        "admin:payments_payoutbatch_changelist?state__exact=exported",
        batches("exported"),
        "created_at",
    ),
    Matter(
        gettext_lazy("Payouts that wait to be put into a batch"),
        "payments.view_payout",
        "admin:payments_payout_changelist?waits=batch",
        payouts.waiting,
        "created_at",
    ),
    Matter(
        gettext_lazy("Payouts that failed, their money owed again"),
        "payments.view_payout",
        "admin:payments_payout_changelist?waits=anew",
        payouts.not_made_anew,
        "created_at",
    ),
    Matter(
        gettext_lazy("Cash receipts to be issued"),
        "payments.view_cashreceipt",
        "admin:payments_cashreceipt_changelist?waits=issue",
        cash_receipts.to_issue,
        "asked_at",
    ),
    Matter(
        gettext_lazy("Cash receipts whose money went back in part"),
        "payments.view_cashreceipt",
        "admin:payments_cashreceipt_changelist?waits=correct",
        cash_receipts.to_correct,
        "asked_at",
    ),
    Matter(
        gettext_lazy("Payouts that wait for money at Stripe"),
        "payments.view_payout",
        "admin:payments_payout_changelist?state__exact=short",
        lambda: Payout.objects.filter(state=Payout.State.SHORT),
        "created_at",
    ),
    Matter(
        gettext_lazy("Payouts nobody knows the end of"),
        "payments.view_payout",
        "admin:payments_payout_changelist?state__exact=unknown",
        lambda: Payout.objects.filter(state=Payout.State.UNKNOWN),
        "created_at",
    ),
    Matter(
        gettext_lazy("Payees of whom Stripe wants more"),
        "payments.view_payee",
        "admin:payments_payee_changelist?standing__exact=restricted",
        lambda: Payee.objects.filter(standing=Payee.Standing.RESTRICTED),
        "changed_at",
    ),
    Matter(
        gettext_lazy("Payees Stripe refuses"),
        "payments.view_payee",
        "admin:payments_payee_changelist?standing__exact=refused",
        lambda: Payee.objects.filter(standing=Payee.Standing.REFUSED),
        "changed_at",
    ),
    Matter(
        gettext_lazy("Payees whose Stripe account is not connected any more"),
        "payments.view_payee",
        "admin:payments_payee_changelist?waits=connection",
        payees.disconnected,
        "changed_at",
    ),
    Matter(
        gettext_lazy("Disputes whose bank wants an answer"),
        "payments.view_dispute",
        "admin:payments_dispute_changelist?waits=answer",
        disputes.waiting,
        "answer_by",
        to_come=True,
    ),
    Matter(
        gettext_lazy("Refunds that failed"),
        "payments.view_refund",
        "admin:payments_refund_changelist?waits=again",
        refunds.not_sent_again,
        "created_at",
    ),
    Matter(
        gettext_lazy("Refunds to make by hand"),
        "payments.view_refund",
        "admin:payments_refund_changelist?state__exact=manual",
        lambda: Refund.objects.filter(state=Refund.State.MANUAL),
        "created_at",
    ),
    Matter(
        gettext_lazy("Differences between what Stripe or the bank says and what we say"),
        "payments.view_difference",
        "admin:payments_difference_changelist?state__exact=open",
        differences.standing,
        "first_seen",
    ),
    Matter(
        gettext_lazy("Accounts for deposits to confirm"),
        "payments.view_depositaccount",
        "admin:payments_depositaccount_changelist?waits=confirm",
        deposit_plans.unconfirmed,
        "created_at",
    ),
    Matter(
        gettext_lazy("Bank deposits nobody could match"),
        "payments.view_bankdeposit",
        "admin:payments_bankdeposit_changelist?waits=person",
        deposits.unmatched,
        "at",
    ),
    Matter(
        gettext_lazy("Deposits to send back by hand"),
        "payments.view_depositreturn",
        "admin:payments_depositreturn_changelist?state__exact=owed",
        deposits.going_back,
        "created_at",
    ),
    Matter(
        gettext_lazy("Stripe events given up"),
        "payments.view_stripeevent",
        "admin:payments_stripeevent_changelist?stands=failed",
        events_given_up,
        "received_at",
    ),
    Matter(
        gettext_lazy("Letters that did not arrive"),
        "mail.view_letter",
        "admin:mail_letter_changelist?stands=failed",
        letters.failed,
        "created_at",
    ),
    Matter(
        gettext_lazy("People who want to be partners"),
        "cohorts.view_partner",
        "admin:cohorts_partner_changelist?state__exact=applied",
        applications,
        "asked_at",
    ),
    Matter(
        gettext_lazy("Cohorts below their minimum, decided within a week"),
        "cohorts.view_cohort",
        "admin:cohorts_cohort_changelist?waits=short",
        minimums.short,
        "minimum_by",
        to_come=True,
    ),
)


def front(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the admin's front page what is stuck, as far as the reader may see it, and how the parts stand."""
    found = [*_queues(request), *_matters(request)]
    return {**context, "title": _("What is stuck"), "stuck": found, "health": _health()}


def _matters(request: HttpRequest) -> Iterator[Stuck]:
    for matter in MATTERS:
        if not request.user.has_perm(matter.right):
            continue
        found = matter.find().aggregate(n=Count("pk", distinct=True), first=Min(matter.date))
        if found["n"]:
            name, _question, query = matter.where.partition("?")
            yield Stuck(matter.words, found["n"], f"{reverse(name)}?{query}", *_dated(matter, found["first"]))


def _dated(matter: Matter, first: datetime.datetime | None) -> tuple[str, bool]:
    """Since when the oldest waits, and whether that is long; for what is to come, by when."""
    if not first:
        return "", False
    if matter.to_come:
        return _("by %(moment)s") % {"moment": moments.moment(first)}, False
    return _("since %(moment)s") % {"moment": moments.moment(first)}, first < timezone.now() - DAY


def _queues(request: HttpRequest) -> Iterator[Stuck]:
    if not request.user.has_perm("kit.view_change"):
        return
    waits = [(one, waited) for one, waited in queue.oldest_due() if waited and waited > one.overdue_after]
    if waits:
        oldest = timezone.now() - datetime.timedelta(seconds=max(seconds for _one, seconds in waits))
        since = _("since %(moment)s") % {"moment": moments.moment(oldest)}
        yield Stuck(_("Queues that are late"), len(waits), reverse("admin_queues"), since, True)
    failing = [n for n in map(queue.failing, queue.QUEUES.values()) if n]
    if failing:
        yield Stuck(
            _("Rows of queues that ran into an error and are tried again"), sum(failing), reverse("admin_queues")
        )


def _health() -> str:
    parts = health.asked(health.worker_and_beat, {"worker": health.UNKNOWN, "beat": health.UNKNOWN})
    down = [name for name, state in parts.items() if not state["ok"]]
    if not down:
        return _("Database, cache, worker and clock are running.")
    return _("Not running: %(parts)s. What is due waits until it does.") % {"parts": ", ".join(down)}
