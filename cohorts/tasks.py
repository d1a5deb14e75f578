"""What cohorts do by the clock: holds that ran out, seats for who waits, minimums to decide, cohorts that are over."""

import datetime

from django.db.models import DurationField, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from cohorts import clock, minimums
from cohorts.models import Announcement, Cohort, Enrollment, Presentation, Reminder, ScholarshipApplication, Session
from cohorts.policies import joinable_now
from cohorts.services import announcements, cohorts, news, presentations, reminders, scholarships, seats, waiting
from studyplatform.kit import queue

MINUTE = Value(datetime.timedelta(minutes=1))
TO_PUBLISH = datetime.timedelta(days=1)  # after a session, for who presented before the post was out
SOON = datetime.timedelta(days=3)  # time to invite the people who are missing


def run_out() -> QuerySet[Enrollment]:
    """Seats held longer than agreed, and every held seat of a cohort that was called off."""
    held = Enrollment.objects.filter(state__in=[Enrollment.State.HELD, Enrollment.State.OFFERED])
    return held.filter(Q(hold_until__lte=timezone.now()) | Q(cohort__state=Cohort.State.CALLED_OFF))


@queue.sweeps("cohorts.drain_holds", run_out, "hold_until")
def drain_holds(enrollment: Enrollment) -> None:
    """Free a seat nobody paid for."""
    seats.expire(enrollment)


def with_seats_to_offer() -> QuerySet[Cohort]:
    """Cohorts with a free seat and people who wait for one, with `freed_at`."""
    waited_for = Cohort.objects.filter(joinable_now(), seats__waiting__gt=0, seats__taken__lt=F("seats__capacity"))
    return waited_for.annotate(freed_at=F("seats__freed_at"))


@queue.sweeps(seats.OFFERS, with_seats_to_offer, "freed_at")
def drain_offers(cohort: Cohort) -> None:
    """Offer the seats that came free to who waits longest."""
    waiting.offer(cohort)


def with_lines_to_end() -> QuerySet[Cohort]:
    """Cohorts that take nobody any more and for which people still wait."""
    return Cohort.objects.filter(seats__waiting__gt=0).exclude(joinable_now())


@queue.sweeps(waiting.LINES, with_lines_to_end, "closes_at")
def drain_lines(cohort: Cohort) -> None:
    """Send home who waits for a cohort that was closed or called off."""
    waiting.end(cohort)


@queue.sweeps(
    "cohorts.drain_minimums", lambda: minimums.undecided().filter(minimum_by__lte=timezone.now()), "minimum_by"
)
def drain_minimums(cohort: Cohort) -> None:
    """Decide a minimum on its day."""
    cohorts.decide_minimum(cohort)


def minimum_soon() -> QuerySet[Cohort]:
    """Cohorts whose minimum is decided within days and whose hosts were not told yet."""
    now = timezone.now()
    return minimums.undecided().filter(minimum_told_at=None, minimum_by__gt=now, minimum_by__lte=now + SOON)


# Overdue counts from `minimum_by`, which lies ahead here: this queue is never late in the sense of /health/.
@queue.sweeps("cohorts.drain_minimum_soon", minimum_soon, "minimum_by")
def drain_minimum_soon(cohort: Cohort) -> None:
    """Tell hosts that the day is near and people are missing."""
    cohorts.tell_minimum_soon(cohort)


def over() -> QuerySet[Cohort]:
    """Cohorts whose last planned session has ended, whichever group it was of."""
    end = ExpressionWrapper(F("sessions__starts_at") + F("sessions__minutes") * MINUTE, output_field=DurationField())
    ended = Max(end, filter=Q(sessions__state="planned"))
    return Cohort.objects.filter(state__in=Cohort.RUNNING).annotate(ended=ended).filter(ended__lte=timezone.now())


@queue.sweeps("cohorts.drain_finished", over, "ended")
def drain_finished(cohort: Cohort) -> None:
    """End a cohort whose last session is over."""
    cohorts.finish(cohort)


def with_open_turns() -> QuerySet[Session]:
    """Sessions that ended a day ago or earlier and whose turns stand as they did before, with `closes_at`."""
    standing = Presentation.objects.filter(session=OuterRef("pk"), state__in=presentations.COMING)
    planned = Session.objects.filter(Exists(standing), state=Session.State.PLANNED)
    return planned.annotate(closes_at=clock.ENDS + Value(TO_PUBLISH)).filter(closes_at__lte=timezone.now())


@queue.sweeps("cohorts.drain_turns", with_open_turns, "closes_at")
def drain_turns(session: Session) -> None:
    """Close the turns of a session: presented, or missed."""
    presentations.close(session)


@queue.sweeps("cohorts.drain_reminders", reminders.due, "due_at", prepare=reminders.write_due)
def drain_reminders(reminder: Reminder) -> None:
    """Remind people of sessions 24 hours and 1 hour ahead."""
    reminders.tell(reminder)


@queue.sweeps(news.SESSIONS, lambda: Session.objects.filter(news_at__isnull=False), "news_at")
def drain_session_news(session: Session) -> None:
    """Tell everybody who comes to a session that it was moved or cancelled."""
    news.tell_session(session)


@queue.sweeps(news.COHORTS, lambda: Cohort.objects.filter(news_at__isnull=False), "news_at")
def drain_cohort_news(cohort: Cohort) -> None:
    """Tell everybody in a cohort that it was called off."""
    news.tell_cohort(cohort)


@queue.sweeps(announcements.QUEUE, announcements.due, "news_at")
def drain_announcements(announcement: Announcement) -> None:
    """Tell people that they can join a cohort now."""
    announcements.tell(announcement)


@queue.sweeps("cohorts.drain_scholarships", scholarships.run_out, "until")
def drain_scholarships(application: ScholarshipApplication) -> None:
    """A price that was held for somebody ran out: its place is free."""
    scholarships.lapse(application)


@queue.sweeps("cohorts.drain_scholarship_words", scholarships.outlived, "words_until", overdue_after=86_400)
def drain_scholarship_words(application: ScholarshipApplication) -> None:
    """What somebody wrote to ask is not needed any more: it is erased."""
    scholarships.forget(application)
