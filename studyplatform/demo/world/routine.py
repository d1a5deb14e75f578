"""What the clock does by itself, when something falls due; and the letters of days long gone."""

import datetime

from django.db.models import F
from django.utils import timezone

from cohorts.models import Cohort
from cohorts.tasks import TO_PUBLISH
from studyplatform.accounts.models import User
from studyplatform.demo.world import stripe
from studyplatform.demo.world.world import World
from studyplatform.kit import queue
from studyplatform.mail.models import Letter

SHORTLY = datetime.timedelta(minutes=10)
UNSEEN = datetime.timedelta(days=1)  # letters of the last day are news
QUEUES = (
    "cohorts.drain_minimums",
    "cohorts.drain_minimum_soon",
    "cohorts.drain_turns",
    "cohorts.drain_finished",
    "cohorts.drain_session_news",
    "cohorts.drain_cohort_news",
    "cohorts.drain_announcements",
    "cohorts.drain_scholarships",
    "cohorts.drain_scholarship_words",
    "payments.drain_called_off",
    "payments.drain_refunds",
    "payments.drain_payments",
    "payments.drain_disputes",
    "payments.drain_releases",
    "payments.drain_payouts",
)


def plan(world: World, cohort: Cohort) -> None:
    """Write down when every queue is looked at: after a session of all, after the last turns, when a minimum is due.

    The turns of each session are closed when people thank for them (talk.py).
    """
    meetings = list(cohort.sessions.all())
    moments = {session.ends_at + SHORTLY for session in meetings if session.subgroup_id is None}
    moments.add(max(session.ends_at for session in meetings) + TO_PUBLISH + SHORTLY)
    if cohort.minimum_by:
        moments.add(cohort.minimum_by + SHORTLY)
    for moment in sorted(moments):
        world.diary.write(moment, look, world)


def look(world: World) -> None:
    """Let every queue do what is due."""
    stripe.stand_at(world.diary.clock.moment)
    for name in QUEUES:
        if queue.QUEUES[name].due().exists():
            queue.drain(name)


def post_letters() -> None:
    """Take every letter as sent when it was due, and those of other days as seen: nobody wants half a year at once."""
    Letter.objects.filter(done_at=None).update(done_at=F("due_at"))
    User.objects.update(letters_seen_at=timezone.now() - UNSEEN)
