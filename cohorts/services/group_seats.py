"""Who sits on a company's seats: by letter or by the company's own link, taken by signing in, freed again.

Lock order as in `cohorts.services.seats`: cohort (shared), group, enrollment, subgroup.
"""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import clock, group_letters
from cohorts.models import Cohort, Contribution, Enrollment, SeatGroup, SeatInvitation, Subgroup
from cohorts.services import introductions, seat_groups, seats, waiting
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused
from studyplatform.kit.ids import secret_token

State = SeatInvitation.State
Free = tuple[SeatGroup, SeatInvitation | None]


def unnamed(group: SeatGroup) -> QuerySet[Enrollment]:
    """Return the seats of a group that have no name yet."""
    return group.places.filter(state=Enrollment.State.RESERVED).order_by("pk")


def asked(group: SeatGroup) -> QuerySet[SeatInvitation]:
    """Return the invitations nobody has taken yet; each keeps one seat."""
    return group.invitations.filter(state=State.PENDING).order_by("pk")


def taken(group: SeatGroup) -> QuerySet[Any]:
    """Return who sits on the group's seats, the newest first."""
    there = group.places.filter(state__in=Enrollment.BELONGS)
    return there.select_related("person__profile", "cohort").order_by("-joined_at", "-pk")


def can_name(cohort: Cohort) -> bool:
    """Whether seats can still get a name: the cohort runs, and a session is to come."""
    return cohort.state in Cohort.RUNNING and clock.first_of_all(cohort) is not None


def _refuse_late(cohort: Cohort) -> None:
    if not can_name(cohort):
        raise Refused(_("The last session has begun, so seats get no new names any more."), code="over")


@transaction.atomic
def invite(buyer: User, group: SeatGroup, emails: Iterable[str]) -> int:
    """Keep a seat for each address and write to it; one that has a letter already gets no second. Return how many are
    new.

    Raises Refused when fewer seats are free than addresses are named.
    """
    row = seat_groups.locked(group)
    _refuse_late(row.cohort)
    known = {one.email for one in asked(row)}
    new = [email for email in dict.fromkeys(one.strip().lower() for one in emails) if email not in known]
    left = unnamed(row).count() - len(known)
    if len(new) > left:
        sentence = _("You have %(left)s seats without a name, and named %(new)s people.")
        raise Refused(sentence % {"left": left, "new": len(new)}, field="emails")
    rows = SeatInvitation.objects.bulk_create(SeatInvitation(group=row, email=email) for email in new)
    history.record_births(rows, buyer)
    for invitation in rows:
        group_letters.seat_offered(invitation)
    return len(rows)


@transaction.atomic
def take_back(buyer: User, invitation: SeatInvitation) -> None:
    """Take back an invitation nobody has taken. Raises Refused when somebody has, or it was taken back before."""
    seat_groups.locked(invitation.group)
    row = SeatInvitation.objects.get(pk=invitation.pk)
    if row.state != State.PENDING:
        raise Refused(_("Somebody has taken that seat already."))
    history.move(row, State.WITHDRAWN, buyer)
    group_letters.take_back(row)


@transaction.atomic
def renew_link(buyer: User, group: SeatGroup) -> SeatGroup:
    """Give a group another link; the one before opens nothing any more."""
    row = seat_groups.locked(group)
    row.token = secret_token()
    row.save(update_fields=["token"])
    history.record(row, row.state, row.state, buyer, note="another link")
    return row


def opened_by(token: str) -> Free | None:
    """Return whose seats a link opens, and the invitation it is of; None for one that opens nothing."""
    invitation = SeatInvitation.objects.select_related("group__cohort__study").filter(token=token).first()
    if invitation:
        return invitation.group, invitation
    group = SeatGroup.objects.select_related("cohort__study").filter(token=token).first()
    return (group, None) if group else None


def free(group: SeatGroup, invitation: SeatInvitation | None) -> int:
    """Return how many seats a link opens: the one kept for an invitation, or all that are kept for none."""
    if invitation:
        return int(invitation.state == State.PENDING)
    return max(0, unnamed(group).count() - asked(group).count())


