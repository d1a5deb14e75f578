"""What a seat costs now: the lowest price in force; for who joins late, the part for the sessions still to come.

Pages read it in their own query (`with_amount`), a seat takes it with `services.prices`; both count alike.
"""

import datetime
from typing import Any, TypedDict

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from cohorts import prices
from cohorts.models import Cohort, Price, Session

Kind = Price.Kind


class Early(TypedDict):
    """A lower price before a moment (UTC), for the first so many seats, or both; `amount` in minor units."""

    amount: int
    until: datetime.datetime | None
    first: int | None


def early_of(cohort: Cohort) -> Early | None:
    """Return the cohort's early price as it was set, whether it still holds or not."""
    row = Price.objects.filter(cohort=cohort, kind=Kind.EARLY_BIRD).first()
    return Early(amount=row.amount, until=row.until, first=row.first) if row else None


def standard(cohort: Cohort) -> int:
    """Return what a whole seat costs before anything makes it lower, in minor units."""
    return Price.objects.get(cohort=cohort, kind=Kind.STANDARD).amount


def in_force() -> Q:
    """Which prices a seat can be had at now: the standard one, and an early one not over and not used up."""
    early = (Q(until=None) | Q(until__gt=timezone.now())) & (Q(first=None) | Q(used__lt=F("first")))
    return Q(kind=Kind.STANDARD) | (Q(kind=Kind.EARLY_BIRD) & early)


def with_amount(cohorts: QuerySet[Cohort]) -> QuerySet[Any]:
    """Add what a new seat costs now (`amount`, minor units), rounded as `part_of` does."""
    base = Subquery(Price.objects.filter(in_force(), cohort=OuterRef("pk")).order_by("amount").values("amount")[:1])
    parts = cohorts.alias(_base=base, _left=_sessions_left(), _whole=_sessions())
    whole = Q(_base=0) | Q(_left=0) | Q(_left=F("_whole"))
    part = (F("_base") * 2 * F("_left") + F("_whole")) / (F("_whole") * 2)
    return parts.annotate(amount=Case(When(whole, then=F("_base")), default=Greatest(_least(), part)))


def with_offer(cohorts: QuerySet[Cohort]) -> QuerySet[Any]:
    """Add `amount`, and why it is what it is: `standard`, `early_until`, `early_first`, `early_left`,
    `sessions_left`, `sessions_all`."""
    early = Price.objects.filter(in_force(), cohort=OuterRef("pk"), kind=Kind.EARLY_BIRD)
    found: QuerySet[Any] = with_amount(cohorts).annotate(
        standard=Subquery(Price.objects.filter(cohort=OuterRef("pk"), kind=Kind.STANDARD).values("amount")),
        early=Subquery(early.values("amount")),
        early_until=Subquery(early.values("until")),
        early_first=Subquery(early.values("first")),
        early_left=Subquery(early.values(rest=F("first") - F("used"))),
        sessions_left=_sessions_left(),
        sessions_all=_sessions(),
    )
    return found


def part_of(amount: int, left: int, whole: int, currency: str) -> int:
    """Return what is asked for `left` sessions of a cohort of `whole`, in minor units; never below the least price."""
    if not amount or not left or left == whole:
        return amount
    return max(prices.least(currency), (amount * 2 * left + whole) // (whole * 2))


def sessions_of(cohort: Cohort) -> tuple[int, int]:
    """Return how many of the cohort's own sessions are still to come, and how many there are."""
    met = Session.objects.filter(cohort=cohort, subgroup=None, state=Session.State.PLANNED)
    counted = met.aggregate(left=Count("pk", filter=Q(starts_at__gt=timezone.now())), whole=Count("pk"))
    return counted["left"], counted["whole"]


def _sessions_left() -> Coalesce:
    return _counted(Session.objects.filter(starts_at__gt=timezone.now()))


def _sessions() -> Coalesce:
    return _counted(Session.objects.all())


def _counted(sessions: QuerySet[Session]) -> Coalesce:
    own = sessions.filter(cohort=OuterRef("pk"), subgroup=None, state=Session.State.PLANNED).order_by()
    return Coalesce(Subquery(own.values("cohort").annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField())


def _least() -> Case:
    return Case(*(When(currency=code, then=Value(prices.least(code))) for code in prices.LEAST), default=Value(0))
