"""Cohorts whose minimum is still to be decided, and which of them are short of people."""

import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Enrollment

WEEK = datetime.timedelta(days=7)


def undecided() -> QuerySet[Cohort]:
    """Cohorts whose minimum is still to be decided."""
    return Cohort.objects.filter(state__in=Cohort.RUNNING, minimum__gt=0, minimum_met_at=None)


def short() -> QuerySet[Any]:
    """Cohorts whose minimum is decided within a week and that have fewer members."""
    sold = Count("enrollments", filter=Q(enrollments__state__in=Enrollment.SOLD))  # a company's seats too, named or not
    soon: QuerySet[Any] = undecided().filter(minimum_by__lte=timezone.now() + WEEK).annotate(members=sold)
    return soon.filter(members__lt=F("minimum"))
