"""A cohort's life: drafted, opened, closed for new members, called off, finished."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import agreed, letters, pricing
from cohorts.models import Cohort, Seats, Session, Study, Terms
from cohorts.policies import sold_in
from cohorts.services import (
    announcements,
    completions,
    news,
    prices,
    readiness,
    refund_policies,
    seats,
    sessions,
    studies,
    waiting,
)
from studyplatform.accounts.models import User
from studyplatform.kit import history, page_cache, queue
from studyplatform.kit.errors import Refused
from studyplatform.kit.money import BASIS


@transaction.atomic
def draft(
    host: User,
    study: Study,
    *,
    capacity: int,
    price: int,
    partner_share: int,
    policy: str,
    early: pricing.Early | None = None,
    first_number: int = 1,
    **plan: Any,
) -> Cohort:
    """Draft the study's next cohort. `price` in minor units, `partner_share` in basis points, `policy` a preset.

    A study's first cohort is `first_number`, for hosts who have run it elsewhere before.
    """
    row = Study.objects.select_for_update().get(pk=study.pk)
    last = Cohort.objects.filter(study=row).aggregate(last=Max("number"))["last"]
    number = last + 1 if last else first_number
    cohort = Cohort.objects.create(study=row, number=number, policy=refund_policies.preset(policy), **plan)
    Seats.objects.create(cohort=cohort, capacity=capacity)
    prices.set_for(cohort, price, early)
    _agree(cohort, partner_share)
    history.record(cohort, "", cohort.state, host)
    return cohort


@transaction.atomic
def change(
    host: User,
    cohort: Cohort,
    *,
    capacity: int,
    price: int,
    partner_share: int,
    policy: str,
    early: pricing.Early | None = None,
    **plan: Any,
) -> Cohort:
    """Change a cohort's plan. Once it has opened, price, policy and shares count for new seats only.

    Raises Refused when the seats taken do not fit, or a date people joined by would change.
    """
    row = locked(cohort)
    if row.state not in (Cohort.State.DRAFT, Cohort.State.OPEN, Cohort.State.CLOSED):
        raise Refused(_("This cohort is over. Its plan stays as it was."))
    fixed = any(plan.get(name, getattr(row, name)) != getattr(row, name) for name in row.FIXED)
    if fixed and row.state != Cohort.State.DRAFT:
        raise Refused(_("People join by these dates, so they stay. You can move single sessions."))
    for name, value in plan.items():
        setattr(row, name, value)
    if row.opens_at and row.closes_at <= row.opens_at:
        raise Refused(_("Everybody can join only after that day. Choose a later one."), field="closes_on")
    row.policy = refund_policies.preset(policy)
    row.save()
    _agree_anew(row, partner_share)
    prices.set_for(row, price, early)
    _resize(row, capacity)
    history.record(row, row.state, row.state, host, note=f"price {price} {row.currency}, {policy}, {capacity} seats")
    changed(row)
    return row


@transaction.atomic
def open(host: User, cohort: Cohort) -> Cohort:
    """Open a drafted cohort: write its sessions, show its study. Raises Refused naming the first thing missing."""
    row = locked(cohort)
    _refuse_unless(row, Cohort.State.DRAFT)
    missing = readiness.missing(row)
    if missing:
        raise Refused(missing[0].sentence, code="not_ready")
    sessions.write(row)
    history.move(row, Cohort.State.OPEN, host, opened_at=timezone.now())
    studies.publish(row.study, host)
    letters.opened(row, host)
    announcements.plan(row)
    changed(row)
    return row


@transaction.atomic
def close(host: User, cohort: Cohort) -> Cohort:
    """Stop taking members: who is in stays in, who waits in line is told soon (`cohorts.services.waiting`)."""
    row = locked(cohort)
    _refuse_unless(row, Cohort.State.OPEN)
    history.move(row, Cohort.State.CLOSED, host)
    queue.wake(waiting.LINES)
    changed(row)
    return row


@transaction.atomic
def reopen(host: User, cohort: Cohort) -> Cohort:
    """Take members again, until the day joining closes."""
    row = locked(cohort)
    _refuse_unless(row, Cohort.State.CLOSED)
    if row.closes_at <= timezone.now():
        raise Refused(_("The day joining closes is past. Move it under “Edit” first."))
    history.move(row, Cohort.State.OPEN, host)
    changed(row)
    return row


@transaction.atomic
def call_off(actor: User | None, cohort: Cohort, *, because: str = letters.HOST) -> Cohort:
    """Call a cohort off before it begins: cancel its sessions; its people are told soon (`cohorts.services.news`).

    Then payments' own drain gives the money back; seats still being paid for are freed by `cohorts.drain_holds`.
    """
    row = locked(cohort)
    if row.state not in (Cohort.State.DRAFT, Cohort.State.OPEN, Cohort.State.CLOSED):
        raise Refused(_("This cohort is over already."))
    if has_begun(row):
        raise Refused(_("The first session has begun. Write to us, and we sort out together what comes back to whom."))
    facts = {"called_off_at": timezone.now(), "too_few": because == letters.TOO_FEW, **news.fresh()}
    history.move(row, Cohort.State.CALLED_OFF, actor, note=because, **facts)
    planned = list(row.sessions.select_for_update().filter(state=Session.State.PLANNED))
    history.move_all(planned, Session.State.CANCELLED, actor, sequence=F("sequence") + 1, news_at=None)
    if row.too_few:
        letters.fell_short(row)
    queue.wake(news.COHORTS)
    queue.wake("cohorts.drain_holds")
    queue.wake(waiting.LINES)
    changed(row)
    return row


@transaction.atomic
def decide_minimum(cohort: Cohort) -> None:
    """On the day set for it: enough members and it takes place, else it is called off. Doing it again does nothing."""
    row = locked(cohort)
    waits = row.state in Cohort.RUNNING and not row.minimum_met_at and row.minimum
    if not waits or not row.minimum_by or row.minimum_by > timezone.now():
        return
    if sold_in(row).count() >= row.minimum:
        row.minimum_met_at = timezone.now()
        row.save(update_fields=["minimum_met_at"])
        changed(row)
    else:
        call_off(None, row, because=letters.TOO_FEW)


@transaction.atomic
def tell_minimum_soon(cohort: Cohort) -> None:
    """Tell the hosts, once, that the day is near and people are missing."""
    row = locked(cohort)
    if row.minimum_told_at or not row.minimum or not row.minimum_by:
        return
    row.minimum_told_at = timezone.now()
    row.save(update_fields=["minimum_told_at"])
    members = sold_in(row).count()
    if row.state == Cohort.State.OPEN and members < row.minimum:
        letters.minimum_soon(row, members)


@transaction.atomic
def finish(cohort: Cohort) -> None:
    """End a cohort whose last session is over; whoever wrote enough completes it. Doing it again does nothing."""
    row = locked(cohort)
    if Cohort.State.FINISHED not in row.MOVES.get(row.state, ()):
        return
    if any(session.ends_at > timezone.now() for session in row.sessions.filter(state=Session.State.PLANNED)):
        return
    history.move(row, Cohort.State.FINISHED)
    completions.complete(row)
    changed(row)


def has_begun(cohort: Cohort) -> bool:
    """Whether a session of the cohort has begun: then it is not called off any more."""
    return cohort.sessions.filter(starts_at__lte=timezone.now(), state=Session.State.PLANNED).exists()


def locked(cohort: Cohort) -> Cohort:
    """Return the cohort's row, locked; its study with it, unlocked."""
    return Cohort.objects.select_for_update(of=("self",)).select_related("study", "policy").get(pk=cohort.pk)


