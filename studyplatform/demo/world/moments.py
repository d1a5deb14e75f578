"""The moments the demo's bar can move to: the world's dates change until now is there, then the real queues run."""

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohorts import clock, minimums
from cohorts.models import Cohort, Session
from cohorts.policies import sessions_of
from cohorts.tasks import TO_PUBLISH
from payments.models import Payout
from payments.services import payouts
from studyplatform.accounts.models import User
from studyplatform.demo.kept import forget_pages
from studyplatform.demo.world import shift
from studyplatform.kit import moments, money, queue
from studyplatform.kit.errors import Refused
from studyplatform.schedule import DRAINS

MEMBER = "member@example.com"
MINUTE = datetime.timedelta(minutes=1)
Told = tuple[str, str]  # a sentence, and the address where to look


@dataclass(frozen=True)
class Moment:
    """A moment: what its button says, what follows, and how to go there."""

    name: str
    label: object
    hint: object
    go: Callable[[], Told]


def opening_day() -> Told:
    """Move to an hour before the next cohort that takes place begins."""
    now = timezone.now()
    coming = Cohort.objects.filter(state__in=Cohort.RUNNING, starts_on__gt=now.date())
    enough = Q(minimum=0) | Q(minimum_met_at__isnull=False) | Q(seats__taken__gte=F("minimum"))
    cohort = coming.filter(enough).select_related("study").order_by("starts_on", "pk").first()
    first = cohort and cohort.sessions.filter(subgroup=None, starts_at__gt=now).order_by("starts_at").first()
    if not cohort or not first:
        raise _nothing_left()
    _arrive(first.starts_at - 60 * MINUTE)
    cohort.refresh_from_db()
    words = {"run": cohort.full_name, "time": _begins(first)}
    return _("It is the first day of %(run)s: it begins at %(time)s.") % words, reverse(
        "cohort", args=[cohort.study.slug, cohort.number]
    )


def before_session() -> Told:
    """Move to ten minutes before the member's next session of the whole cohort."""
    session = _next(starts_at__gt=timezone.now() + 10 * MINUTE)
    _arrive(session.starts_at - 10 * MINUTE)
    words = {"session": session.name, "time": _begins(session)}
    return _(
        "%(session)s begins at %(time)s, in ten minutes, and its room is open."
    ) % words, session.get_absolute_url()


def after_session() -> Told:
    """Move to a day after the member's next session, when its turns close."""
    session = _next()
    shared = _arrive(session.ends_at + TO_PUBLISH + MINUTE)["payments.drain_releases"]
    words = {"session": session.name, "shared": shared}
    told = _("%(session)s was yesterday: its turns are closed. Sessions whose money was shared now: %(shared)s.")
    return told % words, reverse("partner_earnings")


def payday() -> Told:
    """Move to the next weekly run of payouts, and run it."""
    _arrive(payouts.next_run())
    began = timezone.now()
    payouts.run()
    sums = Payout.objects.filter(created_at__gte=began).values_list("currency").annotate(Sum("amount"), Count("pk"))
    words = {
        "count": sum(count for _currency, _sum, count in sums),
        "sum": ", ".join(money.show(amount, currency) for currency, amount, _count in sums) or "0",
    }
    told = _("It is Monday morning. Payouts written: %(count)s (%(sum)s); they wait for the platform's people.")
    return told % words, reverse("admin:payments_payout_changelist")


MOMENTS = {
    one.name: one
    for one in (
        Moment(
            "opening",
            gettext_lazy("Opening day"),
            gettext_lazy("An hour before the next cohort that has enough people begins."),
            opening_day,
        ),
        Moment(
            "before",
            gettext_lazy("Ten minutes before a session"),
            gettext_lazy("The member's next session: the way in is open, the partner sees who is ready."),
            before_session,
        ),
        Moment(
            "after",
            gettext_lazy("The day after it"),
            gettext_lazy("Turns are closed, and the session's part of the money is shared."),
            after_session,
        ),
        Moment(
            "payday",
            gettext_lazy("Payday"),
            gettext_lazy("Monday, six in the morning: what people have earned becomes payouts."),
            payday,
        ),
    )
}


def _next(**more: object) -> Session:
    member = User.objects.filter(email=MEMBER).first()
    seen = sessions_of(member).filter(subgroup=None, state=Session.State.PLANNED, **more) if member else None
    session = clock.coming(seen).select_related("cohort__study").first() if seen is not None else None
    if session is None:
        raise _nothing_left()
    return session


def _nothing_left() -> Refused:
    return Refused(_("There is nothing left to move to. `make demo-reset`, then `make demo`, begin a new world."))


def _arrive(then: datetime.datetime) -> Counter[str]:
    """Make `then` be now, to the minute, and let every queue do what is due; return how much each did.

    On the way it stops where a minimum is decided: what is decided before a session cannot be after it.
    """
    began, gone, did = timezone.now(), datetime.timedelta(), Counter[str]()
    coming = minimums.undecided().filter(minimum_by__gt=began, minimum_by__lt=then - 2 * MINUTE)
    decided = {cohort.minimum_by + MINUTE for cohort in coming if cohort.minimum_by}
    for stop in [*sorted(decided), then]:
        way = (stop - began) // MINUTE * MINUTE
        shift.back(way - gone)
        gone = way
        forget_pages()
        did.update({name: queue.drain(name) for name in DRAINS})
    return did


def _begins(session: Session) -> str:
    session.refresh_from_db(fields=["starts_at"])
    return moments.clock(session.starts_at)
