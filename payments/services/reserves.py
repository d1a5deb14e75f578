"""Reserves: of what sessions bring a host a part is paid out later, for refunds to come, by the terms of each seat.

Nothing is booked for it: the money is in what the host is owed, and what is held back is a sum over releases that are
too young. So a statement shows all of it, and a part comes free by the clock alone.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Sum, Value
from django.utils import timezone

from cohorts.models import Cohort
from payments.models import LedgerAccount, LedgerEntry
from studyplatform.kit import money

TERMS = "transaction__line__enrollment__terms"
DAYS = ExpressionWrapper(
    F(f"{TERMS}__reserve_days") * Value(datetime.timedelta(days=1), DurationField()), DurationField()
)
FREE_AT = ExpressionWrapper(F("transaction__at") + DAYS, DateTimeField())
COHORT = "transaction__session__cohort"


def held(people: Iterable[int]) -> dict[tuple[int, str], int]:
    """Return what is held back of what people are owed, in minor units, by person id and currency."""
    theirs = LedgerEntry.objects.filter(account__kind=LedgerAccount.Kind.PAYABLE, account__person__in=people)
    released = theirs.filter(transaction__cause__startswith="release:", **{f"{TERMS}__reserve__gt": 0})
    hosts = released.filter(account__person=F(f"{COHORT}__study__payee"))
    running = Q(**{f"{TERMS}__reserve_days": 0}) & ~Q(**{f"{COHORT}__state__in": Cohort.OVER})
    young = Q(**{f"{TERMS}__reserve_days__gt": 0}, free_at__gt=timezone.now())
    sums = hosts.annotate(free_at=FREE_AT).filter(running | young)
    found: dict[tuple[int, str], int] = defaultdict(int)
    by = ("account__person", "account__currency", f"{TERMS}__reserve")
    for person, currency, reserve, net in sums.values_list(*by).annotate(net=-Sum("amount")).order_by(*by):
        found[person, currency] += money.share(net, reserve)
    return dict(found)
