"""Partners: who may lead subgroups, as who runs the platform decides, and whom a host names."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts import partner_letters
from cohorts.models import Leadership, Partner, PartnerInvitation, Subgroup
from cohorts.services import leaderships, partner_invitations
from studyplatform.accounts.models import User
from studyplatform.kit import history, page_cache
from studyplatform.kit.errors import Refused


@transaction.atomic
def appoint(host: User, subgroup: Subgroup, email: str) -> Leadership | PartnerInvitation | None:
    """Let the partner with this address lead the subgroup from now on; "" ends whoever leads it.

    Who is no partner yet is asked by letter, and whoever leads goes on until they say yes. Hosts may lead themselves.
    Raises Refused for somebody who does not lead groups any more.
    """
    leaderships.locked(subgroup)
    if not email:
        partner_invitations.take_back(host, subgroup)
        leaderships.take_away(host, subgroup)
        return None
    partner = _partner(host, email)
    if not partner:
        return partner_invitations.invite(host, subgroup, email)
    partner_invitations.take_back(host, subgroup)
    return leaderships.hand_over(host, subgroup, partner)


def _partner(host: User, email: str) -> Partner | None:
    """Return the partner with this address when they may lead, or the host as one; None for who has to be asked."""
    found = Partner.objects.filter(person__email__iexact=email.strip(), person__is_active=True).first()
    if host.email.lower() == email.strip().lower():
        return partner_invitations.let_lead(host)
    if found:
        partner_invitations.refuse_if_resting(found)
    return found if found and found.state == Partner.State.APPROVED else None


@transaction.atomic
def approve(actor: User, partner: Partner, *, note: str = "") -> Partner:
    """Let somebody lead groups who asked to, or whose time was paused."""
    return _move(actor, partner, Partner.State.APPROVED, note)


@transaction.atomic
def decline(actor: User, partner: Partner, *, note: str) -> Partner:
    """Say no to somebody who asked; they read why, and may ask again."""
    return _move(actor, partner, Partner.State.DECLINED, note)


@transaction.atomic
def pause(actor: User, partner: Partner, *, note: str) -> Partner:
    """Take a partner out for a while: their desk is closed and they get no new groups; the ones they lead keep them."""
    return _move(actor, partner, Partner.State.PAUSED, note)


@transaction.atomic
def end(actor: User, partner: Partner, *, note: str) -> Partner:
    """End a partner's time for good: whatever they lead ends now, and the hosts of its groups are told."""
    row = _move(actor, partner, Partner.State.ENDED, note)
    now = timezone.now()
    standing = row.leaderships.select_for_update(of=("self",)).filter(period__contains=now)
    for leadership in standing.select_related("subgroup__cohort__study"):
        leaderships.close(leadership, now)
        leaderships.changed(leadership.subgroup.cohort)
        partner_letters.lead_missing(leadership)
    return row


@transaction.atomic
def consider_again(actor: User, partner: Partner, *, note: str) -> Partner:
    """Put somebody who was declined, or withdrew, among those who ask."""
    return _move(actor, partner, Partner.State.APPLIED, note)


@transaction.atomic
def note(actor: User, partner: Partner, words: str) -> Partner:
    """Keep words about a partner for the people who run the platform, with who wrote them when, the newest first."""
    row = Partner.objects.select_for_update().get(pk=partner.pk)
    row.notes = f"{timezone.localdate():%Y-%m-%d} · {actor.name}: {words}\n{row.notes}".strip()
    row.save(update_fields=["notes"])
    return row


def _move(actor: User, partner: Partner, to: str, note: str) -> Partner:
    row = Partner.objects.select_for_update(of=("self",)).select_related("person__profile").get(pk=partner.pk)
    if to not in row.MOVES.get(row.state, ()):
        raise Refused(
            _("This cannot be done with a partner who is “%(state)s”.") % {"state": row.get_state_display()},
            code="moved_on",
        )
    came_from = row.state
    history.move(row, to, actor, note=note)
    partner_letters.moved(row, came_from=came_from, reason=note)
    page_cache.bump(leaderships.PAGE)
    return row
