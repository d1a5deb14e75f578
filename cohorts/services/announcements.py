"""Telling people that they can join: each audience at its moment, each person once for a cohort."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cohorts import opening_letters, presale
from cohorts.models import Announcement, Audience, Cohort, Enrollment
from cohorts.services import news
from studyplatform.accounts.models import User
from studyplatform.kit import queue

QUEUE = "cohorts.drain_announcements"


def plan(cohort: Cohort) -> None:
    """Write down who is told that they can join an open cohort, and when; whoever is being told already stays so.

    Who asked to be told is told in any case: when they come first, else when everybody can join.
    """
    opens_at = cohort.opens_at or timezone.now()
    moments = {Audience.FOLLOWERS: opens_at, **presale.windows(cohort)}
    untold = Announcement.objects.filter(cohort=cohort, told_to=None, news_at__isnull=False)
    untold.exclude(audience__in=moments).delete()
    for audience, at in moments.items():
        row, made = Announcement.objects.get_or_create(cohort=cohort, audience=audience, defaults={"news_at": at})
        if not made:
            untold.filter(pk=row.pk).update(news_at=at)
    queue.wake(QUEUE)


def due() -> QuerySet[Announcement]:
    """Return what is to be said now, of cohorts one can join."""
    now = timezone.now()
    return Announcement.objects.filter(news_at__lte=now, cohort__state=Cohort.State.OPEN, cohort__closes_at__gt=now)


def tell(announcement: Announcement) -> None:
    """Tell everybody of an audience who has no place in the cohort yet."""
    news.in_turn(lambda: _some(announcement), QUEUE)


@transaction.atomic
def _some(announcement: Announcement) -> bool:
    rows = due().select_for_update(of=("self",), no_key=True).select_related("cohort__study")
    row = rows.filter(pk=announcement.pk).first()
    if row is None:
        return False
    return news.tell_some(row, _to_tell(row), lambda some: opening_letters.can_join(row.cohort, some))


def _to_tell(row: Announcement) -> QuerySet[User]:
    own = Enrollment.objects.filter(cohort=row.cohort_id, person=OuterRef("pk"), state__in=Enrollment.LIVE)
    return presale.people(row.cohort, row.audience).exclude(Exists(own)).select_related("profile").order_by("pk")
