"""The admin's front page: what is stuck, how many, and where to go about it."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts.models import Cohort, Enrollment, Partner
from payments.models import Payee, Payout, PayoutBatch, Refund, StripeEvent
from studyplatform.kit import queue
from studyplatform.mail.services import letters
from studyplatform.pages.views import health

WEEK = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Matter:
    """One kind of thing that waits for a person: who may know of it, where it is, which rows they are."""

    words: str | Promise
    right: str
    where: str
    find: Callable[[], QuerySet[Any]]


def refunds_not_sent_again() -> QuerySet[Refund]:
    """Refunds that failed and that nobody sent again."""
    again = Concat(Value("retry:"), Cast(OuterRef("pk"), CharField()))
    return Refund.objects.filter(state=Refund.State.FAILED).exclude(Exists(Refund.objects.filter(cause=again)))


def payouts_not_made_anew() -> QuerySet[Payout]:
    """Payouts the bank or Stripe sent back whose payee has had none since."""
    later = Payout.objects.filter(payee=OuterRef("payee"), pk__gt=OuterRef("pk"))
    return Payout.objects.filter(state=Payout.State.FAILED).exclude(Exists(later))


def cohorts_short_of_members() -> QuerySet[Any]:
    """Cohorts whose minimum is decided within a week and that have fewer members."""
    belongs = Count("enrollments", filter=Q(enrollments__state__in=Enrollment.BELONGS))
    running = Cohort.objects.filter(state__in=["open", "closed"], minimum_met_at=None)
    soon: QuerySet[Any] = running.filter(minimum_by__lte=timezone.now() + WEEK).annotate(members=belongs)
    return soon.filter(members__lt=F("minimum"))


def events_given_up() -> QuerySet[StripeEvent]:
    """Stripe's events that were tried for days and left."""
    return StripeEvent.objects.filter(done_at__isnull=False).exclude(error="")


def batches(state: str) -> Callable[[], QuerySet[PayoutBatch]]:
    """Return what finds the batches in a state."""
    return lambda: PayoutBatch.objects.filter(state=state)


MATTERS = (
    Matter(
        gettext_lazy("Payout batches that wait for a second person"),
        "payments.view_payoutbatch",
        "admin:payments_payoutbatch_changelist?state__exact=draft",
        batches("draft"),
    ),
    Matter(
        gettext_lazy("Payout batches checked, their file not fetched"),
        "payments.view_payoutbatch",
        "admin:payments_payoutbatch_changelist?state__exact=approved",
        batches("approved"),
    ),
    Matter(
        gettext_lazy("Payout batches whose bank has not been written down"),
        "payments.view_payoutbatch",
        "admin:payments_payoutbatch_changelist?state__exact=exported",
        batches("exported"),
    ),
    Matter(
        gettext_lazy("Payouts that wait for money at Stripe"),
        "payments.view_payout",
        "admin:payments_payout_changelist?state__exact=short",
        lambda: Payout.objects.filter(state=Payout.State.SHORT),
    ),
    Matter(
        gettext_lazy("Payouts nobody knows the end of"),
        "payments.view_payout",
        "admin:payments_payout_changelist?state__exact=unknown",
        lambda: Payout.objects.filter(state=Payout.State.UNKNOWN),
    ),
    Matter(
        gettext_lazy("Payees of whom Stripe wants more"),
        "payments.view_payee",
        "admin:payments_payee_changelist?standing__exact=restricted",
        lambda: Payee.objects.filter(standing=Payee.Standing.RESTRICTED),
    ),
    Matter(
        gettext_lazy("Payees Stripe refuses"),
        "payments.view_payee",
        "admin:payments_payee_changelist?standing__exact=refused",
        lambda: Payee.objects.filter(standing=Payee.Standing.REFUSED),
    ),
    Matter(
        gettext_lazy("Payouts that came back and were not made again"),
        "payments.view_payout",
        "admin:payments_payout_changelist?state__exact=failed",
        payouts_not_made_anew,
    ),
    Matter(
        gettext_lazy("Refunds that failed"),
        "payments.view_refund",
        "admin:payments_refund_changelist?state__exact=failed",
        refunds_not_sent_again,
    ),
    Matter(
        gettext_lazy("Stripe events given up"),
        "payments.view_stripeevent",
        "admin:payments_stripeevent_changelist?stands=failed",
        events_given_up,
    ),
    Matter(
        gettext_lazy("Letters that did not arrive"),
        "mail.view_letter",
        "admin:mail_letter_changelist?stands=failed",
        letters.failed,
    ),
    Matter(
        gettext_lazy("People who want to be partners"),
        "cohorts.view_partner",
        "admin:cohorts_partner_changelist?state__exact=applied",
        lambda: Partner.objects.filter(state=Partner.State.APPLIED),
    ),
    Matter(
        gettext_lazy("Cohorts below their minimum, decided within a week"),
        "cohorts.view_cohort",
        "admin:cohorts_cohort_changelist?short=1",
        cohorts_short_of_members,
    ),
)


def front(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the admin's front page what is stuck, as far as the reader may see it, and how the parts stand."""
    found = [*_late_queues(request), *_matters(request)]
    return {**context, "title": _("What is stuck"), "stuck": found, "health": _health()}


def _matters(request: HttpRequest) -> Iterator[tuple[str | Promise, int, str]]:
    for matter in MATTERS:
        count = matter.find().count() if request.user.has_perm(matter.right) else 0
        if count:
            name, _question, query = matter.where.partition("?")
            yield matter.words, count, f"{reverse(name)}?{query}"


def _late_queues(request: HttpRequest) -> Iterator[tuple[str, int, str]]:
    if request.user.has_perm("kit.view_change"):
        late = [one.name for one, waited in queue.oldest_due() if waited and waited > one.overdue_after]
        if late:
            yield _("Queues that are late"), len(late), reverse("admin_queues")


def _health() -> str:
    parts = health.asked(health.worker_and_beat, {"worker": health.UNKNOWN, "beat": health.UNKNOWN})
    down = [name for name, state in parts.items() if not state["ok"]]
    if not down:
        return _("Database, cache, worker and clock are running.")
    return _("Not running: %(parts)s. What is due waits until it does.") % {"parts": ", ".join(down)}
