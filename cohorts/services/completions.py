"""Completing a cohort: who published as many case studies as it asks of each member."""

from django.db import transaction
from django.db.models import F

from cohorts.models import Cohort, Enrollment
from cohorts.standing import POSTS
from studyplatform.kit import history


@transaction.atomic
def complete(cohort: Cohort) -> int:
    """Complete every member of a finished cohort whose posts are enough; return how many. Again, it finds the late."""
    members = Enrollment.objects.filter(cohort=cohort, state=Enrollment.State.ACTIVE).annotate(posts=POSTS)
    enough = list(members.filter(posts__gte=F("cohort__posts_needed")).values_list("pk", flat=True))
    rows = list(Enrollment.objects.select_for_update().filter(pk__in=enough))
    history.move_all([row for row in rows if row.state == Enrollment.State.ACTIVE], Enrollment.State.COMPLETED)
    return len(rows)
