"""How a cohort stands, in numbers, added to each row in the same query."""

from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, Membership, Presentation, Price, Session

# What a member gave, counted beside each enrollment.
POSTS = Count("contributions", filter=Q(contributions__kind="post", contributions__voided_at=None), distinct=True)
TURNS = Count("presentations", filter=Q(presentations__state__in=Presentation.TAKEN), distinct=True)


def with_standing(cohorts: QuerySet[Cohort]) -> QuerySet[Any]:
    """Add to each cohort `amount`, `members`, `sold` (a company's seats without a name too), `held`, `unplaced`,
    `without_turn`, `group_count` and `next_session`.
    """
    belongs = Enrollment.objects.filter(cohort=OuterRef("pk"), state__in=Enrollment.BELONGS)
    placed = Membership.objects.filter(enrollment=OuterRef("pk"), until=None)
    turn = Presentation.objects.filter(enrollment=OuterRef("pk"), state__in=Presentation.TAKEN)
    held = Enrollment.objects.filter(cohort=OuterRef("pk"), state__in=["held", "offered"])
    coming = Session.objects.filter(cohort=OuterRef("pk"), subgroup=None, state="planned", starts_at__gt=timezone.now())
    amount = Price.objects.filter(cohort=OuterRef("pk"), kind=Price.Kind.STANDARD)
    return cohorts.select_related("study", "seats", "policy").annotate(
        amount=Subquery(amount.values("amount")[:1]),
        members=_count(belongs),
        sold=_count(Enrollment.objects.filter(cohort=OuterRef("pk"), state__in=Enrollment.SOLD)),
        held=_count(held),
        unplaced=_count(belongs.filter(~Exists(placed))),
        without_turn=_count(belongs.filter(~Exists(turn))),
        group_count=Count("subgroups", distinct=True),
        next_session=Subquery(coming.order_by("starts_at").values("starts_at")[:1]),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("cohort").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
