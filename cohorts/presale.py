"""Who may join a cohort before everybody else, and from when.

Members of earlier cohorts are those who belong, to the end or still, to a cohort of the study that began before; who
left one is not. Followers asked to be told. Both come so many hours earlier on the cohort's own clock, to a part of
the seats if the host says so: before the opening every seat taken is one of these, so `Seats.taken` counts them.
"""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import weekly
from cohorts.models import Audience, Cohort, Enrollment, Seats
from cohorts.policies import Reader
from studyplatform.accounts.models import User
from studyplatform.kit import moments
from studyplatform.kit.errors import Refused


@dataclass(frozen=True)
class Standing:
    """How a reader stands before everybody may join: from when they may (UTC), and how many seats are there till then.

    `first`: they come before everybody else.
    """

    since: datetime.datetime
    first: bool
    left: int

    @property
    def may_join(self) -> bool:
        """Whether they can take a seat now."""
        return self.since <= timezone.now() and self.left > 0


def windows(cohort: Cohort) -> dict[str, datetime.datetime]:
    """Return who may join before everybody, and from when (UTC)."""
    hours = {Audience.ALUMNI: cohort.alumni_hours, Audience.FOLLOWERS: cohort.followers_hours}
    return {str(who): _before(cohort, count) for who, count in hours.items() if count}


def _before(cohort: Cohort, hours: int) -> datetime.datetime:
    """So long before the opening on the wall clock: a day before 10:00 is 10:00, whatever the clocks do."""
    opens_at = cohort.opens_at or timezone.now()  # hours without an opening are refused by the database
    wall = opens_at.astimezone(cohort.tz).replace(tzinfo=None) - datetime.timedelta(hours=hours)
    return weekly.moment(wall.date(), wall.time(), cohort.tz)


def people(cohort: Cohort, audience: str) -> QuerySet[User]:
    """Return everybody of an audience of the cohort."""
    if audience == Audience.FOLLOWERS:
        return User.objects.filter(study_follows__study=cohort.study_id)
    earlier = Enrollment.objects.filter(
        person=OuterRef("pk"),
        state__in=Enrollment.BELONGS,
        cohort__study=cohort.study_id,
        cohort__starts_on__lt=cohort.starts_on,
    )
    return User.objects.filter(Exists(earlier))


def joins_from(reader: Reader, cohort: Cohort) -> datetime.datetime | None:
    """Return from when (UTC) somebody may join; None when everybody may now."""
    if cohort.is_on_sale:
        return None
    if not reader.is_authenticated:
        return cohort.opens_at
    theirs = [at for who, at in windows(cohort).items() if people(cohort, who).contains(reader)]
    return min(theirs, default=cohort.opens_at)


def standing(reader: Reader, cohort: Cohort, seats: Seats) -> Standing | None:
    """Return how a reader stands; None when everybody may join now."""
    since = joins_from(reader, cohort)
    if since is None:
        return None
    most = seats.capacity if cohort.presale_seats is None else min(cohort.presale_seats, seats.capacity)
    left = 0 if seats.waiting else max(0, most - seats.taken)
    return Standing(since, since != cohort.opens_at, left)


def most(cohort: Cohort) -> int | None:
    """Return how many seats may be taken now; None when it is all of them."""
    return None if cohort.is_on_sale else cohort.presale_seats


def refuse_unless_let_in(member: User, cohort: Cohort) -> None:
    """Raise Refused with code "soon" when somebody may join later only; the sentence says when, on their own clock."""
    since = joins_from(member, cohort)
    if since is None or since <= timezone.now():
        return
    when = {"when": moments.moment(since, member.time_zone), "zone": moments.zone_name(member.time_zone)}
    first = _("You can join from %(when)s, %(zone)s, before everybody else.")
    later = _("Everybody can join from %(when)s, %(zone)s. Until then others come first.")
    plain = _("Everybody can join from %(when)s, %(zone)s.")
    words = first if since != cohort.opens_at else later if windows(cohort) else plain
    raise Refused(words % when, code="soon")


def all_taken(cohort: Cohort) -> Refused:
    """Return the refusal for who comes first and finds the seats given before the opening taken."""
    zone = {"when": moments.moment(cohort.opens_at or timezone.now(), cohort.tz), "zone": moments.zone_name(cohort.tz)}
    words = _("The seats for who comes first are taken. From %(when)s, %(zone)s, the others are there for everybody.")
    return Refused(words % zone, code="first_taken")
