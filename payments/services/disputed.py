"""What hosts see of disputes: whose payment, how much, until when the bank takes an answer. Reads only."""

from dataclasses import dataclass

from django.db.models import QuerySet

from cohorts.policies import cohorts_run_by
from payments import reasons
from payments.models import Dispute
from studyplatform.accounts.models import User

NEWEST = 20


@dataclass(frozen=True)
class Disputed:
    """One dispute about a payment for a host's cohort."""

    dispute: Dispute
    run: str  # its full name
    reason: str


def of(host: User) -> list[Disputed]:
    """Return the newest disputes about payments for cohorts the person hosts; in two queries."""
    found = list(_about(host).select_related("payment__buyer__profile")[:NEWEST])
    return [_told(one) for one in found]


def _about(host: User) -> QuerySet[Dispute]:
    mine = Dispute.objects.filter(payment__lines__enrollment__cohort__in=cohorts_run_by(host)).distinct()
    return mine.prefetch_related("payment__lines__enrollment__cohort__study").order_by("-opened_at", "-pk")


def _told(dispute: Dispute) -> Disputed:
    cohort = dispute.payment.lines.all()[0].enrollment.cohort
    return Disputed(dispute, cohort.full_name, str(reasons.words(dispute.reason)))
