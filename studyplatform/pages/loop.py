"""The loop in money: posts of a host's members, who came through posts, what they paid. Counted, never guessed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from cohorts.models import Enrollment
from cohorts.policies import cohorts_run_by
from payments.models import Payment, PaymentLine
from showcase.models import CaseStudy
from showcase.policies import public_case_studies
from studyplatform.accounts.models import User

TOP = 3
THROUGH_A_POST = "case_study"


@dataclass(frozen=True)
class Brought:
    """A post that brought people, and how many."""

    post: CaseStudy
    people: int


@dataclass(frozen=True)
class Loop:
    """What posts brought to all studies of a host; `paid` by currency, refunds taken off."""

    posts: int
    joined: int
    through: int
    paid: list[tuple[int, str]]
    top: list[Brought]


def of(person: User) -> Loop:
    """Return the loop of everything the person hosts."""
    cohorts = cohorts_run_by(person).values("pk")
    seats = Enrollment.objects.filter(cohort__in=cohorts, state__in=Enrollment.BELONGS)
    counted = seats.aggregate(joined=Count("pk"), through=Count("pk", filter=Q(came_from_kind=THROUGH_A_POST)))
    return Loop(
        posts=public_case_studies().filter(enrollment__cohort__in=cohorts).count(),
        joined=counted["joined"],
        through=counted["through"],
        paid=_paid(cohorts),
        top=_top(seats.filter(came_from_kind=THROUGH_A_POST)),
    )


def _paid(cohorts: QuerySet[Any]) -> list[tuple[int, str]]:
    """What came in for seats found through a post and was not given back, whoever sits there now."""
    lines = PaymentLine.objects.filter(
        enrollment__cohort__in=cohorts, enrollment__came_from_kind=THROUGH_A_POST, payment__state=Payment.State.PAID
    )
    sums = lines.values_list("payment__currency").annotate(total=Sum(F("amount") - F("refunded")))
    return [(total, currency) for currency, total in sums.order_by("payment__currency") if total]


def _top(seats: QuerySet[Enrollment]) -> list[Brought]:
    """The posts that brought most people; those not public any more are left out."""
    counted = seats.values_list("came_from_id").annotate(n=Count("pk")).order_by("-n", "came_from_id")
    people = dict(counted[:TOP])
    found = public_case_studies().filter(public_id__in=people).select_related("author__profile", "cover")
    return sorted((Brought(post, people[post.public_id]) for post in found), key=lambda one: -one.people)
