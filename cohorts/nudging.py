"""Warm words to a member, ready to send: in their language, about the next thing they could do."""

import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cohorts import clock
from cohorts.models import Contribution, Enrollment, Nudge, Presentation, Session
from studyplatform.kit import moments

REST = datetime.timedelta(weeks=1)  # between two notes to one member, whoever sends them


def resting() -> QuerySet[Nudge]:
    """Return the notes after which their members are left in peace, with who sent them."""
    return Nudge.objects.filter(rests__contains=timezone.now()).select_related("sender__profile")


def quiet(members: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Return who has had no turn, has none coming and wrote nothing, once their cohort or subgroup has met.

    Who has met nobody yet is not quiet. Those who had a note lately come last.
    """
    met = clock.over(Session.objects.filter(state=Session.State.PLANNED, cohort=OuterRef("cohort"))).filter(
        Q(subgroup=None) | Q(subgroup__memberships__enrollment=OuterRef("pk"), subgroup__memberships__until=None)
    )
    turn = Presentation.objects.filter(enrollment=OuterRef("pk"), state__in=Presentation.TAKEN)
    gave = Contribution.objects.filter(enrollment=OuterRef("pk"), voided_at=None)
    silent = members.filter(Exists(met.order_by()), ~Exists(turn), ~Exists(gave))
    return silent.alias(rests=Exists(resting().filter(enrollment=OuterRef("pk")))).order_by("rests", "joined_at", "pk")


def words_for(member: Enrollment, session: Session | None) -> str:
    """Return a note that asks somebody to show something, in the next session if there is one."""
    person = member.person
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        if session is None:
            return _(
                "%(name)s, I would like to hear what you are working on. "
                "Would you show something one day? Ten minutes are enough, and half-finished is fine."
            ) % {"name": person.name}
        return _(
            "%(name)s, I would like to hear what you are working on. "
            "Would you show something on %(day)s? Ten minutes are enough, and half-finished is fine."
        ) % {"name": person.name, "day": moments.day(session.starts_at)}


def words_for_turn(turn: Presentation) -> str:
    """Return a note to somebody whose turn is near and whose case study is not out."""
    person = turn.enrollment.person
    with translation.override(person.language), timezone.override(ZoneInfo(person.time_zone)):
        return _(
            "%(name)s, you present on %(day)s, and I look forward to it. Is your case study coming along? "
            "It may be short. If something holds you up, tell me, and we find another day."
        ) % {"name": person.name, "day": moments.day(turn.session.starts_at)}
