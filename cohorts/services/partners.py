"""Partners: who leads which subgroup, from when."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from cohorts import letters
from cohorts.models import Leadership, Partner, Subgroup
from studyplatform.accounts.models import User
from studyplatform.kit import history
from studyplatform.kit.errors import Refused


@transaction.atomic
def appoint(host: User, subgroup: Subgroup, email: str) -> Leadership | None:
    """Let the person with this address lead the subgroup from now on; "" ends whoever leads it.

    Raises Refused when nobody has the address, or the person does not lead groups any more.
    """
    person = _person(email) if email else None
    standing = lead_of(subgroup)
    if standing and person and standing.partner.person_id == person.pk:
        return standing
    partner = _approved(host, person) if person else None
    now = timezone.now()
    if standing:
        standing.period = DateTimeTZRange(standing.period.lower, now)
        standing.save(update_fields=["period"])
    if not partner:
        return None
    letters.partner_named(subgroup, partner, host)
    return Leadership.objects.create(subgroup=subgroup, partner=partner, period=DateTimeTZRange(now, None))


@transaction.atomic
def approve(actor: User, partner: Partner, *, note: str = "") -> Partner:
    """Let somebody lead groups who asked to, or whose time was paused."""
    return _move(actor, partner, Partner.State.APPROVED, note)


@transaction.atomic
def decline(actor: User, partner: Partner, *, note: str) -> Partner:
    """Say no to somebody who asked; they may ask again."""
    return _move(actor, partner, Partner.State.DECLINED, note)


@transaction.atomic
def pause(actor: User, partner: Partner, *, note: str) -> Partner:
    """Take a partner out for a while: their desk is closed and they get no new groups; the ones they lead keep them."""
    return _move(actor, partner, Partner.State.PAUSED, note)


@transaction.atomic
def end(actor: User, partner: Partner, *, note: str) -> Partner:
    """End a partner's time for good: whatever they lead ends now, and its group waits for another lead."""
    row = _move(actor, partner, Partner.State.ENDED, note)
    now = timezone.now()
    for standing in row.leaderships.select_for_update().filter(period__contains=now):
        standing.period = DateTimeTZRange(standing.period.lower, now)
        standing.save(update_fields=["period"])
    return row


@transaction.atomic
def consider_again(actor: User, partner: Partner, *, note: str) -> Partner:
    """Put somebody who was declined, or withdrew, among those who ask."""
    return _move(actor, partner, Partner.State.APPLIED, note)


@transaction.atomic
def note(actor: User, partner: Partner, words: str) -> Partner:
    """Keep words about a partner for the people who run the platform, below what stands there."""
    row = Partner.objects.select_for_update().get(pk=partner.pk)
    row.notes = f"{row.notes}\n{words}".strip()
    row.save(update_fields=["notes"])
    history.record(row, row.state, row.state, actor, note=words)
    return row


def _move(actor: User, partner: Partner, to: str, note: str) -> Partner:
    row = Partner.objects.select_for_update().get(pk=partner.pk)
    if to not in row.MOVES.get(row.state, ()):
        raise Refused(
            _("This cannot be done with a partner who is “%(state)s”.") % {"state": row.get_state_display()},
            code="moved_on",
        )
    history.move(row, to, actor, note=note)
    return row


def lead_of(subgroup: Subgroup) -> Leadership | None:
    """Return who leads the subgroup now."""
    now = timezone.now()
    leads = Leadership.objects.filter(subgroup=subgroup, kind=Leadership.Kind.LEAD, period__contains=now)
    return leads.select_related("partner__person__profile").first()


def _person(email: str) -> User:
    person = User.objects.filter(email__iexact=email.strip(), is_active=True, erased_at=None).first()
    if not person:
        raise Refused(
            _("Nobody has an account with this address yet. Ask them to sign up, then name them here."),
            field="partner_email",
        )
    return person


def _approved(host: User, person: User) -> Partner:
    partner, made = Partner.objects.get_or_create(person=person, defaults={"state": Partner.State.APPROVED})
    if made:
        history.record(partner, "", partner.state, host)
        return partner
    partner = Partner.objects.select_for_update().get(pk=partner.pk)
    if partner.state == Partner.State.WITHDRAWN:
        history.move(partner, Partner.State.APPLIED, host)
    if partner.state == Partner.State.APPLIED:
        history.move(partner, Partner.State.APPROVED, host)
    if partner.state != Partner.State.APPROVED:
        raise Refused(_("This person does not lead groups at the moment."), field="partner_email")
    return partner
