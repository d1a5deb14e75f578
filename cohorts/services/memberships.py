"""Members choosing their own subgroup. Lock order: enrollment, subgroups (by number), presentations."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Enrollment, Membership, Subgroup
from cohorts.services import presentations, seats
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused


@transaction.atomic
def choose(person: User, subgroup: Subgroup) -> Membership:
    """Give a member a seat in a subgroup, out of the one they are in; choosing the same again changes nothing.

    Raises Refused with code "not_member", "over", "begun" (ask the host to move you) or "subgroup_full".
    """
    place = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("cohort")
        .filter(cohort=subgroup.cohort_id, person=person, state__in=Enrollment.BELONGS)
        .first()
    )
    if place is None:
        raise Refused(_("Subgroups are for the members of this cohort."), code="not_member")
    standing = place.memberships.select_related("subgroup").filter(until=None).first()
    if standing and standing.subgroup_id == subgroup.pk:
        return standing
    refuse_unless_choosable(place, standing)
    return _move(place, standing, subgroup)


def refuse_unless_choosable(place: Enrollment, standing: Membership | None) -> None:
    """Raise Refused when the member cannot choose now: the cohort is over, or has met and they have a subgroup."""
    if place.cohort.state not in Cohort.RUNNING:
        raise Refused(_("This cohort is over. Its groups stay as they were."), code="over")
    if standing and has_begun(place.cohort):
        raise Refused(
            _("The sessions have begun, so groups stay as they are. Ask the host if you need to move."), code="begun"
        )


def has_begun(cohort: Cohort) -> bool:
    """Tell whether the first session of a cohort, or of one of its subgroups, has begun."""
    return cohort.sessions.filter(state="planned", starts_at__lte=timezone.now()).exists()


def _move(place: Enrollment, standing: Membership | None, subgroup: Subgroup) -> Membership:
    touched = [subgroup.pk, *([standing.subgroup_id] if standing else [])]
    list(Subgroup.objects.select_for_update().filter(pk__in=touched).order_by("pk"))  # one order for everybody
    if standing:
        presentations.free(place, place.person, subgroup=standing.subgroup)
        seats.leave_subgroup(place)
    return seats.join_subgroup(place, subgroup)