@transaction.atomic
def take(person: User, token: str, *, subgroup: Subgroup | None = None, introduction: str = "") -> Enrollment:
    """Sit down on a seat of a company, by the link of its letter or the company's own; return the enrollment.

    Raises Refused with code "already_in", "gone" (no seat is free behind the link), "over", "subgroup_full".
    """
    group, invitation = _locked(token)
    _refuse_late(group.cohort)
    _leave_line(person, group.cohort)
    place = unnamed(group).select_for_update().first() if free(group, invitation) else None
    if not place:
        raise Refused(_("Every seat of this company has a name now. Ask who sent you the link."), code="gone")
    try:
        with transaction.atomic():
            history.move(place, Enrollment.State.ACTIVE, person, person=person, joined_at=timezone.now())
    except IntegrityError as twice:  # the same person in two tabs at once
        raise _seated() from twice
    if subgroup:
        seats.join_subgroup(place, subgroup)
    introductions.introduce(place, introduction)
    if invitation:
        history.move(invitation, State.TAKEN, person)
    group_letters.seated(place)
    seats.changed(group.cohort)
    return place


def _locked(token: str) -> Free:
    found = opened_by(token)
    if found:
        seats.kept_as_it_is(found[0].cohort)
        seat_groups.locked(found[0])
        found = opened_by(token)  # the link may have been renewed, the invitation taken, while we waited
    if not found:
        raise Refused(_("This link opens no seat any more. Ask who sent it to you."), code="gone")
    return found


def _leave_line(person: User, cohort: Cohort) -> None:
    """Who waits for a seat of their own leaves the line; who has one, or is paying for one, keeps that."""
    standing = cohort.enrollments.filter(person=person, state__in=Enrollment.LIVE).first()
    if not standing:
        return
    if standing.state in Enrollment.BELONGS:
        raise _seated()
    if standing.state == Enrollment.State.HELD:
        sentence = _("You are paying for a seat of your own right now. Let it go first, then take this one.")
        raise Refused(sentence, code="already_in")
    waiting.leave(person, standing)


def _seated() -> Refused:
    sentence = _("You have a seat in this cohort already. Pass this one on to a colleague who has none.")
    return Refused(sentence, code="already_in")


def returnable(group: SeatGroup) -> QuerySet[Enrollment]:
    """Return the seats a company can give back, those without a name first: nobody sits there, or who never came."""
    came = Contribution.objects.filter(enrollment=OuterRef("pk"), voided_at=None)
    there = group.places.filter(state__in=(Enrollment.State.RESERVED, Enrollment.State.ACTIVE)).exclude(Exists(came))
    return there.select_related("person__profile", "cohort").order_by(F("person").asc(nulls_first=True), "pk")


def never_came(place: Enrollment) -> bool:
    """Whether somebody has not been to a session, not presented and not published: nothing of theirs would be lost."""
    return not Contribution.objects.filter(enrollment=place, voided_at=None).exists()


@transaction.atomic
def vacate(place: Enrollment, actor: User, *, because: str = "") -> Enrollment | None:
    """End somebody's place on a company's seat and return the seat, without a name again, for the company.

    The seat stays taken. None when the last session has begun: then it goes back to the cohort. The caller holds the
    place's lock.
    """
    group = place.group
    if not group or not can_name(place.cohort):
        seats.release(place, Enrollment.State.CANCELLED, actor, because=because)
        return None
    seats.end(place, Enrollment.State.CANCELLED, actor, because=because)
    kept = ("cohort_id", "group_id", "price", "price_kind", "currency", "policy_id", "terms_id")
    seat = Enrollment.objects.create(state=Enrollment.State.RESERVED, **{name: getattr(place, name) for name in kept})
    history.record(seat, "", seat.state, actor, note=f"after {place.public_id}")
    group_letters.vacated(place)
    return seat
