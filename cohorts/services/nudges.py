"""Notes to one member: a letter from whoever leads their subgroup or hosts, once in a week; and notes for oneself."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from cohorts import letters, nudging
from cohorts.models import Cohort, Enrollment, Nudge, PartnerNote
from studyplatform.accounts.models import User
from studyplatform.kit.errors import Refused


@transaction.atomic
def send(sender: User, enrollment: Enrollment, words: str) -> Nudge:
    """Send a member a note by letter. Raises Refused with field "words", or code "over", "rests" or "stopped"."""
    row = Enrollment.objects.select_for_update(of=("self",)).select_related("person", "cohort__study")
    member = row.get(pk=enrollment.pk)
    words = words.strip()
    if not words:
        raise Refused(_("Write a word to them first."), field="words")
    if member.state not in Enrollment.BELONGS or member.cohort.state not in Cohort.RUNNING:
        raise Refused(_("They are not in a running cohort any more."), code="over")
    _refuse_if_resting(member)
    now = timezone.now()
    nudge = Nudge.objects.create(
        enrollment=member, sender=sender, words=words, sent_at=now, rests=DateTimeTZRange(now, now + nudging.REST)
    )
    if not letters.nudge(nudge):
        raise Refused(
            _("%(name)s does not want notes by letter. A word when you meet is better.") % {"name": member.person.name},
            code="stopped",
        )
    return nudge


def _refuse_if_resting(member: Enrollment) -> None:
    earlier = nudging.resting().filter(enrollment=member).first()
    if earlier:
        raise Refused(
            _("%(name)s had a note from %(sender)s this week. One in a week is enough.")
            % {"name": member.person.name, "sender": earlier.sender.name},
            code="rests",
        )


@transaction.atomic
def keep(author: User, enrollment: Enrollment, words: str) -> PartnerNote | None:
    """Keep what somebody wants to remember of a member, in place of what they kept before; empty words keep nothing."""
    mine = PartnerNote.objects.filter(enrollment=enrollment, author=author)
    if not words.strip():
        mine.delete()
        return None
    note, _made = PartnerNote.objects.update_or_create(
        enrollment=enrollment, author=author, defaults={"words": words.strip()}
    )
    return note