def changed(cohort: Cohort) -> None:
    """Make every kept page that shows the cohort old."""
    page_cache.bump("lists", f"study:{cohort.study.slug}", f"cohort:{cohort.study.slug}:{cohort.number}")


def _refuse_unless(cohort: Cohort, state: str) -> None:
    if cohort.state != state:
        raise Refused(_("Somebody changed this cohort meanwhile. Look at it again."), code="moved_on")


def _resize(cohort: Cohort, capacity: int) -> None:
    fits = Seats.objects.filter(cohort=cohort, taken__lte=capacity)
    if not fits.update(capacity=capacity, freed_at=timezone.now()):
        raise Refused(
            _("More people than that hold a seat already. Give at least as many seats as are taken."), field="capacity"
        )
    queue.wake(seats.OFFERS)
    seats.changed(cohort)


def _agree(cohort: Cohort, partner_share: int) -> Terms:
    return Terms.objects.create(
        cohort=cohort,
        platform_share=settings.PLATFORM_SHARE,
        partner_share=partner_share,
        reserve=settings.RESERVE,
        reserve_days=settings.RESERVE_DAYS,
    )


def _agree_anew(cohort: Cohort, partner_share: int) -> None:
    """New shares are new terms, for new seats; those who are in keep theirs. The platform's part stays as agreed."""
    standing, newest = agreed.standing(cohort), cohort.terms.latest("version")
    if standing.partner_share == partner_share:
        return
    if newest.platform_share + partner_share > BASIS:
        raise Refused(_("Platform and partners cannot get more than the whole."), field="partner_share")
    Terms.objects.create(
        cohort=cohort,
        version=newest.version + 1,
        platform_share=newest.platform_share,
        partner_share=partner_share,
        reserve=newest.reserve,
        reserve_days=newest.reserve_days,
    )
