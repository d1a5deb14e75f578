"""What hosts see of disputes: whose payment, how much, how it stands, what it cost. Reads only."""

from dataclasses import dataclass

from django.db.models import QuerySet

from cohorts.policies import cohorts_run_by
from payments import reasons
from payments.models import Dispute, LedgerTransaction
from payments.services import occasions
from studyplatform.accounts.models import User

NEWEST = 20


@dataclass(frozen=True)
class Disputed:
    """One dispute about a payment for a host's cohort."""

    dispute: Dispute
    run: str  # its full name
    reason: str
    event: int | None  # what it cost the reader, if it did


def of(host: User) -> list[Disputed]:
    """Return the newest disputes about payments for cohorts the person hosts; in four queries."""
    found = list(_about(host).select_related("payment__buyer__profile")[:NEWEST])
    payments = [one.payment_id for one in found]
    moved = occasions.seen_by(host).filter(line__payment__in=payments, cause__startswith="dispute").order_by("pk")
    events = list(moved)
    return [_told(one, events) for one in found]


def _about(host: User) -> QuerySet[Dispute]:
    mine = Dispute.objects.filter(payment__lines__enrollment__cohort__in=cohorts_run_by(host)).distinct()
    return mine.prefetch_related("payment__lines__enrollment__cohort__study").order_by("-opened_at", "-pk")


def _told(dispute: Dispute, events: list[LedgerTransaction]) -> Disputed:
    cohort = dispute.payment.lines.all()[0].enrollment.cohort
    cost = (one.pk for one in events if one.line and one.line.payment_id == dispute.payment_id)
    return Disputed(dispute, cohort.full_name, str(reasons.words(dispute.reason)), next(cost, None))
