"""A seat goes on to another person: same cohort, same price and rules, counted as taken all the while.

Lock order: cohort, enrollment (the giver's first), seats; whoever calls holds the first two.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Enrollment, Membership
from cohorts.services import presentations, seats, waiting
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused

State = Enrollment.State
AGREED = ("cohort", "price", "price_kind", "currency", "policy", "terms", "joined_at")  # goes along with the seat


@transaction.atomic
def pass_on(old: Enrollment, person: User) -> Enrollment:
    """Give a locked, active seat of a locked cohort to somebody, with its subgroup; return their place.

    Turns to come are free for others; a place in line of theirs ends. Raises Refused as `refuse_unless_outside` does.
    """
    standing = Enrollment.objects.select_for_update().filter(cohort=old.cohort_id, person=person)
    for row in standing.filter(state__in=Enrollment.LIVE):
        refuse_unless_outside(row)
        waiting.leave(person, row)
    new = _place_for(person, old)
    history.move(old, State.CANCELLED, person, note="given")
    _hand_over_group(old, new)
    presentations.free(old, person)
    seats.changed(old.cohort)
    return new


def refuse_unless_outside(standing: Enrollment) -> None:
    """Raise Refused when who has this place has a seat in its cohort; a place in line is none. Code "already_in"."""
    if standing.state in Enrollment.BELONGS:
        raise Refused(_("You are in this cohort already, so you cannot take another seat."), code="already_in")
    if standing.state in Enrollment.HOLDS:
        raise Refused(
            _("A seat here is kept for you while you pay. Finish that, or let it go first."), code="already_in"
        )


def _place_for(person: User, old: Enrollment) -> Enrollment:
    agreed = {name: getattr(old, name) for name in AGREED}
    try:
        with transaction.atomic():
            new = Enrollment.objects.create(
                person=person, state=State.ACTIVE, moved_from=old, given_by=old.given_by or old.person, **agreed
            )
    except IntegrityError as twice:  # they took a seat in another window at this moment
        raise Refused(_("You are joining this cohort in another window."), code="already_in") from twice
    history.record(new, "", new.state, person, note="given")
    return new


def _hand_over_group(old: Enrollment, new: Enrollment) -> None:
    """Let the seat in a subgroup go along; how many it has taken stays."""
    sat = old.memberships.select_for_update().filter(until=None).first()
    if sat:
        Membership.objects.filter(pk=sat.pk).update(until=timezone.now())
        Membership.objects.create(enrollment=new, subgroup_id=sat.subgroup_id)
